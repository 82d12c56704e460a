// Package award is what the public may know of decided support: who gets how
// much under which clause, what of it was paid and what came back, and the
// sealed records with which anybody checks it. It reads what the other rooms
// keep and keeps nothing itself. README.md has the invariants.
package award

import (
	"regexp"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Case is a decided application as this room is given it.
type Case struct {
	ID       string // opaque; never shown
	Number   string // what people quote: QM-2025-0387
	Org      ident.CreditCode
	Measure  string
	Object   string // as its applicant typed it
	Year     int    // budget year
	Call     string // id of its call; "" outside one
	State    State
	Amount   money.Fen // both halves together
	City     money.Fen
	District money.Fen
	Decision string // id of the fact that seals the decision
	// Settled is what the halves that were paid whole come to, SettledOn the day
	// of the last. Instalments are ids of facts that may record a part of another
	// half; those that exist do.
	Settled     money.Fen
	SettledOn   clock.Date
	Instalments []string
}

// State is how far an award has come.
type State string

// The states.
const (
	Committed State = "committed" // decided, the money is reserved
	Paying    State = "paying"    // on its way; one half may have arrived
	Paid      State = "paid"
)

// States lists every state, in their order.
func States() []State { return []State{Committed, Paying, Paid} }

// Award is one decided support as everybody reads it.
type Award struct {
	Number      string        `json:"number" doc:"What people quote: QM-2025-0387"`
	Code        string        `json:"code" doc:"Unified social credit code"`
	Name        string        `json:"name"`
	Measure     string        `json:"measure"`
	MeasureName i18n.Text     `json:"measure_name"`
	Clause      rule.Citation `json:"clause"`
	Object      string        `json:"object" doc:"The project; what is personal in it is struck out"`
	Year        int           `json:"year" doc:"Whose budget pays"`
	DecidedOn   clock.Date    `json:"decided_on,omitempty"`
	State       State         `json:"state" enum:"committed,paying,paid"`
	Amount      money.Fen     `json:"amount_fen" doc:"Committed, both halves together"`
	City        money.Fen     `json:"city_fen" doc:"Of it, the city's half"`
	District    money.Fen     `json:"district_fen" doc:"Of it, the district's half"`
	Paid        money.Fen     `json:"paid_fen" doc:"Of it, paid out so far, whatever came back"`
	PaidOn      clock.Date    `json:"paid_on,omitempty" doc:"Day of the last payment"`
	Recovered   money.Fen     `json:"recovered_fen" doc:"Principal that came back"`
	Call        string        `json:"call" doc:"Id of the call; empty outside one"`
	Notice      *NoticeRef    `json:"notice" doc:"The public notice on which it stood; null where its call gives none"`
}

// NoticeRef names a public notice.
type NoticeRef struct {
	ID     string     `json:"id"`
	Number string     `json:"number"`
	Ended  clock.Date `json:"ended_on"`
}

// Filter chooses awards; zero fields do not filter.
type Filter struct {
	Query   string // part of an organisation's name, its whole code, or part of the number
	Measure string
	Year    int // budget year
	Number  string
	Before  string // cursor: the number of the last row seen
	Limit   int
}

const (
	queryLimit = 60
	// widest bounds how many organisations a part of a name may mean.
	widest = 200
)

// Validate reports every fault of the filter.
//
// Codes: invalid.
func (f Filter) Validate() error {
	var bad fault.Collector
	if len([]rune(f.Query)) > queryLimit {
		bad.Add("query.q", "最多 %d 字。", "%d characters at most.", queryLimit)
	}
	if f.Year != 0 && (f.Year < 2000 || f.Year > 2100) {
		bad.Add("query.year", "年份应在 2000 到 2100 之间。", "The year lies between 2000 and 2100.")
	}
	return bad.Err()
}

// numberForm is what an application's number begins with.
var numberForm = regexp.MustCompile(`^(?i:QM)[-0-9]*$`)

// asksNumber reports whether a query looks for a number rather than a name.
func asksNumber(query string) bool { return numberForm.MatchString(strings.TrimSpace(query)) }

// CaseFilter is a Filter as the cases are asked for.
type CaseFilter struct {
	Orgs    []ident.CreditCode // any of them; none does not filter
	Part    string             // part of a number
	Number  string             // a whole number
	Measure string
	Year    int
	Before  string
	Limit   int
}

// Total is where the money of one measure and budget year went. Committed
// money that was paid stays committed, and paid money that came back stays paid.
type Total struct {
	Measure   string    `json:"measure"`
	Year      int       `json:"year"`
	Awards    int64     `json:"awards"`
	Granted   money.Fen `json:"granted_fen" doc:"Set aside for the measure by all purses"`
	Committed money.Fen `json:"committed_fen" doc:"Decided"`
	Paid      money.Fen `json:"paid_fen" doc:"Of it, paid out"`
	Recovered money.Fen `json:"recovered_fen" doc:"Of that, came back"`
}
