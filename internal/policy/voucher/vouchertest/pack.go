package vouchertest

import (
	"cmp"
	"fmt"
	"testing/fstest"

	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Terms are what a test lets the guide of 2025 rule for both programmes.
type Terms struct {
	Issue   rule.IssueMode
	Cap     string // yuan; "" for none
	Combine bool   // one bill may take both programmes
	Days    int    // for which a voucher is good; 30 for 0
	Latest  string // no voucher is good after this day; "" for none
}

// Ceiling is what the text of City lets out in a year: 1,000 yuan. Province has none.
const Ceiling = 100_000

// The programmes of the invented region: two in force, one in a draft, and one
// that only refers.
const (
	City     = "t-1"
	Province = "t-2"
	Drafted  = "d-1"
	Pointer  = "t-3"
)

// Pack is an invented region with two voucher programmes, ruled as given; the
// guide of 2024 rules on none.
func Pack(t Terms) (*rule.Pack, error) {
	voucher := func(id, document, budget string) []byte {
		return fmt.Appendf(nil, `id: %[1]s
version: 1
document: %[2]s
clause: 一
rule_type: payable
name: {zh: 券%[1]s, en: Voucher %[1]s}
reading: {zh: 领券, en: A voucher}
questions: [A10]
parameters:
  - {path: most, kind: money, value: "1000.00", clause: 一, set_by: text, text: {zh: 上限, en: most}}
amount:
  - {op: manual, clause: 一, question: A10, text: {zh: 另定, en: elsewhere}}
%[3]sschedule: voucher
`, id, document, budget)
	}
	ruling := func(id string) string {
		return fmt.Sprintf(`
  - measure: %s
    by: {zh: 测试, en: test}
    on: 2025-01-02
    issue: %s
    faces: ["100.00", "300.00", "0.07"]
    cap: %q
    discount: "0.5"
    valid_days: %d
    latest: %q
    services: [training]
    places: ["520100"]`, id, t.Issue, t.Cap, cmp.Or(t.Days, 30), t.Latest)
	}
	head := func(year int) string {
		return fmt.Sprintf("year: %[1]d\nname: {zh: 指南, en: Guide}\nissuer: {zh: 某局, en: A bureau}\nissued: %[1]d-01-02\n", year)
	}
	combine := ""
	if t.Combine {
		combine = "rulings:\n  - {question: A10, choice: both, by: {zh: 测试, en: test}, on: 2025-01-02}\n"
	}
	document := func(status string) []byte {
		return fmt.Appendf(nil, "id: %[1]s\ntitle: {zh: 某文件, en: A document}\nshort: {zh: 文, en: D}\nissued: 2024-01-01\nstatus: %[1]s\nclauses:\n- {path: 一, number: 一}\n", status)
	}
	files := fstest.MapFS{
		"region.yaml":                    {Data: []byte("id: test\nname: {zh: 测试, en: Test}\n")},
		"documents/in_force.yaml":        {Data: document("in_force")},
		"documents/draft.yaml":           {Data: document("draft")},
		"measures/" + City + ".yaml":     {Data: voucher(City, "in_force", "budget: {parameter: most, kind: ceiling}\n")},
		"measures/" + Province + ".yaml": {Data: voucher(Province, "in_force", "")},
		"measures/" + Drafted + ".yaml":  {Data: voucher(Drafted, "draft", "")},
		"measures/" + Pointer + ".yaml":  {Data: []byte("id: " + Pointer + "\nversion: 1\ndocument: in_force\nclause: 一\nrule_type: referral\nname: {zh: 指路, en: Elsewhere}\nschedule: voucher\n")},
		"guides/2024.yaml":               {Data: []byte(head(2024))},
		"guides/2025.yaml":               {Data: []byte(head(2025) + combine + "vouchers:" + ruling(City) + ruling(Province) + ruling(Drafted) + "\n")},
		"questions.yaml":                 {Data: []byte("questions:\n  - {id: A10, title: {zh: 问, en: Q}, choices: [{id: both, name: {zh: 可, en: both}}], where: [{document: in_force, path: 一}]}\n")},
	}
	return rule.LoadPack(files)
}
