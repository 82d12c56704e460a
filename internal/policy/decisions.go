package policy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Decided is an application on which a decision stands, with its frozen result.
type Decided struct {
	Application
	Assessment json.RawMessage
}

// Decisions compares every standing decision with the support.decided fact
// that seals it: which calculation it rests on, and how much it pays. It is an
// evidence.Book, so "evidence verify" names an altered trace.
type Decisions struct {
	Store interface {
		Decided(ctx context.Context, after string, limit int) ([]Decided, error)
	}
}

// Compare implements evidence.Book.
func (d Decisions) Compare(ctx context.Context, facts func(ctx context.Context, ids []string) (map[string]evidence.Record, error)) ([]evidence.Problem, error) {
	const page = 200
	var problems []evidence.Problem
	for after := ""; ; {
		decided, err := d.Store.Decided(ctx, after, page)
		if err != nil {
			return nil, err
		}
		ids := make([]string, len(decided))
		for i := range decided {
			ids[i] = decided[i].DecisionFact()
		}
		sealed, err := facts(ctx, ids)
		if err != nil {
			return nil, err
		}
		for i := range decided {
			if p := decided[i].compare(sealed); p != nil {
				problems = append(problems, *p)
			}
			after = decided[i].ID
		}
		if len(decided) < page {
			return problems, nil
		}
	}
}

// compare says how a decision differs from what was sealed, nil when it does not.
func (d *Decided) compare(sealed map[string]evidence.Record) *evidence.Problem {
	fact, known := sealed[d.DecisionFact()]
	sum := sha256.Sum256(d.Assessment)
	digest := hex.EncodeToString(sum[:])
	switch {
	case !known:
		return &evidence.Problem{Kind: evidence.Added, ID: d.Number, Message: i18n.T(
			"申报 %s 已有决定，却没有封存过的决定：有人绕过系统写入了它。", "Application %s is decided, but no decision of it was sealed: somebody wrote it past the system.", d.Number)}
	case digest != fact.Attributes["digest"] || d.Hash != digest:
		return &evidence.Problem{Kind: evidence.Altered, ID: d.Number, Index: fact.Seal.Index, Message: i18n.T(
			"申报 %s 所依据的试算轨迹与决定时封存的（%s）不符：数据库里的它被改动过。", "The calculation under application %s is not the one that its decision sealed (%s): it was altered in the database.", d.Number, fact.ID)}
	case d.Amount.String() != fact.Quantity || d.City+d.District != d.Amount:
		return &evidence.Problem{Kind: evidence.Altered, ID: d.Number, Index: fact.Seal.Index, Message: i18n.T(
			"申报 %s 的金额与决定时封存的（%s）不符：数据库里的它被改动过。", "The amount of application %s is not the one that its decision sealed (%s): it was altered in the database.", d.Number, fact.ID)}
	}
	return nil
}
