package budget_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/budget"
	"github.com/qianmo/qianmo/internal/policy/budget/budgettest"
)

var (
	writer, second = budgettest.Writer, budgettest.Second
	city           = budgettest.City
	programme      = ledger.Programme{Purse: city, Measure: "m1", Year: 2025}
)

func each(t *testing.T, run func(t *testing.T, r *budgettest.Room)) {
	t.Run("sqlite", func(t *testing.T) { run(t, budgettest.Open(t, dbtest.SQLite(t), dbtest.SQLitePath(t))) })
	t.Run("postgres", func(t *testing.T) {
		d := dbtest.Postgres(t)
		run(t, budgettest.Open(t, d, d.DSN()))
	})
}

func order(lines ...budget.LineInput) budget.ProposeInput {
	return budget.ProposeInput{Year: 2025, Basis: "财预〔2025〕18号 关于下达专项资金的通知", Lines: lines}
}

func line(amount money.Fen) budget.LineInput {
	return budget.LineInput{Purse: city.String(), Measure: "m1", Amount: amount}
}

func step(o budget.Order) budget.Step {
	return budget.Step{ID: o.ID, Version: o.Version, Reason: "理由"}
}

func TestMoneyComesInByTwoPersonsAndLeadsBackToItsDocument(t *testing.T) {
	each(t, func(t *testing.T, r *budgettest.Room) {
		ctx := t.Context()
		most := money.Fen(600)
		in := order(line(1000), budget.LineInput{Purse: budgettest.District.String(), Measure: "m1", Amount: 500, Cap: &most})
		o, err := r.Propose(ctx, writer, in)
		if must(t, err); o.Number != "YS-2025-0001" || o.State != budget.Proposed || o.Day != "2025-10-22" {
			t.Fatalf("got %+v", o)
		}
		if told := r.Told.Of(o.ID); len(told) != 1 || told[0].Writer != writer.Person || !strings.Contains(told[0].Body.ZH, "下达 15.00 元") {
			t.Errorf("finance was told %+v", told)
		}
		for by, want := range map[budget.Actor]int{writer: 0, second: 1, budgettest.Auditor: 0} {
			if todos, err := r.Todos(ctx, by); err != nil || len(todos) != want {
				t.Errorf("%s has to do %v, %v", by.Name, todos, err)
			}
		}
		if b := r.Standing(t, programme); b.Granted != 0 {
			t.Fatalf("before the confirmation the books have %+v", b)
		}
		if _, err := r.Confirm(ctx, writer, step(o)); !fault.Is(err, fault.Forbidden) {
			t.Fatalf("its writer confirmed it: %v", err)
		}
		o, err = r.Confirm(ctx, second, step(o))
		if must(t, err); o.State != budget.Confirmed || o.Confirmed != "2025-10-22" || o.SecondName != second.Name {
			t.Fatalf("got %+v", o)
		}
		for p, want := range map[ledger.Programme]ledger.Budget{
			programme: {Programme: programme, Ceiling: 1000, Cap: money.Max, Granted: 1000, Free: 1000},
			{Purse: budgettest.District, Measure: "m1", Year: 2025}: {Programme: ledger.Programme{Purse: budgettest.District, Measure: "m1", Year: 2025},
				Ceiling: 500, Cap: 600, Granted: 500, Free: 500},
		} {
			if got := r.Standing(t, p); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
		v, err := r.See(ctx, budgettest.Auditor, o.ID)
		if must(t, err); len(v.Lines) != 2 || len(v.Lines[0].Transfers) != 2 || len(v.Allowed) != 0 || v.Given != 1500 || v.Lines[1].Cap == nil {
			t.Fatalf("got %+v", v)
		}
		for _, id := range v.Lines[0].Transfers {
			trace, err := r.Books.Trace(ctx, id)
			if err != nil || trace.Transfer.Ref != "budget-order/"+o.ID || trace.Transfer.Amount != 1000 {
				t.Errorf("%s: %+v, %v", id, trace.Transfer, err)
			}
		}
		if got := r.Acts.Of(o.ID); !slices.Equal(got, []string{"propose", "confirm", "booked"}) {
			t.Errorf("the audit trail has %v", got)
		}
		if got := len(v.History); got != 3 || v.History[2].Name != "" {
			t.Errorf("the history has %+v", v.History)
		}
		r.Verified(t)
	})
}

func TestWhatIsFreeIsTakenBackFromTheNewestOrders(t *testing.T) {
	each(t, func(t *testing.T, r *budgettest.Room) {
		ctx := t.Context()
		first, last := r.Give(t, programme, 1000), r.Give(t, programme, 500)
		must(t, r.Books.OpenAccounts(ctx, programme.PayableAccount("x")))
		_, err := r.Books.One(ctx, ledger.Award("hold", ledger.Hold, programme, "x", 300, ""))
		must(t, err)

		_, err = r.Propose(ctx, writer, order(budget.LineInput{Purse: city.String(), Measure: "m2", Amount: 1}, line(-1201)))
		if f := fault.From(err); f.Code != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Path != "lines[1].amount_fen" || !strings.Contains(f.Fields[0].Message.EN, "12.00") {
			t.Fatalf("taking what is held: %v", err)
		}
		o := r.Give(t, programme, -700)
		takes := o.Lines[0].Takes
		if len(takes) != 2 || takes[0].Number != last.Number || takes[0].Amount != 500 || takes[1].Number != first.Number || takes[1].Amount != 200 {
			t.Fatalf("it took from %+v", takes)
		}
		want := ledger.Budget{Programme: programme, Ceiling: 800, Cap: money.Max, Granted: 800, Held: 300, Free: 500}
		if got := r.Standing(t, programme); got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}
		source, err := r.Books.Balance(ctx, city.Source())
		if must(t, err); source.Total() != -800 {
			t.Errorf("the source stands at %d", source.Total())
		}
		unused, err := r.Unused(ctx, 2025)
		if must(t, err); len(unused) != 1 || unused[0].Orders != 500 || unused[0].Free != 500 {
			t.Fatalf("unused %+v", unused)
		}
		r.Give(t, programme, -500)
		if unused, err = r.Unused(ctx, 2025); err != nil || len(unused) != 0 {
			t.Fatalf("unused %+v, %v", unused, err)
		}
		r.Verified(t)
	})
}

