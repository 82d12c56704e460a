package ledger

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/money"
)

// Budget is how a programme stands: what it may spend in its year, and where
// that went. Granted = Held + Awarded + Free where the ceiling is what was
// granted.
type Budget struct {
	Programme
	Ceiling money.Fen // most it may spend; money.Max when none is set
	Cap     money.Fen // most one party may get; money.Max when none is set
	Granted money.Fen // received from the annual budget, less what was taken back
	Held    money.Fen // reserved
	Awarded money.Fen // owed or paid to parties, corrections taken off
	Paid    money.Fen // of it, left the treasury
	Free    money.Fen // what may still be held or awarded, by the balance and by the ceiling
}

// Budgets lists the programmes of a year, 0 for all, ordered by purse,
// measure and year.
//
// Codes: unavailable.
func (l *Ledger) Budgets(ctx context.Context, year int) (all []Budget, err error) {
	err = l.view(ctx, func(b *books) { all = b.budgets(year) })
	return all, err
}

func (b *books) budgets(year int) []Budget {
	var all []Budget
	for _, a := range b.programmes {
		if p, ok := parseProgramme(a.Name); ok && (year == 0 || p.Year == year) {
			all = append(all, b.budget(p, a))
		}
	}
	slices.SortFunc(all, func(x, y Budget) int { return strings.Compare(x.path(), y.path()) })
	return all
}

func (b *books) budget(p Programme, a *account) Budget {
	line := Budget{Programme: p, Ceiling: money.Max, Cap: money.Max, Granted: a.in, Held: a.held, Awarded: a.out, Free: max(0, a.free())}
	if l := b.limits[p.Ceiling()]; l != nil {
		used := l.usage("").used // outflows and holds, less what was given back
		line.Ceiling, line.Awarded = l.Max, used-a.held
		line.Granted = a.in - (a.out - line.Awarded)
		line.Free = min(line.Free, max(0, l.Max-used))
	}
	if l := b.limits[p.Cap()]; l != nil {
		line.Cap = l.Max
	}
	owed := money.Fen(0)
	for _, payable := range b.payables[p.path()] {
		owed += payable.in - payable.out
	}
	line.Paid = line.Awarded - owed
	return line
}

// parseProgramme reads "programme/<purse>/<measure>/<year>".
func parseProgramme(name string) (Programme, bool) {
	parts := strings.Split(name, "/")
	if len(parts) != 4 || parts[0] != "programme" {
		return Programme{}, false
	}
	purse, err := ParsePurse(parts[1])
	year, bad := strconv.Atoi(parts[3])
	return Programme{Purse: purse, Measure: parts[2], Year: year}, err == nil && bad == nil
}

// chart notes where an account stands in the chart, or, with opened false,
// takes the newest one back.
func (b *books) chart(a *account, opened bool) {
	if _, ok := parseProgramme(a.Name); ok {
		b.programmes = pushOrPop(b.programmes, a, opened)
		return
	}
	if rest, ok := strings.CutPrefix(a.Name, "payable/"); ok {
		if end := strings.LastIndexByte(rest, '/'); end > 0 {
			b.payables[rest[:end]] = pushOrPop(b.payables[rest[:end]], a, opened)
		}
	}
}

func pushOrPop(all []*account, a *account, push bool) []*account {
	if push {
		return append(all, a)
	}
	return all[:len(all)-1]
}
