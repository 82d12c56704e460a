package party_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/httpapi/httpapitest"
)

func TestPayeeAccountsNeedASecondPerson(t *testing.T) {
	each(t, func(t *testing.T, p *product) {
		p.seed()
		path := "/organisations/" + string(codes[0]) + "/payee-accounts"
		manager, finance := p.signedIn("org_manager"), p.signedIn("finance")
		account := map[string]any{"holder": "贵阳甲科技有限公司", "bank": "某银行贵阳分行", "bank_code": "102701000018", "number": "2402001234567890"}
		bad := map[string]any{"holder": " ", "bank": "x", "bank_code": "12", "number": "24-02"}
		manager.want(422, "POST", path, bad, nil)
		var one, two struct{ ID, State, Number string }
		manager.want(201, "POST", path, account, &one)
		if _, err := p.service.PayeeOf(t.Context(), codes[0]); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unconfirmed account is paid: %v", err)
		}
		manager.want(403, "POST", path+"/"+one.ID+"/countersign", nil, nil)
		p.signedIn("other").want(404, "POST", path+"/"+one.ID+"/countersign", nil, nil)
		finance.want(200, "POST", path+"/"+one.ID+"/countersign", nil, &one)
		finance.want(409, "POST", path+"/"+one.ID+"/countersign", nil, nil)
		if one.State != "active" {
			t.Errorf("got %+v", one)
		}
		account["number"] = "999900001111"
		manager.want(201, "POST", path, account, &two)
		finance.want(200, "POST", path+"/"+two.ID+"/countersign", nil, nil)
		if a, err := p.service.PayeeOf(t.Context(), codes[0]); err != nil || a.ID != two.ID || a.ConfirmedBy != "person_finance" {
			t.Errorf("got %+v, %v", a, err)
		}
		var list struct {
			Items []struct{ ID, State, Number string }
		}
		p.signedIn("auditor").want(200, "GET", path, nil, &list)
		if len(list.Items) != 2 || list.Items[0].Number != "****1111" || list.Items[1].State != "replaced" {
			t.Errorf("got %+v", list)
		}
		want := []string{"party.payee.countersign", "party.payee.propose", "party.payee.countersign", "party.payee.propose"}
		if got := p.audited(party.AuditFilter{Kind: "payee_account", Org: codes[0]}); !slices.Equal(got, want) {
			t.Errorf("the trail is %v", got)
		}
	})
}

func TestMembers(t *testing.T) {
	each(t, func(t *testing.T, p *product) {
		p.seed()
		path := "/organisations/" + string(codes[1]) + "/members"
		manager := p.signedIn("other")
		var made struct {
			Member party.Member
			Access struct{ Token string }
		}
		manager.want(409, "POST", path, map[string]any{"login": "office", "name": "冒名", "role": "org_member"}, nil)
		manager.want(403, "POST", path, map[string]any{"login": "wangwu", "name": "王五", "role": "operator"}, nil)
		manager.want(422, "POST", path, map[string]any{"login": "wangwu", "name": "王五", "role": "office"}, nil)
		manager.want(201, "POST", path, map[string]any{"login": "wangwu", "name": "王五", "role": "org_manager"}, &made)
		manager.want(404, "POST", "/organisations/"+string(codes[0])+"/members", map[string]any{"login": "x1y", "name": "x", "role": "org_member"}, nil)
		p.signedIn("admin").want(201, "POST", path, map[string]any{"login": "zhaoliu", "name": "赵六", "role": "data_provider"}, nil)

		var list struct{ Items []party.Member }
		manager.want(200, "GET", path, nil, &list)
		if len(list.Items) != 3 {
			t.Fatalf("got %+v", list)
		}
		wangwu := p.browser()
		wangwu.want(204, "POST", "/password-reset", map[string]any{"token": made.Access.Token, "password": password}, nil)
		wangwu = p.signedIn("wangwu")
		wangwu.want(204, "DELETE", path+"/m_other", nil, nil)
		if manager.session().SignedIn {
			t.Error("the session of a removed manager goes on")
		}
		wangwu.want(404, "DELETE", path+"/m_other", nil, nil)
		wangwu.want(404, "DELETE", path+"/m_org_manager", nil, nil) // another organisation's
		wangwu.want(409, "DELETE", path+"/"+made.Member.Membership, nil, nil)
	})
}

