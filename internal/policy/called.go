package policy

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/call"
)

// What the room of calls asks of the cases: call.Cases.

// Pending implements call.Cases.
func (s *Service) Pending(ctx context.Context, id string) (n int64, err error) {
	counts, err := s.Store.CountByState(ctx, "", id)
	for state, count := range counts {
		if state.Open() && state != Draft { // a draft that was never handed in holds up nothing
			n += count
		}
	}
	return n, err
}

// Funnel implements call.Cases.
func (s *Service) Funnel(ctx context.Context, id string) (map[string]int64, error) {
	counts, err := s.Store.CountByState(ctx, "", id)
	out := make(map[string]int64, len(counts))
	for state, n := range counts {
		out[string(state)] = n
	}
	return out, err
}

// Revised implements call.Cases: the timeline of every case that may still be
// paid says what changed.
func (s *Service) Revised(ctx context.Context, c call.Call, reason string) error {
	note := i18n.T("批次 %[1]s 有修订：%[2]s", "Call %[1]s was revised: %[2]s", c.Number, reason)
	const page = 200
	for after := ""; ; {
		list, err := s.Store.OfCall(ctx, c.ID, "", after, page)
		if err != nil {
			return err
		}
		for i := range list {
			after = list[i].ID
			if !list[i].State.Open() {
				continue
			}
			e := Event{At: s.Clock.Now(), Role: "office", Action: ActionRevised, To: list[i].State, Note: note}
			if err := s.Store.AppendEvent(ctx, list[i].ID, e); err != nil {
				return err
			}
			if err := s.tell(ctx, &list[i], ActionRevised, c.Version, note); err != nil {
				return err
			}
		}
		if len(list) < page {
			return nil
		}
	}
}
