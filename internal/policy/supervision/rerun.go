package supervision

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Comparison is what running every rule again comes to, beside what is on record.
type Comparison struct {
	Identical bool        `json:"identical"`
	First     *Difference `json:"first_difference" doc:"Null when identical"`
	Facts     int         `json:"facts" doc:"Facts that were read"`
	Cases     int         `json:"cases" doc:"Applications that were looked at"`
	Found     int         `json:"found" doc:"Findings of this run"`
	Recorded  int         `json:"recorded" doc:"Alarms on record that should come out again"`
	Digest    string      `json:"digest" doc:"SHA-256 over rules and findings: equal input, equal digest"`
	Rules     int         `json:"rules_version"`
}

// Difference is the first place where the run and the record part.
type Difference struct {
	Alarm string    `json:"alarm" doc:"Id of the alarm on record; empty when there is none"`
	Rule  string    `json:"rule"`
	Text  i18n.Text `json:"text"`
}

// Rerun reads everything again into a fresh index, runs every rule, and
// compares with the alarms on record. It writes nothing. Alarms that people
// have decided need not come out again: their facts may have been corrected on
// the strength of the decision.
//
// Codes: unavailable.
func (s *Service) Rerun(ctx context.Context) (Comparison, error) {
	if err := s.Look(ctx); err != nil { // so that the record is of this moment
		return Comparison{}, err
	}
	fresh := &Service{Store: s.Store, Rules: s.Rules, Pack: s.Pack, Facts: s.Facts, Cases: s.Cases, Organisations: s.Organisations, Clock: s.Clock, IDs: s.IDs, Key: s.Key}
	if err := fresh.refresh(ctx, true); err != nil {
		return Comparison{}, err
	}
	found := fresh.watch.index.DetectAll()
	known, err := s.Store.Keyed(ctx)
	if err != nil {
		return Comparison{}, err
	}
	out := Comparison{Facts: len(fresh.watch.index.facts), Cases: len(fresh.watch.index.cases), Found: len(found), Rules: s.Rules.Version, Digest: digest(s.Rules, found)}
	for _, f := range found {
		a, recorded := known[f.Key]
		delete(known, f.Key)
		if recorded && a.State != Lapsed && a.covers(f) {
			out.Recorded++
		} else if out.First == nil {
			out.First = &Difference{Alarm: a.ID, Rule: f.Rule.ID, Text: i18n.T("重算得出而记录里没有：%[1]s", "Found again and not on record: %[2]s", f.Reason.ZH, f.Reason.EN)}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(known)) {
		a := known[key]
		if a.State != Open && a.State != Proposed {
			continue
		}
		out.Recorded++
		if out.First == nil {
			out.First = &Difference{Alarm: a.ID, Rule: a.Rule, Text: i18n.T("记录里有而重算不出：%[1]s", "On record and not found again: %[2]s", a.Reason.ZH, a.Reason.EN)}
		}
	}
	out.Identical = out.First == nil
	return out, nil
}

// covers reports whether an alarm names every case and stands on every fact of
// a finding.
func (a *Alarm) covers(f Finding) bool {
	return slices.Equal(a.Facts, f.Facts) && !slices.ContainsFunc(f.Cases, func(id string) bool {
		return !slices.ContainsFunc(a.Cases, func(c CaseRef) bool { return c.ID == id })
	})
}

// digest is over everything that a run says.
func digest(rules *Rules, found []Finding) string {
	sum := sha256.New()
	for _, r := range rules.Rules {
		fmt.Fprintf(sum, "%s %d\n", r.ID, r.Version)
	}
	for _, f := range found {
		fmt.Fprintf(sum, "%s %v %s\n", f.Key, f.Cases, f.Reason.ZH)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
