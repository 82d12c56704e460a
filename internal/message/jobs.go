package message

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/work"
)

// The kinds of background work; a kind's name is for ever.
type (
	sendEmail        struct{ Delivery string }
	sendDigest       struct{ Digest string }
	sendPush         struct{ Push string }
	sendConfirmation struct {
		Person, Address string
		Language        i18n.Lang
	}
	gatherDigests struct{}
	prune         struct{}
)

// Kind implements work.Args, as do the five below.
func (sendEmail) Kind() string        { return "message.email" }
func (sendDigest) Kind() string       { return "message.digest" }
func (sendPush) Kind() string         { return "message.push" }
func (sendConfirmation) Kind() string { return "message.confirmation" }
func (gatherDigests) Kind() string    { return "message.gather_digests" }
func (prune) Kind() string            { return "message.prune" }

// attempts is how often a sending is tried: about a day and a half with the
// queue's growing delays.
const attempts = 44

// Work adds the workers of this room.
func (s *Service) Work(kinds *work.Kinds) {
	bounded := work.Limits{Timeout: time.Minute}
	work.Handle(kinds, bounded, s.sendEmail)
	work.Handle(kinds, bounded, s.sendDigest)
	work.Handle(kinds, bounded, s.sendPush)
	work.Handle(kinds, bounded, s.sendConfirmation)
	work.Handle(kinds, work.Limits{}, func(ctx context.Context, _ work.Item[gatherDigests]) error { return s.GatherDigests(ctx) })
	work.Handle(kinds, work.Limits{}, func(ctx context.Context, _ work.Item[prune]) error { return s.Prune(ctx) })
}

// Periodic is the work that comes by itself.
func (s *Service) Periodic() []work.Periodic {
	return []work.Periodic{
		{Name: "gather digests", When: work.Daily(s.Hour, 0), Args: gatherDigests{}},
		{Name: "prune messages", When: work.Daily(3, 30), Args: prune{}},
	}
}

// Prune removes what was read and is older than Keep. Its key stays, and so
// does the audit trail.
//
// Codes: unavailable.
func (s *Service) Prune(ctx context.Context) error {
	_, err := s.Store.Prune(ctx, s.Clock.Now().Add(-s.Keep))
	return err
}

// outcome is the state that an attempt leads to; it is Waiting when another
// attempt follows.
func (s *Service) outcome(attempt, most int, err error) Sending {
	var refused *Refusal
	switch {
	case err == nil:
		return Sending{State: Sent, At: s.Clock.Now()}
	case errors.As(err, &refused):
		return Sending{State: Failed, Reason: lines(refused.Reason, reasonLimit), At: s.Clock.Now()}
	case attempt >= most && !errors.Is(err, context.Canceled):
		return Sending{State: Failed, Reason: ReasonMute, At: s.Clock.Now()}
	}
	return Sending{State: Waiting}
}

// reasonLimit bounds what is kept of a receiver's words, in characters.
const reasonLimit = 500

// settled writes how an attempt ended, together with the item where that is
// its end, and returns what the runner is to know of it.
func (s *Service) settled(ctx context.Context, end Sending, sending error, done func(context.Context) error, write func(context.Context) error) error {
	ctx = context.WithoutCancel(ctx) // what was sent was sent, however late
	if end.State == Waiting {
		return sending
	}
	err := s.Tx.InTx(ctx, func(ctx context.Context) error {
		if err := write(ctx); err != nil || end.State == Failed {
			return err
		}
		return done(ctx)
	})
	if err == nil && end.State == Failed {
		return work.GiveUp(sending)
	}
	return err
}

// sendEmail sends one delivery's e-mail, unless the person has opted out or
// left since it was posted.
func (s *Service) sendEmail(ctx context.Context, item work.Item[sendEmail]) error {
	d, err := s.Store.Delivery(ctx, item.Args.Delivery)
	if fault.Is(err, fault.NotFound) || (err == nil && d.Email.State != Waiting) {
		return nil // settled already; the work was repeated
	}
	if err != nil {
		return err
	}
	_, to, err := s.addressee(ctx, d.Person, []Delivery{d})
	if err != nil {
		return err
	}
	end, sending := to.skipped(s.Clock.Now()), error(nil)
	if end.State == "" {
		letter, err := s.letterOf(d, to)
		if err != nil {
			return work.GiveUp(err)
		}
		sending = s.Mailer.Send(ctx, letter)
		end = s.outcome(item.Attempt, attempts, sending)
	}
	return s.settled(ctx, end, sending, item.Done, func(ctx context.Context) error {
		_, err := s.Store.SettleEmail(ctx, d.ID, end)
		return err
	})
}

// GatherDigests makes the digests of the last digest hour: one for each person
// for whom something waits.
//
// Codes: unavailable.
func (s *Service) GatherDigests(ctx context.Context) error {
	due := lastDigest(s.Clock.Now(), s.Hour)
	for after := ""; ; {
		people, err := s.Store.DueForDigest(ctx, due, after, 200)
		if err != nil || len(people) == 0 {
			return err
		}
		for _, person := range people {
			if err := s.gather(ctx, person, due); err != nil {
				return err
			}
			after = person
		}
	}
}

// gather makes one person's digest of what was posted before an instant, and
// the work of sending it.
func (s *Service) gather(ctx context.Context, person string, before time.Time) error {
	d := Digest{ID: s.IDs.New("digest"), Person: person, Day: clock.DateOf(before), Sending: Sending{State: Waiting}}
	return s.Tx.InTx(ctx, func(ctx context.Context) error {
		n, err := s.Store.Gather(ctx, d, before)
		if err != nil || n == 0 {
			return err
		}
		_, err = s.Queue.Insert(ctx, sendDigest{d.ID}, work.Options{MaxAttempts: attempts})
		return err
	})
}

