package allocation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/allocation"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// call reads a call file's text; claim makes an application for it.
func call(t *testing.T, yaml string) allocation.Input {
	t.Helper()
	in, err := allocation.ReadCalls("call.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func claim(id, code string, amount money.Fen) allocation.Application {
	return allocation.Application{ID: id, Code: code, Amount: fen(amount)}
}

func scored(id, usage, quality string) allocation.Application {
	return allocation.Application{ID: id, Code: "firm-" + id, Amount: fen(100), Scores: []allocation.Score{{Factor: "usage", Value: number(usage)}, {Factor: "quality", Value: number(quality)}}}
}

func run(t *testing.T, in allocation.Input) allocation.Result {
	t.Helper()
	r, err := allocation.Allocate(in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// lines are awards and exclusions as text: id, rank, amount, what is carried; id, why, conflicts.
func lines(r allocation.Result) (out []string) {
	for _, a := range r.Awards {
		line := fmt.Sprintf("%s #%d %s", a.ID, a.Rank, a.Amount)
		if a.Carried > 0 {
			line += " +" + a.Carried.String()
		}
		out = append(out, line)
	}
	for _, x := range r.Excluded {
		line := x.ID + " " + string(x.Why)
		for _, c := range x.Conflicts {
			line += fmt.Sprintf(" %s/%s%v", c.ID, c.Ground, c.Papers)
		}
		out = append(out, line)
	}
	return out
}

// Seven firms at the cap of 500,000 yuan stand for 3 million (document 002
// clause 6, question A3).
func TestSevenFirmsAtTheCap(t *testing.T) {
	seven := func(way string) allocation.Input {
		in := call(t, "measure: 002-6\nyear: 2025\nbudget: \"3000000.00\"\n"+way)
		for i := range 7 {
			a := claim(fmt.Sprintf("a%d", i+1), fmt.Sprintf("firm-%d", i+1), 50_000_000)
			a.Submitted = time.Date(2025, 5, 7-i, 9, 0, 0, 0, time.UTC) // the last listed was the first to apply
			in.Applications = append(in.Applications, a)
		}
		return in
	}
	cases := map[string][]string{
		"when_short: pro_rata": {"a7 #1 428571.43", "a6 #2 428571.43", "a5 #3 428571.43", "a4 #4 428571.43", "a3 #5 428571.43", "a2 #6 428571.43", "a1 #7 428571.42"},
		"when_short: cut_off":  {"a7 #1 500000.00", "a6 #2 500000.00", "a5 #3 500000.00", "a4 #4 500000.00", "a3 #5 500000.00", "a2 #6 500000.00", "a1 budget"},
		"when_short: carry_over": {"a7 #1 500000.00", "a6 #2 500000.00", "a5 #3 500000.00", "a4 #4 500000.00", "a3 #5 500000.00", "a2 #6 500000.00",
			"a1 #7 0.00 +500000.00"},
	}
	for way, want := range cases {
		r := run(t, seven(way))
		if diff := cmp.Diff(want, lines(r)); diff != "" || r.Total != 300_000_000 || r.Outcome != allocation.Decided {
			t.Errorf("%s: %s %s\n%s", way, r.Outcome, r.Total, diff)
		}
	}
	r := run(t, seven(""))
	if r.Outcome != allocation.Undecided || len(r.Awards)+len(r.Excluded) != 0 || r.Total != 0 || len(r.Questions) != 1 || r.Questions[0].Question != "A3" {
		t.Errorf("no ruling on A3: %s", r.Canonical())
	}
	want := []string{"pro_rata 3000000.00 0.00 0/7/0", "cut_off 3000000.00 0.00 6/0/1", "carry_over 3000000.00 500000.00 6/0/1"}
	got := []string{}
	for _, a := range r.Alternatives {
		got = append(got, fmt.Sprintf("%s %s %s %d/%d/%d", a.Way, a.Paid, a.Carried, a.Full, a.Part, a.None))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	enough := seven("")
	enough.Calls[0].Budget = fen(350_000_000)
	if r := run(t, enough); r.Outcome != allocation.Decided || r.Total != 350_000_000 {
		t.Errorf("the budget suffices and nothing is open: %s", r.Canonical())
	}
}

const ranking = "measure: 002-3\nyear: 2025\nrank: {by: {usage: 0.6, quality: 0.4}, normalise: min_max, ties: %s}\n"

func TestRanks(t *testing.T) {
	apps := []allocation.Application{scored("a", "10", "0"), scored("b", "0", "10"), scored("c", "5", "10"), scored("d", "10", "0"), scored("e", "0", "0")}
	apps[3].Submitted, apps[0].Submitted = time.Unix(1, 0), time.Unix(2, 0)
	cases := []struct {
		name, yaml string
		want       []string
	}{
		{"no quota: all are in", fmt.Sprintf(ranking, "share"), []string{"c #1 1.00", "d #2 1.00", "a #2 1.00", "b #4 1.00", "e #5 1.00"}},
		{"quota", fmt.Sprintf(ranking, "earlier") + "quota: 2", []string{"c #1 1.00", "d #2 1.00", "a quota", "b quota", "e quota"}},
		{"a tie at the end of the places: none of them", fmt.Sprintf(ranking, "share") + "quota: 2", []string{"c #1 1.00", "d tied", "a tied", "b quota", "e quota"}},
		{"a tie that fits whole", fmt.Sprintf(ranking, "share") + "quota: 3", []string{"c #1 1.00", "d #2 1.00", "a #2 1.00", "b quota", "e quota"}},
		{"nobody", fmt.Sprintf(ranking, "share") + "quota: 0", []string{"c quota", "d quota", "a quota", "b quota", "e quota"}},
		{"bar", strings.Replace(fmt.Sprintf(ranking, "share"), "ties", "bar: {score: 0.6}, ties", 1), []string{"c #1 1.00", "d #2 1.00", "a #2 1.00", "b below_bar", "e below_bar"}},
		{"bar of a factor, as given", strings.Replace(fmt.Sprintf(ranking, "share"), "ties", "bar: {each: {quality: 10}}, ties", 1),
			[]string{"c #1 1.00", "b #2 1.00", "a factor_below_bar", "d factor_below_bar", "e factor_below_bar"}},
		{"money that ends in a tie", fmt.Sprintf(ranking, "share") + "budget: \"2.01\"\nwhen_short: carry_over", []string{"c #1 1.00", "d #2 0.51 +0.49", "a #2 0.50 +0.50", "b #4 0.00 +1.00", "e #5 0.00 +1.00"}},
		{"cut off in a tie", fmt.Sprintf(ranking, "share") + "budget: \"2.50\"\nwhen_short: cut_off", []string{"c #1 1.00", "d tied", "a tied", "b budget", "e budget"}},
	}
	for _, c := range cases {
		in := call(t, c.yaml)
		in.Applications = apps
		if diff := cmp.Diff(c.want, lines(run(t, in))); diff != "" {
			t.Errorf("%s\n%s", c.name, diff)
		}
	}
	in := call(t, strings.Replace(fmt.Sprintf(ranking, "")+"quota: 2", "ties: ", "ties: ~", 1))
	in.Applications = apps
	if r := run(t, in); r.Outcome != allocation.Undecided || r.Questions[0].Question != "A2" {
		t.Errorf("a tie at the end of the places and no ruling: %s", r.Canonical())
	}
	in.Calls[0].Quota = count(3)
	if r := run(t, in); r.Outcome != allocation.Decided {
		t.Errorf("a tie that changes nothing needs no ruling: %s", r.Canonical())
	}
}

// Green lane goes first among equals and never past a quota or a bar.
func TestGreenLane(t *testing.T) {
	in := call(t, "measure: 002-3\nyear: 2025\nquota: 1")
	first, green := claim("a", "f1", 100), claim("b", "f2", 100)
	first.Submitted, green.Submitted, green.Priority = time.Unix(1, 0), time.Unix(2, 0), true
	in.Applications = []allocation.Application{first, green}
	if diff := cmp.Diff([]string{"b #1 1.00", "a quota"}, lines(run(t, in))); diff != "" {
		t.Error(diff)
	}
	in = call(t, fmt.Sprintf(ranking, "earlier")+"quota: 1")
	better, worse := scored("a", "2", "2"), scored("b", "1", "1")
	worse.Priority = true
	in.Applications = []allocation.Application{better, worse}
	if diff := cmp.Diff([]string{"a #1 1.00", "b quota"}, lines(run(t, in))); diff != "" {
		t.Error(diff)
	}
}

// The budget of a clause without a formula is shared among the places (document
// 002 clause 5).
func TestShares(t *testing.T) {
	apps := func() []allocation.Application {
		out := []allocation.Application{scored("a", "4", "4"), scored("b", "3", "3"), scored("c", "3", "3"), scored("d", "2", "2"), scored("e", "1", "1")}
		for i := range out {
			out[i].Amount = nil
		}
		return out
	}
	const by = "measure: 002-5\nyear: 2025\nrank: {by: {usage: 0.5, quality: 0.5}, normalise: none, ties: %s}\n"
	cases := []struct {
		name, yaml string
		want       []string
	}{
		{"equal", fmt.Sprintf(by, "share") + "budget: \"100.00\"\nquota: 4\nshare: {how: equal}", []string{"a #1 25.00", "b #2 25.00", "c #2 25.00", "d #4 25.00", "e quota"}},
		{"equal, with a most", fmt.Sprintf(by, "share") + "budget: \"100.00\"\nquota: 4\nshare: {how: equal, most: \"10.00\"}", []string{"a #1 10.00", "b #2 10.00", "c #2 10.00", "d #4 10.00", "e quota"}},
		{"by score", fmt.Sprintf(by, "share") + "budget: \"1.00\"\nquota: 4\nshare: {how: by_score}", []string{"a #1 0.33", "b #2 0.25", "c #2 0.25", "d #4 0.17", "e quota"}},
		{"the tied share what their places give", fmt.Sprintf(by, "share") + "quota: 4\nshare: {how: table, table: [\"10.00\", \"5.00\", \"2.01\", \"1.00\"]}",
			[]string{"a #1 10.00", "b #2 3.51", "c #2 3.50", "d #4 1.00", "e quota"}},
		{"a tie across the last place shares it", fmt.Sprintf(by, "share") + "budget: \"100.00\"\nquota: 2\nshare: {how: equal}", []string{"a #1 50.00", "b #2 25.00", "c #2 25.00", "d quota", "e quota"}},
		{"earlier first", fmt.Sprintf(by, "earlier") + "share: {how: table, table: [\"10.00\", \"5.00\"]}", []string{"a #1 10.00", "b #2 5.00", "c quota", "d quota", "e quota"}},
	}
	for _, c := range cases {
		in := call(t, c.yaml)
		in.Applications = apps()
		if diff := cmp.Diff(c.want, lines(run(t, in))); diff != "" {
			t.Errorf("%s\n%s", c.name, diff)
		}
	}
	in := call(t, strings.Replace(fmt.Sprintf(by, "x"), ", ties: x", "", 1)+"share: {how: table, table: [\"10.00\", \"5.00\", \"1.00\"]}")
	in.Applications = apps()
	if r := run(t, in); r.Outcome != allocation.Undecided || r.Questions[0].Question != "A2" {
		t.Errorf("equals on places that give unlike sums, and no ruling: %s", r.Canonical())
	}
}

// Without weights nobody is paid and everybody sees what may come (A2).
func TestProspects(t *testing.T) {
	in := call(t, "measure: 002-5\nyear: 2025\nbudget: \"5000000.00\"\nquota: 1\nrank: {by: {usage: [0.5, 0.8], quality: [0.2, 0.5]}, normalise: min_max, ties: share}")
	in.Applications = []allocation.Application{scored("a", "10", "0"), scored("b", "0", "10"), scored("c", "5", "4")}
	for i := range in.Applications {
		in.Applications[i].Amount = nil
	}
	r := run(t, in)
	if r.Outcome != allocation.Undecided || len(r.Awards) != 0 {
		t.Fatalf("%s", r.Canonical())
	}
	asked := []string{}
	for _, q := range r.Questions {
		asked = append(asked, q.Question)
	}
	if diff := cmp.Diff([]string{"A2", "A2"}, asked); diff != "" { // neither weights nor a way to share
		t.Error(diff)
	}
	ids, got := []string{}, []string{}
	for _, w := range r.Weightings {
		ids = append(ids, w.ID)
	}
	for _, p := range r.Prospects {
		got = append(got, fmt.Sprint(p.ID, p.Ranks, p.Scores))
	}
	if diff := cmp.Diff([]string{"only:quality", "only:usage", "equal", "corner:1", "corner:2", "corner:3", "corner:4"}, ids); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a[1 3] [0 1]", "b[1 3] [0 1]", "c[2 3] [0.4 0.5]"}, got); diff != "" {
		t.Error(diff)
	}
	one := call(t, "measure: 002-6\nyear: 2025\nrank: {by: {turnover: 1}}")
	one.Applications = []allocation.Application{{ID: "a", Code: "f", Amount: fen(1), Scores: []allocation.Score{{Factor: "turnover", Value: number("5000000.01")}}}}
	if r := run(t, one); r.Outcome != allocation.Decided {
		t.Errorf("one factor ranks alike however it is scaled: %s", r.Canonical())
	}
	one.Applications[0].Amount, one.Calls[0].Budget, one.Calls[0].Share = nil, fen(5), &allocation.Share{How: allocation.ByScore}
	if r := run(t, one); r.Outcome != allocation.Undecided {
		t.Errorf("money in proportion to scores depends on how they are scaled: %s", r.Canonical())
	}
}

const two = "calls:\n- {measure: city, year: 2025}\n- {measure: province, year: 2025}\n"

func under(measure string, a allocation.Application, matter string, papers ...string) allocation.Application {
	a.Measure, a.Matter = measure, matter
	for _, p := range papers {
		kind, n, _ := strings.Cut(p, "/")
		a.Papers = append(a.Papers, evidence.Paper{Attribute: kind, Number: n})
	}
	return a
}

func TestOnePaymentAMatter(t *testing.T) {
	cases := []struct {
		name, yaml string
		apps       []allocation.Application
		want       []string
	}{
		{"the best of two for a matter", two, []allocation.Application{under("city", claim("a", "f", 100), "lamp"), under("province", claim("b", "f", 101), "lamp")},
			[]string{"b #1 1.01", "a same_matter b/matter[]"}},
		{"two firms may have the same key", two, []allocation.Application{under("city", claim("a", "f", 100), "lamp"), under("province", claim("b", "g", 101), "lamp")},
			[]string{"a #1 1.00", "b #1 1.01"}},
		{"a shared invoice is one matter until somebody rules", two, []allocation.Application{under("city", claim("a", "f", 100), "lamp", "invoice/7"), under("province", claim("b", "f", 90), "desk", "contract/3", "invoice/7")},
			[]string{"a #1 1.00", "b same_matter a/paper[{invoice 7}]"}},
		{"ruled by object it is not", "same_matter: same_object\n" + two, []allocation.Application{under("city", claim("a", "f", 100), "lamp", "invoice/7"), under("province", claim("b", "f", 90), "desk", "invoice/7")},
			[]string{"a #1 1.00", "b #1 0.90"}},
		{"ruled by evidence the object is nothing", "same_matter: same_evidence\n" + two, []allocation.Application{under("city", claim("a", "f", 100), "lamp"), under("province", claim("b", "f", 90), "lamp")},
			[]string{"a #1 1.00", "b #1 0.90"}},
		{"an invoice and a contract of one number are two papers", two, []allocation.Application{under("city", claim("a", "f", 100), "", "invoice/7"), under("province", claim("b", "f", 90), "", "contract/7")},
			[]string{"a #1 1.00", "b #1 0.90"}},
		{"the best total, not the best one", two, []allocation.Application{under("city", claim("a", "f", 60), "x"), under("city", claim("b", "f", 100), "x", "invoice/1"), under("province", claim("c", "f", 60), "", "invoice/1")},
			[]string{"a #1 0.60", "c #1 0.60", "b same_matter a/matter[] c/paper[{invoice 1}]"}},
		{"equal totals: the first id", two, []allocation.Application{under("city", claim("b", "f", 100), "x"), under("province", claim("a", "f", 100), "x")},
			[]string{"a #1 1.00", "b same_matter a/matter[]"}},
		{"whom the quota drops gets its next best", "calls:\n- {measure: city, year: 2025}\n- {measure: province, year: 2025, quota: 0}\n", []allocation.Application{under("city", claim("a", "f", 100), "x"), under("province", claim("b", "f", 300), "x")},
			[]string{"a #1 1.00", "b quota a/matter[]"}},
		{"and who takes another leaves a place", "calls:\n- {measure: city, year: 2025, quota: 1}\n- {measure: province, year: 2025}\n",
			[]allocation.Application{under("city", claim("a", "f", 100), "x"), under("city", claim("b", "g", 50), "y"), under("province", claim("c", "f", 300), "x")},
			[]string{"b #2 0.50", "c #1 3.00", "a same_matter c/matter[]"}},
	}
	for _, c := range cases {
		in := call(t, c.yaml)
		in.Applications = c.apps
		if diff := cmp.Diff(c.want, lines(run(t, in))); diff != "" {
			t.Errorf("%s\n%s", c.name, diff)
		}
	}
}

// The ladder of 003 clause 21, 50 → 350 → 400: what was paid for the matter is
// taken off, whatever level paid it (晋级补差, A7, A20).
func TestTopUp(t *testing.T) {
	for _, c := range []struct {
		claim, paid money.Fen
		want        string
	}{
		{50_000_000, 0, "a #1 500000.00"}, {350_000_000, 50_000_000, "a #1 3000000.00"}, {400_000_000, 350_000_000, "a #1 500000.00"},
		{50_000_000, 350_000_000, "a nothing_due"}, {50_000_000, 50_000_000, "a nothing_due"}, {0, 0, "a nothing_due"},
	} {
		in := call(t, "measure: 003-21\nyear: 2025\nquota: 1")
		a := claim("a", "f", c.claim)
		a.Paid, a.Level = c.paid, "star"
		in.Applications = []allocation.Application{a}
		if diff := cmp.Diff([]string{c.want}, lines(run(t, in))); diff != "" {
			t.Errorf("%d after %d\n%s", c.claim, c.paid, diff)
		}
	}
}

// Exceptions stand apart, take from the budget, and are never paid twice.
func TestExceptions(t *testing.T) {
	in := call(t, "measure: 002-6\nyear: 2025\nbudget: \"10.00\"\nwhen_short: cut_off")
	in.Applications = []allocation.Application{under("002-6", claim("a", "f", 700), "lamp"), claim("b", "g", 300)}
	in.Exceptions = []allocation.Exception{{ID: "x", Code: "f", Amount: 400, Approvers: []string{"mayor"}, Matter: "lamp"}}
	r := run(t, in)
	if diff := cmp.Diff([]string{"a #1 3.00", "b #2 3.00"}, lines(r)); diff != "" || r.Total != 600 || r.Measures[0].Granted != 400 || *r.Measures[0].Left != 0 {
		t.Errorf("%s\n%s", diff, r.Canonical())
	}
	if len(r.Exceptions) != 1 || r.Exceptions[0].Amount != 400 {
		t.Errorf("%+v", r.Exceptions)
	}
	in.Exceptions[0].Amount = 1001
	if _, err := allocation.Allocate(in); !fault.Is(err, fault.Invalid) {
		t.Errorf("exceptions past the budget: %v", err)
	}
}

// Papers that different applicants stand on are shown and exclude nobody.
func TestSharedPapersOfDifferentApplicants(t *testing.T) {
	in := call(t, two)
	in.Applications = []allocation.Application{under("city", claim("a", "f", 1), "", "contract/9", "invoice/1"), under("province", claim("b", "g", 1), "", "contract/9"), under("city", claim("c", "f", 1), "", "number/4")}
	r := run(t, in)
	if len(r.Awards) != 3 {
		t.Errorf("%v", lines(r))
	}
	if diff := cmp.Diff([]allocation.SharedPaper{{Paper: evidence.Paper{Attribute: "contract", Number: "9"}, IDs: []string{"a", "b"}}}, r.SharedPapers); diff != "" {
		t.Error(diff)
	}
}

// A hundred applications for one matter are nothing; a hundred that hang
// together by papers are refused by name, since no search could end.
func TestTangles(t *testing.T) {
	in := call(t, "measure: m\nyear: 2025")
	for i := range 100 {
		in.Applications = append(in.Applications, under("m", claim(fmt.Sprintf("a%03d", i), "f", money.Fen(i+1)), "one"))
	}
	if r := run(t, in); len(r.Awards) != 1 || r.Total != 100 {
		t.Errorf("%v", lines(r))
	}
	for i := range in.Applications {
		in.Applications[i] = under("m", claim(fmt.Sprintf("a%03d", i), "f", money.Fen(i+1)), "", fmt.Sprintf("invoice/%d", i), fmt.Sprintf("invoice/%d", i+1))
	}
	_, err := allocation.Allocate(in)
	if !fault.Is(err, fault.TooLarge) || !strings.Contains(err.Error(), "a000") {
		t.Errorf("a chain of a hundred: %v", err)
	}
	in.Applications = in.Applications[:64]
	if r := run(t, in); r.Total != 2+4+6+8+10+12+14+16+18+20+22+24+26+28+30+32+34+36+38+40+42+44+46+48+50+52+54+56+58+60+62+64 {
		t.Errorf("a chain of 64 pays %d", r.Total)
	}
}

// What the text allows at most is noted and changes nothing.
func TestNotes(t *testing.T) {
	in := call(t, "measure: m\nyear: 2025\nquota: 12")
	in.Calls[0].Stated = allocation.Stated{Quota: count(10), Budget: fen(5)}
	in.Applications = []allocation.Application{claim("a", "f", 6)}
	if r := run(t, in); len(r.Notes) != 2 || r.Total != 6 {
		t.Errorf("%s", r.Canonical())
	}
	in.Calls[0].Quota, in.Calls[0].Budget, in.Calls[0].WhenShort = count(10), fen(5), shortage.CutOff
	if r := run(t, in); len(r.Notes) != 0 {
		t.Errorf("%v", r.Notes)
	}
}

func TestInputIsLeftAlone(t *testing.T) {
	in := call(t, fmt.Sprintf(ranking, "share"))
	in.Applications = []allocation.Application{scored("b", "1", "2"), scored("a", "2", "1")}
	in.Applications[0].Papers = []evidence.Paper{{Attribute: "number", Number: "2"}, {Attribute: "invoice", Number: "1"}}
	before := slices.Clone(in.Applications[0].Papers)
	run(t, in)
	if in.Applications[0].ID != "b" || in.Applications[0].Measure != "" || !slices.Equal(before, in.Applications[0].Papers) {
		t.Errorf("%+v", in.Applications[0])
	}
}
