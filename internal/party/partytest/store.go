// Package partytest has the suite that every party.Store passes.
package partytest

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Codes returns n valid credit codes, the same on every run.
func Codes(n int) []ident.CreditCode {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	codes := make([]ident.CreditCode, n)
	for i := range codes {
		serial := []byte("000000000")
		for at, left := len(serial)-1, i; left > 0; at, left = at-1, left/len(alphabet) {
			serial[at] = alphabet[left%len(alphabet)]
		}
		first := "91520100" + string(serial)
		codes[i] = ident.CreditCode(first + string(ident.CreditCheck(first)))
	}
	return codes
}

var start = time.Date(2025, 10, 22, 9, 0, 0, 0, clock.Shanghai)

func organisation(code ident.CreditCode, name string) party.Organisation {
	return party.Organisation{Code: code, Kind: party.Enterprise, Name: name, Place: "520100", Created: start}
}

// Store runs the suite; open returns an empty store and a way to run a
// function in a transaction.
func Store(t *testing.T, open func(t *testing.T) (party.Store, party.Tx)) {
	for name, test := range map[string]func(*testing.T, party.Store, party.Tx){
		"organisations": organisations, "people": people, "memberships": memberships,
		"invitations": invitations, "payees": payees, "audit": audit,
	} {
		t.Run(name, func(t *testing.T) {
			s, tx := open(t)
			test(t, s, tx)
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

func organisations(t *testing.T, s party.Store, _ party.Tx) {
	ctx := t.Context()
	codes := Codes(4)
	names := []string{"贵阳市第一人民医院", "贵州AI数据科技有限公司", "100%_纯净\\水厂", "贵安超算中心"}
	for i, name := range names {
		o := organisation(codes[i], name)
		if i == 3 {
			o.Kind, o.Place = party.Public, "guian"
		}
		must(t, s.AddOrganisation(ctx, o))
	}
	wantCode(t, s.AddOrganisation(ctx, organisation(codes[0], "又一家")), fault.Conflict)
	got, err := s.Organisation(ctx, codes[0])
	must(t, err)
	if diff := cmp.Diff(organisation(codes[0], names[0]), got); diff != "" {
		t.Error(diff)
	}
	_, err = s.Organisation(ctx, Codes(9)[8])
	wantCode(t, err, fault.NotFound)

	known, err := s.Names(ctx, []ident.CreditCode{codes[1], Codes(9)[8], codes[0], codes[1]})
	must(t, err)
	if diff := cmp.Diff(map[ident.CreditCode]string{codes[0]: names[0], codes[1]: names[1]}, known); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		filter party.OrganisationFilter
		want   []int
	}{
		{party.OrganisationFilter{}, []int{0, 1, 2, 3}},
		{party.OrganisationFilter{Query: "人民"}, []int{0}},
		{party.OrganisationFilter{Query: "数据"}, []int{1}},
		{party.OrganisationFilter{Query: "贵"}, []int{0, 1, 3}},
		{party.OrganisationFilter{Query: "ai"}, []int{1}},
		{party.OrganisationFilter{Query: "100%"}, []int{2}},
		{party.OrganisationFilter{Query: "%纯"}, nil},
		{party.OrganisationFilter{Query: "_纯"}, []int{2}},
		{party.OrganisationFilter{Query: `\`}, []int{2}},
		{party.OrganisationFilter{Query: string(codes[1])}, []int{1}},
		{party.OrganisationFilter{Kind: party.Public}, []int{3}},
		{party.OrganisationFilter{Place: "guian"}, []int{3}},
		{party.OrganisationFilter{After: codes[1]}, []int{2, 3}},
		{party.OrganisationFilter{Limit: 2}, []int{0, 1}},
	} {
		if c.filter.Limit == 0 {
			c.filter.Limit = 10
		}
		rows, err := s.Organisations(ctx, c.filter)
		must(t, err)
		var got []int
		for _, o := range rows {
			got = append(got, slices.Index(codes, o.Code))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: got %v, want %v", c.filter, got, c.want)
		}
	}
}

func person(n string) party.Person {
	return party.Person{ID: "person_" + n, Login: n, Name: "张" + n, Created: start}
}

func people(t *testing.T, s party.Store, _ party.Tx) {
	ctx := t.Context()
	for _, n := range []string{"zhang", "li", "wang"} {
		must(t, s.AddPerson(ctx, person(n)))
	}
	same := person("li")
	same.ID = "person_other"
	wantCode(t, s.AddPerson(ctx, same), fault.Conflict)

	got, found, err := s.PersonByLogin(ctx, "li")
	must(t, err)
	if diff := cmp.Diff(person("li"), got); !found || diff != "" {
		t.Error(found, diff)
	}
	if _, found, err := s.PersonByLogin(ctx, "nobody"); found || err != nil {
		t.Error(found, err)
	}
	_, err = s.Person(ctx, "person_none")
	wantCode(t, err, fault.NotFound)

	rows, err := s.People(ctx, party.PersonFilter{Limit: 2})
	must(t, err)
	if len(rows) != 2 || rows[0].Login != "li" || rows[1].Login != "wang" {
		t.Errorf("got %+v", rows)
	}
	rows, err = s.People(ctx, party.PersonFilter{Query: "张z", Limit: 9})
	must(t, err)
	if len(rows) != 1 || rows[0].Login != "zhang" {
		t.Errorf("got %+v", rows)
	}

	must(t, s.SetDisabled(ctx, "person_li", start, true))
	if p, err := s.Person(ctx, "person_li"); err != nil || !p.Disabled {
		t.Errorf("%+v, %v", p, err)
	}
	must(t, s.SetDisabled(ctx, "person_li", start, false))
	if p, err := s.Person(ctx, "person_li"); err != nil || p.Disabled {
		t.Errorf("%+v, %v", p, err)
	}
	wantCode(t, s.SetDisabled(ctx, "person_none", start, true), fault.NotFound)
}

func memberships(t *testing.T, s party.Store, _ party.Tx) {
	ctx := t.Context()
	code := Codes(1)[0]
	must(t, s.AddOrganisation(ctx, organisation(code, "甲")))
	must(t, s.AddPerson(ctx, person("li")))
	must(t, s.AddPerson(ctx, person("wang")))
	region := party.Membership{ID: "m1", Person: "person_li", Role: party.Office, Created: start}
	own := party.Membership{ID: "m2", Person: "person_li", Role: party.OrgManager, Org: code, OrgName: "甲", Created: start.Add(time.Second)}
	must(t, s.AddMembership(ctx, region))
	must(t, s.AddMembership(ctx, own))
	must(t, s.AddMembership(ctx, party.Membership{ID: "m3", Person: "person_wang", Role: party.OrgManager, Org: code, Created: start.Add(2 * time.Second)}))
	again := region
	again.ID = "m4"
	wantCode(t, s.AddMembership(ctx, again), fault.Conflict)

	got, err := s.Memberships(ctx, "person_li")
	must(t, err)
	if diff := cmp.Diff([]party.Membership{region, own}, got); diff != "" {
		t.Error(diff)
	}
	members, err := s.Members(ctx, code)
	must(t, err)
	if len(members) != 2 || members[0].Login != "li" || members[1].Login != "wang" || members[0].Membership != "m2" {
		t.Errorf("got %+v", members)
	}
	holders := func(want int) {
		t.Helper()
		if n, err := s.Holders(ctx, party.OrgManager, code); err != nil || n != want {
			t.Errorf("%d holders, %v; want %d", n, err, want)
		}
	}
	holders(2)
	must(t, s.SetDisabled(ctx, "person_wang", start, true))
	holders(1)
	if n, err := s.Holders(ctx, party.Office, ""); err != nil || n != 1 {
		t.Errorf("%d offices, %v", n, err)
	}
	rows, err := s.People(ctx, party.PersonFilter{Role: party.Office, Limit: 9})
	must(t, err)
	if len(rows) != 1 || rows[0].Login != "li" {
		t.Errorf("got %+v", rows)
	}

	must(t, s.EndMembership(ctx, "m1", start))
	wantCode(t, s.EndMembership(ctx, "m1", start), fault.NotFound)
	if _, live, err := s.LiveMembership(ctx, "m1"); live || err != nil {
		t.Error(live, err)
	}
	if m, live, err := s.LiveMembership(ctx, "m2"); !live || err != nil || m != own {
		t.Error(m, live, err)
	}
	must(t, s.AddMembership(ctx, again)) // a role may be held again once it ended
}

func invitations(t *testing.T, s party.Store, _ party.Tx) {
	ctx := t.Context()
	must(t, s.AddPerson(ctx, person("li")))
	org := organisation(Codes(1)[0], "甲")
	org.Created = time.Time{}
	for _, id := range []string{"i1", "i2", "i3"} {
		must(t, s.AddInvitation(ctx, party.Invitation{ID: id, Org: org, By: "person_li", Created: start, Expires: start.Add(time.Hour)}))
	}
	i, err := s.Invitation(ctx, "i1")
	must(t, err)
	if diff := cmp.Diff(party.Invitation{ID: "i1", Org: org, By: "person_li", Created: start, Expires: start.Add(time.Hour)}, i); diff != "" {
		t.Error(diff)
	}
	_, err = s.Invitation(ctx, "i9")
	wantCode(t, err, fault.NotFound)
	i.Accepted = start
	must(t, s.SettleInvitation(ctx, i))
	wantCode(t, s.SettleInvitation(ctx, i), fault.Conflict)

	first, err := s.Invitations(ctx, "", 2)
	must(t, err)
	rest, err := s.Invitations(ctx, first[1].ID, 2)
	must(t, err)
	if first[0].ID != "i3" || first[1].ID != "i2" || len(rest) != 1 || rest[0].State(start) != party.Accepted {
		t.Errorf("%+v, then %+v", first, rest)
	}
}

func payees(t *testing.T, s party.Store, tx party.Tx) {
	ctx := t.Context()
	code := Codes(1)[0]
	must(t, s.AddOrganisation(ctx, organisation(code, "甲")))
	must(t, s.AddPerson(ctx, person("li")))
	must(t, s.AddPerson(ctx, person("wang")))
	propose := func(id string, at time.Time) party.PayeeAccount {
		p := party.PayeeAccount{ID: id, Org: code, Holder: "甲", Bank: "某银行", BankCode: "102701000018", Number: "240200001", State: party.Proposed, ProposedBy: "person_li", Proposed: at}
		must(t, s.AddPayeeAccount(ctx, p))
		return p
	}
	one, two := propose("p1", start), propose("p2", start.Add(time.Hour))
	Waits(t, s.Backlog, party.TodoPayee, party.Actor{Person: "person_wang", Org: code}, 2, clock.DateOf(start))
	Waits(t, s.Backlog, party.TodoPayee, party.Actor{Person: "person_li", Org: code}, 0, "")
	Waits(t, s.Backlog, party.TodoPayee, party.Actor{Person: "person_wang", Org: Codes(2)[1]}, 0, "")
	NoBacklog(t, s.Backlog)
	for _, p := range []party.PayeeAccount{one, two} {
		signed, err := p.Countersign("person_wang", start.Add(2*time.Hour))
		must(t, err)
		must(t, s.ActivatePayeeAccount(ctx, signed))
		wantCode(t, s.ActivatePayeeAccount(ctx, signed), fault.Conflict)
		// A refused activation must not take the active account away.
		if got, err := s.PayeeAccount(ctx, code, p.ID); err != nil || got != signed {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	rows, err := s.PayeeAccounts(ctx, code)
	must(t, err)
	if len(rows) != 2 || rows[0].ID != "p2" || rows[0].State != party.Active || rows[1].State != party.Replaced {
		t.Errorf("got %+v", rows)
	}
	_, err = s.PayeeAccount(ctx, Codes(2)[1], "p1")
	wantCode(t, err, fault.NotFound)

	three := propose("p3", start)
	three.ConfirmedBy = three.ProposedBy
	if err := tx.InTx(ctx, func(ctx context.Context) error { return s.ActivatePayeeAccount(ctx, three) }); err == nil {
		t.Error("the store let one person sign twice")
	}
}

func audit(t *testing.T, s party.Store, tx party.Tx) {
	ctx := t.Context()
	entry := func(id string, at time.Time, action string) party.AuditEntry {
		return party.AuditEntry{ID: id, At: at, Person: "person_li", PersonName: "李", Role: party.Office, Request: "req_1", Details: json.RawMessage(`{"a":1}`),
			Act: party.Act{Action: action, Kind: "person", Subject: "s" + id, Org: Codes(1)[0]}}
	}
	day := 24 * time.Hour
	entries := []party.AuditEntry{entry("a1", start, "party.person.add"), entry("a2", start, "party.key.add"), entry("a3", start.Add(day), "policy.pay")}
	for _, e := range entries {
		must(t, s.AddAudit(ctx, e))
	}
	for _, c := range []struct {
		filter party.AuditFilter
		want   []string
	}{
		{party.AuditFilter{}, []string{"a3", "a2", "a1"}},
		{party.AuditFilter{Action: "party."}, []string{"a2", "a1"}},
		{party.AuditFilter{Action: "party.key.add"}, []string{"a2"}},
		{party.AuditFilter{Action: "key.add"}, nil},
		{party.AuditFilter{Person: "person_x"}, nil},
		{party.AuditFilter{Kind: "person", Subject: "sa1"}, []string{"a1"}},
		{party.AuditFilter{Org: Codes(2)[1]}, nil},
		{party.AuditFilter{From: "2025-10-23"}, []string{"a3"}},
		{party.AuditFilter{To: "2025-10-22"}, []string{"a2", "a1"}},
		{party.AuditFilter{Before: party.AuditKey{At: clock.Micros(start), ID: "a2"}}, []string{"a1"}},
		{party.AuditFilter{Limit: 1}, []string{"a3"}},
	} {
		if c.filter.Limit == 0 {
			c.filter.Limit = 10
		}
		rows, err := s.Audit(ctx, c.filter)
		must(t, err)
		var got []string
		for _, e := range rows {
			got = append(got, e.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: got %v, want %v", c.filter, got, c.want)
		}
	}
	rows, err := s.Audit(ctx, party.AuditFilter{Limit: 1})
	must(t, err)
	if diff := cmp.Diff(entries[2], rows[0]); diff != "" {
		t.Error(diff)
	}
	boom := fault.Newf(fault.Conflict, "否", "no")
	err = tx.InTx(ctx, func(ctx context.Context) error {
		must(t, s.AddAudit(ctx, entry("a4", start, "party.x")))
		return boom
	})
	wantCode(t, err, fault.Conflict)
	if rows, err := s.Audit(ctx, party.AuditFilter{Limit: 10}); err != nil || len(rows) != 3 {
		t.Errorf("%d entries after a rollback, %v", len(rows), err)
	}
}
