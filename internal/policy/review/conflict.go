package review

import (
	"strconv"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// ConflictKind is why an expert must not judge a case (回避情形).
type ConflictKind string

// The kinds. The first two are found, the others are said.
const (
	SameCode     ConflictKind = "same_code"     // works for the applicant
	PastEmployer ConflictKind = "past_employer" // did so within the years that the region sets
	Declared     ConflictKind = "declared"      // the expert says so
	ByOffice     ConflictKind = "office"        // the programme office says so
)

// Conflict (利益冲突) is a reason that is kept for as long as the panel is.
type Conflict struct {
	Kind   ConflictKind `json:"kind" enum:"same_code,past_employer,declared,office"`
	Reason i18n.Text    `json:"reason"`
}

func conflict(kind ConflictKind, zh, en string, args ...any) Conflict {
	return Conflict{Kind: kind, Reason: i18n.T(zh, en, args...)}
}

// Declaration (回避声明) says that an expert must not judge an organisation's
// cases. It is never taken back; who declared it and why stays.
type Declaration struct {
	ID     string           `json:"-"`
	Expert string           `json:"expert"`
	Org    ident.CreditCode `json:"org"`
	Case   string           `json:"case"` // the case on which it was made; its number hides the organisation
	Number string           `json:"number"`
	Kind   ConflictKind     `json:"kind"`
	Reason string           `json:"reason"`
	At     time.Time        `json:"-"`
	By     string           `json:"-"`
}

// DeclareInput names an expert and either an organisation or a case.
type DeclareInput struct {
	Expert string // empty: the reviewer who speaks
	Org    ident.CreditCode
	Case   string
	Reason string
}

// Validate reports every fault of the input.
func (in DeclareInput) Validate() error {
	var c fault.Collector
	checkLine(&c, "reason", in.Reason, reasonLimit)
	switch {
	case (in.Org == "") == (in.Case == ""):
		c.Add("org", "写一个机构的统一社会信用代码，或选一个案件，二者取一。", "Give an organisation's credit code or a case, one of the two.")
	case in.Org != "":
		_, err := ident.ParseCreditCode(string(in.Org))
		c.Merge("org", err)
	}
	return c.Err()
}

// reasonLimit bounds what people type, in characters.
const reasonLimit = 2000

// said is what a person typed: the same in both languages.
func said(text string) i18n.Text { return i18n.Text{ZH: text, EN: text} }

func decimal(n int) string { return strconv.Itoa(n) }
