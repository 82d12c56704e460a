package message_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/message/messagetest"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
)

func TestADigestGathersADay(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.reachable("luo", "shi", "yang")
		at := func(day, hour, minute, second int) { // of October
			b.clock.Advance(time.Date(2025, 10, day, hour, minute, second, 0, clock.Shanghai).Sub(b.clock.Now()))
		}
		gather := func() {
			t.Helper()
			if err := b.GatherDigests(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		at(22, 23, 59, 59)
		b.post("night", "fits", message.ToPerson("luo"))
		at(23, 0, 0, 0)
		b.post("midnight", "fits", message.ToPerson("luo"), message.ToPerson("shi"))
		at(23, 7, 59, 59)
		b.post("early", "fits", message.ToPerson("luo"))
		b.post("duty", "returned", message.ToPerson("luo")) // goes out by itself
		at(23, 8, 0, 0)
		b.post("late", "fits", message.ToPerson("luo"))
		at(23, 9, 30, 0) // the server was away at eight
		gather()
		gather()
		if how := b.work(3); how["done"] != 3 { // the duty, luo's digest, shi's
			t.Fatal(how)
		}
		luo := b.to("luo@example.cn")
		if len(luo) != 2 || len(b.to("shi@example.cn")) != 1 || len(b.to("yang@example.cn")) != 0 {
			t.Fatalf("luo %d, shi %d, yang %d", len(luo), len(b.to("shi@example.cn")), len(b.to("yang@example.cn")))
		}
		digest := luo[slices.IndexFunc(luo, func(m messagetest.Mail) bool { return strings.Contains(m.Header(t, "Subject"), "摘要") })]
		if subject := digest.Header(t, "Subject"); subject != "2025年10月23日 消息摘要：3 条" {
			t.Errorf("subject %q", subject)
		}
		text := digest.Parts(t)["text/plain"]
		last := -1
		for _, key := range []string{"night", "midnight", "early"} {
			if at := strings.Index(text, "申报 QM-1 "+key+"\n"); at <= last {
				t.Errorf("%s is missing or out of order in\n%s", key, text)
			} else {
				last = at
			}
		}
		if strings.Contains(text, "QM-1 late") || strings.Contains(text, "QM-1 duty") {
			t.Errorf("too much in\n%s", text)
		}
		if en := b.to("shi@example.cn")[0].Header(t, "Subject"); en != "Digest of 23 Oct 2025: 1 message(s)" {
			t.Errorf("subject %q", en)
		}

		at(24, 8, 0, 0)
		gather()
		b.work(1)
		if luo = b.to("luo@example.cn"); len(luo) != 3 || !strings.Contains(luo[2].Parts(t)["text/plain"], "QM-1 late") {
			t.Errorf("the day after: %d", len(luo))
		}
		at(25, 8, 0, 0) // nothing waits: no empty digest
		gather()
		if counts, err := b.Queue.Count(t.Context()); err != nil || counts["waiting"] != 0 {
			t.Errorf("waiting: %v, %v", counts, err)
		}
	})
}

// A digest leaves out what its reader has switched off since, and is not sent
// when that is all.
func TestADigestHeedsALaterOptOut(t *testing.T) {
	b := newBench(t, dbtest.SQLite(t))
	b.reachable("luo", "shi")
	if err := b.Choose(t.Context(), "luo", "paid", message.On, message.InDigest); err != nil {
		t.Fatal(err)
	}
	b.post("a", "fits", message.ToOrganisation(firm))
	b.post("b", "paid", message.ToPerson("luo"))
	b.clock.Advance(24 * time.Hour)
	if err := b.GatherDigests(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"luo", "shi"} {
		if err := b.Choose(t.Context(), who, "fits", message.On, message.Off); err != nil {
			t.Fatal(err)
		}
	}
	if how := b.work(2); how["done"] != 2 {
		t.Fatal(how)
	}
	luo := b.to("luo@example.cn")
	if len(luo) != 1 || len(b.mail.All()) != 1 || luo[0].Header(t, "Subject") != "2025年10月23日 消息摘要：1 条" {
		t.Fatalf("%d mails, %d to luo", len(b.mail.All()), len(luo))
	}
	if d := b.inbox("shi")[0]; d.Email.State != message.Skipped || d.Email.Reason != message.ReasonOff {
		t.Errorf("got %+v", d.Email)
	}
	for _, d := range b.inbox("luo") {
		if want := map[string]message.State{"fits": message.Skipped, "paid": message.Sent}[d.Message.Topic]; d.Email.State != want {
			t.Errorf("%s: %+v", d.Message.Topic, d.Email)
		}
	}
	// Its link stops what was in it.
	topics, err := b.Stop(t.Context(), stopLink(t, luo[0]).Query().Get("token"))
	if err != nil || len(topics) != 1 || topics[0].ID != "paid" {
		t.Errorf("stopped %+v, %v", topics, err)
	}
}

// Whenever things are posted and however late the gathering runs, each is in
// the digest of the first eight o'clock after it, and in no other.
func TestDigestsPartitionTime(t *testing.T) {
	b := newBench(t, dbtest.SQLite(t))
	b.reachable("luo")
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		begin := clock.DateOf(b.clock.Now()).AddDays(2).Time() // behind what other rounds left
		b.clock.Advance(begin.Sub(b.clock.Now()))
		if err := b.GatherDigests(t.Context()); err != nil {
			rt.Fatal(err)
		}
		offsets := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 4*24*3600-1), rapid.SampledFrom([]int{8*3600 - 1, 8 * 3600, 24*3600 - 1, 24 * 3600, 32*3600 - 1, 32 * 3600})), 0, 6).Draw(rt, "seconds")
		slices.Sort(offsets)
		late := rapid.IntRange(0, 3600*10).Draw(rt, "seconds late")
		want := map[string]string{}
		next := 0
		for day := range 6 {
			run := begin.AddDate(0, 0, day).Add(8*time.Hour + time.Duration(late)*time.Second)
			for ; next < len(offsets) && !begin.Add(time.Duration(offsets[next])*time.Second).After(run); next++ {
				at := begin.Add(time.Duration(offsets[next]) * time.Second)
				if d := at.Sub(b.clock.Now()); d > 0 {
					b.clock.Advance(d)
				}
				id := b.post(fmt.Sprintf("%d/%d", round, next), "fits", message.ToPerson("luo"))
				day := clock.DateOf(at)
				if h := at.In(clock.Shanghai).Hour(); h >= 8 {
					day = day.AddDays(1)
				}
				want[id] = string(day)
			}
			if d := run.Sub(b.clock.Now()); d > 0 {
				b.clock.Advance(d)
			}
			if err := b.GatherDigests(t.Context()); err != nil {
				rt.Fatal(err)
			}
		}
		for id, day := range want {
			got, found, err := db.One(t.Context(), b.db.Q(t.Context()), func(scan func(...any) error) (s string, err error) { return s, scan(&s) },
				`select g.day from message_delivery d join message_digest g on g.id = d.digest where d.message = $1`, id)
			if err != nil || !found || got != day {
				rt.Fatalf("%s: in the digest of %q, want %q (%v)", id, got, day, err)
			}
		}
		empty, _, err := db.One(t.Context(), b.db.Q(t.Context()), func(scan func(...any) error) (n int, err error) { return n, scan(&n) },
			`select count(*) from message_digest g where not exists (select 1 from message_delivery d where d.digest = g.id)`)
		if err != nil || empty != 0 {
			rt.Fatalf("%d empty digests, %v", empty, err)
		}
	})
}
