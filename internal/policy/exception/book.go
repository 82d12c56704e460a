package exception

import (
	"context"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Book compares every approved exception with the fact that seals it: who
// proposed and approved what, for which reason. It is an evidence.Book, so
// "evidence verify" names an opinion or an amount that was altered.
type Book struct {
	Store interface {
		List(ctx context.Context, f Filter) ([]Exception, error)
	}
}

// Compare implements evidence.Book.
func (b Book) Compare(ctx context.Context, facts func(ctx context.Context, ids []string) (map[string]evidence.Record, error)) ([]evidence.Problem, error) {
	const page = 200
	var problems []evidence.Problem
	for f := (Filter{States: []State{Approved}, Limit: page}); ; {
		list, err := b.Store.List(ctx, f)
		if err != nil {
			return nil, err
		}
		ids := make([]string, len(list))
		for i := range list {
			ids[i] = list[i].Fact()
		}
		sealed, err := facts(ctx, ids)
		if err != nil {
			return nil, err
		}
		for i := range list {
			if p := list[i].compare(sealed); p != nil {
				problems = append(problems, *p)
			}
			f.Before = list[i].Cursor()
		}
		if len(list) < page {
			return problems, nil
		}
	}
}

// compare says how an exception differs from what was sealed, nil when it does not.
func (x *Exception) compare(sealed map[string]evidence.Record) *evidence.Problem {
	fact, known := sealed[x.Fact()]
	switch {
	case !known:
		return &evidence.Problem{Kind: evidence.Added, ID: x.Number, Message: i18n.T(
			"一事一议 %s 记为已同意，却没有封存过：有人绕过系统写入了它。", "Exception %s is approved, but no approval of it was sealed: somebody wrote it past the system.", x.Number)}
	case x.Digest() != fact.Attributes["digest"] || x.Amount.String() != fact.Quantity:
		return &evidence.Problem{Kind: evidence.Altered, ID: x.Number, Index: fact.Seal.Index, Message: i18n.T(
			"一事一议 %s 的金额、理由或审批意见与同意时封存的（%s）不符：数据库里的它被改动过。", "The amount, the reason or an opinion of exception %s is not what its approval sealed (%s): it was altered in the database.", x.Number, fact.ID)}
	}
	return nil
}
