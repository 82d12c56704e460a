package exception_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/exception"
	"github.com/qianmo/qianmo/internal/policy/exception/sqlstore"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/regions"
)

var firm = ident.CreditCode("91520115MADEM0001" + string(ident.CreditCheck("91520115MADEM0001")))

// room is the service with what a test watches.
type room struct {
	*exception.Service
	opened []exception.Exception // cases that were opened, as their exceptions stood
	closed error                 // why none may be opened
	facts  map[string]evidence.Record
	told   []string
	acts   []string
}

func (r *room) OpenExcepted(_ context.Context, _ exception.Actor, x exception.Exception) (string, error) {
	if r.closed != nil {
		return "", r.closed
	}
	r.opened = append(r.opened, x)
	return "app_" + x.ID, nil
}

func (r *room) Standings(_ context.Context, ids []string) (map[string]exception.Standing, error) {
	out := map[string]exception.Standing{}
	for _, id := range ids {
		out[id] = exception.Standing{Number: "QM-2025-0001", State: "paid", Due: 300, Paid: 300}
	}
	return out, nil
}

func (r *room) Append(_ context.Context, facts []evidence.Fact) ([]evidence.Fact, error) {
	for _, f := range facts {
		r.facts[f.ID] = evidence.Record{Fact: f}
	}
	return facts, nil
}

func (r *room) find(_ context.Context, ids []string) (map[string]evidence.Record, error) {
	return r.facts, nil
}

func (r *room) Tell(_ context.Context, n exception.Told) error {
	r.told = append(r.told, n.Role)
	return nil
}

func (r *room) Organisation(_ context.Context, code ident.CreditCode) (party.Organisation, error) {
	return party.Organisation{Code: code, Name: "青砚公司", Place: "520115"}, nil
}

func (r *room) Names(_ context.Context, codes []ident.CreditCode) (map[ident.CreditCode]string, error) {
	return map[ident.CreditCode]string{firm: "青砚公司"}, nil
}

func (r *room) Record(_ context.Context, act party.Act) error {
	r.acts = append(r.acts, act.Action)
	return nil
}

func (r *room) Keep(context.Context, string, io.Reader) (exception.Paper, error) { return minutes, nil }

func (r *room) Open(_ context.Context, sha256 string) (io.ReadCloser, error) {
	if sha256 != minutes.SHA256 {
		return nil, fault.Newf(fault.NotFound, "没有。", "None.")
	}
	return io.NopCloser(strings.NewReader("x")), nil
}

var minutes = exception.Paper{Name: "会议纪要.pdf", Type: "application/pdf", Size: 1, SHA256: "aa"}

func newRoom(t *testing.T) *room {
	t.Helper()
	files, err := regions.Open("guizhou")
	if err != nil {
		t.Fatal(err)
	}
	pack, err := rule.LoadPack(files)
	if err != nil {
		t.Fatal(err)
	}
	d, now := dbtest.SQLite(t), clock.NewManual(time.Date(2025, 10, 22, 10, 0, 0, 0, clock.Shanghai))
	r := &room{facts: map[string]evidence.Record{}}
	r.Service = &exception.Service{Store: sqlstore.New(d, now), Registry: r, Facts: r, Cases: r, Files: r, Messages: r, Pack: pack, Clock: now, IDs: ident.Random{}}
	return r
}

func actor(person, role string) exception.Actor {
	return exception.Actor{Person: person, Name: person, Role: role}
}

func asked() exception.ProposeInput {
	return exception.ProposeInput{Org: firm, Kind: exception.MajorProject, Measure: "002-2", Departure: exception.OtherAmount, Matter: "model-a", Amount: 800_000_000, Reason: "省级重大项目，超过最高额。", Papers: []exception.Paper{minutes}}
}

