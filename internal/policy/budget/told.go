package budget

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// ToldConfirm is the topic: an order waits for a second person.
const ToldConfirm = "budget.confirm"

// Told is what finance is told of an order, in the transaction in which it
// became true: everybody but its writer, who may not confirm it.
type Told struct {
	Key         string // of the event: told once
	Order       string
	Writer      string
	Title, Body i18n.Text
	At          time.Time
}

// Messages tells people things; app plugs internal/message in.
type Messages interface {
	Tell(ctx context.Context, n Told) error
}

// tellProposed tells those who may confirm an order that it waits.
func (s *Service) tellProposed(ctx context.Context, o *Order) error {
	given, taken := o.Totals()
	return s.Messages.Tell(ctx, Told{
		Key: "budget/" + o.ID + "/proposed", Order: o.ID, Writer: o.Person, At: o.At,
		Title: i18n.T("指标单 %[1]s 待复核", "Budget order %[1]s waits for a second person", o.Number),
		Body: i18n.T("%[1]s 依据“%[2]s”提出 %[3]d 年指标单：下达 %[4]s 元，收回 %[5]s 元。须由另一人复核。",
			"%[1]s proposes a budget order of %[3]d by %[2]q: %[4]s yuan given, %[5]s yuan taken back. Another person confirms or refuses it.",
			o.Name, o.Basis, o.Year, given.Grouped(), taken.Grouped()),
	})
}
