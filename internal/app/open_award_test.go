package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/portal"
)

// theMoneyAddsUp: the totals are what the single awards say, and what the
// ledger says was granted.
func theMoneyAddsUp(t *testing.T, z *plaza) {
	room := z.awardsOf(z.ruled.Load().delivery)
	totals, err := room.Totals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	type sums struct{ awards, committed, paid, recovered int64 }
	want, got := map[string]sums{}, map[string]sums{}
	for _, s := range totals {
		want[fmt.Sprint(s.Measure, s.Year)] = sums{s.Awards, int64(s.Committed), int64(s.Paid), int64(s.Recovered)}
	}
	for path := "/api/v1/awards?limit=5"; path != ""; {
		var raw struct {
			Items []map[string]any `json:"items"`
			Next  string           `json:"next"`
		}
		if err := json.Unmarshal(z.fetch(http.MethodGet, path, "").Body.Bytes(), &raw); err != nil {
			t.Fatal(err)
		}
		for _, a := range raw.Items {
			fen := func(name string) (n int64) { _, _ = fmt.Sscan(a[name].(string), &n); return n }
			if fen("city_fen")+fen("district_fen") != fen("amount_fen") || fen("paid_fen") > fen("amount_fen") || fen("recovered_fen") > fen("paid_fen") {
				t.Errorf("%v does not add up", a)
			}
			key := fmt.Sprint(a["measure"], a["year"])
			s := got[key]
			got[key] = sums{s.awards + 1, s.committed + fen("amount_fen"), s.paid + fen("paid_fen"), s.recovered + fen("recovered_fen")}
		}
		if path = ""; raw.Next != "" {
			path = "/api/v1/awards?limit=5&cursor=" + raw.Next
		}
	}
	paid := int64(0)
	for key, s := range want {
		if paid += s.paid; s.awards > 0 && got[key] != s {
			t.Errorf("%s: the totals say %+v, the awards %+v", key, s, got[key])
		}
	}
	if len(got) < 2 || paid == 0 {
		t.Errorf("too little to add up: %+v", got)
	}
}

// thePortalReadsWhatTheAPIHas holds the portal's list of operations against
// the access table, and a proof that it hands out against the program's own check.
func thePortalReadsWhatTheAPIHas(t *testing.T, z *plaza) {
	api := z.ruled.Load().edge
	for _, id := range portal.Operations() {
		if api.Operations()[id] == nil || !api.Access()[id].Public {
			t.Errorf("the portal asks %s, which is no public operation", id)
		}
	}
	room := z.awardsOf(z.ruled.Load().delivery)
	found, err := z.policy().Store.Applications(t.Context(), policy.ApplicationFilter{States: policy.AwardedStates(), Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	opened, shut := 0, 0
	for _, a := range found {
		proof, err := room.Prove(t.Context(), a.Number)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range proof.Records {
			if r.Canonical == nil {
				shut++
				continue
			}
			record, err := z.facts.Get(t.Context(), r.Fact)
			if err != nil {
				t.Fatal(err)
			}
			check := evidence.FactProof{Fact: record.Fact, Salt: *r.Salt, Index: r.Index, Path: r.Path, Checkpoint: r.Checkpoint}
			if err := check.Verify(proof.Key); err != nil || string(record.Canonical()) != *r.Canonical {
				t.Errorf("%s: %v", r.Fact, err)
			}
			opened++
		}
	}
	if opened < 10 || shut == 0 {
		t.Errorf("%d records opened, %d kept shut for what is personal in them", opened, shut)
	}
}