func TestTwoOthersApprove(t *testing.T) {
	r, ctx := newRoom(t), t.Context()
	x, err := r.Propose(ctx, actor("one", "office"), asked())
	if err != nil || x.Number != "TY-2025-001" || x.Rule != "002-8.4" || fmt.Sprint(r.told) != "[office finance]" {
		t.Fatalf("proposed %+v, told %v, %v", x, r.told, err)
	}
	judge := func(by exception.Actor, v exception.Verdict) (exception.Exception, error) {
		now, err := r.Store.Exception(ctx, x.ID)
		if err != nil {
			t.Fatal(err)
		}
		return r.Judge(ctx, by, exception.JudgeInput{ID: x.ID, Version: now.Version, Verdict: v, Reason: "同意。"})
	}
	for _, by := range []exception.Actor{actor("one", "office"), actor("one", "finance"), actor("three", "auditor"), actor("four", "org_manager")} {
		if _, err := judge(by, exception.Approve); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s as %s gave %v", by.Person, by.Role, err)
		}
	}
	if _, err := r.Granted(ctx, x.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("it pays before anybody approved: %v", err)
	}
	if x, err = judge(actor("two", "office"), exception.Approve); err != nil || x.State != exception.Proposed || len(r.opened) != 0 {
		t.Fatalf("after one approval %s with %d cases, %v", x.State, len(r.opened), err)
	}
	if _, err := judge(actor("two", "finance"), exception.Approve); !fault.Is(err, fault.Forbidden) {
		t.Errorf("one person on both seats gave %v", err)
	}
	if _, err := judge(actor("three", "office"), exception.Approve); !fault.Is(err, fault.Conflict) {
		t.Errorf("a seat that spoke speaks again: %v", err)
	}
	r.closed = fault.Newf(fault.Conflict, "这一事项已有申报。", "The matter has an application.")
	if _, err := judge(actor("three", "finance"), exception.Approve); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a case that cannot be opened gave %v", err)
	}
	if now, _ := r.Store.Exception(ctx, x.ID); len(now.Opinions) != 1 || now.State != exception.Proposed {
		t.Fatalf("half of a refused approval stands: %+v", now)
	}
	r.closed = nil
	if x, err = judge(actor("three", "finance"), exception.Approve); err != nil || x.State != exception.Approved || x.Application != "app_"+x.ID || len(r.opened) != 1 {
		t.Fatalf("got %+v, %v", x, err)
	}
	granted, err := r.Granted(ctx, x.ID)
	if err != nil || r.facts[x.Fact()].Attributes["digest"] != granted.Digest() || r.facts[x.Fact()].Quantity != "8000000.00" {
		t.Fatalf("sealed %+v, %v", r.facts[x.Fact()], err)
	}
	if problems, err := (exception.Book{Store: r.Store}).Compare(ctx, r.find); err != nil || len(problems) != 0 {
		t.Errorf("the book disagrees: %v, %v", problems, err)
	}
	r.facts[x.Fact()].Attributes["digest"] = strings.Repeat("0", 64)
	if problems, err := (exception.Book{Store: r.Store}).Compare(ctx, r.find); err != nil || len(problems) != 1 || problems[0].Kind != evidence.Altered {
		t.Errorf("another record than was sealed gave %v, %v", problems, err)
	}
	if _, err := r.Withdraw(ctx, actor("one", "office"), exception.WithdrawInput{ID: x.ID, Version: x.Version, Reason: "算了。"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("withdrawing what was approved gave %v", err)
	}
	if got := strings.Join(r.acts, " "); got != "policy.exception.propose policy.exception.approve policy.exception.approve" {
		t.Errorf("the trail says %s", got)
	}
}

