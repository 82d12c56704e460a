package allocation_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/allocation"
)

// paths are where a fault says that something is wrong.
func paths(err error) (out []string) {
	if err == nil {
		return nil
	}
	f := fault.From(err)
	if f.Code == fault.Internal {
		return []string{err.Error()}
	}
	if len(f.Fields) == 0 {
		return []string{string(f.Code)}
	}
	for _, x := range f.Fields {
		out = append(out, x.Path)
	}
	return out
}

func TestApplicationsRefused(t *testing.T) {
	one := func(fields string) string { return `{"applications": [{"id": "a", "code": "f", ` + fields + `}]}` }
	cases := map[string][]string{
		``:                                      {"line 1, column 1"},
		`[]`:                                    {"line 1, column 1"},
		`{}`:                                    {"applications"},
		`{"applications": []} x`:                {"line 1, column 22"},
		`{"applications": [{"id": "a",`:         {"line 1, column 30"},
		"{\"applications\":\n [{\"id\": \"\xff": {"line 2, column 11"},
		`{"applications": [{"id": "a", "score": 1}], "x": 1}`: {"applications[0].score", "x"},
		`{"applications": [], "applications": []}`:            {"applications"},
		one(`"amount_fen": "1", "amount_fen": "2"`):           {"applications[0].amount_fen"},
		one(`"amount_fen": 1`):                                {"applications[0].amount_fen"},
		one(`"amount_fen": "1.5"`):                            {"applications[0].amount_fen"},
		one(`"amount_fen": "99999999999999999999"`):           {"applications[0].amount_fen"},
		one(`"amount_fen": "1", "scores": {"u": NaN}`):        {"line 1, column 79"},
		one(`"amount_fen": "1", "scores": {"u": "NaN", "v": -1, "w": true, "x": 1e400, "y": "1,5", "z": null}`): {
			"applications[0].scores.u", "applications[0].scores.v", "applications[0].scores.w", "applications[0].scores.x", "applications[0].scores.y", "applications[0].scores.z"},
		one(`"amount_fen": "1", "scores": [1]`):                                {"applications[0].scores"},
		one(`"amount_fen": "1", "scores": {"u": 01}`):                          {"line 1, column 79"},
		one(`"amount_fen": "1", "submitted": "2025-02-30T09:00:00Z"`):          {"applications[0].submitted"},
		one(`"amount_fen": "1", "submitted": 1`):                               {"applications[0].submitted"},
		one(`"amount_fen": "1", "priority": "yes"`):                            {"applications[0].priority"},
		one(`"amount_fen": "1", "papers": [{"attribute": "invoice", "n": 1}]`): {"applications[0].papers[0].n"},
		one(`"amount_fen": "1", "papers": "7"`):                                {"applications[0].papers"},
		one(`"amount_fen": "1", "matter": "a` + "\t" + `"`):                    {"line 1, column 75"},
		`{"applications": [], "calls": []}`:                                    {"calls"},
		`{"applications": ` + strings.Repeat("[", 100):                         {"line 1, column 19"},
		`{"applications": [[[[[[[[[[1]]]]]]]]]]}`:                              {"line 1, column 19"},
	}
	for text, want := range cases {
		_, err := allocation.ReadApplications([]byte(text))
		if diff := cmp.Diff(want, paths(err)); diff != "" {
			t.Errorf("%s\n%s", text, diff)
		}
	}
}

func TestApplicationsRead(t *testing.T) {
	in, err := allocation.ReadApplications([]byte("\ufeff" + `{"applications": [{"id": "a\u4e00\"", "code": "f", "measure": "m", "amount_fen": "50000000", "scores": {"usage": 1.50, "quality": "2e1", "tiny": 1E-3},
		"submitted": "2025-05-01T09:00:00+08:00", "matter": "inv-1", "papers": [{"number": "7", "attribute": "invoice"}], "level": "city", "paid_fen": "3", "priority": true}],
		"exceptions": [{"id": "x", "code": "g", "measure": "m", "amount_fen": "5", "approvers": ["a", "b"], "matter": "z", "papers": []}]}`))
	if err != nil {
		t.Fatal(err)
	}
	a := in.Applications[0]
	if got := fmt.Sprint(a.ID, a.Code, *a.Amount, a.Scores, a.Submitted.UTC(), a.Matter, a.Papers, a.Level, a.Paid, a.Priority, in.Exceptions); got !=
		`a一"f500000.00 [{usage 1.5} {quality 20} {tiny 0.001}] 2025-05-01 01:00:00 +0000 UTCinv-1[{invoice 7}]city0.03 true [{x g m 0.05 [a b] z []}]` {
		t.Error(got)
	}
}

