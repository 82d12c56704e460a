package payment_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/payment"
	"github.com/qianmo/qianmo/internal/policy/payment/paymenttest"
)

// Each kind of bad line is listed under its own name and nothing is posted for
// it, while the good ones beside it are.
func TestEachBadLineIsListedAndNothingPostedForIt(t *testing.T) {
	r := openRoom(t)
	var orders, waiting []payment.Order
	for i := range 10 {
		orders = append(orders, r.issue(t, paymenttest.Award(fmt.Sprintf("v%d", i), money.Fen(100+i), 1))[0])
	}
	r.send(t, paymenttest.City)
	waiting = r.issue(t, paymenttest.Award("late", 7, 7))
	r.accept(t, paymenttest.City, paymenttest.ReturnCSV(paid(orders[8]), failed(orders[9])))

	with := func(o payment.Order, column int, cell string) []string {
		line := paid(o)
		line[column] = cell
		return line
	}
	ret := r.accept(t, paymenttest.City, paymenttest.ReturnCSV(
		paid(orders[0]),
		failed(orders[1]),
		with(orders[2], 0, "ZF-2025-9999"),
		with(orders[2], 1, "1.03"),
		paid(orders[3]), with(orders[3], 3, "B-other"),
		with(orders[4], 4, "2025-10-21"), // before the release
		with(orders[5], 4, "2025-10-23"), // tomorrow
		with(orders[6], 1, "¥1.06"),
		with(orders[7], 2, "done"),
		paid(orders[8]),
		with(orders[8], 0, orders[9].Number),
		paid(waiting[0]),
		paid(waiting[1]),
	))
	want := []payment.Verdict{payment.VerdictPaid, payment.VerdictFailed, payment.VerdictUnknown, payment.VerdictWrongAmount, payment.VerdictDoubled, payment.VerdictDoubled,
		payment.VerdictBadDay, payment.VerdictAhead, payment.VerdictMalformed, payment.VerdictMalformed, payment.VerdictAlready, payment.VerdictDoubled,
		payment.VerdictNotExported, payment.VerdictWrongPurse}
	if got := r.verdicts(t, ret); !slices.Equal(got, want) {
		t.Fatalf("got  %v\nwant %v", got, want)
	}
	if ret.Paid != (payment.Tally{Count: 1, Amount: 100}) || ret.Failed != (payment.Tally{Count: 1, Amount: 101}) || ret.Bad != 11 {
		t.Fatalf("%+v", ret)
	}
	for i, o := range orders[2:8] {
		if now := r.order(t, o.ID); now.State != payment.Exported {
			t.Errorf("order %d became %s", i+2, now.State)
		}
	}
	if len(r.Told.Settles) != 2 || len(r.Told.Fails) != 2 {
		t.Fatalf("told of %d and %d", len(r.Told.Settles), len(r.Told.Fails))
	}
	lines, err := r.Store.ReturnLines(t.Context(), ret.ID, payment.EveryLine, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if l.Verdict.Bad() != !l.Problem.IsZero() {
			t.Errorf("line %d is %s and says %q", l.Line, l.Verdict, l.Problem.ZH)
		}
	}
	if !strings.Contains(lines[8].Problem.ZH, "第 2 列") || !strings.Contains(lines[9].Problem.EN, "column 3") {
		t.Errorf("malformed lines say %q and %q", lines[8].Problem.ZH, lines[9].Problem.EN)
	}
}

