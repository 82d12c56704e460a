package call

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// CheckPack refuses a region pack whose guide says something else than the one
// that a running call was published under: rulings do not change mid-call. A
// guide with a higher version is let through, since everybody is told then
// (Repin).
//
// Codes: conflict, naming the call and the guide.
func (s *Service) CheckPack(ctx context.Context, next *rule.Pack) error {
	moved, err := s.moved(ctx, next)
	if err != nil {
		return err
	}
	for _, c := range moved {
		guide, err := next.Guide(c.Guide)
		if err != nil || guide.Version <= c.GuideVersion {
			return fault.Newf(fault.Conflict, "批次 %[1]s 正在进行，%[2]d 年指南的裁定不能悄悄改：请把指南的 version 加一，再载入；已申报的单位会收到通知。",
				"Call %[1]s is running and the rulings of guide %[2]d cannot change quietly: raise the guide's version and load it again; whoever has applied is told.", c.Number, c.Guide)
		}
	}
	return nil
}

// Repin pins the rulings of the pack in use for running calls whose guide got
// a new version, and tells whoever has applied. Running it again does nothing.
func (s *Service) Repin(ctx context.Context) error {
	moved, err := s.moved(ctx, s.Pack)
	if err != nil {
		return err
	}
	for _, c := range moved {
		guide, err := s.Pack.Guide(c.Guide)
		if err != nil {
			return err
		}
		reason := i18n.T("%d 年指南有了第 %d 版，裁定有变。", "Guide %d has version %d; its rulings changed.", guide.Year, guide.Version)
		if _, err := s.change(ctx, c.ID, c.Version, "revise", reason.ZH, func(ctx context.Context, c *Call) error {
			if err := s.pin(c); err != nil {
				return err
			}
			return s.Cases.Revised(ctx, *c, reason)
		}); err != nil {
			return err
		}
	}
	return nil
}

// moved lists the running calls whose guide is not the one that they pinned.
func (s *Service) moved(ctx context.Context, pack *rule.Pack) (moved []Call, err error) {
	f := Filter{States: []State{Published}, Limit: 200}
	for {
		calls, err := s.Store.Calls(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, c := range calls {
			if guide, err := pack.Guide(c.Guide); err != nil || digestOf(guide) != c.GuideDigest {
				moved = append(moved, c) // gone, or changed
			}
		}
		if len(calls) < f.Limit {
			return moved, nil
		}
		f.Before = calls[len(calls)-1].Cursor()
	}
}
