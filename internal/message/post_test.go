package message_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

func TestEverybodyIsToldOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.post("k", "returned", message.ToOrganisation(firm), message.ToPerson("luo"), message.ToRole("finance"), message.ToPerson("nobody"))
		for who, want := range map[string]int{"luo": 1, "shi": 1, "yang": 1, "far": 0, "nobody": 0} {
			if got := b.inbox(who); len(got) != want {
				t.Errorf("%s has %d", who, len(got))
			}
		}
		d := b.inbox("luo")[0]
		if d.Message.Title.ZH != "申报 QM-1 k" || d.Message.Link != "/applications/app_1" || d.Org != firm || d.Email.Reason != message.ReasonNoAddress || !d.Message.At.Equal(morning) {
			t.Errorf("got %+v", d)
		}
	})
}

// Whoever did a thing is not told of it, but may be of the next.
func TestWhoDidItIsLeftOut(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.post("k", "returned", message.ToOrganisation(firm).Except("luo"), message.ToRole("finance"))
		b.post("l", "returned", message.ToOrganisation(firm).Except("shi"))
		for who, want := range map[string]int{"luo": 1, "shi": 1, "yang": 1} {
			if got := b.inbox(who); len(got) != want {
				t.Errorf("%s has %d", who, len(got))
			}
		}
	})
}

// However many post a key however often at once, there is one message, and one
// delivery a person.
func TestAKeyIsOneMessageHoweverManyPostIt(t *testing.T) {
	for name, b := range map[string]*bench{"sqlite": newBench(t, dbtest.SQLite(t)), "postgres": newBench(t, dbtest.Postgres(t))} {
		t.Run(name, func(t *testing.T) {
			round := 0
			rapid.Check(t, func(rt *rapid.T) {
				round++
				key := fmt.Sprintf("round/%d", round)
				posters := rapid.IntRange(1, 6).Draw(rt, "posters")
				times := rapid.IntRange(1, 3).Draw(rt, "times")
				before := unread(t, b)
				var ids sync.Map
				var all sync.WaitGroup
				for range posters {
					all.Go(func() {
						for range times {
							id, err := b.Post(context.WithoutCancel(t.Context()), told(key, "quiet"), message.ToOrganisation(firm))
							if err != nil {
								t.Error(err)
							}
							ids.Store(id, true)
						}
					})
				}
				all.Wait()
				n := 0
				ids.Range(func(any, any) bool { n++; return true })
				if now := unread(t, b); n != 1 || now != before+1 {
					rt.Fatalf("%d ids, %d new deliveries", n, now-before)
				}
			})
		})
	}
}

// unread is how much luo has not read.
func unread(t *testing.T, b *bench) (n int64) {
	t.Helper()
	counts, err := b.Counts(t.Context(), "luo")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range counts {
		n += c.Unread
	}
	return n
}

func TestNothingIsToldOfWhatWasRolledBack(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.reachable("luo")
		stop := errors.New("stop")
		err := b.db.InTx(t.Context(), func(ctx context.Context) error {
			if _, err := b.Post(ctx, told("k", "paid"), message.ToOrganisation(firm)); err != nil {
				t.Fatal(err)
			}
			return stop
		})
		if !errors.Is(err, stop) || len(b.inbox("luo")) != 0 {
			t.Fatalf("%v, %d told", err, len(b.inbox("luo")))
		}
		if counts, err := b.Queue.Count(t.Context()); err != nil || len(counts) != 0 {
			t.Errorf("work is left: %v, %v", counts, err)
		}
		b.post("k", "paid", message.ToOrganisation(firm)) // the key is free
		if b.work(1)["done"] != 1 || len(b.mail.All()) != 1 {
			t.Errorf("%d mails", len(b.mail.All()))
		}
	})
}

func TestMessagesThatAreRefused(t *testing.T) {
	b := newBench(t, dbtest.SQLite(t))
	for name, change := range map[string]func(*message.Message){
		"no key": func(m *message.Message) { m.Key = "" }, "an unknown topic": func(m *message.Message) { m.Topic = "x" },
		"one language": func(m *message.Message) { m.Title.EN = "" }, "a title of breaks": func(m *message.Message) { m.Title.ZH = "\r\n" },
		"another site": func(m *message.Message) { m.Link = "https://example.com" }, "another site in short": func(m *message.Message) { m.Link = "//example.com" },
		"a backslash": func(m *message.Message) { m.Link = `/\example.com` }, "a header in the link": func(m *message.Message) { m.Link = "/x\r\nBcc: y" },
	} {
		m := told("k", "paid")
		change(&m)
		if _, err := b.Post(t.Context(), m, message.ToPerson("luo")); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(b.inbox("luo")) != 0 {
		t.Error("something was told")
	}
}

// Names and opinions that people typed never stop the act that is told of.
func TestTextsAreMadeFit(t *testing.T) {
	b := newBench(t, dbtest.Postgres(t))
	m := told("k", "paid")
	m.Title = i18n.Text{ZH: "甲公司\r\nBcc: evil@example.com\x00", EN: strings.Repeat("x", 500)}
	m.Body = i18n.Text{ZH: "一\r\n二\u2028三\x00\xff" + strings.Repeat("长", 5000), EN: ""}
	if _, err := b.Post(t.Context(), m, message.ToPerson("luo")); err != nil {
		t.Fatal(err)
	}
	got := b.inbox("luo")[0].Message
	if got.Title.ZH != "甲公司 Bcc: evil@example.com" || len(got.Title.EN) > 205 || !strings.HasPrefix(got.Body.ZH, "一\n二 三 ?长") || len([]rune(got.Body.ZH)) > 4000 {
		t.Errorf("got %q / %q / %.40q", got.Title.ZH, got.Title.EN, got.Body.ZH)
	}
}
