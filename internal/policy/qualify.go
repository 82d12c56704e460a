package policy

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Qualify assesses a measure that takes no application, such as a voucher, for
// an organisation on today's facts. The guide of the year holds.
//
// Codes: conflict for an organisation on the list of those that are excluded;
// not_found.
func (s *Service) Qualify(ctx context.Context, org ident.CreditCode, measure string) (Assessment, error) {
	if err := s.checkStanding(ctx, org); err != nil {
		return Assessment{}, err
	}
	today := s.Clock.Today()
	return s.assess(ctx, org, measure, "", basis{on: today, guide: s.guideYear(today)})
}
