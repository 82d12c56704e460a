package award_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/award"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

const org = ident.CreditCode("91520100MA6E00001X")

// hall stands for the rooms around this one and counts what they are asked.
// The room over the real ones is tested in internal/app.
type hall struct {
	cases []award.Case
	facts map[string]evidence.Record
	named int // organisations that a part of a name means
	asked map[string]int
	last  award.CaseFilter
}

func (h *hall) Awarded(_ context.Context, f award.CaseFilter) ([]award.Case, error) {
	h.asked["cases"]++
	h.last = f
	if f.Number == "" {
		return h.cases, nil
	}
	for _, c := range h.cases {
		if c.Number == f.Number {
			return []award.Case{c}, nil
		}
	}
	return nil, nil
}
func (h *hall) AwardedTotals(context.Context) ([]award.Total, error) {
	return []award.Total{{Measure: "002-2", Year: 2025, Awards: 2, Committed: 300, Paid: 200}}, nil
}
func (h *hall) AwardRecords(context.Context, string) ([]string, error) { return nil, nil }
func (h *hall) Find(context.Context, []string) (map[string]evidence.Record, error) {
	h.asked["facts"]++
	return h.facts, nil
}
func (h *hall) Names(context.Context, []ident.CreditCode) (map[ident.CreditCode]string, error) {
	h.asked["names"]++
	return map[ident.CreditCode]string{org: "甲公司"}, nil
}
func (h *hall) Named(_ context.Context, _ string, limit int) ([]ident.CreditCode, error) {
	h.asked["named"]++
	return make([]ident.CreditCode, min(h.named, limit)), nil
}
func (h *hall) Recovered(context.Context) ([]award.Returned, error) {
	h.asked["recovered"]++
	return []award.Returned{{Application: "a1", Measure: "002-2", Year: 2025, Amount: 7}, {Application: "a1", Measure: "002-2", Year: 2025, Amount: 3}}, nil
}
func (h *hall) ShownOn(context.Context, []string) (map[string]award.NoticeRef, error) {
	h.asked["notices"]++
	return map[string]award.NoticeRef{"a2": {ID: "n1", Number: "GS-2025-001"}}, nil
}
func (h *hall) Granted(context.Context) ([]award.Grant, error) {
	return []award.Grant{{Measure: "002-2", Year: 2025, Amount: 600}, {Measure: "002-2", Year: 2025, Amount: 400}, {Measure: "002-6", Year: 2024, Amount: 1}}, nil
}

func open(h *hall) *award.Service {
	h.asked = map[string]int{}
	return &award.Service{Cases: h, Facts: h, Registry: h, Recoveries: h, Notices: h, Books: h, Pack: &rule.Pack{},
		Redact: func(s string) string { return strings.ReplaceAll(s, "13900000000", "●●●") }}
}

func paid(quantity string) evidence.Record {
	return evidence.Record{Fact: evidence.Fact{Kind: "support.paid", Quantity: quantity, Unit: evidence.UnitCNY, Occurred: "2025-10-20"}}
}

func TestAnAwardShowsWhatThePublicMayKnow(t *testing.T) {
	h := &hall{
		cases: []award.Case{
			{ID: "a2", Number: "QM-2025-0002", Org: org, Measure: "002-2", Object: "青砚 13900000000", State: award.Paying, Amount: 300, Settled: 150, SettledOn: "2025-10-19", Instalments: []string{"p1", "p2", "p3"}},
			{ID: "a1", Number: "QM-2025-0001", Org: "91520100MA6E00002X", Measure: "002-2", State: award.Paid, Amount: 20, Settled: 20, SettledOn: "2025-10-18"},
		},
		facts: map[string]evidence.Record{"p1": paid("0.50"), "p3": paid("0.10")},
	}
	all, err := open(h).List(t.Context(), award.Filter{Limit: 50})
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	if a := all[0]; a.Name != "甲公司" || a.Object != "青砚 ●●●" || a.Paid != 150+60 || a.PaidOn != "2025-10-20" || a.Recovered != 0 || a.Notice == nil || a.Notice.Number != "GS-2025-001" {
		t.Errorf("got %+v", a)
	}
	if a := all[1]; a.Name != "91520100MA6E00002X" || a.Paid != 20 || a.Recovered != 10 || a.Notice != nil {
		t.Errorf("got %+v", a)
	}
	for what, n := range h.asked {
		if n != 1 {
			t.Errorf("%s were asked %d times for two awards", what, n)
		}
	}
}

func TestASearchLooksIntoNamesAndNumbersOnly(t *testing.T) {
	h := &hall{named: 2}
	s := open(h)
	for query, check := range map[string]func() bool{
		"QM-2025-00": func() bool { return h.last.Part == "QM-2025-00" && len(h.last.Orgs) == 0 },
		"甲":          func() bool { return h.last.Part == "" && len(h.last.Orgs) == 2 },
		"青砚":         func() bool { return len(h.last.Orgs) == 2 }, // a project's name is looked for among organisations alone
	} {
		if _, err := s.List(t.Context(), award.Filter{Query: query}); err != nil || !check() {
			t.Errorf("%q asked %+v, %v", query, h.last, err)
		}
	}
	h.named = 0
	before := h.asked["cases"]
	if all, err := s.List(t.Context(), award.Filter{Query: "没有"}); err != nil || len(all) != 0 || h.asked["cases"] != before {
		t.Errorf("a name that nobody has gave %v, %v", all, err)
	}
	h.named = 1000
	for name, f := range map[string]award.Filter{"a name of many": {Query: "公司"}, "an endless name": {Query: strings.Repeat("长", 61)}, "a year": {Year: 3}} {
		if _, err := s.List(t.Context(), f); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s gave %v", name, err)
		}
	}
	for _, number := range []string{"", "QM-2025-0404"} {
		if _, err := s.Get(t.Context(), number); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q gave %v", number, err)
		}
	}
}

func TestTotalsKeepTheFourAmountsApart(t *testing.T) {
	got, err := open(&hall{}).Totals(t.Context())
	want := []award.Total{{Measure: "002-2", Year: 2025, Awards: 2, Granted: 1000, Committed: 300, Paid: 200, Recovered: 10}, {Measure: "002-6", Year: 2024, Granted: money.Fen(1)}}
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %+v, %v", got, err)
	}
}
