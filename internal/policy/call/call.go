// Package call is the room of calls for applications (申报批次): which
// measures are open for whom and when, under which guide, for how much money
// of which year, and what an applicant must bring. It knows no application.
package call

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Call (申报批次) opens one or more measures for a period, under the rulings of
// one guide. Once published its terms stand: they are changed only by a new
// revision, which says why and reaches everybody who has applied.
type Call struct {
	ID      string // opaque
	Number  string // what people quote: ZJ-2025-003
	State   State
	Version int64 // counts changes; a writer names the one it read
	Terms
	// The rulings are pinned: which version of the guide the call was published
	// under, and the SHA-256 of what it said. A guide that changes while the call
	// runs is refused unless its version rises.
	GuideVersion int
	GuideDigest  string
	CreatedBy    string
	Created      time.Time
}

// Terms are what a call promises and asks for.
type Terms struct {
	Name    i18n.Text  `json:"name"`
	Guide   int        `json:"guide" doc:"Year of the guide whose rulings hold (申报指南)"`
	Opens   clock.Date `json:"opens" doc:"First day on which applications are taken"`
	Closes  clock.Date `json:"closes" doc:"Last day, included"`
	LateBy  int        `json:"late_by" doc:"Working days after the last on which late applications are taken, marked as late"`
	Promise int        `json:"promise" doc:"Working days within which the office promises an answer"`
	Notice  int        `json:"notice" doc:"Working days of public notice (公示) before decisions; 0 for none"`
	Channel Channel    `json:"channel" enum:"direct,bank_file"`
	Offers  []Offer    `json:"offers" minItems:"1" maxItems:"20"`
}

// DefaultPromise is the number of working days promised where a call names
// none: what the product takes for granted, not a figure of the documents.
const DefaultPromise = 60

// State is where a call stands; whether a published one takes applications
// on a day is its Phase.
type State string

// The states.
const (
	Draft     State = "draft"     // the office is writing it
	Published State = "published" // its terms stand
	Closed    State = "closed"    // ended: nothing of it is pending, or it was cancelled
)

// Phase is what a published call does on a day.
type Phase string

// The phases, in their order.
const (
	Announced Phase = "announced" // opens later
	Open      Phase = "open"
	Late      Phase = "late" // closed, and late applications are still taken
	Over      Phase = "over" // takes no more
)

// PhaseOn says what the call does on a day.
func (c *Call) PhaseOn(day clock.Date) Phase {
	switch {
	case c.State != Published || day > c.LastDay():
		return Over
	case day < c.Opens:
		return Announced
	case day <= c.Closes:
		return Open
	}
	return Late
}

// LastDay is the last day on which anything is taken.
func (c *Call) LastDay() clock.Date { return clock.China().After(c.Closes, c.LateBy) }

// Offer is the call's offer under one measure.
func (c *Call) Offer(measure string) (Offer, bool) {
	i := slices.IndexFunc(c.Offers, func(o Offer) bool { return o.Measure == measure })
	if i < 0 {
		return Offer{}, false
	}
	return c.Offers[i], true
}

// Channel is how a call's money leaves.
type Channel string

// The channels.
const (
	Direct   Channel = "direct"    // the ledger's answer is the payment (国库直达)
	BankFile Channel = "bank_file" // payment orders go out in a file, and the bank's return settles them
)

// Cursor is where a list that ended with this call goes on.
func (c Call) Cursor() string { return c.Number }

// Folded is the text that search looks into.
func (c *Call) Folded() string {
	return strings.ToLower(c.Number + "\n" + c.Name.ZH + "\n" + c.Name.EN)
}

// Event is one entry of a call's history; events are never changed.
type Event struct {
	Seq    int64
	At     time.Time
	Person string
	Name   string
	Action string // open, edit, publish, revise, close, cancel
	Reason string
	Terms  Terms // as they stood after it
}

// limits of what people type.
const (
	nameLimit   = 120
	reasonLimit = 2000
	maxOffers   = 20
	maxEvidence = 30
	longestCall = 366 // days
	mostDays    = 365 // of a promise, in working days
	mostNotice  = 60
)

// Validate reports every fault of the terms that can be seen without the
// region pack.
//
// Codes: invalid.
func (t *Terms) Validate() error {
	var c fault.Collector
	for path, text := range map[string]string{"name.zh": t.Name.ZH, "name.en": t.Name.EN} {
		if n := len([]rune(strings.TrimSpace(text))); n == 0 || n > nameLimit {
			c.Add(path, "名称要写，最多 %d 字。", "Give a name of at most %d characters.", nameLimit)
		}
	}
	t.validatePeriod(&c)
	within(&c, "late_by", t.LateBy, 0, mostNotice)
	within(&c, "promise", t.Promise, 1, mostDays)
	within(&c, "notice", t.Notice, 0, mostNotice)
	if t.Channel != Direct && t.Channel != BankFile {
		c.Add("channel", "付款方式应为 direct 或 bank_file。", "The channel is direct or bank_file.")
	}
	if len(t.Offers) == 0 || len(t.Offers) > maxOffers {
		c.Add("offers", "要有 1 到 %d 条措施。", "Name 1 to %d measures.", maxOffers)
	}
	seen := map[string]bool{}
	for i := range t.Offers {
		path := "offers." + strconv.Itoa(i)
		if seen[t.Offers[i].Measure] {
			c.Add(path+".measure", "措施 %s 写了两次。", "Measure %s stands here twice.", t.Offers[i].Measure)
		}
		seen[t.Offers[i].Measure] = true
		c.Merge(path, t.Offers[i].validate())
	}
	return c.Err()
}

func (t *Terms) validatePeriod(c *fault.Collector) {
	opens, badOpens := clock.ParseDate(string(t.Opens))
	closes, badCloses := clock.ParseDate(string(t.Closes))
	if badOpens != nil {
		c.Add("opens", "请写成 2025-03-01 这样的日期。", "Write a day such as 2025-03-01.")
	}
	if badCloses != nil {
		c.Add("closes", "请写成 2025-04-30 这样的日期。", "Write a day such as 2025-04-30.")
	}
	switch {
	case badOpens != nil || badCloses != nil:
	case closes < opens:
		c.Add("closes", "截止不能早于开始（%s）。", "The last day is before the first, %s.", opens)
	case closes > opens.AddDays(longestCall):
		c.Add("closes", "一个批次最长 %d 天。", "A call lasts %d days at most.", longestCall)
	}
}

func within(c *fault.Collector, path string, n, low, high int) {
	if n < low || n > high {
		c.Add(path, "应在 %d 到 %d 之间。", "Between %d and %d.", low, high)
	}
}