// sendDigest sends a digest of those that the person still wants by e-mail;
// when none is left, it sends nothing.
func (s *Service) sendDigest(ctx context.Context, item work.Item[sendDigest]) error {
	digest, all, err := s.Store.Digest(ctx, item.Args.Digest)
	if fault.Is(err, fault.NotFound) || (err == nil && digest.State != Waiting) {
		return nil
	}
	if err != nil {
		return err
	}
	wanted, to, err := s.addressee(ctx, digest.Person, all)
	if err != nil {
		return err
	}
	end, sending := to.skipped(s.Clock.Now()), error(nil)
	if end.State == "" {
		letter, err := s.letterOfDigest(digest, wanted, to)
		if err != nil {
			return work.GiveUp(err)
		}
		sending = s.Mailer.Send(ctx, letter)
		end = s.outcome(item.Attempt, attempts, sending)
	}
	return s.settled(ctx, end, sending, item.Done, func(ctx context.Context) error {
		for _, d := range all {
			if !contains(wanted, d) {
				if _, err := s.Store.SettleEmail(ctx, d.ID, Sending{State: Skipped, Reason: ReasonOff, At: s.Clock.Now()}); err != nil {
					return err
				}
			}
		}
		_, err := s.Store.SettleDigest(ctx, digest.ID, end)
		return err
	})
}

// sendConfirmation sends the link that confirms an address.
func (s *Service) sendConfirmation(ctx context.Context, item work.Item[sendConfirmation]) error {
	if s.Mailer == nil {
		return nil
	}
	person, found, err := s.Directory.Person(ctx, item.Args.Person)
	if err != nil || !found {
		return err
	}
	letter, err := s.letterOfConfirmation(item.ID, addressee{Person: person, Contact: Contact{Person: person.ID, Address: item.Args.Address, Language: item.Args.Language}})
	if err != nil {
		return work.GiveUp(err)
	}
	err = s.Mailer.Send(ctx, letter)
	var refused *Refusal
	if errors.As(err, &refused) {
		return work.GiveUp(err)
	}
	return err
}

// sendPush makes one attempt to push a message to an endpoint.
func (s *Service) sendPush(ctx context.Context, item work.Item[sendPush]) error {
	p, e, found, err := s.Store.Push(ctx, item.Args.Push)
	if err != nil || !found || p.State != Waiting {
		return err
	}
	var sending error
	if e.Active {
		body, err := s.pushBody(ctx, p, e)
		if err != nil {
			return err
		}
		p.Attempts = item.Attempt
		p.Answer, sending = s.Poster.Post(ctx, Call{ID: p.ID, URL: e.URL, Secret: s.Keys.secret(e), Body: body})
		sending = refusedBy(p.Answer, sending)
		p.Sending = s.outcome(item.Attempt, p.attempts(), sending)
	} else {
		p.Sending = Sending{State: Skipped, Reason: ReasonGone, At: s.Clock.Now()}
	}
	if p.State == Waiting {
		p.Reason = lines(sending.Error(), reasonLimit)
		return errors.Join(sending, s.Store.UpdatePush(context.WithoutCancel(ctx), p))
	}
	if p.Answer.Status == http.StatusGone {
		e.Active, e.Reason = false, fmt.Sprint(http.StatusGone)
	}
	err = s.settled(ctx, p.Sending, sending, item.Done, func(ctx context.Context) error {
		if p.Answer.Status == http.StatusGone {
			if err := s.Store.UpdateEndpoint(ctx, e); err != nil {
				return err
			}
		}
		return s.Store.UpdatePush(ctx, p)
	})
	if p.Message == "" && p.State == Failed {
		return nil // a test that failed has told the manager so; the operator need not hear of it
	}
	return err
}

// refusedBy is the error of an attempt: ours, or what the receiver's status
// says. 410 asks for no more; anything else but a 2xx may get better.
func refusedBy(a Answer, err error) error {
	switch {
	case err != nil || (a.Status >= 200 && a.Status < 300):
		return err
	case a.Status == http.StatusGone:
		return &Refusal{fmt.Sprintf("HTTP %d", a.Status)}
	}
	return fmt.Errorf("HTTP %d", a.Status)
}

// Call is one push on its way.
type Call struct {
	ID     string // the same at each attempt: receivers tell repeats by it
	URL    string
	Secret string
	Body   []byte
}

// pushed is the body of a push. Its names are a contract with receivers.
type pushed struct {
	ID      string    `json:"id"`
	Message string    `json:"message"`
	Topic   string    `json:"topic"`
	Org     string    `json:"org"`
	Title   i18n.Text `json:"title"`
	Body    i18n.Text `json:"body"`
	Link    string    `json:"link"`
	About   About     `json:"about"`
	At      time.Time `json:"at"`
}

// testTopic is the topic of a test.
const testTopic = "test"

func (s *Service) pushBody(ctx context.Context, p Push, e Endpoint) ([]byte, error) {
	m := Message{Topic: testTopic, Title: i18n.T("测试推送", "Test"), Body: i18n.T("这是一条测试消息，不需要处理。", "This is a test and needs no action."), At: p.Posted}
	if p.Message != "" {
		var err error
		if m, err = s.Store.Message(ctx, p.Message); err != nil {
			return nil, err
		}
	}
	return json.Marshal(pushed{ID: p.ID, Message: m.ID, Topic: m.Topic, Org: string(e.Org), Title: m.Title, Body: m.Body, Link: s.address(m.Link), About: m.About, At: m.At.UTC()})
}