func TestAdministratorsCannotLockEverybodyOut(t *testing.T) {
	p := start(t, sqlite(t))
	p.seed()
	admin := p.signedIn("admin")
	admin.want(409, "DELETE", "/people/person_admin/memberships/m_admin", nil, nil)
	admin.want(409, "PUT", "/people/person_admin/disabled", map[string]any{"disabled": true}, nil)
	admin.want(409, "PUT", "/people/person_other/disabled", map[string]any{"disabled": true}, nil) // the only manager of its organisation
	admin.want(404, "PUT", "/people/person_none/disabled", map[string]any{"disabled": true}, nil)
	admin.want(404, "DELETE", "/people/person_office/memberships/m_finance", nil, nil)
	office := p.signedIn("office")
	admin.want(204, "DELETE", "/people/person_office/memberships/m_office", nil, nil)
	if office.session().SignedIn {
		t.Error("the session outlived the role")
	}
	office = p.signedIn("office")
	if s := office.session(); s.Active != nil || len(s.Roles) != 0 {
		t.Errorf("got %+v", s)
	}
	office.want(409, "POST", "/api-keys", map[string]any{"name": "x"}, nil)
}

func TestOrganisationsAreFoundByTwoCharacters(t *testing.T) {
	each(t, func(t *testing.T, p *product) {
		p.seed()
		office := p.signedIn("office")
		for query, want := range map[string]int{"q=科技": 1, "q=大学": 1, "q=贵": 2, "q=没有": 0, "kind=university": 1, "place=guian&q=贵州": 1} {
			var page httpapi.Page[party.Organisation]
			office.want(200, "GET", "/organisations?"+query, nil, &page)
			if len(page.Items) != want {
				t.Errorf("%s: got %+v", query, page)
			}
		}
		var first, second httpapi.Page[party.Organisation]
		office.want(200, "GET", "/organisations?limit=1", nil, &first)
		office.want(200, "GET", "/organisations?limit=1&cursor="+first.Next, nil, &second)
		if len(first.Items) != 1 || len(second.Items) != 1 || first.Items[0].Code == second.Items[0].Code || second.Next != "" {
			t.Errorf("%+v, then %+v", first, second)
		}
		var people httpapi.Page[party.Person]
		p.signedIn("admin").want(200, "GET", "/people?role=auditor", nil, &people)
		if len(people.Items) != 1 || people.Items[0].Login != "auditor" {
			t.Errorf("got %+v", people)
		}
	})
}

func TestAuditIsPagedAndFiltered(t *testing.T) {
	each(t, func(t *testing.T, p *product) {
		p.seed()
		auditor := p.withPassword("auditor")
		p.withPassword("office")
		p.withPassword("office")
		var first, second struct {
			Items []struct {
				Action, Person, Role string
				RequestID            string `json:"request_id"`
				Details              map[string]any
			}
			Next string
		}
		auditor.want(200, "GET", "/audit?action=party.session.&limit=2", nil, &first)
		auditor.want(200, "GET", "/audit?action=party.session.&limit=2&cursor="+first.Next, nil, &second)
		if len(first.Items) != 2 || len(second.Items) != 1 || first.Items[0].Person != "person_office" || first.Items[0].Role != "office" || second.Items[0].Person != "person_auditor" {
			t.Errorf("%+v, then %+v", first, second)
		}
		if !strings.HasPrefix(first.Items[0].RequestID, "req_") || first.Items[0].Details["with"] != "password" {
			t.Errorf("got %+v", first.Items[0])
		}
		auditor.want(422, "GET", "/audit?cursor=x", nil, nil)
		auditor.want(422, "GET", "/audit?from=yesterday", nil, nil)
	})
}

func TestRecordJoinsTheTransactionOfTheAct(t *testing.T) {
	each(t, func(t *testing.T, p *product) {
		p.seed()
		boom := fault.Newf(fault.Conflict, "否", "no")
		err := p.db.InTx(p.as("office", party.Office, ""), func(ctx context.Context) error {
			if err := p.service.Record(ctx, party.Act{Action: "policy.pay", Kind: "award", Subject: "a1"}); err != nil {
				return err
			}
			return boom
		})
		wantCode(t, err, fault.Conflict)
		if got := p.audited(party.AuditFilter{Action: "policy.pay"}); len(got) != 0 {
			t.Errorf("an act that did not happen is on record: %v", got)
		}
	})
}

// browserOf gives every request the cookie of a fresh session.
func browserOf(p *product) func(*http.Request, httpapi.Role) {
	return func(r *http.Request, role httpapi.Role) {
		token, _, err := p.auth.Sessions.Start(p.t.Context(), "person_"+string(role), "m_"+string(role))
		if err != nil {
			p.t.Fatal(err)
		}
		cookie := auth.Cookie(token, false)
		r.AddCookie(&cookie)
	}
}

func TestGarbageGetsAnAnswer(t *testing.T) {
	each(t, func(t *testing.T, p *product) {
		p.seed()
		httpapitest.Walk{API: p.api, Handler: p.handler, Roles: party.Roles(), Own: codes[0], Other: codes[1], SignIn: browserOf(p)}.Garbage(t, 1000, 1)
	})
}
