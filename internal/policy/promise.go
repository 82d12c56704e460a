package policy

import (
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/policy/call"
)

// Promise (承诺时限) counts the working days that the office has used of those
// that the call promised. Time with the organisation is shown and not counted.
type Promise struct {
	Days  int        // promised; call.DefaultPromise outside a call
	Used  int        // up to the day Since
	Since clock.Date // when the case came to whoever it waits for
}

// running reports whether the promise's time runs in a state: from submission
// to the end, except while it waits for the organisation.
func (s State) running() bool {
	switch s {
	case Submitted, Accepted, Proposed, Approved, Held, Paying:
		return true
	}
	return false
}

// turn notes that the case went from a state to the present one. The day on
// which a span begins is not counted, and none is counted twice when the
// machine's clock was set back.
func (a *Application) turn(from State, today clock.Date) {
	if from == a.State {
		return
	}
	if from.running() {
		a.Promise.Used += clock.China().Between(a.Promise.Since, today)
	}
	a.Promise.Since = max(a.Promise.Since, today)
}

// ClockView is the promise as a page shows it.
type ClockView struct {
	Total  int        `json:"total" doc:"Working days promised"`
	Used   int        `json:"used" doc:"Working days used, those with the organisation not counted"`
	Left   int        `json:"left" doc:"Negative when it is overdue"`
	Paused bool       `json:"paused" doc:"It waits for the organisation"`
	Ended  bool       `json:"ended"`
	Due    clock.Date `json:"due,omitempty" doc:"The day on which the promise ends if nothing pauses it; empty while paused and when it has ended"`
	Known  bool       `json:"known" doc:"False when the holidays of the days ahead are not named yet"`
}

// clock shows the promise on a day, nil before the first submission.
func (a *Application) clock(today clock.Date) *ClockView {
	if a.Submitted == "" {
		return nil
	}
	days := clock.China()
	v := ClockView{Total: a.Promise.Days, Used: a.Promise.Used, Paused: a.State.Open() && !a.State.running(), Ended: !a.State.Open(), Known: true}
	if a.State.running() {
		v.Used += days.Between(a.Promise.Since, today)
	}
	v.Left = v.Total - v.Used
	if a.State.running() {
		v.Due = days.After(a.Promise.Since, a.Promise.Days-a.Promise.Used)
		v.Known = days.Known(v.Due)
	}
	return &v
}

// promised is the promise of a new case.
func promised(days int, today clock.Date) Promise {
	if days <= 0 {
		days = call.DefaultPromise
	}
	return Promise{Days: days, Since: today}
}