func TestCallsRefused(t *testing.T) {
	cases := map[string][]string{
		"":                                           {"c.yaml:1"},
		"measure: m\nyear: 2025\nyaer: 1":            {"c.yaml:3"},
		"measure: m\nmeasure: n":                     {"c.yaml:2"},
		"measure: &a m\nyear: 2025":                  {"c.yaml:1"},
		"measure: [m]":                               {"c.yaml:1"},
		"year: x\nbudget: 1.234\nquota: 1.5":         {"year", "budget", "quota"},
		"rank: {by: {u: .nan, v: -1}}":               {"rank.by.u", "rank.by.v"},
		"rank: {by: {u: [1, 2, 3]}}":                 {"c.yaml:1"},
		"rank: {by: 3}":                              {"c.yaml:1"},
		"rank: {by: {u: 1}, bar: {each: {v: 1}}}":    {"rank.bar.each.v"},
		"calls: [{measure: m, budget: -}]":           {"calls[0].budget"},
		"measure: m\ncalls: [{measure: m}]":          {"calls"},
		"share: {how: table, table: [\"1\", \"x\"]}": {"share.table[1]"},
	}
	for text, want := range cases {
		_, err := allocation.ReadCalls("c.yaml", []byte(text))
		if diff := cmp.Diff(want, paths(err)); diff != "" {
			t.Errorf("%s\n%s", text, diff)
		}
	}
}

