package rule

import (
	"slices"
	"strconv"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// ScheduleVoucher marks a measure that is given as a voucher (券), not as money.
const ScheduleVoucher = "voucher"

// VoucherRuling (券的发放规则) is what a year's guide rules on a voucher whose
// measure names neither face values nor discount, validity or scope (document
// 002 clause 1 leaves them to a rule of its own). Without one nothing is issued.
type VoucherRuling struct {
	Measure   string     `yaml:"measure"`
	By        i18n.Text  `yaml:"by"`
	On        clock.Date `yaml:"on"`
	Note      i18n.Text  `yaml:"note"`
	Issue     IssueMode  `yaml:"issue"`
	Faces     []string   `yaml:"faces"`      // what one voucher may be for, decimal yuan
	Cap       string     `yaml:"cap"`        // most that one organisation is issued in the year; "" for none
	Discount  string     `yaml:"discount"`   // most that vouchers pay of one bill, a decimal fraction
	ValidDays int        `yaml:"valid_days"` // counted from the day of issue, which is the first
	Latest    clock.Date `yaml:"latest"`     // no voucher of the year is good after it; "" for none
	Services  []string   `yaml:"services"`   // what they pay for: training, …
	Places    []string   `yaml:"places"`     // where, as facts name places
}

// IssueMode is how vouchers come to organisations.
type IssueMode string

// The modes.
const (
	IssueOnClaim      IssueMode = "claim"      // at once, first come, while the pool lasts
	IssueOnApproval   IssueMode = "approval"   // when the office approves a request
	IssueByAllocation IssueMode = "allocation" // to all requests together, in proportion when the pool is short
)

// IssueModes lists every mode.
func IssueModes() []IssueMode {
	return []IssueMode{IssueOnClaim, IssueOnApproval, IssueByAllocation}
}

// VoucherTerms are a ruling's terms, read. They are frozen with each voucher.
type VoucherTerms struct {
	Year      int         `json:"year"`
	Guide     int         `json:"guide_version"`
	Example   bool        `json:"example" doc:"Fiction for demonstration, ruled by nobody"`
	By        i18n.Text   `json:"by"`
	On        clock.Date  `json:"on"`
	Note      i18n.Text   `json:"note"`
	Issue     IssueMode   `json:"issue" enum:"claim,approval,allocation"`
	Faces     []money.Fen `json:"faces_fen" doc:"What one voucher may be for"`
	Cap       *money.Fen  `json:"cap_fen,omitempty" doc:"Most that one organisation is issued in the year; absent for none"`
	Discount  money.Rate  `json:"discount" doc:"Most that vouchers pay of one bill, a decimal fraction"`
	ValidDays int         `json:"valid_days" doc:"Counted from the day of issue"`
	Latest    clock.Date  `json:"latest,omitempty" doc:"No voucher of the year is good after it"`
	Services  []string    `json:"services"`
	Places    []string    `json:"places"`
}

// Voucher returns the guide's terms for the vouchers of a measure; ruled is
// false when it has none.
//
// Codes: invalid for a pack that was not validated.
func (g *Guide) Voucher(measure string) (terms VoucherTerms, ruled bool, err error) {
	if g == nil {
		return terms, false, nil
	}
	i := slices.IndexFunc(g.Vouchers, func(r VoucherRuling) bool { return r.Measure == measure })
	if i < 0 {
		return terms, false, nil
	}
	r := g.Vouchers[i]
	terms = VoucherTerms{Year: g.Year, Guide: g.Version, Example: g.Example, By: r.By, On: r.On, Note: r.Note, Issue: r.Issue, ValidDays: r.ValidDays, Latest: r.Latest,
		Services: r.Services, Places: r.Places}
	var bad fault.Collector
	amount := func(field, text string) money.Fen {
		fen, err := money.ParseYuan(text)
		bad.Merge(field, err)
		if err == nil && fen <= 0 {
			bad.Add(field, "金额须为正数。", "The amount must be positive.")
		}
		return fen
	}
	for i, face := range r.Faces {
		terms.Faces = append(terms.Faces, amount("faces["+strconv.Itoa(i)+"]", face))
	}
	if r.Cap != "" {
		most := amount("cap", r.Cap)
		terms.Cap = &most
	}
	terms.Discount, err = money.ParseRate(r.Discount)
	bad.Merge("discount", err)
	if terms.Discount.Num <= 0 || terms.Discount.Num > terms.Discount.Den {
		bad.Add("discount", "抵扣比例须大于 0、不超过 1。", "The discount is above 0 and at most 1.")
	}
	r.check(&bad)
	return terms, true, bad.Err()
}

// check reports what is wrong beside the figures.
func (r VoucherRuling) check(bad *fault.Collector) {
	if !complete(r.By) || r.On == "" {
		bad.Add("by", "须写明由谁、何时裁定。", "Say who ruled it, and when.")
	}
	if !slices.Contains(IssueModes(), r.Issue) {
		bad.Add("issue", "“%.40s”应为 claim、approval 或 allocation。", "%.40q should be claim, approval or allocation.", string(r.Issue))
	}
	if len(r.Faces) == 0 {
		bad.Add("faces", "至少写一种面值。", "Name one face value at least.")
	}
	if r.ValidDays < 1 || r.ValidDays > 3660 {
		bad.Add("valid_days", "有效期须为 1 至 3660 天。", "Vouchers are good for 1 to 3660 days.")
	}
	if r.Latest != "" {
		_, err := clock.ParseDate(string(r.Latest))
		bad.Merge("latest", err)
	}
	if len(r.Services) == 0 || len(r.Places) == 0 {
		bad.Add("services", "须写明在哪里、用于什么服务。", "Say where the vouchers are good, and for which services.")
	}
}

// Ceiling is the most that the text allows the measure in a year; stated is
// false when it names no ceiling.
//
// Codes: invalid.
func (m *Measure) Ceiling() (most money.Fen, stated bool, err error) {
	if m.Budget == nil || m.Budget.Kind != "ceiling" {
		return 0, false, nil
	}
	for _, p := range m.Parameters {
		if p.Path == m.Budget.Parameter && p.Value != "" {
			most, err = money.ParseYuan(p.Value)
			return most, err == nil, err
		}
	}
	return 0, false, nil
}

// LeftToPeople lists the questions behind the steps of an amount that the text
// leaves to a rule of its own: a ruling on a voucher settles just these.
func (m *Measure) LeftToPeople() (questions []string) {
	for _, step := range m.Amount {
		if step.Op == "manual" && step.Question != "" {
			questions = append(questions, step.Question)
		}
	}
	return questions
}
