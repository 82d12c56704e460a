package referral_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/party/partytest"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/referral"
	"github.com/qianmo/qianmo/internal/policy/referral/referraltest"
	"github.com/qianmo/qianmo/internal/policy/referral/sqlstore"
)

const ours, theirs = ident.CreditCode("ours"), ident.CreditCode("theirs")

// room is the service with what a test watches.
type room struct {
	*referral.Service
	told []string
	acts []string
}

func (r *room) Organisation(_ context.Context, code ident.CreditCode) (party.Organisation, error) {
	return party.Organisation{Code: code, Kind: party.Enterprise, Name: string(code)}, nil
}
func (r *room) Names(_ context.Context, codes []ident.CreditCode) (map[ident.CreditCode]string, error) {
	return map[ident.CreditCode]string{}, nil
}
func (r *room) Record(_ context.Context, act party.Act) error {
	r.acts = append(r.acts, act.Action)
	return nil
}
func (r *room) Tell(_ context.Context, n referral.Told) error {
	r.told = append(r.told, n.Topic)
	return nil
}
func (r *room) Keep(context.Context, string, io.Reader) (referral.Paper, error) {
	return referral.Paper{}, nil
}

// Open knows every file but those whose digest begins with 0.
func (r *room) Open(_ context.Context, sha256 string) (io.ReadCloser, error) {
	if strings.HasPrefix(sha256, "0") {
		return nil, fault.Newf(fault.NotFound, "没有。", "None.")
	}
	return io.NopCloser(strings.NewReader("x")), nil
}

func newRoom(t *testing.T) *room {
	now := clock.NewManual(time.Date(2025, 10, 22, 10, 0, 0, 0, clock.Shanghai))
	r := &room{}
	r.Service = &referral.Service{Store: sqlstore.New(dbtest.SQLite(t), now), Sources: sources(t), Registry: r, Files: r, Messages: r, Clock: now, IDs: ident.Random{}}
	return r
}

func manager(org ident.CreditCode) referral.Actor {
	return referral.Actor{Person: "per_" + string(org), Name: "罗", Role: "org_manager", Org: org}
}

var (
	office  = referral.Actor{Person: "per_office", Name: "程", Role: "office"}
	finance = referral.Actor{Person: "per_finance", Name: "杨", Role: "finance"}
)

// described is a project with three cost lines of which two have invoices.
func described() referral.File {
	return referral.File{Name: "行业模型", Stage: referral.Growth, Place: "520115", Instruments: []referral.Instrument{referral.Equity, referral.Grant}, Sought: 600_000_000,
		Costs: []referral.Cost{
			{ID: "c1", Name: "训练", Use: referral.UseModel, Amount: 500_000_000, Invoice: referraltest.Invoice("a")},
			{ID: "c2", Name: "算力", Use: referral.UseCompute, Amount: 400_000_000, Invoice: referraltest.Invoice("b")},
			{ID: "c3", Name: "数据", Use: referral.UseData, Amount: 100_000_000},
		}}
}

// places are where a fault says that something is wrong.
func places(err error) (out []string) {
	if err == nil {
		return nil
	}
	for _, f := range fault.From(err).Fields {
		out = append(out, f.Path)
	}
	return out
}

