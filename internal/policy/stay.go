package policy

import (
	"github.com/qianmo/qianmo/internal/platform/clock"
)

// StayView is how long a case was with one of those that it went through (各方用时),
// in working days: whoever holds it up, and whoever does not, can be seen. The day
// on which a case comes to somebody is not counted, as in the promise.
type StayView struct {
	Who      string `json:"who" enum:"organisation,office,public,finance,ledger,bank"`
	Workdays int    `json:"workdays"`
	Now      bool   `json:"now" doc:"It is there now"`
}

// stays adds up a case's history, those first that had it first. Nothing is lost
// between two, and nothing counted twice: a span ends where the next begins. What
// is dated after a later step, by a clock that was set back, came no later than
// that.
func (a *Application) stays(history []Event, today clock.Date) []StayView {
	came := make([]clock.Date, len(history)+1)
	came[len(history)] = today
	for i := len(history) - 1; i >= 0; i-- {
		came[i] = min(clock.DateOf(history[i].At), came[i+1])
	}
	out := []StayView{}
	at := map[string]int{}
	for i, e := range history {
		who := (&Application{State: e.To, Channel: a.Channel}).WaitsFor()
		if who == "" {
			continue
		}
		where, known := at[who]
		if !known {
			where = len(out)
			at[who] = where
			out = append(out, StayView{Who: who})
		}
		out[where].Workdays += clock.China().Between(came[i], came[i+1])
		out[where].Now = i == len(history)-1
	}
	return out
}
