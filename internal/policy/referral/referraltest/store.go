// Package referraltest is the conformance suite of the referral room's store.
package referraltest

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/party/partytest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/referral"
)

var at = time.UnixMicro(1_760_000_000_000_000)

// Invoice is a made-up digest of an invoice's file.
func Invoice(letter string) string { return strings.Repeat(letter, 64) }

func project(id, number string, org ident.CreditCode) referral.Project {
	return referral.Project{ID: id, Number: number, Org: org, By: "per_1", Created: at, Version: 1,
		File: referral.File{Name: "Model-A 研发", Stage: referral.Growth, Place: "520115", Instruments: []referral.Instrument{referral.Equity}, Sought: 9_007_199_254_740_993,
			Costs: []referral.Cost{{ID: "c1", Name: "训练", Use: referral.UseModel, Amount: 9_007_199_254_740_993, Invoice: Invoice("a")}}, Papers: []referral.Paper{}}}
}

func sending(id, project string, lines ...referral.Bound) referral.Sending {
	return referral.Sending{ID: id, Project: project, Source: "guiyang-ai", Amount: 100, Lines: append([]referral.Bound{}, lines...), Digest: "d", Edition: 2, State: referral.Sent, By: "per_1", ByName: "罗", At: at,
		Answers: []referral.Answer{}, Version: 1}
}

