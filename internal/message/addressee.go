package message

import (
	"context"
	"slices"
	"time"
)

// addressee is a person at the moment of sending.
type addressee struct {
	Person
	Contact Contact
	reason  string // why nothing can be sent; "" when it can
}

// addressee looks a person up and picks the deliveries that they still want by
// e-mail: who opts out between the posting and the sending gets nothing more.
func (s *Service) addressee(ctx context.Context, person string, all []Delivery) (wanted []Delivery, to addressee, err error) {
	if s.Mailer == nil {
		return nil, addressee{reason: ReasonNoServer}, nil
	}
	p, found, err := s.Directory.Person(ctx, person)
	if err != nil || !found {
		return nil, addressee{reason: ReasonGone}, err
	}
	to.Person = p
	if to.Contact, err = s.contact(ctx, person); err != nil {
		return nil, to, err
	}
	chosen, err := s.Store.Preferences(ctx, []string{person}, "")
	for _, d := range all {
		if topic, known := s.Topics.find(d.Message.Topic); known && topic.mode(Email, chosen) != Off {
			wanted = append(wanted, d)
		}
	}
	to.reason = to.Contact.usable()
	if to.reason == "" && len(wanted) == 0 {
		to.reason = ReasonOff
	}
	return wanted, to, err
}

// skipped is the end of a sending that cannot be, or the zero value.
func (to addressee) skipped(now time.Time) Sending {
	if to.reason == "" {
		return Sending{}
	}
	return Sending{State: Skipped, Reason: to.reason, At: now}
}

// contains reports whether a delivery is among some.
func contains(all []Delivery, d Delivery) bool {
	return slices.ContainsFunc(all, func(o Delivery) bool { return o.ID == d.ID })
}