func TestOneCostIsPaidOnce(t *testing.T) {
	r, ctx := newRoom(t), t.Context()
	p, err := r.Describe(ctx, manager(ours), described())
	if err != nil || p.Number != "XM-2025-0001" {
		t.Fatal(err, places(err))
	}
	send := func(by ident.CreditCode, p referral.Project, source string, amount money.Fen, lines ...string) (referral.Sending, error) {
		return r.Send(ctx, manager(by), referral.SendInput{Project: p.ID, Version: p.Version, Source: source, Amount: amount, Lines: lines})
	}
	first, err := send(ours, p, "guiyang-ai", 400_000_000, "c1")
	if err != nil || first.State != referral.Sent || first.Digest != p.File.Digest() || r.told[0] != referral.ToldSent {
		t.Fatal(err, places(err))
	}
	for _, check := range []struct {
		name   string
		source string
		amount money.Fen
		lines  []string
		at     string
		says   string
	}{
		{"a cost line that another source bears", "new-drivers", 100, []string{"c2", "c1"}, "lines[1]", "训练\" is borne by Guiyang"},
		{"the same source again", "guiyang-ai", 100, []string{"c2"}, "source", "AI investment fund"},
		{"more than the lines cost", "new-drivers", 400_000_001, []string{"c2"}, "amount_fen", "4,000,000.00"},
		{"an unknown line", "new-drivers", 100, []string{"c9"}, "lines[0]", "c9"},
		{"a line twice", "new-drivers", 100, []string{"c2", "c2"}, "lines[1]", "c2"},
		{"no line", "new-drivers", 100, nil, "lines", ""},
		{"nothing", "new-drivers", 0, []string{"c2"}, "amount_fen", ""},
	} {
		_, err := send(ours, p, check.source, check.amount, check.lines...)
		if !fault.Is(err, fault.Invalid) || !slices.Contains(places(err), check.at) || !strings.Contains(err.Error(), check.says) {
			t.Errorf("%s gave %v at %v", check.name, err, places(err))
		}
	}

	// Another firm offers the same invoice to another source: its hash gives it
	// away, and nothing is told of whose it was.
	f := described()
	f.Costs = []referral.Cost{{ID: "x", Name: "服务", Use: referral.UseData, Amount: 700_000_000}, {ID: "y", Name: "训练服务", Use: referral.UseModel, Amount: 900_000_000, Invoice: referraltest.Invoice("a")}}
	q, err := r.Describe(ctx, manager(theirs), f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := send(theirs, q, "new-drivers", 100, "x", "y"); !fault.Is(err, fault.Invalid) || !slices.Equal(places(err), []string{"lines[1]"}) || strings.Contains(err.Error(), p.Number) || !strings.Contains(err.Error(), "borne elsewhere") {
		t.Errorf("an invoice offered twice gave %v", err)
	}
	if first, err = r.Answer(ctx, office, referral.AnswerInput{ID: first.ID, Version: first.Version, State: referral.Declined, On: "2025-10-22", Note: "阶段过早。"}); err != nil {
		t.Fatal(err)
	}
	if _, err := send(theirs, q, "new-drivers", 100, "y"); err != nil {
		t.Errorf("what was declined still bears its invoice: %v", err)
	}
	if _, err := send(ours, p, "four-modernisations", 100, "c1"); !slices.Equal(places(err), []string{"lines[0]"}) {
		t.Errorf("and now the other's does not: %v", err)
	}
}

func TestAFileStaysAsItWasSent(t *testing.T) {
	r, ctx := newRoom(t), t.Context()
	p, err := r.Describe(ctx, manager(ours), described())
	if err != nil {
		t.Fatal(err)
	}
	sent, err := r.Send(ctx, manager(ours), referral.SendInput{Project: p.ID, Version: p.Version, Source: "guiyang-ai", Amount: 100, Lines: []string{"c1"}})
	if err != nil {
		t.Fatal(err)
	}
	less := described()
	less.Costs[0].Amount--
	without := described()
	without.Costs, without.Sought = without.Costs[1:], 1
	for name, f := range map[string]referral.File{"another amount": less, "without the line": without} {
		if _, err := r.Edit(ctx, manager(ours), p.ID, p.Version, f); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "训练") {
			t.Errorf("%s gave %v", name, err)
		}
	}
	more := described()
	more.Costs[2].Amount++
	if p, err = r.Edit(ctx, manager(ours), p.ID, p.Version, more); err != nil || sent.Digest == p.File.Digest() {
		t.Fatalf("a free line cannot change: %v", err)
	}
	if _, err := r.Edit(ctx, manager(ours), p.ID, p.Version-1, more); !fault.Is(err, fault.Conflict) {
		t.Errorf("a stale edit gave %v", err)
	}
	if _, err := r.Edit(ctx, manager(theirs), p.ID, p.Version, more); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else's edit gave %v", err)
	}
	if sent, err = r.Withdraw(ctx, manager(ours), sent.ID, sent.Version, "改报别处。"); err != nil || sent.State != referral.Withdrawn {
		t.Fatal(err)
	}
	if _, err = r.Edit(ctx, manager(ours), p.ID, p.Version, without); err != nil {
		t.Errorf("after it was withdrawn: %v", err)
	}
}

