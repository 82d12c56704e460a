package allocation

import (
	"slices"
	"strconv"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Complete adds to a call what the region pack knows of its measure: what the
// text or the year's guide states at most, for the notes; and, for a measure
// whose clause ranks (rank_take) while the call says nothing of a rank, the
// clause's factors without weights, so that the result holds and shows ranks
// under several weightings instead of paying in the queue's order (A2).
//
// Codes: not_found (no such measure); invalid (the measure pays nobody).
func (c *Call) Complete(pack *rule.Pack) error {
	m, err := pack.Measure(c.Measure)
	if err != nil {
		return err
	}
	if !m.Type.Pays() {
		return fault.Newf(fault.Invalid, "措施 %[1]s 不付钱，不能分配：请换一条有金额的措施。", "Measure %[1]s pays nobody and cannot be allocated: name one with an amount.", m.ID)
	}
	guide, err := pack.Guide(c.Year)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	c.Stated = stated(m, guide)
	if i := slices.IndexFunc(m.Amount, func(s rule.Step) bool { return s.Op == "rank_take" }); i >= 0 && c.Rank == nil {
		c.Rank = &Rank{}
		for _, factor := range m.Amount[i].Factors {
			c.Rank.By = append(c.Rank.By, Factor{Name: factor})
		}
	}
	return nil
}

// stated is a measure's quota and budget as text and guide have them; guide may
// be nil.
func stated(m *rule.Measure, guide *rule.Guide) (s Stated) {
	value := func(path string) string {
		p, _ := m.Parameter(path)
		if guide != nil {
			for _, o := range guide.Set {
				if o.Measure == m.ID && o.Path == path {
					return o.Value
				}
			}
		}
		return p.Value
	}
	if m.Selection != nil {
		if n, err := strconv.Atoi(value(m.Selection.Quota)); err == nil {
			s.Quota = &n
		}
	}
	if m.Budget != nil {
		if f, err := money.ParseYuan(value(m.Budget.Parameter)); err == nil {
			s.Budget = &f
		}
	}
	if guide != nil {
		for _, b := range guide.Budgets {
			if f, err := b.Fen(); err == nil && b.Measure == m.ID {
				s.Budget = &f
			}
		}
	}
	return s
}
