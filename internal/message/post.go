package message

import (
	"context"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/work"
)

// Post tells a message to everybody behind the recipients, each person once,
// and to the webhooks of the organisations among them. Message, deliveries and
// the work of sending commit with the transaction of the context. A key that
// was posted before changes nothing and returns the first message's id.
//
// Codes: invalid; unavailable.
func (s *Service) Post(ctx context.Context, m Message, to ...Recipient) (id string, err error) {
	m = m.clean()
	if err := m.Validate(s.Topics); err != nil {
		return "", err
	}
	m.ID = s.IDs.New("msg")
	if m.At.IsZero() {
		m.At = s.Clock.Now()
	}
	err = s.Tx.InTx(ctx, func(ctx context.Context) error {
		var added bool
		if id, added, err = s.Store.AddMessage(ctx, m); err != nil || !added {
			return err
		}
		if err := s.deliver(ctx, m, to); err != nil {
			return err
		}
		return s.push(ctx, m, to)
	})
	return id, err
}

// deliver writes a delivery for each person, and the work of its e-mail.
func (s *Service) deliver(ctx context.Context, m Message, to []Recipient) error {
	var all []Delivery
	seen := map[string]bool{}
	for _, r := range to {
		people, err := s.Directory.Expand(ctx, r)
		if err != nil {
			return err
		}
		for _, p := range people {
			if !seen[p.ID] && (r.But == "" || p.ID != r.But) {
				seen[p.ID] = true
				all = append(all, Delivery{ID: s.IDs.New("dlv"), Message: m, Person: p.ID, Org: r.Org, Posted: s.Clock.Now()})
			}
		}
	}
	if err := s.choose(ctx, m.Topic, all); err != nil {
		return err
	}
	if err := s.Store.AddDeliveries(ctx, all); err != nil {
		return err
	}
	for _, d := range all {
		if d.Email.State != Waiting || d.Digest != "" {
			continue // a digest's hour sends the others
		}
		if _, err := s.Queue.Insert(ctx, sendEmail{d.ID}, work.Options{MaxAttempts: attempts}); err != nil {
			return err
		}
	}
	return nil
}

// choose settles over which channels each delivery goes.
func (s *Service) choose(ctx context.Context, topicID string, all []Delivery) error {
	people := make([]string, len(all))
	for i, d := range all {
		people[i] = d.Person
	}
	chosen, err := s.Store.Preferences(ctx, people, topicID)
	if err != nil {
		return err
	}
	contacts, err := s.Store.Contacts(ctx, people)
	if err != nil {
		return err
	}
	byPerson, reach := map[string][]Preference{}, map[string]Contact{}
	for _, p := range chosen {
		byPerson[p.Person] = append(byPerson[p.Person], p)
	}
	for _, c := range contacts {
		reach[c.Person] = c
	}
	topic, _ := s.Topics.find(topicID)
	for i := range all {
		d := &all[i]
		d.Console, d.Email = Sent, Sending{State: Waiting}
		if topic.mode(Console, byPerson[d.Person]) == Off {
			d.Console = Skipped
		}
		mode := topic.mode(Email, byPerson[d.Person])
		if reason := s.unreachable(mode, reach[d.Person]); reason != "" {
			d.Email = Sending{State: Skipped, Reason: reason, At: d.Posted}
		} else if mode == InDigest {
			d.Digest = digestDue
		}
	}
	return nil
}

// unreachable says why a person gets no e-mail, or "".
func (s *Service) unreachable(mode Mode, c Contact) string {
	switch {
	case mode == Off:
		return ReasonOff
	case s.Mailer == nil:
		return ReasonNoServer
	}
	return c.usable()
}

// push writes a push to each active endpoint of the organisations.
func (s *Service) push(ctx context.Context, m Message, to []Recipient) error {
	var orgs []ident.CreditCode
	for _, r := range to {
		if r.Org != "" && !slices.Contains(orgs, r.Org) {
			orgs = append(orgs, r.Org)
		}
	}
	endpoints, err := s.Store.Endpoints(ctx, orgs)
	if err != nil {
		return err
	}
	for _, e := range endpoints {
		if !e.Active {
			continue
		}
		if _, err := s.enqueuePush(ctx, e, m.ID); err != nil {
			return err
		}
	}
	return nil
}