func TestAnswersAreFollowed(t *testing.T) {
	r, ctx := newRoom(t), t.Context()
	p, err := r.Describe(ctx, manager(ours), described())
	if err != nil {
		t.Fatal(err)
	}
	x, err := r.Send(ctx, manager(ours), referral.SendInput{Project: p.ID, Version: p.Version, Source: "guiyang-ai", Amount: 300_000_000, Lines: []string{"c1"}})
	if err != nil {
		t.Fatal(err)
	}
	for path, in := range map[string]referral.AnswerInput{
		"state":      {State: "maybe", On: "2025-10-22", Note: "x"},
		"amount_fen": {State: referral.Meeting, On: "2025-10-22", Note: "x", Amount: 5},
		"on":         {State: referral.Meeting, On: "2025-10-23", Note: "x"},
		"note":       {State: referral.Meeting, On: "2025-10-22"},
	} {
		in.ID, in.Version = x.ID, x.Version
		if _, err := r.Answer(ctx, office, in); !slices.Equal(places(err), []string{path}) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := r.Answer(ctx, office, referral.AnswerInput{ID: x.ID, Version: x.Version, State: referral.Reported, On: "2025-10-22", Amount: 300_000_001, Note: "x"}); !slices.Equal(places(err), []string{"amount_fen"}) {
		t.Errorf("more than was asked: %v", err)
	}
	for _, a := range []referral.AnswerInput{{State: referral.AskedBack, Note: "补三年财报。"}, {State: referral.Meeting, Note: "下周约谈。"}, {State: referral.Reported, Amount: 250_000_000, Note: "已签约。"}} {
		a.ID, a.Version, a.On = x.ID, x.Version, "2025-10-21"
		if x, err = r.Answer(ctx, office, a); err != nil {
			t.Fatal(err, places(err))
		}
	}
	if x, err = r.Judge(ctx, finance, referral.JudgeInput{ID: x.ID, Version: x.Version, Agrees: true, Note: "银行回单已核。"}); err != nil {
		t.Fatal(err, places(err))
	}
	if len(x.Answers) != 4 || x.State != referral.Invested || x.Answers[3].Amount != 250_000_000 || x.Answers[3].On != "2025-10-21" || x.Answers[3].Person != finance.Person {
		t.Fatalf("got %+v", x)
	}
	if _, err := r.Answer(ctx, office, referral.AnswerInput{ID: x.ID, Version: x.Version, State: referral.Declined, On: "2025-10-22", Note: "x"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("an answer after the end: %v", err)
	}
	if _, err := r.Withdraw(ctx, manager(ours), x.ID, x.Version, "算了。"); !fault.Is(err, fault.Conflict) {
		t.Errorf("withdrawn after the end: %v", err)
	}
	if got := strings.Join(r.told, " "); got != "referral.sent referral.answer referral.answer referral.reported referral.answer" {
		t.Errorf("told %s", got)
	}
	for _, source := range []string{"cloud-network", "policy-loans"} {
		if _, err := r.Send(ctx, manager(ours), referral.SendInput{Project: p.ID, Version: p.Version, Source: source, Amount: 1, Lines: []string{"c2"}}); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s, which only drafts name, gave %v", source, err)
		}
	}
}

// TestMoneyOfASourceHasTwoHands: what the office reports as invested waits for
// another person, who agrees or has it reported again; meanwhile nothing else moves it.
func TestMoneyOfASourceHasTwoHands(t *testing.T) {
	r, ctx := newRoom(t), t.Context()
	p, err := r.Describe(ctx, manager(ours), described())
	if err != nil {
		t.Fatal(err)
	}
	x, err := r.Send(ctx, manager(ours), referral.SendInput{Project: p.ID, Version: p.Version, Source: "guiyang-ai", Amount: 300_000_000, Lines: []string{"c1"}})
	if err != nil {
		t.Fatal(err)
	}
	judge := func(by referral.Actor, agrees bool, note string) (referral.Sending, error) {
		return r.Judge(ctx, by, referral.JudgeInput{ID: x.ID, Version: x.Version, Agrees: agrees, Note: note})
	}
	report := func(amount money.Fen) {
		t.Helper()
		if x, err = r.Answer(ctx, office, referral.AnswerInput{ID: x.ID, Version: x.Version, State: referral.Reported, On: "2025-10-20", Amount: amount, Note: "已签约。"}); err != nil {
			t.Fatal(err, places(err))
		}
	}
	if _, err := judge(finance, true, "核对。"); !fault.Is(err, fault.Conflict) {
		t.Errorf("judged before anything was reported: %v", err)
	}
	if _, err := r.Answer(ctx, office, referral.AnswerInput{ID: x.ID, Version: x.Version, State: referral.Invested, On: "2025-10-20", Note: "x"}); !slices.Equal(places(err), []string{"state"}) {
		t.Errorf("one hand invested: %v", err)
	}
	report(250_000_000)
	partytest.Waits(t, r.Store.Backlog, referral.TodoJudge, finance, 1, "2025-10-22")
	partytest.Waits(t, r.Store.Backlog, referral.TodoJudge, office, 0, "")
	for name, got := range map[string]error{
		"another answer":  second(r.Answer(ctx, office, referral.AnswerInput{ID: x.ID, Version: x.Version, State: referral.Declined, On: "2025-10-22", Note: "x"})),
		"its withdrawal":  second(r.Withdraw(ctx, manager(ours), x.ID, x.Version, "算了。")),
		"a stale opinion": second(r.Judge(ctx, finance, referral.JudgeInput{ID: x.ID, Version: x.Version - 1, Agrees: true, Note: "x"})),
	} {
		if !fault.Is(got, fault.Conflict) {
			t.Errorf("%s gave %v", name, got)
		}
	}
	if _, err := judge(office, true, "核对。"); !fault.Is(err, fault.Forbidden) {
		t.Errorf("who reported it agreed: %v", err)
	}
	if _, err := judge(finance, false, " "); !slices.Equal(places(err), []string{"note"}) {
		t.Errorf("no reason: %v", err)
	}
	stale := x.Version
	if x, err = judge(finance, false, "回单是 200 万元。"); err != nil || x.State != referral.Disputed || !x.State.Live() {
		t.Fatalf("got %+v, %v", x, err)
	}
	partytest.Waits(t, r.Store.Backlog, referral.TodoJudge, finance, 0, "")
	if _, err := r.Judge(ctx, referral.Actor{Person: "per_cashier"}, referral.JudgeInput{ID: x.ID, Version: stale, Agrees: true, Note: "x"}); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), finance.Name) {
		t.Errorf("the later of two is told %v", err)
	}
	report(200_000_000)
	if x, err = judge(finance, true, "与回单一致。"); err != nil || x.State != referral.Invested || len(x.Answers) != 4 || x.Answers[3].Amount != 200_000_000 {
		t.Fatalf("got %+v, %v", x, err)
	}
	if _, err := judge(finance, true, "再核。"); !fault.Is(err, fault.Conflict) {
		t.Errorf("judged twice: %v", err)
	}
	if got := strings.Join(r.told, " "); got != "referral.sent referral.reported referral.disputed referral.reported referral.answer" {
		t.Errorf("told %s", got)
	}
	partytest.NoBacklog(t, r.Store.Backlog)
}

