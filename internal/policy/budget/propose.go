package budget

import (
	"context"
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Bounds of the form, no rules: an order of more lines, or of more than a
// trillion yuan in one, is a slip.
const (
	mostLines  = 500
	mostAmount = money.Fen(1e14)
	basisLimit = 500
)

// ProposeInput is an order as finance writes it.
type ProposeInput struct {
	Year  int
	Basis string
	Lines []LineInput
}

// LineInput is one line as it is written.
type LineInput struct {
	Purse   string // "city-520100"
	Measure string // "002-2"
	Amount  money.Fen
	Cap     *money.Fen
}

// Validate reports every fault that shows without the books.
func (in ProposeInput) Validate() error {
	var bad fault.Collector
	if in.Year < 2000 || in.Year > 2100 {
		bad.Add("year", "预算年度须在 2000 至 2100 之间。", "The budget year lies between 2000 and 2100.")
	}
	checkWords(&bad, "basis", in.Basis, basisLimit)
	if n := len(in.Lines); n == 0 || n > mostLines {
		bad.Add("lines", "须有 1 至 %d 行。", "There are 1 to %d lines.", mostLines)
		return bad.Err()
	}
	seen := map[string]int{}
	for i, l := range in.Lines {
		l.check(&bad, i)
		key := l.Purse + "/" + l.Measure
		if first, twice := seen[key]; twice {
			bad.Add(at(i, "measure"), "与第 %d 行是同一资金来源的同一事项：请合为一行。", "Line %d is of the same purse and measure: make them one.", first+1)
			continue
		}
		seen[key] = i
	}
	return bad.Err()
}

func (l LineInput) check(bad *fault.Collector, i int) {
	if _, err := ledger.ParsePurse(l.Purse); err != nil {
		bad.Merge(at(i, "purse"), err)
	}
	if l.Measure == "" {
		bad.Add(at(i, "measure"), "请写明事项，例如 002-2。", "Name the measure, such as 002-2.")
	}
	checkAmount(bad, at(i, "amount_fen"), l.Amount)
	checkCap(bad, at(i, "cap_fen"), l.Cap)
}

func checkAmount(bad *fault.Collector, path string, amount money.Fen) {
	if amount == 0 || amount > mostAmount || amount < -mostAmount {
		bad.Add(path, "金额不能为 0，增减都不超过 %s 元。", "The amount is not zero and at most %s yuan either way.", mostAmount.Grouped())
	}
}

func checkCap(bad *fault.Collector, path string, most *money.Fen) {
	if most != nil && (*most <= 0 || *most > mostAmount) {
		bad.Add(path, "单家上限须大于 0，不超过 %s 元；不改就留空。", "A cap is above zero and at most %s yuan; leave it out to keep it as it is.", mostAmount.Grouped())
	}
}

// at is where a line's value stands in the input.
func at(line int, field string) string { return fmt.Sprintf("lines[%d].%s", line, field) }

func checkWords(bad *fault.Collector, path, text string, most int) {
	switch n := len([]rune(strings.TrimSpace(text))); {
	case n == 0:
		bad.Add(path, "请填写。", "Fill this in.")
	case n > most:
		bad.Add(path, "超过 %d 字。", "It is longer than %d characters.", most)
	}
}

// Propose writes an order. Nothing of it is in the books before another person
// of finance has confirmed it.
//
// Codes: invalid, naming the line, also for one that takes back more than is free.
func (s *Service) Propose(ctx context.Context, by Actor, in ProposeInput) (o Order, err error) {
	if err := in.Validate(); err != nil {
		return Order{}, err
	}
	o = Order{ID: s.IDs.New("bdo"), Year: in.Year, Basis: strings.TrimSpace(in.Basis), Day: s.Clock.Today(), State: Proposed, Version: 1,
		Person: by.Person, Name: by.Name, At: s.Clock.Now()}
	if o.Lines, err = s.lines(in.Lines); err != nil {
		return Order{}, err
	}
	if err := s.checkFree(ctx, &o); err != nil {
		return Order{}, err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		n, err := s.Store.NextNumber(ctx, o.Year)
		if err != nil {
			return err
		}
		o.Number = fmt.Sprintf("YS-%d-%04d", o.Year, n)
		if err := s.Store.Insert(ctx, &o); err != nil {
			return err
		}
		if err := s.note(ctx, by, &o, ActionPropose, i18n.Text{}); err != nil {
			return err
		}
		return s.tellProposed(ctx, &o)
	})
	return o, err
}

// lines reads lines whose form is valid; purse and measure must be the region's.
func (s *Service) lines(in []LineInput) ([]Line, error) {
	var bad fault.Collector
	lines := make([]Line, len(in))
	for i, l := range in {
		purse, err := ledger.ParsePurse(l.Purse)
		if err != nil {
			return nil, err
		}
		if _, known := s.purse(purse); !known {
			bad.Add(at(i, "purse"), "本地区没有资金来源 %s。", "The region has no purse %s.", l.Purse)
		}
		if _, known := s.Region.Measure(l.Measure); !known {
			bad.Add(at(i, "measure"), "没有事项“%.40s”。", "There is no measure %.40q.", l.Measure)
		}
		lines[i] = Line{Purse: purse, Measure: l.Measure, Amount: l.Amount, Cap: l.Cap}
	}
	return lines, bad.Err()
}

// checkFree refuses lines that take back more than is free now. What is held,
// owed or paid stays where it is.
func (s *Service) checkFree(ctx context.Context, o *Order) error {
	if _, taken := o.Totals(); taken == 0 {
		return nil
	}
	free, err := s.free(ctx, o.Year)
	if err != nil {
		return err
	}
	var bad fault.Collector
	for i, l := range o.Lines {
		if left := free[l.Programme(o.Year)]; l.Amount < 0 && -l.Amount > left {
			bad.Add(at(i, "amount_fen"), "第 %d 行（%s %s）可收回的只有 %s 元：已占用、已核定和已拨付的不能收回。",
				"Line %d (%s %s) has only %s yuan that can be taken back: what is held, awarded or paid cannot.", i+1, l.Purse, l.Measure, left.Grouped())
		}
	}
	return bad.Err()
}

// free is what each programme of a year has free by the books.
func (s *Service) free(ctx context.Context, year int) (map[ledger.Programme]money.Fen, error) {
	budgets, err := s.Books.Budgets(ctx, year)
	free := make(map[ledger.Programme]money.Fen, len(budgets))
	for _, b := range budgets {
		free[b.Programme] = b.Free
	}
	return free, err
}
