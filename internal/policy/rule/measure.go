package rule

import (
	"slices"

	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Measure is one rule of a document (measures/<id>.yaml).
type Measure struct {
	ID       string    `yaml:"id"`
	Version  int       `yaml:"version"`
	Document string    `yaml:"document"`
	Clause   string    `yaml:"clause"`
	Type     RuleType  `yaml:"rule_type"`
	Name     i18n.Text `yaml:"name"`
	Reading  i18n.Text `yaml:"reading"` // plain reading; the text binds, this does not

	Who        *Who        `yaml:"who"`
	Object     string      `yaml:"object"` // what one application is for: model, project, platform; "" for one result a firm and year
	Gates      []string    `yaml:"gates"`  // measures of type gate whose conditions hold here too
	Facts      []FactUse   `yaml:"facts"`
	Conditions []Condition `yaml:"conditions"`
	Questions  []string    `yaml:"questions"` // open questions that block payment until a guide rules

	Parameters []Parameter `yaml:"parameters"`
	Amount     []Step      `yaml:"amount"`

	Purse     []string   `yaml:"purse"` // place attributes, the first known names the district that pays
	CapScope  *CapScope  `yaml:"cap_scope"`
	Budget    *Budget    `yaml:"budget"`
	Selection *Selection `yaml:"selection"`
	Stacking  *Stacking  `yaml:"stacking"`
	Schedule  string     `yaml:"schedule"`
	Units     []string   `yaml:"units"`     // responsible units, by units.yaml id
	Imports   []string   `yaml:"imports"`   // reference rules: the measures that hold here by analogy
	Leads     *i18n.Text `yaml:"leads"`     // why it pays nobody, or where it refers to
	DependsOn []string   `yaml:"rests_on"`  // documents outside the pack that the rule needs
	Taxonomy  []Term     `yaml:"taxonomy"`  // rule_type taxonomy: the closed list
	RestsOn   *i18n.Text `yaml:"authority"` // legal ground, where it is not the clause itself

	file string // for messages
}

// RuleType says what a measure does.
type RuleType string

// The rule types. Only payable rules and references to them compute money.
const (
	Payable       RuleType = "payable"
	Reference     RuleType = "reference"     // imports other measures (参照)
	Referral      RuleType = "referral"      // points to another programme
	Gate          RuleType = "gate"          // conditions that other measures share
	Taxonomy      RuleType = "taxonomy"      // a closed list
	Entitlement   RuleType = "entitlement"   // a right without money
	Discretionary RuleType = "discretionary" // support with no figure in the text
	CoFunding     RuleType = "co_funding"    // who shares the payment
	StackingRule  RuleType = "stacking"      // how supports for one matter combine
	Exception     RuleType = "exception"     // case by case, with its own approval
	GuideRule     RuleType = "guide"         // where details are settled
	Duty          RuleType = "duty"          // what a department must do
	Recovery      RuleType = "recovery"      // clawback
	TimeRule      RuleType = "time"          // validity and change of law
)

// RuleTypes lists every rule type.
func RuleTypes() []RuleType {
	return []RuleType{Payable, Reference, Referral, Gate, Taxonomy, Entitlement, Discretionary, CoFunding,
		StackingRule, Exception, GuideRule, Duty, Recovery, TimeRule}
}

// Pays reports whether measures of the type compute money.
func (t RuleType) Pays() bool { return t == Payable || t == Reference }

// Who says which kinds of applicant the text names.
type Who struct {
	Kinds  []string  `yaml:"kinds"` // enterprise, university, institute, public
	Clause string    `yaml:"clause"`
	Text   i18n.Text `yaml:"text"`
}

// FactUse is a kind of fact that a measure reads and whose word it takes.
type FactUse struct {
	Kind string   `yaml:"kind"`
	By   []string `yaml:"by"` // attestors whose word counts: meter, operator, department, auditor
	// Per joins the fact to the application's object: the fact's attribute of
	// this name (or, without it, the fact's object) must be the object.
	Per string `yaml:"per"`
	// Only is a CEL filter on one fact: facts that fail it are not about this
	// measure at all (another year's selection, another measure's payment).
	Only string `yaml:"only"`
	// Take says what several facts mean: latest (the newest counts) or sum.
	Take string `yaml:"take"`
	// Yearly sums only count facts of the assessed year (for a payment the one
	// that its matter names, else the one it occurred in) and none from after the
	// day of assessment.
	Yearly bool `yaml:"yearly"`
	// Absent: zero for events that our own books record (payments made): none
	// recorded is none. Otherwise a missing fact is lacking.
	Absent string    `yaml:"absent"`
	Text   i18n.Text `yaml:"text"` // what it is, for people
	Where  i18n.Text `yaml:"where"`
}

// Condition is one test with the sentence that people read.
type Condition struct {
	ID     string `yaml:"id"`
	Clause string `yaml:"clause"` // path in the measure's document, or document#path
	When   string `yaml:"when"`   // CEL; true means the condition holds
	// Each judges facts of this kind one by one: those that fail are left out
	// of the sum (or passed over for one that holds). When none holds the
	// condition fails, and shows the newest that failed.
	Each     string    `yaml:"each"`
	Text     i18n.Text `yaml:"text"`
	Question string    `yaml:"question"` // the ruling that it leans on, for the trace
}

// Parameter is a figure of the text that `simulate --set ID:path=value` and a
// guide may vary.
type Parameter struct {
	Path   string    `yaml:"path"`
	Kind   string    `yaml:"kind"`  // rate, money (decimal yuan), count
	Value  string    `yaml:"value"` // "" when the text gives none
	Clause string    `yaml:"clause"`
	At     []int     `yaml:"at"`     // byte range in the document of the phrase it comes from
	SetBy  string    `yaml:"set_by"` // text: only an amendment changes it; guide: a year's guide may
	Text   i18n.Text `yaml:"text"`
}

// Step is one operator of an amount, applied to the running value.
type Step struct {
	Op       string    `yaml:"op"`
	Clause   string    `yaml:"clause"`
	Question string    `yaml:"question"`
	Text     i18n.Text `yaml:"text"`
	Base     string    `yaml:"base"`   // rate_of: the fact kind whose quantity is the base
	Rate     string    `yaml:"rate"`   // rate_of: parameter
	Excess   *Excess   `yaml:"excess"` // rate_of: the part of the base that does not count
	Max      string    `yaml:"max"`    // cap: parameter
	Value    string    `yaml:"value"`  // flat: parameter
	By       string    `yaml:"by"`     // tier: a text attribute, kind.attribute
	Table    []Tier    `yaml:"table"`  // tier
	Of       [][]Step  `yaml:"of"`     // best_of: the alternatives
	Paid     string    `yaml:"paid"`   // top_up: the fact kind whose sum was paid before
	Quota    string    `yaml:"quota"`  // rank_take: parameter
	Budget   string    `yaml:"budget"`
	Factors  []string  `yaml:"factors"` // rank_take: what is ranked by
	City     string    `yaml:"city"`    // split: parameter, the first purse's share
}

// Excess leaves out of a base what a measured rate lies above its limit: above it
// only limit ÷ measured of the base counts (document 003 clause 20, question A21).
type Excess struct {
	Of    string `yaml:"of"`    // the measured rate, kind.attribute
	Above string `yaml:"above"` // parameter of kind rate
}

// Tier is one row of a tier table.
type Tier struct {
	When  string `yaml:"when"`
	Value string `yaml:"value"` // parameter
}

// CapScope says what one cap covers, and the question that leaves it open (A4).
type CapScope struct {
	Scope    string `yaml:"scope"` // object, firm, firm_year
	Question string `yaml:"question"`
}

// Budget is the yearly money of a measure and whether the text means a ceiling.
type Budget struct {
	Parameter string    `yaml:"parameter"` // "" when the text names none (A25)
	Kind      string    `yaml:"kind"`      // ceiling (不超过), planned (安排), fund, none
	Question  string    `yaml:"question"`
	Text      i18n.Text `yaml:"text"`
}

// Selection says that only some are chosen a year.
type Selection struct {
	Quota    string    `yaml:"quota"` // parameter; "" when the text gives no number
	By       string    `yaml:"by"`    // choice, rank, list
	Question string    `yaml:"question"`
	Text     i18n.Text `yaml:"text"`
}

// Stacking says how the measure combines with other support for one matter.
type Stacking struct {
	Key  string   `yaml:"key"`  // what makes two supports the same matter: model, project, platform, year
	Rule string   `yaml:"rule"` // the stacking measure, 002-8.3
	How  []string `yaml:"how"`  // best_of, top_up
}

// Term is one entry of a taxonomy.
type Term struct {
	ID   string    `yaml:"id"`
	Name i18n.Text `yaml:"name"`
}

// Parameter returns a parameter of the measure by its path.
func (m *Measure) Parameter(path string) (Parameter, bool) {
	i := slices.IndexFunc(m.Parameters, func(p Parameter) bool { return p.Path == path })
	if i < 0 {
		return Parameter{}, false
	}
	return m.Parameters[i], true
}

// Ref resolves a clause written in the measure: a path of its own document,
// or document#path for another.
func (m *Measure) Ref(clause string) ClauseRef {
	for i := range len(clause) {
		if clause[i] == '#' {
			return ClauseRef{Document: clause[:i], Path: clause[i+1:]}
		}
	}
	if clause == "" {
		clause = m.Clause
	}
	return ClauseRef{Document: m.Document, Path: clause}
}
