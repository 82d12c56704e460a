package party_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

type newcomer map[string]any

func TestFirstRunUpToAnEnrolledOrganisation(t *testing.T) {
	each(t, func(t *testing.T, p *product) {
		admin := p.browser()
		if s := admin.session(); !s.SetupNeeded || s.SignedIn || s.Region.ID != "guizhou" {
			t.Fatalf("got %+v", s)
		}
		token, needed, err := p.service.SetupToken(t.Context())
		if err != nil || !needed {
			t.Fatal(needed, err)
		}
		me := newcomer{"token": "wrong", "login": "Root", "name": "管理员", "password": password}
		admin.want(422, "POST", "/setup", me, nil)
		me["token"], me["password"] = token, "root-root1"
		admin.want(422, "POST", "/setup", me, nil)
		me["password"] = password
		var s party.Session
		admin.want(201, "POST", "/setup", me, &s)
		if !s.SignedIn || s.SetupNeeded || s.Active == nil || s.Active.Role != party.Admin {
			t.Fatalf("got %+v", s)
		}
		if _, needed, _ := p.service.SetupToken(t.Context()); needed {
			t.Error("set-up is offered again")
		}
		p.browser().want(422, "POST", "/setup", me, nil)

		var office struct {
			Access struct{ Token string }
			Member party.Member
		}
		admin.want(201, "POST", "/people", newcomer{"login": "office", "name": "项目办", "role": "office"}, &office)
		b := p.browser()
		b.want(401, "POST", "/session", newcomer{"login": "office", "password": password}, nil)
		b.want(204, "POST", "/password-reset", newcomer{"token": office.Access.Token, "password": password}, nil)
		b.want(201, "POST", "/session", newcomer{"login": "office", "password": password}, nil)

		org := newcomer{"code": string(codes[2]), "kind": "enterprise", "name": "贵阳丙数据有限公司", "place": "520100"}
		b.want(422, "POST", "/invitations", newcomer{"code": "91520100MA6DNB1T31", "kind": "enterprise", "name": "x", "place": "52"}, nil)
		var invited struct {
			Token      string
			Invitation struct{ ID, State string }
		}
		b.want(201, "POST", "/invitations", org, &invited)
		manager := p.browser()
		who := newcomer{"token": invited.Token, "login": "office", "name": "李四", "password": password}
		manager.want(409, "POST", "/enrolments", who, nil) // a taken login gives the token back
		who["login"], who["password"] = "lisi", "贵阳丙数据有限公司2025"
		manager.want(422, "POST", "/enrolments", who, nil)
		who["password"] = password
		manager.want(201, "POST", "/enrolments", who, &s)
		if s.Active == nil || s.Active.Role != party.OrgManager || s.Active.Org == nil || s.Active.Org.Code != codes[2] || s.Active.Org.Name != "贵阳丙数据有限公司" {
			t.Errorf("got %+v", s.Active)
		}
		p.browser().want(422, "POST", "/enrolments", who, nil)
		var list struct{ Items []struct{ State string } }
		b.want(200, "GET", "/invitations", nil, &list)
		if len(list.Items) != 1 || list.Items[0].State != "accepted" {
			t.Errorf("got %+v", list)
		}
		want := []string{"party.session.start", "party.organisation.enrol", "party.invitation.add", "party.session.start", "party.password.reset", "party.person.add", "party.session.start"}
		if got := p.audited(party.AuditFilter{}); !slices.Equal(got, want) {
			t.Errorf("the trail is %v", got)
		}
	})
}

func TestOnlyOneFirstAdministratorIsMadeByManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, p *product) {
		token, _, err := p.service.SetupToken(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var racers sync.WaitGroup
		for _, login := range []string{"root1", "root2", "root3", "root4"} {
			racers.Go(func() {
				_, _ = p.service.Setup(t.Context(), party.Newcomer{Token: auth.Secret(token), Login: login, Name: "某", Password: password})
			})
		}
		racers.Wait()
		if people, err := p.service.People(t.Context(), party.PersonFilter{Limit: 9}); err != nil || len(people) != 1 {
			t.Errorf("%d people, %v", len(people), err)
		}
	})
}

func TestInvitationsEnd(t *testing.T) {
	p := start(t, sqlite(t))
	p.seed()
	office := p.signedIn("office")
	invite := func() (token, id string) {
		var out struct {
			Token      string
			Invitation struct{ ID string }
		}
		office.want(201, "POST", "/invitations", newcomer{"code": string(codes[2]), "kind": "enterprise", "name": "丙公司", "place": "520100"}, &out)
		return out.Token, out.Invitation.ID
	}
	enrol := func(token string) newcomer {
		return newcomer{"token": token, "login": "lisi", "name": "李四", "password": password}
	}
	token, id := invite()
	office.want(204, "DELETE", "/invitations/"+id, nil, nil)
	office.want(409, "DELETE", "/invitations/"+id, nil, nil)
	p.browser().want(422, "POST", "/enrolments", enrol(token), nil)
	token, _ = invite()
	p.now.Advance(15 * 24 * time.Hour)
	p.browser().want(422, "POST", "/enrolments", enrol(token), nil)
}

func TestSeedIsAllOrNothing(t *testing.T) {
	p := start(t, sqlite(t))
	p.seed()
	err := p.service.Seed(t.Context(), party.Seed{
		Organisations: []party.Organisation{{Code: codes[2], Kind: party.Public, Name: "丁中心", Place: "520100"}},
		People:        []party.SeedPerson{{Person: party.Person{Login: "office", Name: "重复"}, Password: password}},
	})
	wantCode(t, err, fault.Conflict)
	_, err = p.service.Organisation(t.Context(), codes[2])
	wantCode(t, err, fault.NotFound)
}
