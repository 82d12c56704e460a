// Package notice is the room of public notices (公示): proposed awards shown to
// everybody for some working days before they are decided, with what is
// personal left out, and objections that are each answered. None of the five
// documents words this step; the call says whether there is one and how long
// it lasts.
package notice

import (
	"slices"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Notice (公示) shows proposed awards of one call.
type Notice struct {
	ID        string // opaque
	Number    string // what people quote: GS-2025-001
	State     State
	Version   int64
	Title     i18n.Text
	Call      string     // id of the call
	Days      int        // working days
	Published clock.Date // the day on which it was; not counted
	Ends      clock.Date // last day for objections
	CreatedBy string
	Created   time.Time
}

// State is where a notice stands.
type State string

// The states. That its days are over is told by its date.
const (
	Draft     State = "draft"
	Published State = "published"
)

// Over reports whether the days for objections have passed on a day.
func (n *Notice) Over(on clock.Date) bool { return n.State == Published && on > n.Ends }

// Folded is the text that search looks into.
func (n *Notice) Folded() string {
	return strings.ToLower(n.Number + "\n" + n.Title.ZH + "\n" + n.Title.EN)
}

// Row is one proposed award as the public reads it: no contact, no account, no
// facts, no reasons.
type Row struct {
	Seq         int
	Application string // id; officers only
	Number      string // of the application
	Org         ident.CreditCode
	Name        string // of the organisation
	Measure     string
	Object      string // the project; what is personal in it is struck out
	Amount      money.Fen
	Place       int       // rank; 0 where nothing was ranked
	Exception   string    // number of the exception that gave the amount (一事一议); "" for the formula's
	Withdrawn   i18n.Text // why it was taken off; empty while it stands
}

// Objection (异议) is what somebody says against one row. Who says it is known
// to officers and never published.
type Objection struct {
	ID      string
	Number  string // what people quote: YY-2025-0001
	Notice  string
	Seq     int    // of the row
	Person  string // who was signed in; "" for the public
	Name    string
	Contact string
	Body    string
	At      time.Time

	Verdict      Verdict
	Answer       string
	AnsweredBy   string
	AnsweredName string
	Answered     time.Time
}

// Verdict is an objection's outcome; "" while it is open.
type Verdict string

// The verdicts.
const (
	Upheld    Verdict = "upheld"    // 异议成立: the case is reviewed again
	Dismissed Verdict = "dismissed" // 异议不成立
)

const (
	titleLimit   = 120
	nameLimit    = 60
	contactLimit = 120
	bodyLimit    = 2000
	maxRows      = 5000
	maxDays      = 60
)

// DraftInput asks for a notice.
type DraftInput struct {
	Title i18n.Text
	Call  string
	Days  int
	Rows  []Row
}

// Validate reports every fault of the input.
//
// Codes: invalid.
func (in DraftInput) Validate() error {
	var c fault.Collector
	for path, text := range map[string]string{"title.zh": in.Title.ZH, "title.en": in.Title.EN} {
		if n := len([]rune(strings.TrimSpace(text))); n == 0 || n > titleLimit {
			c.Add(path, "标题要写，最多 %d 字。", "Give a title of at most %d characters.", titleLimit)
		}
	}
	if in.Days < 1 || in.Days > maxDays {
		c.Add("days", "公示 1 到 %d 个工作日。", "A notice lasts 1 to %d working days.", maxDays)
	}
	if len(in.Rows) == 0 || len(in.Rows) > maxRows {
		c.Add("rows", "要有 1 到 %d 件拟支持的申报。", "A notice shows 1 to %d proposed awards.", maxRows)
	}
	return c.Err()
}

// ObjectInput is an objection as somebody writes it.
type ObjectInput struct {
	Notice  string
	Seq     int
	Name    string
	Contact string
	Body    string
}

// Validate reports every fault of the input.
//
// Codes: invalid.
func (in ObjectInput) Validate() error {
	var c fault.Collector
	filled(&c, "name", in.Name, nameLimit)
	filled(&c, "contact", in.Contact, contactLimit)
	filled(&c, "body", in.Body, bodyLimit)
	return c.Err()
}

// AnswerInput settles an objection.
type AnswerInput struct {
	ID      string
	Verdict Verdict
	Answer  string
}

// Validate reports every fault of the input.
//
// Codes: invalid.
func (in AnswerInput) Validate() error {
	var c fault.Collector
	if !slices.Contains([]Verdict{Upheld, Dismissed}, in.Verdict) {
		c.Add("verdict", "应为 upheld 或 dismissed。", "upheld or dismissed.")
	}
	filled(&c, "answer", in.Answer, bodyLimit)
	return c.Err()
}

func filled(c *fault.Collector, path, text string, limit int) {
	if n := len([]rune(strings.TrimSpace(text))); n == 0 || n > limit {
		c.Add(path, "要写，最多 %d 字。", "Needed, %d characters at most.", limit)
	}
}