// The call that docs/rule-author.md shows is one that is taken.
func TestDocumentedCall(t *testing.T) {
	text, err := os.ReadFile("../../../docs/rule-author.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "## 7. The call")
	_, block, _ := strings.Cut(section, "```yaml\n")
	block, _, found := strings.Cut(block, "```")
	if !found {
		t.Fatal("there is no call in section 7")
	}
	in := call(t, strings.Replace(block, "[0.5, 0.7]", "", 1))
	in.Applications = []allocation.Application{scored("a", "10", "60"), scored("b", "20", "59"), scored("c", "30", "99")}
	for i := range in.Applications {
		in.Applications[i].Amount = nil
	}
	if diff := cmp.Diff([]string{"c #1 500000.00", "a below_bar", "b factor_below_bar"}, lines(run(t, in))); diff != "" {
		t.Error(diff)
	}
}

func TestSnapshotsRefused(t *testing.T) {
	apps := `{"applications": [{"id": "a", "code": "f", "amount_fen": "1", "scores": {"u": 1}}, {"id": "b", "code": "g", "amount_fen": "2", "scores": {"u": 2}}]}`
	cases := []struct {
		call, applications string
		want               []string
	}{
		{"measure: m\nyear: 2025", apps, nil},
		{"measure: m", apps, []string{"year"}},
		{"year: 2025", apps, []string{"measure"}},
		{"measure: m\nyear: 2025\nbudget: -1", apps, []string{"budget"}},
		{"measure: m\nyear: 2025\nbudget: 92233720368547758.07", apps, []string{"budget"}},
		{"measure: m\nyear: 2025\nquota: -1", apps, []string{"quota"}},
		{"measure: m\nyear: 2025\nwhen_short: lottery", apps, []string{"when_short"}},
		{"measure: m\nyear: 2025\nsame_matter: x", apps, []string{"same_matter"}},
		{"measure: m\nyear: 2025\nrank: {by: {}}", apps, []string{"rank.by"}},
		{"measure: m\nyear: 2025\nrank: {by: {u: 0}}", apps, []string{"rank.by"}},
		{"measure: m\nyear: 2025\nrank: {by: {u: 1, u: 2}}", apps, []string{"rank.by.u"}},
		{"measure: m\nyear: 2025\nrank: {by: {u: [2, 1]}}", apps, []string{"rank.by.u"}},
		{"measure: m\nyear: 2025\nrank: {by: {u: 1, w: 1}, normalise: z_score, ties: draw}", apps, []string{"rank.normalise", "rank.ties", "applications[0].scores.w", "applications[1].scores.w"}},
		{"measure: m\nyear: 2025\nshare: {how: lottery}", apps, []string{"share.how", "applications[0].amount_fen", "applications[1].amount_fen"}},
		{"measure: m\nyear: 2025\nshare: {how: by_score, most: -1}", `{"applications": []}`, []string{"share.most", "share.how", "share.how"}},
		{"measure: m\nyear: 2025\nquota: 3\nbudget: 2\nshare: {how: table, table: [1, 2]}", `{"applications": []}`, []string{"share.table", "share.table[1]", "share.table"}},
		{"measure: m\nyear: 2025", strings.Replace(apps, `"b"`, `"a"`, 1), []string{"applications[1].id"}},
		{"measure: m\nyear: 2025", strings.ReplaceAll(apps, `"2"`, `"-2"`), []string{"applications[1].amount_fen"}},
		{"measure: m\nyear: 2025", strings.ReplaceAll(apps, `"2"`, `"9223372036854775807"`), []string{"too_large"}},
		{"measure: m\nyear: 2025", `{"applications": [{"code": "f", "measure": "n", "paid_fen": "-1", "papers": [{"attribute": "receipt", "number": ""}]}]}`,
			[]string{"applications[0].id", "applications[0].measure", "applications[0].papers[0].attribute", "applications[0].papers[0].number", "applications[0].paid_fen"}},
		{"calls: [{measure: m, year: 2025}, {measure: m, year: 2025}]", `{"applications": [{"id": "a", "code": "f", "amount_fen": "1"}]}`, []string{"calls[1].measure", "applications[0].measure"}},
		{"measure: m\nyear: 2025", `{"applications": [], "exceptions": [{"id": "x", "code": "", "amount_fen": "0", "approvers": ["a", "a", ""]}, {"id": "x", "code": "f", "amount_fen": "1"}]}`,
			[]string{"exceptions[0].code", "exceptions[0].amount_fen", "exceptions[0].approvers[1]", "exceptions[0].approvers[2]", "exceptions[1].id", "exceptions[1].approvers"}},
	}
	for _, c := range cases {
		calls, err := allocation.ReadCalls("c.yaml", []byte(c.call))
		if err != nil {
			t.Errorf("%s: %v", c.call, err)
			continue
		}
		in, err := allocation.ReadApplications([]byte(c.applications))
		if err != nil {
			t.Errorf("%s: %v", c.applications, err)
			continue
		}
		in.Calls, in.SameMatter = calls.Calls, calls.SameMatter
		if diff := cmp.Diff(c.want, paths(in.Validate())); diff != "" {
			t.Errorf("%s\n%s\n%s", c.call, c.applications, diff)
		}
	}
}

func TestManyFaultsStopAtAHundred(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"applications": [`)
	for range 1000 {
		b.WriteString(`{"x": 1},`)
	}
	b.WriteString(`{}]}`)
	if _, err := allocation.ReadApplications([]byte(b.String())); len(paths(err)) != 100 {
		t.Errorf("%d faults", len(paths(err)))
	}
	in := call(t, "measure: m\nyear: 2025")
	in.Applications = make([]allocation.Application, 1000)
	if got := len(paths(in.Validate())); got < 100 || got > 110 {
		t.Errorf("%d faults", got)
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string]string{"0": "0", "00.50": "0.5", "1e3": "1000", "1.5E-2": "0.015", "123456789012345678901234.5": "123456789012345678901234.5", "0e999": "0", "10.0": "10"} {
		if n, err := allocation.ParseNumber(text); err != nil || n.String() != want {
			t.Errorf("%s is %s, %v", text, n, err)
		}
	}
	for _, text := range []string{"", "-1", "+1", ".5", "5.", "1e", "1e99", "1e-99", "0x1", "1_000", "１", "NaN", "Infinity", "1e99999999999999999999", "1234567890123456789012345"} {
		if n, err := allocation.ParseNumber(text); err == nil {
			t.Errorf("%s reads as %s", text, n)
		}
	}
}

func TestCompare(t *testing.T) {
	in := call(t, "measure: m\nyear: 2025\nbudget: \"5.00\"\nwhen_short: pro_rata")
	in.Applications = []allocation.Application{claim("a", "f", 300), claim("b", "g", 400)}
	r := run(t, in)
	recorded := r.Canonical()
	change := func(old, new string) []byte {
		out := bytes.Replace(recorded, []byte(old), []byte(new), 1)
		if bytes.Equal(out, recorded) {
			t.Fatalf("%s is not in %s", old, recorded)
		}
		return out
	}
	cases := map[string][]byte{
		"":                     recorded,
		"awards[0].amount_fen": change(`"amount_fen": "214"`, `"amount_fen": "215"`),
		"awards[1].id":         change(`"id": "b"`, `"id": "c"`),
		"awards[1]":            append(bytes.Split(recorded, []byte(",\n{\"id\": \"b\""))[0], "],\n\"excluded\": []}"...),
		"total_fen":            change(`"total_fen": "500"`, `"total_fen": "501"`),
		"outcome":              change(`, "outcome": "decided"`, ``),
		"extra":                change(`{"input_hash"`, `{"extra": 1, "input_hash"`),
		"$":                    []byte("[]"),
	}
	for want, text := range cases {
		d, err := allocation.Compare(text, recorded)
		if err != nil || d.Path != want || d.Identical() != (want == "") {
			t.Errorf("%q: %+v %v", want, d, err)
		}
	}
	if d, err := allocation.Compare(bytes.ReplaceAll(recorded, []byte("\n"), []byte("\n  ")), recorded); err != nil || !d.Identical() {
		t.Errorf("space: %+v %v", d, err)
	}
	for _, text := range []string{"", "{", string(recorded) + "}", strings.Repeat("[", 1000)} {
		if _, err := allocation.Compare([]byte(text), recorded); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	doubled := append([]byte(`{"input_hash": "x", `), recorded[1:]...)
	if d, err := allocation.Compare(doubled, recorded); err != nil || d.Identical() {
		t.Errorf("a name twice: %+v %v", d, err)
	}
}

// FuzzRead: no text makes the readers panic; a refusal is a fault of the
// sender's; what is accepted freezes to a text that reads back as the same, and
// is decided without a fault of ours.
func FuzzRead(f *testing.F) {
	for _, seed := range []struct{ call, applications string }{
		{"measure: 002-6\nyear: 2025\nbudget: \"3000000.00\"\nwhen_short: pro_rata", `{"applications": [{"id": "a1", "code": "f", "amount_fen": "50000000", "submitted": "2025-05-01T09:00:00+08:00", "matter": "inv-1"}]}`},
		{"measure: m\nyear: 2025\nquota: 1\nrank: {by: {u: 0.6, q: .4}, normalise: min_max, ties: share, bar: {score: 0.1, each: {u: 1e0}}}", `{"applications": [{"id": "a", "code": "f", "amount_fen": "7", "scores": {"u": 1.5e0, "q": "2"}}, {"id": "b", "code": "f", "amount_fen": "7", "scores": {"u": 1.5, "q": 2}, "papers": [{"attribute": "invoice", "number": "1"}]}]}`},
		{"measure: m\nyear: 2025\nbudget: 9\nrank: {by: {u: [1, 2]}}\nshare: {how: equal}", `{"applications": [{"id": "\u0061\ud83d\ude00", "code": "f", "scores": {"u": 123456789012345678901234}}], "exceptions": [{"id": "x", "code": "f", "amount_fen": "2", "approvers": ["z"]}]}`},
		{"calls: [{measure: m, year: 2025, rank: {by: [u]}}]\nsame_matter: same_object", `{"applications": []}`},
		{"{{{", `{"applications": [[[[[`}, {"a: &a [*a]", "\xff\xfe"}, {"measure: 1e5", `{"applications": [{"id": "a", "code": NaN}]}`},
	} {
		f.Add(seed.call, seed.applications)
	}
	f.Fuzz(func(t *testing.T, callText, applications string) {
		calls, err := allocation.ReadCalls("c.yaml", []byte(callText))
		if err != nil {
			refused(t, err)
			return
		}
		in, err := allocation.ReadApplications([]byte(applications))
		if err != nil {
			refused(t, err)
			return
		}
		in.Calls, in.SameMatter = calls.Calls, calls.SameMatter
		text, err := in.Canonical()
		if err != nil {
			refused(t, err)
			return
		}
		thawed, err := allocation.ReadSnapshot(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		again, err := thawed.Canonical()
		if err != nil || !bytes.Equal(text, again) {
			t.Fatalf("%v\n%s\n%s", err, text, again)
		}
		r, err := allocation.Allocate(in)
		if err != nil {
			refused(t, err)
			return
		}
		if d, err := allocation.Compare(r.Canonical(), r.Canonical()); err != nil || !d.Identical() {
			t.Fatal(d, err)
		}
	})
}

func refused(t *testing.T, err error) {
	if f := fault.From(err); f.Code == fault.Internal || f.Message.IsZero() {
		t.Fatal(err)
	}
}
