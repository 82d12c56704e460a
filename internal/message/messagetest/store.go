// Package messagetest has the suite that every message.Store passes, and a mail
// server to send to.
package messagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

var start = time.Date(2025, 10, 22, 9, 0, 0, 0, clock.Shanghai)

// Store runs the suite; open returns an empty store and a way to run a
// function in a transaction.
func Store(t *testing.T, open func(t *testing.T) (message.Store, message.Tx)) {
	for name, test := range map[string]func(*testing.T, message.Store, message.Tx){
		"a key is one message": oneMessageAKey, "inbox": inbox, "reading": reading, "email": emails,
		"preferences and contacts": people, "digests": digests, "endpoints": endpoints, "pruning": pruning,
	} {
		t.Run(name, func(t *testing.T) {
			s, tx := open(t)
			test(t, s, tx)
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

// told is message number n of a topic, an hour after the one before.
func told(n int, topic string) message.Message {
	id := fmt.Sprintf("m%02d", n)
	return message.Message{ID: id, Key: "key/" + id, Topic: topic, Title: i18n.Text{ZH: "消息" + id, EN: "Message " + id}, Body: i18n.Text{ZH: "正文", EN: "body"},
		Link: "/applications/a1", About: message.About{Kind: "application", ID: "a1"}, At: start.Add(time.Duration(n) * time.Hour)}
}

// deliver tells one person one message.
func deliver(t *testing.T, s message.Store, person string, m message.Message, change func(*message.Delivery)) message.Delivery {
	t.Helper()
	if _, _, err := s.AddMessage(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	m.Key = "" // of no use to a reader
	d := message.Delivery{ID: "d-" + person + "-" + m.ID, Message: m, Person: person, Posted: m.At, Console: message.Sent, Email: message.Sending{State: message.Waiting}}
	if change != nil {
		change(&d)
	}
	must(t, s.AddDeliveries(t.Context(), []message.Delivery{d}))
	return d
}

func oneMessageAKey(t *testing.T, s message.Store, tx message.Tx) {
	first := told(1, "x")
	id, added, err := s.AddMessage(t.Context(), first)
	if must(t, err); id != first.ID || !added {
		t.Fatalf("got %s %v", id, added)
	}
	second := told(2, "x")
	second.Key = first.Key
	id, added, err = s.AddMessage(t.Context(), second)
	if must(t, err); id != first.ID || added {
		t.Fatalf("the key gave %s %v", id, added)
	}
	_, err = s.Message(t.Context(), second.ID)
	wantCode(t, err, fault.NotFound)

	// Of many at once one wins and all get its id.
	var ids sync.Map
	var writers sync.WaitGroup
	for i := range 8 {
		writers.Go(func() {
			m := told(10+i, "x")
			m.Key = "raced"
			id, added, err := s.AddMessage(context.WithoutCancel(t.Context()), m)
			if err != nil {
				t.Error(err)
			}
			ids.Store(id, added)
		})
	}
	writers.Wait()
	n := 0
	ids.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("one key gave %d messages", n)
	}

	// A key whose transaction is rolled back is free again.
	rolled := told(30, "x")
	stop := errors.New("stop")
	err = tx.InTx(t.Context(), func(ctx context.Context) error {
		_, _, err := s.AddMessage(ctx, rolled)
		must(t, err)
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	if _, added, err := s.AddMessage(t.Context(), rolled); err != nil || !added {
		t.Errorf("after the roll-back: %v %v", added, err)
	}
}

func inbox(t *testing.T, s message.Store, _ message.Tx) {
	var want []string
	for n := range 7 {
		topic := "x"
		if n%2 == 1 {
			topic = "y"
		}
		m := told(n, topic)
		if n == 3 {
			m.Title = i18n.Text{ZH: "贵阳100%_补贴", EN: `Paid \ IN full`}
		}
		deliver(t, s, "p1", m, func(d *message.Delivery) {
			if n == 5 {
				d.Console = message.Skipped
			}
		})
	}
	deliver(t, s, "p2", told(8, "x"), nil)
	must(t, s.SetRead(t.Context(), "p1", "d-p1-m06", start.Add(99*time.Hour)))
	must(t, s.SetRead(t.Context(), "p1", "d-p1-m01", start.Add(98*time.Hour)))
	want = []string{"m04", "m03", "m02", "m00", "m06", "m01"} // unread ones first, then by time; without m05

	var got []string
	f := message.InboxFilter{Person: "p1", Limit: 2}
	for {
		page, err := s.Inbox(t.Context(), f)
		must(t, err)
		for _, d := range page {
			got = append(got, d.Message.ID)
			f.Before = d.Key()
		}
		if len(page) < f.Limit {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("page by page: %v, want %v", got, want)
	}
	for _, c := range []struct {
		f    message.InboxFilter
		want string
	}{
		{message.InboxFilter{Unread: true}, "m04 m03 m02 m00"},
		{message.InboxFilter{Topic: "y"}, "m03 m01"},
		{message.InboxFilter{Query: "100%_"}, "m03"},
		{message.InboxFilter{Query: `paid \ in`}, "m03"},
		{message.InboxFilter{Query: "正文", Unread: true, Topic: "x"}, "m04 m02 m00"},
		{message.InboxFilter{Query: "nothing"}, ""},
		{message.InboxFilter{Query: "100__"}, ""},
	} {
		c.f.Person, c.f.Limit = "p1", 10
		page, err := s.Inbox(t.Context(), c.f)
		must(t, err)
		var ids []string
		for _, d := range page {
			ids = append(ids, d.Message.ID)
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%+v: %q, want %q", c.f, got, c.want)
		}
	}
	counts, err := s.Counts(t.Context(), "p1")
	must(t, err)
	if diff := cmp.Diff([]message.TopicCount{{Topic: "x", All: 4, Unread: 3}, {Topic: "y", All: 2, Unread: 1}}, counts); diff != "" {
		t.Error(diff)
	}
}

func reading(t *testing.T, s message.Store, _ message.Tx) {
	ctx := t.Context()
	want := deliver(t, s, "p1", told(1, "x"), func(d *message.Delivery) { d.Org, d.Digest = "91520100000000000A", "due" })
	deliver(t, s, "p1", told(2, "y"), nil)
	deliver(t, s, "p1", told(3, "x"), nil)
	deliver(t, s, "p2", told(4, "x"), nil)
	got, err := s.Delivery(ctx, want.ID)
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, err = s.Delivery(ctx, "none")
	wantCode(t, err, fault.NotFound)

	wantCode(t, s.SetRead(ctx, "p2", want.ID, start), fault.NotFound) // somebody else's
	must(t, s.SetRead(ctx, "p1", want.ID, start.Add(time.Minute)))
	if got, _ = s.Delivery(ctx, want.ID); !got.Read.Equal(start.Add(time.Minute)) {
		t.Errorf("read at %v", got.Read)
	}
	must(t, s.SetRead(ctx, "p1", want.ID, time.Time{}))
	if got, _ = s.Delivery(ctx, want.ID); !got.Read.IsZero() {
		t.Errorf("unread at %v", got.Read)
	}

	for _, step := range []struct {
		topic   string
		through int // hours
		want    int64
	}{{"x", 2, 1}, {"", 2, 1}, {"", 9, 1}, {"", 9, 0}} {
		n, err := s.ReadAll(ctx, "p1", step.topic, start.Add(time.Duration(step.through)*time.Hour), start)
		if must(t, err); n != step.want {
			t.Errorf("%+v marked %d", step, n)
		}
	}
	if counts, _ := s.Counts(ctx, "p2"); len(counts) != 1 || counts[0].Unread != 1 {
		t.Errorf("another's: %+v", counts)
	}
}

func emails(t *testing.T, s message.Store, _ message.Tx) {
	d := deliver(t, s, "p1", told(1, "x"), nil)
	end := message.Sending{State: message.Failed, Reason: "550 no such user", At: start.Add(time.Hour)}
	if done, err := s.SettleEmail(t.Context(), d.ID, end); err != nil || !done {
		t.Fatal(done, err)
	}
	if done, err := s.SettleEmail(t.Context(), d.ID, message.Sending{State: message.Sent, At: start}); err != nil || done {
		t.Fatal("settled twice", done, err)
	}
	if got, _ := s.Delivery(t.Context(), d.ID); !cmp.Equal(got.Email, end) {
		t.Errorf("got %+v", got.Email)
	}
}

func people(t *testing.T, s message.Store, _ message.Tx) {
	ctx := t.Context()
	for _, p := range []message.Preference{
		{Person: "p1", Topic: "x", Channel: message.Email, Mode: message.On}, {Person: "p1", Topic: "x", Channel: message.Email, Mode: message.Off},
		{Person: "p1", Topic: "y", Channel: message.Console, Mode: message.Off}, {Person: "p2", Topic: "x", Channel: message.Email, Mode: message.InDigest},
	} {
		must(t, s.SetPreference(ctx, p))
	}
	off := message.Preference{Person: "p1", Topic: "x", Channel: message.Email, Mode: message.Off}
	got, err := s.Preferences(ctx, []string{"p1", "p3"}, "x")
	if must(t, err); !cmp.Equal(got, []message.Preference{off}) {
		t.Errorf("got %+v", got)
	}
	if got, err = s.Preferences(ctx, []string{"p1"}, ""); err != nil || len(got) != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err = s.Preferences(ctx, nil, ""); err != nil || len(got) != 0 {
		t.Errorf("of nobody: %+v, %v", got, err)
	}
	many := make([]string, 1203) // more than a statement binds
	for i := range many {
		many[i] = fmt.Sprintf("q%04d", i)
	}
	for _, i := range []int{0, 499, 500, 1202} {
		must(t, s.PutContact(ctx, message.Contact{Person: many[i], Address: "a@example.cn", Language: i18n.English, Asked: start, Asks: 2}))
	}
	must(t, s.PutContact(ctx, message.Contact{Person: many[0], Address: "b@example.cn", Language: i18n.Chinese, Confirmed: start, Asked: start}))
	contacts, err := s.Contacts(ctx, many)
	must(t, err)
	if len(contacts) != 4 || !cmp.Equal(contacts[0], message.Contact{Person: many[0], Address: "b@example.cn", Language: i18n.Chinese, Confirmed: start, Asked: start}) || contacts[3].Person != many[1202] {
		t.Errorf("got %+v", contacts)
	}
}

func digests(t *testing.T, s message.Store, _ message.Tx) {
	ctx := t.Context()
	due := func(d *message.Delivery) { d.Digest = "due" }
	for n := range 3 {
		deliver(t, s, "p1", told(n, "x"), due)
	}
	deliver(t, s, "p2", told(5, "x"), due)
	deliver(t, s, "p3", told(6, "x"), nil)
	deliver(t, s, "p4", told(7, "x"), func(d *message.Delivery) { due(d); d.Email.State = message.Skipped })

	instant := start.Add(2 * time.Hour) // the third was posted just then, and waits
	who, err := s.DueForDigest(ctx, instant, "", 10)
	if must(t, err); !slices.Equal(who, []string{"p1"}) {
		t.Errorf("due: %v", who)
	}
	if who, err = s.DueForDigest(ctx, start.Add(99*time.Hour), "p1", 10); err != nil || !slices.Equal(who, []string{"p2"}) {
		t.Errorf("due after p1: %v, %v", who, err)
	}
	gather := func(id, person, day string, before time.Time, want int64) {
		t.Helper()
		d := message.Digest{ID: id, Person: person, Day: clock.Date(day), Sending: message.Sending{State: message.Waiting}}
		if n, err := s.Gather(ctx, d, before); err != nil || n != want {
			t.Errorf("gather %s: %d, %v", id, n, err)
		}
	}
	gather("g1", "p1", "2025-10-22", instant, 2)
	gather("g2", "p1", "2025-10-22", start.Add(99*time.Hour), 0) // one a day
	gather("g3", "p1", "2025-10-23", start.Add(99*time.Hour), 1)
	gather("g4", "p3", "2025-10-22", start.Add(99*time.Hour), 0) // nothing waits: none is made
	_, _, err = s.Digest(ctx, "g4")
	wantCode(t, err, fault.NotFound)

	d, all, err := s.Digest(ctx, "g1")
	must(t, err)
	if d.Person != "p1" || d.Day != "2025-10-22" || d.State != message.Waiting || len(all) != 2 || all[0].Message.ID != "m00" || all[1].Digest != "g1" {
		t.Errorf("got %+v with %+v", d, all)
	}
	if _, err := s.SettleEmail(ctx, all[0].ID, message.Sending{State: message.Skipped, Reason: message.ReasonOff, At: start}); err != nil {
		t.Fatal(err)
	}
	end := message.Sending{State: message.Sent, At: start.Add(time.Hour)}
	if done, err := s.SettleDigest(ctx, "g1", end); err != nil || !done {
		t.Fatal(done, err)
	}
	if done, err := s.SettleDigest(ctx, "g1", message.Sending{State: message.Failed, At: start}); err != nil || done {
		t.Fatal("settled twice", done, err)
	}
	d, all, err = s.Digest(ctx, "g1")
	if must(t, err); !cmp.Equal(d.Sending, end) || all[0].Email.State != message.Skipped || !cmp.Equal(all[1].Email, end) {
		t.Errorf("got %+v with %+v", d, all)
	}
}

func endpoints(t *testing.T, s message.Store, tx message.Tx) {
	ctx := t.Context()
	const ours, theirs = ident.CreditCode("91520100000000000A"), ident.CreditCode("91520100000000001B")
	one := message.Endpoint{ID: "e1", Org: ours, URL: "https://a.example.cn/x", Version: 1, Active: true, Created: start}
	must(t, s.AddEndpoint(ctx, one))
	must(t, s.AddEndpoint(ctx, message.Endpoint{ID: "e0", Org: ours, URL: "https://b.example.cn", Version: 1, Created: start.Add(time.Hour)}))
	must(t, s.AddEndpoint(ctx, message.Endpoint{ID: "e2", Org: theirs, URL: "https://c.example.cn", Version: 1, Active: true, Created: start}))
	all, err := s.Endpoints(ctx, []ident.CreditCode{ours})
	if must(t, err); len(all) != 2 || !cmp.Equal(all[0], one) || all[1].ID != "e0" {
		t.Errorf("got %+v", all)
	}
	_, err = s.Endpoint(ctx, theirs, "e1")
	wantCode(t, err, fault.NotFound)
	one.URL, one.Version, one.Active, one.Reason = "https://d.example.cn", 2, false, "410"
	must(t, tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.LockEndpoints(ctx, ours); err != nil {
			return err
		}
		return s.UpdateEndpoint(ctx, one)
	}))
	if got, err := s.Endpoint(ctx, ours, "e1"); err != nil || !cmp.Equal(got, one) {
		t.Errorf("got %+v, %v", got, err)
	}

	for n := range 12 {
		must(t, s.AddPush(ctx, message.Push{ID: fmt.Sprintf("u%02d", n), Endpoint: "e1", Message: "m", Sending: message.Sending{State: message.Waiting}, Posted: start.Add(time.Duration(n) * time.Minute)}))
	}
	p := message.Push{ID: "u11", Endpoint: "e1", Message: "m", Sending: message.Sending{State: message.Failed, Reason: "HTTP 500", At: start.Add(time.Hour)},
		Answer: message.Answer{Status: 500, Body: "坏了"}, Attempts: 3, Posted: start.Add(11 * time.Minute)}
	must(t, s.UpdatePush(ctx, p))
	last, err := s.Pushes(ctx, "e1", 10)
	if must(t, err); len(last) != 10 || !cmp.Equal(last[0], p) || last[9].ID != "u02" {
		t.Errorf("got %+v", last)
	}
	got, e, found, err := s.Push(ctx, "u11")
	if must(t, err); !found || !cmp.Equal(got, p) || !cmp.Equal(e, one) {
		t.Errorf("got %+v at %+v", got, e)
	}
	must(t, s.RemoveEndpoint(ctx, "e1"))
	if _, _, found, err = s.Push(ctx, "u11"); err != nil || found {
		t.Errorf("a removed endpoint's push: %v, %v", found, err)
	}
}

func pruning(t *testing.T, s message.Store, _ message.Tx) {
	ctx := t.Context()
	settled := func(d *message.Delivery) { d.Email = message.Sending{State: message.Skipped, At: start} }
	read := func(d *message.Delivery) { settled(d); d.Read = start.Add(time.Minute) }
	gone := deliver(t, s, "p1", told(1, "x"), read)
	unread := deliver(t, s, "p1", told(2, "x"), settled)
	sending := deliver(t, s, "p1", told(3, "x"), func(d *message.Delivery) { d.Read = start })
	muted := deliver(t, s, "p1", told(4, "x"), func(d *message.Delivery) { settled(d); d.Console = message.Skipped })
	young := deliver(t, s, "p1", told(30, "x"), read)
	must(t, s.AddEndpoint(ctx, message.Endpoint{ID: "e1", Org: "o", URL: "https://a.example.cn", Version: 1, Created: start}))
	pushing, _, err := s.AddMessage(ctx, told(5, "x"))
	must(t, err)
	must(t, s.AddPush(ctx, message.Push{ID: "u1", Endpoint: "e1", Message: pushing, Sending: message.Sending{State: message.Waiting}, Posted: start}))

	n, err := s.Prune(ctx, start.Add(20*time.Hour))
	if must(t, err); n != 2 {
		t.Errorf("%d removed", n)
	}
	for _, d := range []message.Delivery{gone, muted} {
		_, err := s.Delivery(ctx, d.ID)
		wantCode(t, err, fault.NotFound)
		_, err = s.Message(ctx, d.Message.ID)
		wantCode(t, err, fault.NotFound)
	}
	for _, d := range []message.Delivery{unread, sending, young} {
		if _, err := s.Delivery(ctx, d.ID); err != nil {
			t.Errorf("%s: %v", d.Message.ID, err)
		}
	}
	if _, err := s.Message(ctx, pushing); err != nil {
		t.Errorf("what is on its way is gone: %v", err)
	}
	again := told(1, "x")
	again.ID = "m99"
	if id, added, err := s.AddMessage(ctx, again); err != nil || added || id != "m01" {
		t.Errorf("the key of a pruned message: %s %v %v", id, added, err)
	}
}