func TestTheSameFileTwiceHappensOnce(t *testing.T) {
	r := openRoom(t)
	o := r.issue(t, paymenttest.Award("t", 100, 100))[0]
	r.send(t, paymenttest.City)
	csv := paymenttest.ReturnCSV(paid(o))
	first := r.preview(t, paymenttest.City, csv)
	if first.Paid.Count != 1 || len(r.Told.Settles) != 0 || r.order(t, o.ID).State != payment.Exported {
		t.Fatal("a preview posted something")
	}
	for range 2 {
		if _, err := r.AcceptReturn(t.Context(), paymenttest.Consenter, first.ID); err != nil {
			t.Fatal(err)
		}
		again, repeated, err := r.PreviewReturn(t.Context(), paymenttest.Releaser, paymenttest.City, "另名.csv", text(csv))
		if err != nil || !repeated || again.ID != first.ID {
			t.Fatalf("%+v %v %v", again, repeated, err)
		}
	}
	if len(r.Told.Settles) != 1 {
		t.Fatalf("told %d times", len(r.Told.Settles))
	}
	// The same line in another file tells what is known.
	other := r.accept(t, paymenttest.City, csv+"\n")
	if got := r.verdicts(t, other); !slices.Equal(got, []payment.Verdict{payment.VerdictAlready}) || other.Bad != 0 {
		t.Fatal(got)
	}
	wants(t, r.DiscardReturn(t.Context(), first.ID), fault.Conflict)
	dropped := r.preview(t, paymenttest.District, csv)
	for range 2 {
		if err := r.DiscardReturn(t.Context(), dropped.ID); err != nil {
			t.Fatal(err)
		}
	}
	_, err := r.AcceptReturn(t.Context(), paymenttest.Consenter, dropped.ID)
	wants(t, err, fault.Conflict)
	if again := r.preview(t, paymenttest.District, csv); again.ID == dropped.ID {
		t.Fatal("a discarded preview came back")
	}
	_, err = r.AcceptReturn(t.Context(), paymenttest.Consenter, "none")
	wants(t, err, fault.NotFound)
}

// A clock that is behind makes what the bank did look like tomorrow's: the lines
// wait under that name, and the same file brought again when the clock is right
// is judged anew. What was posted meanwhile stays posted once.
func TestAClockThatIsBehindIsToldAndTheSameFileCountsLater(t *testing.T) {
	r := openRoom(t)
	var orders []payment.Order
	for i := range 2 {
		orders = append(orders, r.issue(t, paymenttest.Award(fmt.Sprintf("b%d", i), money.Fen(100+i), 1))[0])
	}
	r.send(t, paymenttest.City)
	early, late := paid(orders[0]), paid(orders[1])
	late[4] = "2025-10-23"
	csv := paymenttest.ReturnCSV(early, late)
	const day = 24 * time.Hour

	r.Now.Advance(-day)
	behind := r.preview(t, paymenttest.City, csv)
	lines, err := r.Store.ReturnLines(t.Context(), behind.ID, payment.EveryLine, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if l.Verdict != payment.VerdictAhead || !strings.Contains(l.Problem.ZH, "时钟慢了") || !strings.Contains(l.Problem.EN, "clock is behind") {
			t.Fatalf("line %d is %s and says %q", l.Line, l.Verdict, l.Problem.ZH)
		}
	}
	if behind.Ahead != 2 || behind.Bad != 2 {
		t.Fatalf("%+v", behind)
	}

	r.Now.Advance(day)
	again, repeated, err := r.PreviewReturn(t.Context(), paymenttest.Releaser, paymenttest.City, "again.csv", text(csv))
	if err != nil || !repeated || again.ID != behind.ID || again.Paid.Count != 1 || again.Ahead != 1 {
		t.Fatalf("a preview that stands is not judged anew: %+v %v %v", again, repeated, err)
	}
	first := r.accept(t, paymenttest.City, csv)
	if first.Paid.Count != 1 || first.Ahead != 1 || len(r.Told.Settles) != 1 {
		t.Fatalf("%+v", first)
	}
	if same, repeated, err := r.PreviewReturn(t.Context(), paymenttest.Releaser, paymenttest.City, "again.csv", text(csv)); err != nil || !repeated || same.ID != first.ID {
		t.Fatalf("before its day the file is the one that stands: %+v %v", same, err)
	}

	r.Now.Advance(day)
	second, repeated, err := r.PreviewReturn(t.Context(), paymenttest.Releaser, paymenttest.City, "again.csv", text(csv))
	if err != nil || repeated || second.ID == first.ID {
		t.Fatalf("%+v %v %v", second, repeated, err)
	}
	if _, err := r.AcceptReturn(t.Context(), paymenttest.Consenter, second.ID); err != nil {
		t.Fatal(err)
	}
	if got := r.verdicts(t, second); !slices.Equal(got, []payment.Verdict{payment.VerdictAlready, payment.VerdictPaid}) || len(r.Told.Settles) != 2 {
		t.Fatalf("%v, told %d times", got, len(r.Told.Settles))
	}
	lines, err = r.Store.ReturnLines(t.Context(), first.ID, payment.EveryLine, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	if l := lines[1]; !strings.Contains(l.Resolution, second.Number) || l.ResolvedBy != paymenttest.Consenter.Person {
		t.Fatalf("the line that waited is %+v", l)
	}
	if n, err := r.Store.CountUnmatched(t.Context()); err != nil || n != 0 {
		t.Fatal("something still waits", n, err)
	}
	if third, repeated, err := r.PreviewReturn(t.Context(), paymenttest.Releaser, paymenttest.City, "again.csv", text(csv)); err != nil || !repeated || third.ID != second.ID {
		t.Fatalf("%+v %v %v", third, repeated, err)
	}
}

// Whatever files come, in whatever order and however often, each order is told
// to be paid at most once, to its amount, and the sums agree everywhere.
func TestAnyReturnsPayEachOrderAtMostOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := openRoom(t)
		var orders []payment.Order
		for i := range rapid.IntRange(1, 4).Draw(rt, "cases") {
			orders = append(orders, r.issue(t, paymenttest.Award(fmt.Sprintf("c%d", i), money.Fen(rapid.Int64Range(1, 1e12).Draw(rt, "city")), money.Fen(rapid.Int64Range(1, 1e12).Draw(rt, "district"))))...)
		}
		purses := []ledger.Purse{paymenttest.City, paymenttest.District}
		for _, p := range purses {
			if rapid.IntRange(0, 3).Draw(rt, "sent") > 0 {
				r.send(t, p)
			}
		}
		line := rapid.Custom(func(rt *rapid.T) []string {
			o := rapid.SampledFrom(orders).Draw(rt, "order")
			l := paid(o)
			if rapid.IntRange(0, 3).Draw(rt, "fails") == 0 {
				l = failed(o)
			}
			if rapid.IntRange(0, 2).Draw(rt, "spoilt") == 0 {
				column := rapid.IntRange(0, 5).Draw(rt, "column")
				l[column] = rapid.SampledFrom([]string{"", "ZF-2025-0001", "ZF-2025-9999", "0.01", "-5", "paid", "failed", "B2", "2025-10-21", "2025-10-22", "2026-01-01", "x"}).Draw(rt, "cell")
			}
			return l
		})
		var files []string
		for range rapid.IntRange(1, 5).Draw(rt, "files") {
			files = append(files, paymenttest.ReturnCSV(rapid.SliceOfN(line, 1, 6).Draw(rt, "lines")...))
		}
		for range rapid.IntRange(1, 10).Draw(rt, "imports") {
			p, csv := rapid.SampledFrom(purses).Draw(rt, "purse"), rapid.SampledFrom(files).Draw(rt, "file")
			ret := r.preview(t, p, csv)
			if rapid.Bool().Draw(rt, "accept") {
				if _, err := r.AcceptReturn(t.Context(), paymenttest.Consenter, ret.ID); err != nil {
					rt.Fatal(err)
				}
			}
		}
		r.agree(rt, t, orders)
	})
}

