package portal

import (
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// What the portal reads of the open API's answers: only what it shows. A test
// holds every field against the API's description.

type listOf[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// session says where we are; of the sandbox only that it is one.
type session struct {
	Region struct {
		Name i18n.Text `json:"name"`
	} `json:"region"`
	Sandbox *struct{}  `json:"sandbox"`
	Today   clock.Date `json:"business_date"`
}

type citation struct {
	Document string    `json:"document"`
	Path     string    `json:"path"`
	Label    i18n.Text `json:"label"`
}

type documentRow struct {
	ID            string     `json:"id"`
	Short         i18n.Text  `json:"short"`
	Title         i18n.Text  `json:"title"`
	Level         i18n.Text  `json:"level"`
	Issuer        i18n.Text  `json:"issuer"`
	Number        string     `json:"number"`
	Status        string     `json:"status"`
	Issued        clock.Date `json:"issued"`
	From          clock.Date `json:"from"`
	To            clock.Date `json:"to"`
	Rules         int        `json:"rules"`
	Questions     []string   `json:"questions"`
	TextAvailable bool       `json:"text_available"`
}

type documentFull struct {
	documentRow
	TextState string       `json:"text_state"`
	SHA256    string       `json:"sha256"`
	List      []clauseView `json:"clauses_list"`
}

type clauseView struct {
	Path      string     `json:"path"`
	Title     i18n.Text  `json:"title"`
	Clause    citation   `json:"clause"`
	Depth     int        `json:"depth"`
	Normative bool       `json:"normative"`
	Text      *string    `json:"text"`
	Reading   *i18n.Text `json:"reading"`
	Rules     []string   `json:"rules"`
	WhyNoRule *i18n.Text `json:"why_no_rule"`
}

type measureHead struct {
	ID       string    `json:"id"`
	Name     i18n.Text `json:"name"`
	Document string    `json:"document"`
	Clause   citation  `json:"clause"`
	Type     string    `json:"rule_type"`
	Status   string    `json:"status"`
	Standing string    `json:"standing"`
}

type measureFull struct {
	measureHead
	Reading i18n.Text  `json:"reading"`
	Leads   *i18n.Text `json:"leads"`
	Parts   []struct {
		Key      string     `json:"key"`
		Label    i18n.Text  `json:"label"`
		Text     i18n.Text  `json:"text"`
		Note     *i18n.Text `json:"note"`
		Question string     `json:"question"`
		Clause   *citation  `json:"clause"`
	} `json:"parts"`
	Formula  *i18n.Text `json:"formula"`
	Evidence []struct {
		Text  i18n.Text `json:"text"`
		By    i18n.Text `json:"by"`
		Where i18n.Text `json:"where"`
	} `json:"evidence"`
	Questions []struct {
		ID     string     `json:"id"`
		Title  i18n.Text  `json:"title"`
		Ruled  bool       `json:"ruled"`
		Ruling *i18n.Text `json:"ruling"`
	} `json:"questions"`
	Cases []struct {
		Key     string     `json:"key"`
		Name    i18n.Text  `json:"name"`
		Given   string     `json:"given"`
		Outcome string     `json:"outcome"`
		Amount  *money.Fen `json:"amount_fen"`
	} `json:"cases"`
}

type found struct {
	Kind     string    `json:"kind"`
	Document string    `json:"document"`
	Path     string    `json:"path"`
	Measure  string    `json:"measure"`
	Question string    `json:"question"`
	Title    i18n.Text `json:"title"`
	Snippet  i18n.Text `json:"snippet"`
	Clause   citation  `json:"clause"`
}

// reply is what the documents say to a question in people's own words.
type reply struct {
	State  string    `json:"state"`
	Note   i18n.Text `json:"note"`
	Places []struct {
		found
		Reading i18n.Text  `json:"reading"`
		Formula *i18n.Text `json:"formula"`
		Status  string     `json:"status"`
		Example *struct {
			Name   i18n.Text  `json:"name"`
			Given  string     `json:"given"`
			Amount *money.Fen `json:"amount_fen"`
		} `json:"example"`
	} `json:"places"`
}

type openQuestion struct {
	ID      string     `json:"id"`
	Title   i18n.Text  `json:"title"`
	Text    i18n.Text  `json:"text"`
	Where   []citation `json:"where"`
	Default i18n.Text  `json:"default"`
	Who     i18n.Text  `json:"who"`
	Rulings []struct {
		Year    int       `json:"year"`
		Choice  i18n.Text `json:"choice"`
		Example bool      `json:"example"`
	} `json:"rulings"`
}

type callView struct {
	ID      string     `json:"id"`
	Number  string     `json:"number"`
	Phase   string     `json:"phase"`
	LastDay clock.Date `json:"last_day"`
	Left    int        `json:"workdays_left"`
	Terms   struct {
		Name    i18n.Text  `json:"name"`
		Guide   int        `json:"guide"`
		Opens   clock.Date `json:"opens"`
		Closes  clock.Date `json:"closes"`
		Promise int        `json:"promise"`
		Notice  int        `json:"notice"`
		Offers  []struct {
			Measure   string    `json:"measure"`
			Together  bool      `json:"together"`
			Budget    money.Fen `json:"budget_fen"`
			Quota     int       `json:"quota"`
			WhenShort string    `json:"when_short"`
			Evidence  []struct {
				Name     i18n.Text `json:"name"`
				Required bool      `json:"required"`
			} `json:"evidence"`
		} `json:"offers"`
	} `json:"terms"`
}

type noticeView struct {
	ID        string     `json:"id"`
	Number    string     `json:"number"`
	Title     i18n.Text  `json:"title"`
	Call      string     `json:"call"`
	Days      int        `json:"days"`
	Published clock.Date `json:"published_on"`
	Ends      clock.Date `json:"ends_on"`
	Left      int        `json:"workdays_left"`
	Over      bool       `json:"over"`
}

type noticeRow struct {
	Row       int        `json:"row"`
	Number    string     `json:"number"`
	Code      string     `json:"code"`
	Name      string     `json:"name"`
	Measure   string     `json:"measure"`
	Object    string     `json:"object"`
	Amount    money.Fen  `json:"amount_fen"`
	Place     int        `json:"rank"`
	Withdrawn *i18n.Text `json:"withdrawn"`
}

type answerView struct {
	Number   string     `json:"number"`
	Row      int        `json:"row"`
	Verdict  string     `json:"verdict"`
	Answer   string     `json:"answer"`
	Answered clock.Date `json:"answered_on"`
}

type receipt struct {
	Number string     `json:"number"`
	Notice string     `json:"notice"`
	Row    int        `json:"row"`
	Ends   clock.Date `json:"ends_on"`
}

type awardView struct {
	Number      string     `json:"number"`
	Code        string     `json:"code"`
	Name        string     `json:"name"`
	Measure     string     `json:"measure"`
	MeasureName i18n.Text  `json:"measure_name"`
	Clause      citation   `json:"clause"`
	Object      string     `json:"object"`
	Year        int        `json:"year"`
	DecidedOn   clock.Date `json:"decided_on"`
	State       string     `json:"state"`
	Amount      money.Fen  `json:"amount_fen"`
	City        money.Fen  `json:"city_fen"`
	District    money.Fen  `json:"district_fen"`
	Paid        money.Fen  `json:"paid_fen"`
	PaidOn      clock.Date `json:"paid_on"`
	Recovered   money.Fen  `json:"recovered_fen"`
	Call        string     `json:"call"`
	Notice      *struct {
		ID     string     `json:"id"`
		Number string     `json:"number"`
		Ended  clock.Date `json:"ended_on"`
	} `json:"notice"`
}

type proofView struct {
	Award   awardView `json:"award"`
	Key     string    `json:"key"`
	Records []struct {
		Fact      string     `json:"fact"`
		Label     i18n.Text  `json:"label"`
		Occurred  clock.Date `json:"occurred"`
		Canonical *string    `json:"canonical"`
		Leaf      string     `json:"leaf"`
		Index     uint64     `json:"index"`
	} `json:"records"`
	Pending int `json:"pending"`
}

type total struct {
	Measure   string    `json:"measure"`
	Year      int       `json:"year"`
	Awards    int64     `json:"awards"`
	Granted   money.Fen `json:"granted_fen"`
	Committed money.Fen `json:"committed_fen"`
	Paid      money.Fen `json:"paid_fen"`
	Recovered money.Fen `json:"recovered_fen"`
}

type logView struct {
	Size      uint64 `json:"size"`
	Root      string `json:"root"`
	PublicKey string `json:"public_key"`
}

type board struct {
	Year    int          `json:"year"`
	Years   []int        `json:"years"`
	On      clock.Date   `json:"on"`
	Rule    i18n.Text    `json:"rule"`
	Targets []targetView `json:"targets"`
}

type goalView struct {
	Year       int       `json:"year"`
	Comparator string    `json:"comparator"`
	Value      string    `json:"value"`
	Words      i18n.Text `json:"words"`
}

type targetView struct {
	ID       string     `json:"id"`
	Name     i18n.Text  `json:"name"`
	Clause   citation   `json:"clause"`
	Unit     string     `json:"unit"`
	Kind     string     `json:"kind"`
	Draft    bool       `json:"draft"`
	Question string     `json:"question"`
	Goals    []goalView `json:"goals"`
	Goal     *goalView  `json:"goal"`
	Light    string     `json:"light"`
	Readings []struct {
		Name     i18n.Text  `json:"name"`
		Value    string     `json:"value"`
		AsOf     clock.Date `json:"as_of"`
		Source   i18n.Text  `json:"source"`
		Gap      string     `json:"gap"`
		Light    string     `json:"light"`
		Forecast *struct {
			Value  string    `json:"value"`
			Method i18n.Text `json:"method"`
		} `json:"forecast"`
	} `json:"readings"`
	Units []struct {
		Name i18n.Text `json:"name"`
	} `json:"units"`
}

type estimateForm struct {
	Measures []struct {
		measureHead
		Reading i18n.Text `json:"reading"`
	} `json:"measures"`
	Questions []struct {
		Path    string    `json:"path"`
		Label   i18n.Text `json:"label"`
		Kind    string    `json:"kind"`
		Choices []struct {
			Value string    `json:"value"`
			Label i18n.Text `json:"label"`
		} `json:"choices"`
		Holds []i18n.Text `json:"holds"`
		Where i18n.Text   `json:"where"`
	} `json:"questions"`
}

type estimated struct {
	On      clock.Date `json:"on"`
	Results []struct {
		Measure     string     `json:"measure"`
		Name        i18n.Text  `json:"name"`
		Clause      citation   `json:"clause"`
		Status      string     `json:"status"`
		Outcome     string     `json:"outcome"`
		Amount      *money.Fen `json:"amount_fen"`
		Provisional *money.Fen `json:"provisional_fen"`
		Then        *money.Fen `json:"then_fen"`
		How         *i18n.Text `json:"how"`
		Assumed     i18n.Text  `json:"assumed"`
		Reasons     []struct {
			OK     *bool     `json:"ok"`
			Text   i18n.Text `json:"text"`
			Clause citation  `json:"clause"`
		} `json:"reasons"`
		Lacking []struct {
			Text     i18n.Text `json:"text"`
			Where    i18n.Text `json:"where"`
			Attestor i18n.Text `json:"attestor"`
		} `json:"lacking"`
		Questions []struct {
			ID   string    `json:"id"`
			Text i18n.Text `json:"text"`
			Who  i18n.Text `json:"who"`
		} `json:"questions"`
	} `json:"results"`
}