func TestRefusedAndWithdrawnOpenNothing(t *testing.T) {
	r, ctx := newRoom(t), t.Context()
	x, err := r.Propose(ctx, actor("one", "office"), asked())
	if err != nil {
		t.Fatal(err)
	}
	if x, err = r.Judge(ctx, actor("two", "finance"), exception.JudgeInput{ID: x.ID, Version: x.Version, Verdict: exception.Refuse, Reason: "依据不足。"}); err != nil || x.State != exception.Refused {
		t.Fatalf("refused: %s, %v", x.State, err)
	}
	if _, err := r.Judge(ctx, actor("three", "office"), exception.JudgeInput{ID: x.ID, Version: x.Version, Verdict: exception.Approve, Reason: "同意。"}); !fault.Is(err, fault.Conflict) || !strings.Contains(fault.From(err).Message.ZH, actor("two", "finance").Name+" 已于") {
		t.Errorf("approving what was refused gave %v", err)
	}
	y, err := r.Propose(ctx, actor("one", "office"), asked())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Withdraw(ctx, actor("two", "office"), exception.WithdrawInput{ID: y.ID, Version: y.Version, Reason: "算了。"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("somebody else withdrew it: %v", err)
	}
	if _, err := r.Withdraw(ctx, actor("one", "office"), exception.WithdrawInput{ID: y.ID, Version: y.Version, Reason: " "}); !fault.Is(err, fault.Invalid) {
		t.Errorf("withdrawing without a reason gave %v", err)
	}
	if y, err = r.Withdraw(ctx, actor("one", "office"), exception.WithdrawInput{ID: y.ID, Version: y.Version, Reason: "企业放弃。"}); err != nil || y.Closing.Reason != "企业放弃。" {
		t.Fatalf("withdrawn: %+v, %v", y, err)
	}
	for _, id := range []string{x.ID, y.ID} {
		if _, err := r.Granted(ctx, id); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s pays: %v", id, err)
		}
	}
	if len(r.opened) != 0 || len(r.facts) != 0 {
		t.Errorf("%d cases and %d facts came of nothing", len(r.opened), len(r.facts))
	}
}

// TestNothingIsExceptedUnderADraft: documents 000 and 003 are drafts, and only
// 002 has a clause that allows exceptions.
func TestNothingIsExceptedUnderADraft(t *testing.T) {
	r, ctx := newRoom(t), t.Context()
	for measure, want := range map[string]string{"003-21": "is a draft", "003-20": "is a draft", "000-5": "is a draft", "002-7": "pays nothing", "002-8.4": "pays nothing"} {
		in := asked()
		in.Measure = measure
		if _, err := r.Propose(ctx, actor("one", "office"), in); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gave %v", measure, err)
		}
	}
	in := asked()
	in.Measure = "nobody"
	if _, err := r.Propose(ctx, actor("one", "office"), in); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown measure gave %v", err)
	}
	r.Clock = clock.OnDay{Day: "2027-04-08"}
	if _, err := r.Propose(ctx, actor("one", "office"), asked()); !fault.Is(err, fault.Conflict) {
		t.Errorf("after the period: %v", err)
	}
}

func TestProposalsNameEveryFault(t *testing.T) {
	r, ctx := newRoom(t), t.Context()
	for path, spoil := range map[string]func(*exception.ProposeInput){
		"org":       func(in *exception.ProposeInput) { in.Org = "x" },
		"kind":      func(in *exception.ProposeInput) { in.Kind = "friend" },
		"departure": func(in *exception.ProposeInput) { in.Departure = "whim" },
		"measure":   func(in *exception.ProposeInput) { in.Departure = exception.NoMeasure },
		"call": func(in *exception.ProposeInput) {
			in.Departure, in.Measure, in.Call = exception.NoMeasure, "", "call_1"
		},
		"matter":     func(in *exception.ProposeInput) { in.Departure, in.Measure, in.Matter = exception.NoMeasure, "", " " },
		"amount_fen": func(in *exception.ProposeInput) { in.Amount = 0 },
		"reason":     func(in *exception.ProposeInput) { in.Reason = strings.Repeat("长", 2001) },
		"papers":     func(in *exception.ProposeInput) { in.Papers = nil },
		"papers[0]":  func(in *exception.ProposeInput) { in.Papers = []exception.Paper{{Name: "x", SHA256: "bb"}} },
		"papers[1]":  func(in *exception.ProposeInput) { in.Papers = []exception.Paper{minutes, minutes} },
	} {
		in := asked()
		spoil(&in)
		_, err := r.Propose(ctx, actor("one", "office"), in)
		if !fault.Is(err, fault.Invalid) || fault.From(err).Fields[0].Path != path {
			t.Errorf("%s: %v %v", path, err, fault.From(err).Fields)
		}
	}
}

