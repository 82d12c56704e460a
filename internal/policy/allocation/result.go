package allocation

import (
	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// Outcome says whether the snapshot settles who gets what.
type Outcome string

// The outcomes. An undecided result has no awards: the questions that stand in
// the way, and what each answer would do.
const (
	Decided   Outcome = "decided"
	Undecided Outcome = "undecided"
)

// Result is what a snapshot comes to. Canonical writes it as bytes.
type Result struct {
	InputHash    string        `json:"input_hash" doc:"SHA-256 of the canonical snapshot, hex"`
	Outcome      Outcome       `json:"outcome" enum:"decided,undecided"`
	Total        money.Fen     `json:"total_fen" doc:"Of this year's money, without exceptions"`
	Questions    []Question    `json:"questions" doc:"What stands in the way of a decision"`
	Measures     []Tally       `json:"measures"`
	Notes        []Note        `json:"notes" doc:"What a person should look at; it changes no award"`
	Exceptions   []Granted     `json:"exceptions" doc:"Case by case, outside the formula and inside the budget"`
	SharedPapers []SharedPaper `json:"shared_papers" doc:"Papers that different applicants stand on; for a person to judge"`
	Alternatives []Alternative `json:"alternatives" doc:"When a budget is short and no way is ruled: what each would do"`
	Weightings   []Weighting   `json:"weightings" doc:"When weights are not ruled: those that prospects are computed under"`
	Prospects    []Prospect    `json:"prospects" doc:"When weights are not ruled: each application's range of ranks and scores"`
	Awards       []Award       `json:"awards"`
	Excluded     []Excluded    `json:"excluded"`
}

// Question is an open question that a call leaves.
type Question struct {
	Measure  string    `json:"measure"`
	Question string    `json:"question" doc:"A2 (ranking) or A3 (short budget)"`
	Text     i18n.Text `json:"text"`
}

// Note is something to look at.
type Note struct {
	Measure string    `json:"measure"`
	Text    i18n.Text `json:"text"`
}

// Tally is what one call came to.
type Tally struct {
	Measure      string       `json:"measure"`
	Year         int          `json:"year"`
	Budget       *money.Fen   `json:"budget_fen"`
	Granted      money.Fen    `json:"exceptions_fen"`
	Quota        *int         `json:"quota"`
	WhenShort    shortage.Way `json:"when_short,omitempty"`
	Applications int          `json:"applications"`
	Ranked       int          `json:"ranked" doc:"That pass the bar"`
	Awarded      int          `json:"awarded"`
	Due          money.Fen    `json:"due_fen" doc:"Of those that are in, before a short budget"`
	Paid         money.Fen    `json:"paid_fen"`
	Carried      money.Fen    `json:"carried_fen"`
	Left         *money.Fen   `json:"left_fen" doc:"Of the budget"`
	Short        bool         `json:"short"`
	LastRank     int          `json:"last_rank" doc:"Of those that are in; 0: nobody is"`
	Tied         *Tie         `json:"tied,omitempty"`
	OutOf        string       `json:"out_of,omitempty" doc:"A score is its points divided by this"`
	Factors      []Scale      `json:"factors,omitempty"`
}

// Tie is a set of equals of whom some would fit and not all.
type Tie struct {
	Rank int      `json:"rank"`
	IDs  []string `json:"ids"`
}

// Scale is how one factor made points.
type Scale struct {
	Factor string `json:"factor"`
	Weight Number `json:"weight"`
	Least  Number `json:"least" doc:"Over all applications, as given"`
	Most   Number `json:"most"`
}

// Standing is where one application stands.
type Standing struct {
	ID       string `json:"id"`
	Code     string `json:"code"`
	Measure  string `json:"measure"`
	Level    string `json:"level,omitempty"`
	Priority bool   `json:"priority,omitempty"`
	Rank     int    `json:"rank" doc:"Among those that pass the bar; 0: not ranked"`
	Score    string `json:"score,omitempty" doc:"Rounded to nine decimals"`
	Points   string `json:"points,omitempty" doc:"The score times the measure's out_of, exact"`
	Parts    []Part `json:"parts,omitempty"`
}

// Part is what one factor adds to the points.
type Part struct {
	Factor string `json:"factor"`
	Given  Number `json:"given"`
	Points string `json:"points"`
}

// Award is what an application gets.
type Award struct {
	Standing
	Place   int       `json:"place" doc:"Among those that are in"`
	Claim   money.Fen `json:"claim_fen" doc:"What the formula or the place gives"`
	Before  money.Fen `json:"before_fen" doc:"What the matter was paid before; only the difference is due"`
	Due     money.Fen `json:"due_fen"`
	Amount  money.Fen `json:"amount_fen" doc:"Of this year's money"`
	Carried money.Fen `json:"carried_fen" doc:"Of next year's money"`
}

// Excluded is an application that gets nothing, and why.
type Excluded struct {
	Standing
	Why       Why        `json:"why" enum:"below_bar,factor_below_bar,nothing_due,same_matter,quota,budget,tied,nothing_left"`
	Reason    i18n.Text  `json:"reason"`
	Conflicts []Conflict `json:"conflicts" doc:"The awards of the applicant that pay for the same matter"`
}

// Granted is an exception as it was granted.
type Granted struct {
	ID        string    `json:"id"`
	Code      string    `json:"code"`
	Measure   string    `json:"measure"`
	Amount    money.Fen `json:"amount_fen"`
	Approvers []string  `json:"approvers"`
}

// SharedPaper is a paper that several applicants stand on.
type SharedPaper struct {
	evidence.Paper
	IDs []string `json:"ids"`
}

// Alternative is what one way to live with a short budget would do.
type Alternative struct {
	Measure string       `json:"measure"`
	Way     shortage.Way `json:"way"`
	Name    i18n.Text    `json:"name"`
	Paid    money.Fen    `json:"paid_fen"`
	Carried money.Fen    `json:"carried_fen"`
	Full    int          `json:"full" doc:"Get all that is due from this year's money"`
	Part    int          `json:"part"`
	None    int          `json:"none" doc:"Get nothing from this year's money"`
}

// Weighting is one set of weights to show ranks under.
type Weighting struct {
	Measure string  `json:"measure"`
	ID      string  `json:"id" doc:"A factor alone, equal, stated, or a corner of the stated ranges"`
	Weights []Shown `json:"weights"`
}

// Shown is a factor's weight in a weighting.
type Shown struct {
	Factor string `json:"factor"`
	Weight Number `json:"weight"`
}

// Prospect is what an application may come to while weights are open.
type Prospect struct {
	ID      string    `json:"id"`
	Code    string    `json:"code"`
	Measure string    `json:"measure"`
	Ranks   [2]int    `json:"ranks" doc:"Best and worst"`
	Scores  [2]string `json:"scores" doc:"Least and most, for weights that add up to 1"`
	Under   []Under   `json:"under"`
}

// Under is rank and score under one weighting.
type Under struct {
	Weighting string `json:"weighting"`
	Rank      int    `json:"rank"`
	Score     string `json:"score"`
}