// What became held between the two persons is refused at the confirmation, and
// nothing of the order is booked.
func TestAnOrderIsBookedWholeOrNotAtAll(t *testing.T) {
	each(t, func(t *testing.T, r *budgettest.Room) {
		ctx := t.Context()
		r.Give(t, programme, 1000)
		must(t, r.Books.OpenAccounts(ctx, programme.PayableAccount("x")))
		o, err := r.Propose(ctx, writer, order(budget.LineInput{Purse: city.String(), Measure: "m2", Amount: 77}, line(-1000)))
		must(t, err)

		r.Ledger.Cut(true)
		confirmed, err := r.Confirm(ctx, second, step(o))
		if must(t, err); confirmed.State != budget.Booking {
			t.Fatalf("without the ledger it is %s", confirmed.State)
		}
		other, err := r.Propose(ctx, writer, order(line(5)))
		must(t, err)
		if _, err := r.Confirm(ctx, second, step(other)); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), o.Number) {
			t.Fatalf("two orders on one programme: %v", err)
		}
		_, err = r.Books.One(ctx, ledger.Award("hold", ledger.Hold, programme, "x", 1, "")) // before the ledger comes to the order
		must(t, err)
		r.Ledger.Cut(false)
		_, err = r.Queue.Drain(ctx)
		must(t, err)

		v, err := r.See(ctx, second, o.ID)
		if must(t, err); v.State != budget.Proposed || !strings.HasPrefix(v.Refusal.ZH, "第 2 行") || v.Second != "" || len(v.Lines[1].Takes) != 0 {
			t.Fatalf("got %+v", v)
		}
		m2 := programme
		m2.Measure = "m2"
		if b := r.Standing(t, m2); b.Granted != 0 {
			t.Fatalf("half of it was booked: %+v", b)
		}
		if _, err := r.Confirm(ctx, second, budget.Step{ID: o.ID, Version: v.Revision}); !fault.Is(err, fault.Invalid) {
			t.Fatalf("confirmed again: %v", err)
		}
		_, err = r.Books.One(ctx, ledger.Transfer{ID: "void", Kind: ledger.Void, Hold: "hold"})
		must(t, err)
		again, err := r.Confirm(ctx, second, budget.Step{ID: o.ID, Version: v.Revision})
		if must(t, err); again.State != budget.Confirmed {
			t.Fatalf("it is %s", again.State)
		}
		if b := r.Standing(t, programme); b.Granted != 0 || b.Ceiling != 0 {
			t.Fatalf("got %+v", b)
		}
		r.Verified(t)
	})
}

