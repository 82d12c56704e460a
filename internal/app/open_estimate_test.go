package app

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/db"
)

// aCalculationLeavesNothing calculates by page and by operation, and finds
// nothing of it in any table or in the log.
func aCalculationLeavesNothing(t *testing.T, z *plaza) {
	before := z.counts()
	z.log.Reset()
	const typed = "8675309.42"
	form := url.Values{"kind": {"enterprise"}, "local": {"yes"}, "measure": {"002-2"}, "a.cost.model_construction": {typed}, "a.model.filed": {"yes"},
		"a.org.registration": {"yes"}, "a.org.finance_system": {"yes"}, "a.org.credit": {"yes"}}
	w := z.fetch(http.MethodPost, "/open/calculator", form.Encode())
	if w.Code != 200 || !strings.Contains(w.Body.String(), "2,602,592<i>.82</i>") || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("status %d, %s", w.Code, w.Header().Get("Cache-Control"))
	}
	body := fmt.Sprintf(`{"kind":"enterprise","local":true,"measures":["002-2"],"answers":{"cost.model_construction":"%s"}}`, typed)
	if w := z.fetch(http.MethodPost, "/api/v1/policy/estimate", body); w.Code != 200 {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	for _, bad := range []string{"a.cost.model_construction=%31e99&measure=002-2&kind=enterprise", "measure=" + strings.Repeat("x", 70_000), "kind=%ff", "", "measure=002-2&kind=club", "measure=002-2&kind=enterprise&a.model.filed=perhaps"} {
		if w := z.fetch(http.MethodPost, "/open/calculator", bad+"&x=1"); w.Code >= 500 || w.Code == 200 && strings.Contains(bad, "kind=club") {
			t.Errorf("%.40s gives %d", bad, w.Code)
		}
	}
	if after := z.counts(); !maps.Equal(before, after) {
		t.Errorf("tables changed:\n%v\n%v", before, after)
	}
	if log := z.log.String(); strings.Contains(log, "8675309") || strings.Contains(log, "model_construction") || !strings.Contains(log, "/open/calculator") {
		t.Errorf("the log: %.2000s", log)
	}
}

// counts is how many rows each table has.
func (z *plaza) counts() map[string]int64 {
	ctx := z.Context()
	scan := func(row func(...any) error) (s string, err error) { return s, row(&s) }
	tables, err := db.All(ctx, z.db.Q(ctx), scan, "select name from sqlite_master where type = 'table' and name not like 'search%'")
	if err != nil {
		z.Fatal(err)
	}
	out := map[string]int64{}
	for _, table := range tables {
		var n int64
		if err := z.db.Q(ctx).QueryRowContext(ctx, `select count(*) from "`+table+`"`).Scan(&n); err != nil {
			z.Fatal(err)
		}
		out[table] = n
	}
	return out
}