func second[T any](_ T, err error) error { return err }

func TestAFileNamesEveryFault(t *testing.T) {
	r, ctx := newRoom(t), t.Context()
	for path, spoil := range map[string]func(*referral.File){
		"name":             func(f *referral.File) { f.Name = " " },
		"industry":         func(f *referral.File) { f.Industry = "magic" },
		"stage":            func(f *referral.File) { f.Stage = "late" },
		"place":            func(f *referral.File) { f.Place = "?" },
		"instruments":      func(f *referral.File) { f.Instruments = nil },
		"instruments[1]":   func(f *referral.File) { f.Instruments[1] = referral.Equity },
		"sought_fen":       func(f *referral.File) { f.Sought = 1_000_000_001 },
		"costs":            func(f *referral.File) { f.Costs[0].Amount = 1 << 62; f.Costs[1].Amount = 1 << 62 },
		"costs[1].id":      func(f *referral.File) { f.Costs[1].ID = "c1" },
		"costs[1].invoice": func(f *referral.File) { f.Costs[1].Invoice = f.Costs[0].Invoice },
		"costs[0].invoice": func(f *referral.File) { f.Costs[0].Invoice = referraltest.Invoice("0") },
		"costs[2].use":     func(f *referral.File) { f.Costs[2].Use = "fun" },
		"papers[0]":        func(f *referral.File) { f.Papers = []referral.Paper{{Name: "x", SHA256: "0"}} },
	} {
		f := described()
		spoil(&f)
		if _, err := r.Describe(ctx, manager(ours), f); !fault.Is(err, fault.Invalid) || !slices.Equal(places(err), []string{path}) {
			t.Errorf("%s: %v at %v", path, err, places(err))
		}
	}
}