// TestNoPathPaysWithoutTwoApprovers lets a handful of people with every role do
// anything in any order: whatever is paid was approved by one person of each
// seat, and proposed by a third.
func TestNoPathPaysWithoutTwoApprovers(t *testing.T) {
	r := newRoom(t)
	roles := []string{"office", "office", "office", "finance", "finance", "finance", "auditor", "admin", "org_manager"} // so that some get through
	people := []string{"a", "b", "c", "d", ""}
	paid := 0
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		who := func() exception.Actor {
			return actor(rapid.SampledFrom(people).Draw(t, "person"), rapid.SampledFrom(roles).Draw(t, "role"))
		}
		proposer := who()
		x, err := r.Propose(ctx, proposer, asked())
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(4, 24).Draw(t, "acts") {
			version := x.Version - int64(rapid.IntRange(0, 4).Draw(t, "stale")/4)
			if rapid.IntRange(0, 29).Draw(t, "withdraw") == 17 {
				_, err = r.Withdraw(ctx, who(), exception.WithdrawInput{ID: x.ID, Version: version, Reason: "算了。"})
			} else {
				verdict := rapid.SampledFrom([]exception.Verdict{exception.Approve, exception.Approve, exception.Approve, exception.Refuse}).Draw(t, "verdict")
				_, err = r.Judge(ctx, who(), exception.JudgeInput{ID: x.ID, Version: version, Verdict: verdict, Reason: "意见。"})
			}
			if err != nil && !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			before := x
			if x, err = r.Store.Exception(ctx, x.ID); err != nil {
				t.Fatal(err)
			}
			for i, o := range before.Opinions { // what was said stands as it was said
				if x.Opinions[i] != o {
					t.Fatalf("opinion %d was %+v and is %+v", i, o, x.Opinions[i])
				}
			}
		}
		if _, err := r.Granted(ctx, x.ID); err != nil {
			if x.Application != "" {
				t.Fatalf("a case is open and nothing is granted: %v", err)
			}
			return
		}
		paid++
		seats := map[exception.Seat]string{}
		for _, o := range x.Opinions {
			seats[o.Seat] = o.Person
		}
		if a, b := seats[exception.OfficeSeat], seats[exception.FinanceSeat]; a == "" || b == "" || a == b || a == proposer.Person || b == proposer.Person {
			t.Fatalf("proposed by %q and paid on %+v", proposer.Person, x.Opinions)
		}
	})
	if paid == 0 {
		t.Error("nothing was ever paid: the test proves nothing")
	}
}

func TestReportShowsReasonApproversAndAmounts(t *testing.T) {
	r, ctx := newRoom(t), t.Context()
	x, err := r.Propose(ctx, actor("one", "office"), asked())
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []exception.Actor{actor("two", "office"), actor("three", "finance")} {
		if x, err = r.Judge(ctx, by, exception.JudgeInput{ID: x.ID, Version: x.Version, Verdict: exception.Approve, Reason: "同意。"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Propose(ctx, actor("one", "office"), asked()); err != nil {
		t.Fatal(err)
	}
	report, err := r.Year(ctx, actor("four", "auditor"), 2025)
	if err != nil || report.Count != 2 || report.Waiting != 1 || report.Approved != 800_000_000 || report.Paid != 300 {
		t.Fatalf("got %+v, %v", report, err)
	}
	book, err := report.Workbook()
	if err != nil || len(book) < 1000 {
		t.Fatalf("a workbook of %d bytes, %v", len(book), err)
	}
	again, err := report.Workbook()
	if err != nil || string(again) != string(book) {
		t.Error("the same report gives other bytes")
	}
	if empty, err := r.Year(ctx, actor("four", "auditor"), 2024); err != nil || empty.Count != 0 {
		t.Errorf("2024 has %+v, %v", empty, err)
	}
}