func TestOfTwoConfirmationsOneWins(t *testing.T) {
	each(t, func(t *testing.T, r *budgettest.Room) {
		o, err := r.Propose(t.Context(), writer, order(line(1000)))
		must(t, err)
		third := budget.Actor{Person: "per_third", Name: "第三人", Role: "finance"}
		var wait sync.WaitGroup
		errs := make([]error, 2)
		for i, by := range []budget.Actor{second, third} {
			wait.Go(func() { _, errs[i] = r.Confirm(context.WithoutCancel(t.Context()), by, step(o)) })
		}
		wait.Wait()
		lost := errs[0]
		if lost == nil {
			lost = errs[1]
		}
		if (errs[0] == nil) == (errs[1] == nil) || !fault.Is(lost, fault.Conflict) {
			t.Fatalf("the answers are %v and %v", errs[0], errs[1])
		}
		if b := r.Standing(t, programme); b.Granted != 1000 || b.Ceiling != 1000 {
			t.Fatalf("got %+v", b)
		}
		_, err = r.Confirm(t.Context(), third, step(o))
		if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "acted on budget order YS-2025-0001") {
			t.Fatalf("the later one is told %v", err)
		}
		r.Verified(t)
	})
}

func TestWhoMayRefuseAndWithdraw(t *testing.T) {
	each(t, func(t *testing.T, r *budgettest.Room) {
		ctx := t.Context()
		propose := func() budget.Order {
			o, err := r.Propose(ctx, writer, order(line(10)))
			must(t, err)
			return o
		}
		o := propose()
		for code, err := range map[fault.Code]error{
			fault.Forbidden: failed(r.Withdraw(ctx, second, step(o))), fault.Invalid: failed(r.Refuse(ctx, second, budget.Step{ID: o.ID, Version: 1})),
			fault.NotFound: failed(r.Refuse(ctx, second, budget.Step{ID: "none", Version: 1, Reason: "x"})), fault.Conflict: failed(r.Refuse(ctx, second, budget.Step{ID: o.ID, Version: 2, Reason: "x"})),
		} {
			if budgettest.Coded(err) != code {
				t.Errorf("want %s, got %v", code, err)
			}
		}
		if _, err := r.Refuse(ctx, writer, step(o)); !fault.Is(err, fault.Forbidden) {
			t.Errorf("its writer refused it: %v", err)
		}
		o, err := r.Refuse(ctx, second, step(o))
		if must(t, err); o.State != budget.Refused {
			t.Fatalf("it is %s", o.State)
		}
		for _, again := range []error{failed(r.Confirm(ctx, second, step(o))), failed(r.Withdraw(ctx, writer, step(o)))} {
			if !fault.Is(again, fault.Conflict) {
				t.Errorf("after the refusal: %v", again)
			}
		}
		o = propose()
		v, err := r.See(ctx, writer, o.ID)
		if must(t, err); !slices.Equal(v.Allowed, []budget.Action{budget.ActionWithdraw}) {
			t.Errorf("its writer may %v", v.Allowed)
		}
		o, err = r.Withdraw(ctx, writer, step(o))
		if must(t, err); o.State != budget.Withdrawn {
			t.Fatalf("it is %s", o.State)
		}
		if b := r.Standing(t, programme); b.Granted != 0 {
			t.Fatalf("got %+v", b)
		}
	})
}

func failed(_ budget.Order, err error) error { return err }

func TestAnOrderNamesEveryFaultWithItsLine(t *testing.T) {
	r := budgettest.Open(t, dbtest.SQLite(t), dbtest.SQLitePath(t))
	zero := money.Fen(0)
	for name, c := range map[string]struct {
		in   budget.ProposeInput
		want []string
	}{
		"empty":    {budget.ProposeInput{}, []string{"year", "basis", "lines"}},
		"values":   {order(budget.LineInput{Purse: "x", Amount: 0, Cap: &zero}), []string{"lines[0].purse", "lines[0].measure", "lines[0].amount_fen", "lines[0].cap_fen"}},
		"unknown":  {order(line(1), budget.LineInput{Purse: "city-999999", Measure: "zz", Amount: 1}), []string{"lines[1].purse", "lines[1].measure"}},
		"twice":    {order(line(1), line(2)), []string{"lines[1].measure"}},
		"too much": {order(line(1e14 + 1)), []string{"lines[0].amount_fen"}},
		"smallest": {order(line(-1 << 63)), []string{"lines[0].amount_fen"}},
		"nothing":  {order(line(-1)), []string{"lines[0].amount_fen"}},
	} {
		_, err := r.Propose(t.Context(), writer, c.in)
		var paths []string
		for _, f := range fault.From(err).Fields {
			paths = append(paths, f.Path)
		}
		if !fault.Is(err, fault.Invalid) || !slices.Equal(paths, c.want) {
			t.Errorf("%s: %v names %v", name, err, paths)
		}
	}
}