// agree asserts that orders, what the cases were told, what the returns tally
// and what the bank files hold are one story.
func (r room) agree(rt *rapid.T, t *testing.T, orders []payment.Order) {
	told := map[string]int{}
	var toldSum, paidSum, tallied money.Fen
	for _, s := range r.Told.Settles {
		told[s.ID]++
		toldSum += s.Amount
	}
	for _, o := range orders {
		now := r.order(t, o.ID)
		want := 0
		if now.State == payment.Paid {
			want = 1
			paidSum += now.Amount
		}
		if told[o.ID] != want || now.Amount != o.Amount {
			rt.Fatalf("order %s is %s of %s and its case was told %d times", o.ID, now.State, now.Amount, told[o.ID])
		}
		events, err := r.Store.Events(t.Context(), o.ID)
		if err != nil {
			rt.Fatal(err)
		}
		answers := 0
		for _, e := range events {
			if e.Action == payment.ActionPaid || e.Action == payment.ActionFailed {
				answers++
			}
		}
		if answers > 1 {
			rt.Fatalf("order %s was answered %d times", o.ID, answers)
		}
	}
	returns, err := r.Store.Returns(t.Context(), "", 100)
	if err != nil {
		rt.Fatal(err)
	}
	for _, ret := range returns {
		if ret.State == payment.ReturnAccepted {
			tallied += ret.Paid.Amount
		}
	}
	if toldSum != paidSum || tallied != paidSum {
		rt.Fatalf("orders say %s is paid, cases were told %s, returns say %s", paidSum, toldSum, tallied)
	}
}