// TestSourcesNeverExceedTheCost sends, answers and withdraws at random: whatever
// stands, no line and no invoice has two sources, and all together are no more
// than each project costs.
func TestSourcesNeverExceedTheCost(t *testing.T) {
	r := newRoom(t)
	names := []string{"four-modernisations", "new-drivers", "guiyang-ai", "science-city", "central-investment"}
	refused, stood := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		var projects []referral.Project
		for i, org := range []ident.CreditCode{ours, theirs} {
			f := referral.File{Name: "p", Stage: referral.Growth, Place: "520115", Instruments: []referral.Instrument{referral.Equity}, Sought: 1}
			for n := range 4 {
				c := referral.Cost{ID: fmt.Sprint("c", n), Name: "x", Use: referral.UseModel, Amount: money.Fen(rapid.IntRange(1, 9).Draw(t, "cost"))}
				if n < 2 {
					c.Invoice = fmt.Sprintf("%064x", uint64(0xa)<<60|uint64(rapid.IntRange(0, 1<<30).Draw(t, "run"))<<8|uint64(n))
				}
				if i == 1 && n == 0 {
					c.Invoice = projects[0].File.Costs[0].Invoice // both firms show one invoice
				}
				f.Costs = append(f.Costs, c)
			}
			if f.Costs[0].Invoice == f.Costs[1].Invoice {
				t.Skip("one invoice on two lines is refused already")
			}
			for j := range f.Costs { // digests that begin with 0 are files that nobody uploaded
				if f.Costs[j].Invoice != "" {
					f.Costs[j].Invoice = "f" + f.Costs[j].Invoice[1:]
				}
			}
			p, err := r.Describe(ctx, manager(org), f)
			if err != nil {
				t.Fatal(err, places(err))
			}
			projects = append(projects, p)
		}
		for range rapid.IntRange(1, 10).Draw(t, "acts") {
			p := projects[rapid.IntRange(0, 1).Draw(t, "project")]
			lines := rapid.SliceOfN(rapid.SampledFrom([]string{"c0", "c1", "c2", "c3"}), 1, 4).Draw(t, "lines")
			sending, err := r.Send(ctx, manager(p.Org), referral.SendInput{Project: p.ID, Version: p.Version, Source: rapid.SampledFrom(names).Draw(t, "source"),
				Amount: money.Fen(rapid.IntRange(1, 20).Draw(t, "amount")), Lines: lines})
			switch {
			case err == nil:
				stood++
				if rapid.IntRange(0, 3).Draw(t, "declined") == 0 {
					if _, err := r.Answer(ctx, office, referral.AnswerInput{ID: sending.ID, Version: 1, State: referral.Declined, On: "2025-10-22", Note: "不投。"}); err != nil {
						t.Fatal(err)
					}
				}
			case fault.Is(err, fault.Invalid) && len(places(err)) > 0:
				refused++
			default:
				t.Fatal(err)
			}
		}
		bearers := map[string]string{}
		for _, p := range projects {
			sendings, err := r.Store.Sendings(ctx, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			asked := money.Fen(0)
			for _, s := range sendings {
				if !s.State.Live() {
					continue
				}
				asked += s.Amount
				for _, b := range s.Lines {
					for _, key := range []string{p.ID + "/" + b.Line, b.Invoice} {
						if key != "" && bearers[key] != "" {
							t.Fatalf("%s has %s and %s", key, bearers[key], s.ID)
						}
						bearers[key] = s.ID
					}
				}
				bearers[""] = ""
			}
			if cost, err := p.File.Cost(); err != nil || asked > cost {
				t.Fatalf("%d asked of a cost of %d, %v", asked, cost, err)
			}
		}
		for _, p := range projects { // the next run may draw the same invoices
			sendings, err := r.Store.Sendings(ctx, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range sendings {
				if s.State.Live() {
					if _, err := r.Withdraw(ctx, manager(p.Org), s.ID, s.Version, "完。"); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	})
	if refused == 0 || stood == 0 {
		t.Errorf("%d refused and %d stood: the test proves little", refused, stood)
	}
}