// An order as long as one may be is booked in one piece.
func TestTheLongestOrder(t *testing.T) {
	each(t, func(t *testing.T, r *budgettest.Room) {
		in, back := order(), order()
		for i := range 500 {
			in.Lines = append(in.Lines, budget.LineInput{Purse: city.String(), Measure: fmt.Sprint("m", i), Amount: money.Fen(i + 1)})
			back.Lines = append(back.Lines, budget.LineInput{Purse: city.String(), Measure: fmt.Sprint("m", i), Amount: -money.Fen(i + 1)})
		}
		for _, in := range []budget.ProposeInput{in, back} {
			o, err := r.Propose(t.Context(), writer, in)
			must(t, err)
			o, err = r.Confirm(t.Context(), second, step(o))
			if must(t, err); o.State != budget.Confirmed {
				t.Fatalf("it is %s", o.State)
			}
		}
		in.Lines = append(in.Lines, line(1))
		if _, err := r.Propose(t.Context(), writer, in); !fault.Is(err, fault.Invalid) {
			t.Errorf("501 lines: %v", err)
		}
		source, err := r.Books.Balance(t.Context(), city.Source())
		if must(t, err); source.Out != 125250 || source.Total() != 0 {
			t.Errorf("the source gave %d and stands at %d", source.Out, source.Total())
		}
		r.Verified(t)
	})
}

func TestATableOfLines(t *testing.T) {
	r := budgettest.Open(t, dbtest.SQLite(t), dbtest.SQLitePath(t))
	read := func(text string) ([]budget.SheetLine, error) {
		return r.ReadSheet(strings.NewReader(text), int64(len(text)))
	}
	lines, err := read("\ufeff资金来源,备注,事项,金额（元）\ncity-520100,,m1,\"1,234.5\"\n某区财政局,x,m2,-3\n,,,\ntown-1,,zz,一百\ncity-520100,,m1,0\n")
	must(t, err)
	if len(lines) != 4 || lines[0].Amount != 123450 || len(lines[0].Faults)+len(lines[1].Faults) != 0 || lines[1].Purse != "district-520115" || lines[1].Amount != -300 {
		t.Fatalf("got %+v", lines)
	}
	var paths []string
	for _, l := range lines[2:] {
		for _, f := range l.Faults {
			paths = append(paths, fmt.Sprint(l.Row, " ", f.Path))
		}
	}
	if want := []string{"5 purse", "5 measure", "5 amount_fen", "6 amount_fen", "6 measure"}; !slices.Equal(paths, want) {
		t.Errorf("faults at %q, want %q", paths, want)
	}
	caps, err := read("purse,measure,yuan,cap\ncity-520100,m1,1,\"50,000\"\ncity-520100,m2,1,\ndistrict-520115,m1,1,0\ndistrict-520115,m2,1,x\n")
	must(t, err)
	if c := caps[0].Cap; c == nil || *c != 5_000_000 || caps[1].Cap != nil || len(caps[0].Faults)+len(caps[1].Faults) != 0 {
		t.Errorf("caps were read as %+v", caps)
	}
	for _, l := range caps[2:] {
		if len(l.Faults) != 1 || l.Faults[0].Path != "cap_fen" {
			t.Errorf("row %d: %+v", l.Row, l.Faults)
		}
	}
	for name, c := range map[string]struct {
		text string
		code fault.Code
	}{
		"no columns": {"a,b\n1,2\n", fault.Invalid}, "empty": {"", fault.Invalid}, "no rows": {"purse,measure,yuan\n", fault.Invalid},
		"ragged": {"purse,measure,yuan\na,b\n", fault.Invalid}, "501 rows": {"purse,measure,yuan\n" + strings.Repeat("city-520100,m1,1\n", 501), fault.TooLarge},
	} {
		if _, err := read(c.text); !fault.Is(err, c.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