// Run runs the suite against a store on an empty database.
func Run(t *testing.T, s referral.Store) {
	ctx := context.Background()
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	const org, other = ident.CreditCode("91520100MA6E00001X"), ident.CreditCode("91520100MA6E00002X")

	t.Run("a project reads back as written, to the fen, and of two writers one wins", func(t *testing.T) {
		p := project("p1", "XM-2025-0001", org)
		must(t, s.InsertProject(ctx, p, "青砚公司"))
		got, err := s.Project(ctx, "p1")
		must(t, err)
		if diff := cmp.Diff(p, got, cmpopts.IgnoreFields(p, "Updated"), cmpopts.EquateApproxTime(0)); diff != "" {
			t.Fatal(diff)
		}
		theirs := got
		got.File.Name = "Model-B 研发"
		must(t, s.UpdateProject(ctx, &got, "青砚公司"))
		if err := s.UpdateProject(ctx, &theirs, "青砚公司"); !fault.Is(err, fault.Conflict) {
			t.Fatalf("the second writer got %v", err)
		}
		for _, err := range []error{second(s.Project(ctx, "nobody")), second(s.Sending(ctx, "nobody"))} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("what is not there gave %v", err)
			}
		}
	})

	t.Run("editions read back newest first, and a project has each version once", func(t *testing.T) {
		edition := func(version int64, name string) referral.Edition {
			e := referral.Edition{Version: version, File: project("p1", "", org).File, By: "per_1", ByName: "罗", At: at.Add(time.Duration(version) * time.Hour)}
			e.File.Name = name
			return e
		}
		want := []referral.Edition{edition(3, "三"), edition(2, "二"), edition(1, "一")}
		for i := range want {
			must(t, s.AppendEdition(ctx, "p1", want[2-i]))
		}
		if err := s.InTx(ctx, func(ctx context.Context) error { return s.AppendEdition(ctx, "p1", edition(2, "另一个二")) }); err == nil {
			t.Error("an edition was written over")
		}
		got, err := s.Editions(ctx, "p1", 0, 10)
		must(t, err)
		if diff := cmp.Diff(want, got, cmpopts.EquateApproxTime(0)); diff != "" {
			t.Fatal(diff)
		}
		got, err = s.Editions(ctx, "p1", 3, 1)
		must(t, err)
		if diff := cmp.Diff(want[1:2], got, cmpopts.EquateApproxTime(0)); diff != "" {
			t.Fatal(diff)
		}
	})

	t.Run("a sending reads back with its lines and answers", func(t *testing.T) {
		x := sending("s1", "p1", referral.Bound{Line: "c1", Invoice: Invoice("a")}, referral.Bound{Line: "c2"})
		must(t, s.InsertSending(ctx, x))
		x.State = referral.Invested
		x.Answers = append(x.Answers, referral.Answer{State: referral.Invested, On: "2025-10-20", Amount: 90, Note: "已投。", Person: "per_2", Name: "程", At: at})
		stale := x
		must(t, s.UpdateSending(ctx, &x))
		if err := s.UpdateSending(ctx, &stale); !fault.Is(err, fault.Conflict) {
			t.Errorf("the second writer got %v", err)
		}
		got, err := s.Sending(ctx, "s1")
		must(t, err)
		if diff := cmp.Diff(x, got, cmpopts.EquateApproxTime(0)); diff != "" {
			t.Fatal(diff)
		}
	})

	t.Run("a line and an invoice have one source while it is live", func(t *testing.T) {
		must(t, s.InsertProject(ctx, project("p2", "XM-2025-0002", other), "别家"))
		if err := s.InsertSending(ctx, sending("s2", "p1", referral.Bound{Line: "c2"})); !fault.Is(err, fault.Conflict) {
			t.Errorf("a line was taken twice: %v", err)
		}
		if err := s.InsertSending(ctx, sending("s3", "p2", referral.Bound{Line: "c9", Invoice: Invoice("a")})); !fault.Is(err, fault.Conflict) {
			t.Errorf("an invoice was taken twice: %v", err)
		}
		if _, err := s.Sending(ctx, "s3"); !fault.Is(err, fault.NotFound) {
			t.Errorf("half of a refused sending stands: %v", err)
		}
		must(t, s.InsertSending(ctx, sending("s4", "p2", referral.Bound{Line: "c2"}, referral.Bound{Line: "c3"}))) // lines without an invoice, of another project
		found, borne, err := s.Borne(ctx, Invoice("a"))
		if err != nil || !borne || found.ID != "s1" {
			t.Fatalf("borne by %q, %t, %v", found.ID, borne, err)
		}
		free := sending("s5", "p2", referral.Bound{Line: "c5", Invoice: Invoice("b")})
		must(t, s.InsertSending(ctx, free))
		free.State, free.Answers = referral.Declined, []referral.Answer{{State: referral.Declined, On: "2025-10-20", Note: "不投。"}}
		must(t, s.UpdateSending(ctx, &free))
		if _, borne, err := s.Borne(ctx, Invoice("b")); err != nil || borne {
			t.Errorf("what was declined still bears its invoice: %v", err)
		}
		must(t, s.InsertSending(ctx, sending("s6", "p2", referral.Bound{Line: "c5", Invoice: Invoice("b")})))
	})

	t.Run("reported money waits for another person, since its report", func(t *testing.T) {
		x := sending("s7", "p2", referral.Bound{Line: "c7"})
		must(t, s.InsertSending(ctx, x))
		for i, a := range []referral.Answer{{State: referral.Reported, Person: "per_1"}, {State: referral.Disputed, Person: "per_2"}, {State: referral.Reported, Person: "per_3"}} {
			a.On, a.Note, a.At = "2025-10-20", "…", at.AddDate(0, 0, i)
			x.State, x.Answers = a.State, append(x.Answers, a)
			must(t, s.UpdateSending(ctx, &x))
		}
		partytest.Waits(t, s.Backlog, referral.TodoJudge, party.Actor{Person: "per_1"}, 1, "2025-10-11") // of the first report, which is over
		partytest.Waits(t, s.Backlog, referral.TodoJudge, party.Actor{Person: "per_3"}, 0, "")
		partytest.NoBacklog(t, s.Backlog)
	})

	t.Run("of two sendings of one invoice at once one stands", func(t *testing.T) {
		var both sync.WaitGroup
		failed := make([]error, 2)
		for i, p := range []string{"p1", "p2"} {
			both.Go(func() {
				failed[i] = s.InTx(ctx, func(ctx context.Context) error {
					return s.InsertSending(ctx, sending("race-"+p, p, referral.Bound{Line: "r", Invoice: Invoice("c")}))
				})
			})
		}
		both.Wait()
		if (failed[0] == nil) == (failed[1] == nil) {
			t.Fatalf("got %v and %v", failed[0], failed[1])
		}
		for _, err := range failed {
			if err != nil && !fault.Is(err, fault.Conflict) {
				t.Errorf("the loser got %v", err)
			}
		}
	})

	t.Run("a list filters, searches and pages", func(t *testing.T) {
		must(t, s.InsertProject(ctx, project("p3", "XM-2025-0003", other), "100%_别家"))
		for _, check := range []struct {
			name string
			f    referral.Filter
			want int
		}{{"all", referral.Filter{}, 3}, {"one organisation's", referral.Filter{Org: other}, 2}, {"a name", referral.Filter{Text: "青砚"}, 1}, {"whatever the case", referral.Filter{Text: "MODEL-"}, 3},
			{"letters that are no pattern", referral.Filter{Text: "0%_"}, 1}, {"sent", referral.Filter{Sent: true}, 2}, {"to be checked", referral.Filter{Judge: true}, 1}, {"a page", referral.Filter{Limit: 2}, 2}} {
			list, err := s.Projects(ctx, check.f)
			must(t, err)
			if len(list) != check.want {
				t.Errorf("%s: %d, want %d", check.name, len(list), check.want)
			}
		}
		first, err := s.Projects(ctx, referral.Filter{Limit: 2})
		must(t, err)
		rest, err := s.Projects(ctx, referral.Filter{Before: first[1].Cursor()})
		if err != nil || len(rest) != 1 || rest[0].ID == first[0].ID || rest[0].ID == first[1].ID {
			t.Fatalf("the second page has %+v, %v", rest, err)
		}
		if _, err := s.Projects(ctx, referral.Filter{Before: "x/y"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a broken cursor gave %v", err)
		}
	})

	t.Run("numbers count by year", func(t *testing.T) {
		for _, check := range []struct {
			year int
			want int64
		}{{2025, 1}, {2025, 2}, {2026, 1}} {
			if n, err := s.NextNumber(ctx, check.year); err != nil || n != check.want {
				t.Errorf("%d: got %d, %v", check.year, n, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }
