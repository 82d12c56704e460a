package review_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/review"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

const guizhou = "../../../regions/guizhou"

func TestGuizhouHasSheets(t *testing.T) {
	pack, err := rule.LoadPack(os.DirFS(guizhou))
	if err != nil {
		t.Fatal(err)
	}
	r, err := review.LoadRules(os.DirFS(guizhou), func(m string) bool { _, err := pack.Measure(m); return err == nil })
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Fields) != 3+24 || len(r.Units) == 0 || len(r.Sheets) == 0 {
		t.Fatalf("%d fields, %d departments, %d sheets", len(r.Fields), len(r.Units), len(r.Sheets))
	}
	for _, s := range r.Sheets {
		if s.Most() != 100_00 || !s.Example {
			t.Errorf("sheet %s gives %s points; example: %v", s.ID, s.Most(), s.Example)
		}
	}
	if _, err := r.SheetFor("000-1"); !fault.Is(err, fault.Conflict) {
		t.Errorf("a measure without a sheet gave %v", err)
	}
}

// TestBadSheetsAreNamed wants a sentence with the place for each fault.
func TestBadSheetsAreNamed(t *testing.T) {
	sheet := func(criteria string) string {
		return "version: 1\nsheets:\n- {id: s, version: 1, name: {zh: 表, en: Sheet}, measures: [002-3], criteria: [" + criteria + "]}\n"
	}
	good := `{id: a, name: {zh: 甲, en: A}, most: "60", anchors: [{from: "30", text: {zh: 好, en: good}}]}`
	for text, place := range map[string]string{
		sheet(good):              "",
		sheet(good + "," + good): "criteria.a",
		sheet(strings.Replace(good, "60", "20", 1)):          "anchors",
		sheet(strings.Replace(good, "en: A}", "en: ''}", 1)): "criteria.a.name",
		sheet(strings.Replace(good, `"60"`, `"0"`, 1)):       "criteria.a.most",
		sheet(""): "criteria",
		strings.Replace(sheet(good), "002-3", "002-99", 1): "measures",
		"past_employer_years: -1\n":                        "past_employer_years",
		"outlier: {drop_from: 3}\n":                        "drop_from",
		"outlier: {apart: \"x\"}\n":                        "sheets.yaml",
		"sheet: 1\n":                                       "sheets.yaml",
		"sheets: [\n":                                      "sheets.yaml",
	} {
		_, err := review.LoadRules(fstest.MapFS{"sheets.yaml": {Data: []byte(text)}}, func(m string) bool { return m == "002-3" })
		if place == "" {
			if err != nil {
				t.Errorf("%s: %v", text, err)
			}
			continue
		}
		found := false
		for _, f := range fault.From(err).Fields {
			found = found || strings.Contains(f.Path, place)
		}
		if !fault.Is(err, fault.Invalid) || !found {
			t.Errorf("%s: %v, want %s named", text, err, place)
		}
	}
	if r, err := review.LoadRules(fstest.MapFS{}, func(string) bool { return true }); err != nil || len(r.Fields) != 3 || r.PastEmployerYears == 0 {
		t.Errorf("a pack without sheets: %+v, %v", r, err)
	}
}
