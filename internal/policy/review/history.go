package review

import (
	"context"
	"encoding/json"

	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// history tells a panel's acts, oldest first. It holds no mark.
func (s *Service) history(ctx context.Context, p Panel, names map[string]string) ([]event, error) {
	records, err := s.Store.Records(ctx, RecordFilter{Panel: p.ID})
	if err != nil {
		return nil, err
	}
	out := make([]event, 0, len(records))
	for _, r := range records {
		note, err := noteOf(r, names)
		if err != nil {
			return nil, err
		}
		out = append(out, event{At: r.At, Kind: r.Kind, Name: r.Name, Role: r.Role, Case: p.number(r.Case), Expert: names[r.Expert], Note: note})
	}
	return out, nil
}

// noteOf is what a record says beside its kind.
func noteOf(r Record, names map[string]string) (i18n.Text, error) {
	switch r.Kind {
	case KindReplace:
		var done Replacement
		if err := json.Unmarshal(r.Body, &done); err != nil {
			return i18n.Text{}, err
		}
		if done.Came == "" {
			return i18n.Text{ZH: done.Why.Reason.ZH + "；同一顺序里已无人可补", EN: done.Why.Reason.EN + "; nobody is left in the order"}, nil
		}
		return i18n.Text{ZH: done.Why.Reason.ZH + "；由 " + names[done.Came] + " 递补", EN: done.Why.Reason.EN + "; replaced by " + names[done.Came]}, nil
	case KindPanelCancel, KindRelease, KindReopen:
		var why struct {
			Reason string `json:"reason"`
		}
		err := json.Unmarshal(r.Body, &why)
		return said(why.Reason), err
	}
	return i18n.Text{}, nil
}
