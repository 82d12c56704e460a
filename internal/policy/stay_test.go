package policy

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/policy/call"
)

func TestStays(t *testing.T) {
	at := func(day string) time.Time { return clock.Date(day).Time().Add(9 * time.Hour) }
	history := []Event{
		{At: at("2025-09-22"), To: Draft},     // Monday
		{At: at("2025-09-24"), To: Submitted}, // with the office over the holidays, and the Sunday that is worked for them
		{At: at("2025-10-10"), To: Returned},
		{At: at("2025-10-13"), To: Submitted}, // Monday, after a Saturday that was worked
		{At: at("2025-10-15"), To: Submitted}, // a letter, a lane: nothing moves
		{At: at("2025-10-16"), To: Approved},
		{At: at("2025-10-16"), To: Held},
	}
	for name, c := range map[string]struct {
		history []Event
		state   State
		channel call.Channel
		want    []StayView
	}{
		"none yet":     {nil, Draft, "", []StayView{}},
		"with finance": {history, Held, "", []StayView{{"organisation", 4, false}, {"office", 10, false}, {"ledger", 0, false}, {"finance", 4, true}}},
		"at the bank": {append(history[:len(history):len(history)], Event{At: at("2025-10-20"), To: Paying}), Paying, call.BankFile,
			[]StayView{{"organisation", 4, false}, {"office", 10, false}, {"ledger", 0, false}, {"finance", 2, false}, {"bank", 2, true}}},
		"over": {append(history[:len(history):len(history)], Event{At: at("2025-10-21"), To: Paid}), Paid, "",
			[]StayView{{"organisation", 4, false}, {"office", 10, false}, {"ledger", 0, false}, {"finance", 3, false}}},
		"the clock went back": {[]Event{{At: at("2025-10-13"), To: Submitted}, {At: at("2025-10-22"), To: Approved}, {At: at("2025-10-20"), To: Held}}, Held, "",
			[]StayView{{"office", 5, false}, {"ledger", 0, false}, {"finance", 2, true}}},
	} {
		a := Application{State: c.state, Channel: c.channel}
		if diff := cmp.Diff(c.want, a.stays(c.history, "2025-10-22")); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}
