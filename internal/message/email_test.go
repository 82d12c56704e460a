package message_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/message/messagetest"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

func TestEmailsAreInTheReadersLanguage(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.reachable("luo", "shi")
		b.post("k", "paid", message.ToOrganisation(firm))
		if how := b.work(2); how["done"] != 2 {
			t.Fatal(how)
		}
		for _, c := range []struct{ who, subject, line, why, open, lang string }{
			{"luo", "申报 QM-1 k", "第一行", "因为“已拨付”的邮件通知开着", "在系统中打开", "zh-CN"},
			{"shi", "Application QM-1 k", "first line", `because e-mails about "Paid" are on`, "Open in the console", "en"},
		} {
			got := b.to(c.who + "@example.cn")
			if len(got) != 1 {
				t.Fatalf("%s got %d", c.who, len(got))
			}
			m := got[0]
			d := b.inbox(c.who)[0]
			if m.Header(t, "Subject") != c.subject || m.Message.Header.Get("Message-Id") != "<"+d.ID+"@ai.example.gov.cn>" || d.Email.State != message.Sent || d.Email.At.IsZero() {
				t.Errorf("%s: %q, %s, %+v", c.who, m.Header(t, "Subject"), m.Message.Header.Get("Message-Id"), d.Email)
			}
			parts := m.Parts(t)
			for _, want := range []string{c.line, c.why, c.open, "https://ai.example.gov.cn/applications/app_1", "https://ai.example.gov.cn/messages/settings", "https://ai.example.gov.cn/opt-out?token="} {
				if !strings.Contains(parts["text/plain"], want) {
					t.Errorf("%s: the text lacks %q:\n%s", c.who, want, parts["text/plain"])
				}
				if html := strings.ReplaceAll(parts["text/html"], "&#34;", `"`); !strings.Contains(html, want) {
					t.Errorf("%s: the html lacks %q:\n%s", c.who, want, html)
				}
			}
			if strings.Contains(parts["text/html"], "<b>") || !strings.Contains(parts["text/html"], "&lt;b&gt;") || !strings.Contains(parts["text/html"], `lang="`+c.lang+`"`) {
				t.Errorf("%s: what people typed is no text in\n%s", c.who, parts["text/html"])
			}
		}
	})
}

// stopLink is the address in a mail's List-Unsubscribe header.
func stopLink(t *testing.T, m messagetest.Mail) *url.URL {
	t.Helper()
	u, err := url.Parse(strings.Trim(m.Message.Header.Get("List-Unsubscribe"), "<>"))
	if err != nil || u.Query().Get("token") == "" {
		t.Fatalf("List-Unsubscribe: %q, %v", m.Message.Header.Get("List-Unsubscribe"), err)
	}
	return u
}

func TestOptingOut(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.reachable("luo", "shi")
		b.post("1", "paid", message.ToOrganisation(firm))
		b.work(2)
		link := stopLink(t, b.to("luo@example.cn")[0])

		b.post("2", "paid", message.ToOrganisation(firm)) // posted before, to be sent after
		post := httptest.NewRequest(http.MethodPost, link.RequestURI(), strings.NewReader("List-Unsubscribe=One-Click"))
		post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer := httptest.NewRecorder()
		edge(t, b).ServeHTTP(answer, post)
		if answer.Code != http.StatusNoContent {
			t.Fatalf("one click: %d %s", answer.Code, answer.Body)
		}
		b.post("3", "paid", message.ToOrganisation(firm))
		b.post("4", "returned", message.ToOrganisation(firm)) // a duty goes on
		b.work(5)                                             // 2 for both, 3 for shi, 4 for both
		if luo, shi := len(b.to("luo@example.cn")), len(b.to("shi@example.cn")); luo != 2 || shi != 4 {
			t.Errorf("luo got %d, shi %d", luo, shi)
		}
		for _, d := range b.inbox("luo") { // the console goes on
			if off := d.Message.Topic == "paid" && d.Message.Title.ZH != "申报 QM-1 1"; off != (d.Email.State == message.Skipped && d.Email.Reason == message.ReasonOff) {
				t.Errorf("%s: %+v", d.Message.Title.ZH, d.Email)
			}
		}
		if duty := b.to("luo@example.cn")[1]; duty.Message.Header.Get("List-Unsubscribe") != "" || strings.Contains(duty.Parts(t)["text/plain"], "opt-out") {
			t.Error("a duty offers to be stopped")
		}

		// Only what we signed is followed.
		token := link.Query().Get("token")
		for name, bad := range map[string]string{"nothing": "", "half": token[:len(token)/2], "changed": "x" + token, "cut": token[:len(token)-2], "no signature": strings.Split(token, ".")[0] + "."} {
			if _, err := b.Stop(t.Context(), bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := b.Confirm(t.Context(), token); !fault.Is(err, fault.Invalid) {
			t.Errorf("a link to opt out confirmed an address: %v", err)
		}
	})
}

// edge is the room's API alone.
func edge(t *testing.T, b *bench) http.Handler {
	t.Helper()
	api := httpapi.New(httpapi.Config{DB: b.db, Clock: b.clock, IDs: b.IDs, Auth: nobody{}, PublicURL: "https://ai.example.gov.cn", Access: httpapi.Table{}, Log: discard})
	b.Register(api)
	for id := range api.Operations() {
		api.Access()[id] = httpapi.Access{Public: true}
	}
	handler, err := api.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

type nobody struct{}

func (nobody) Authenticate(*http.Request) (httpapi.Principal, error) { return httpapi.Principal{}, nil }

func TestWhoCannotBeReachedIsTellable(t *testing.T) {
	b := newBench(t, dbtest.SQLite(t))
	b.reachable("luo", "shi", "yang")
	if err := b.Choose(t.Context(), "luo", "paid", message.Off, message.Off); err != nil {
		t.Fatal(err)
	}
	unconfirmed := message.Contact{Person: "yang", Address: "yang@example.cn", Language: i18n.Chinese}
	if err := b.Store.PutContact(t.Context(), unconfirmed); err != nil {
		t.Fatal(err)
	}
	b.post("k", "paid", message.ToOrganisation(firm), message.ToRole("finance"), message.ToOrganisation(other))
	delete(b.people, "shi") // shut out between the posting and the sending
	if how := b.work(1); how["done"] != 1 {
		t.Fatal(how)
	}
	if got := b.inbox("luo"); len(got) != 0 {
		t.Errorf("a topic that is off shows %d", len(got))
	}
	for who, want := range map[string]string{"shi": message.ReasonGone, "yang": message.ReasonUnconfirmed, "far": message.ReasonNoAddress} {
		if got := b.inbox(who); len(got) != 1 || got[0].Email.State != message.Skipped || got[0].Email.Reason != want {
			t.Errorf("%s: %+v", who, got)
		}
	}
	b.Mailer = nil
	b.post("k2", "paid", message.ToPerson("luo"), message.ToPerson("yang"))
	if got := b.inbox("yang")[0].Email; got.Reason != message.ReasonNoServer {
		t.Errorf("without a server: %+v", got)
	}
	if n := len(b.mail.All()); n != 0 {
		t.Errorf("%d mails", n)
	}
}

func TestWhatTheMailServerAnswers(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.reachable("luo", "shi")
		var busy atomic.Bool
		busy.Store(true)
		b.mail.Answer(func(to string) error {
			switch {
			case to == "luo@example.cn":
				return messagetest.Refuse(550, "no such user")
			case busy.Load():
				return messagetest.Refuse(451, "come again")
			}
			return nil
		})
		b.post("k", "paid", message.ToOrganisation(firm))
		if how := b.work(2); how["failed"] != 1 || how["retried"] != 1 {
			t.Fatal(how)
		}
		if d := b.inbox("luo")[0]; d.Email.State != message.Failed || !strings.Contains(d.Email.Reason, "no such user") {
			t.Errorf("refused: %+v", d.Email)
		}
		if d := b.inbox("shi")[0]; d.Email.State != message.Waiting {
			t.Errorf("put off: %+v", d.Email)
		}
		busy.Store(false)
		b.clock.Advance(time.Hour)
		if how := b.work(1); how["done"] != 1 {
			t.Fatal(how)
		}
		if d := b.inbox("shi")[0]; d.Email.State != message.Sent || len(b.to("shi@example.cn")) != 1 {
			t.Errorf("at last: %+v", d.Email)
		}
		b.mail.Answer(func(string) error { return messagetest.Refuse(451, "never") })
		b.post("k2", "paid", message.ToPerson("shi"))
		for range 60 { // more than a sending is tried
			how := b.work(1)
			b.clock.Advance(2 * time.Hour)
			if how["failed"] == 1 {
				break
			}
		}
		if d := b.inbox("shi")[0]; d.Email.State != message.Failed || d.Email.Reason != message.ReasonMute {
			t.Errorf("in the end: %+v", d.Email)
		}
	})
}

// dying sends the letter and dies before anybody learns of it, the first time.
type dying struct {
	message.Mailer
	died atomic.Bool
}

func (d *dying) Send(ctx context.Context, l message.Letter) error {
	if err := d.Mailer.Send(ctx, l); err != nil || d.died.Swap(true) {
		return err
	}
	return errors.New("killed")
}

// A crash before the sending leaves the work; one after it sends again, under
// the same Message-ID, by which receivers drop the repeat.
func TestACrashSendsAtLeastOnceUnderOneMessageID(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.reachable("luo")
		b.Mailer = &dying{Mailer: b.Mailer}
		b.post("k", "paid", message.ToPerson("luo"))
		b.work(1)
		b.clock.Advance(time.Hour)
		b.work(1)
		got := b.to("luo@example.cn")
		if len(got) != 2 || got[0].Message.Header.Get("Message-Id") != got[1].Message.Header.Get("Message-Id") {
			t.Fatalf("%d mails", len(got))
		}
		if d := b.inbox("luo")[0]; d.Email.State != message.Sent {
			t.Errorf("got %+v", d.Email)
		}
		if a, c := got[0].Message.Header.Get("Date"), got[1].Message.Header.Get("Date"); a != c {
			t.Errorf("the repeat is dated %s and not %s", c, a)
		}
	})
}

var linkInText = regexp.MustCompile(`https://ai\.example\.gov\.cn/confirm-address\?token=(\S+)`)

// confirmation takes the token out of the last mail to an address.
func (b *bench) confirmation(address string) string {
	b.t.Helper()
	got := b.to(address)
	if len(got) == 0 {
		b.t.Fatalf("no mail to %s", address)
	}
	found := linkInText.FindStringSubmatch(got[len(got)-1].Parts(b.t)["text/plain"])
	if found == nil {
		b.t.Fatal("no link in the mail")
	}
	token, err := url.QueryUnescape(found[1])
	if err != nil {
		b.t.Fatal(err)
	}
	return token
}

func TestAnAddressIsConfirmedByItsOwner(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		set := func(address string) error {
			_, err := b.SetContact(ctx, "luo", address, i18n.Chinese)
			return err
		}
		if err := set("luo@example.cn"); err != nil {
			t.Fatal(err)
		}
		b.work(1)
		first := b.confirmation("luo@example.cn")
		b.post("before", "paid", message.ToPerson("luo"))
		if got := b.inbox("luo")[0].Email; got.Reason != message.ReasonUnconfirmed {
			t.Errorf("before: %+v", got)
		}
		if err := set("new@example.cn"); !fault.Is(err, fault.RateLimited) {
			t.Errorf("at once again: %v", err)
		}
		b.clock.Advance(time.Minute)
		if err := set("new@example.cn"); err != nil {
			t.Fatal(err)
		}
		b.work(1)
		if err := b.Confirm(ctx, first); !fault.Is(err, fault.Invalid) {
			t.Errorf("the link to the first address: %v", err)
		}
		b.clock.Advance(time.Minute)
		if err := set("new@example.cn"); !fault.Is(err, fault.RateLimited) {
			t.Errorf("the wait does not double: %v", err)
		}
		second := b.confirmation("new@example.cn")
		if err := b.Confirm(ctx, second); err != nil {
			t.Fatal(err)
		}
		if err := b.Confirm(ctx, second); err != nil {
			t.Errorf("twice: %v", err)
		}
		b.post("after", "paid", message.ToPerson("luo"))
		b.work(1)
		if got := b.to("new@example.cn"); len(got) != 2 {
			t.Errorf("%d mails", len(got))
		}
		if err := set(""); err != nil {
			t.Fatal(err)
		}
		b.post("none", "paid", message.ToPerson("luo"))
		if got := b.inbox("luo")[0].Email; got.Reason != message.ReasonNoAddress {
			t.Errorf("taken away: %+v", got)
		}
		b.clock.Advance(4 * 24 * time.Hour)
		if err := b.Confirm(ctx, second); !fault.Is(err, fault.Invalid) {
			t.Errorf("after four days: %v", err)
		}
		for _, bad := range []string{"luo", "luo@", "@example.cn", "luo@localhost", "罗 <luo@example.cn>", "luo@example.cn, evil@example.cn", "luo@example.cn\r\nBcc: x@y.cn", `"a b"@example.cn`, "luo@贵州.cn", strings.Repeat("x", 250) + "@example.cn"} {
			if err := set(bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		b.Mailer = nil
		if err := set("luo@example.cn"); !fault.Is(err, fault.Conflict) {
			t.Errorf("without a server: %v", err)
		}
	})
}

func TestChoosing(t *testing.T) {
	b := newBench(t, dbtest.SQLite(t))
	modes := func(topic string) (console, email message.Mode) {
		t.Helper()
		s, err := b.Settings(t.Context(), "luo", "")
		if err != nil {
			t.Fatal(err)
		}
		for _, setting := range s.Topics {
			if setting.ID == topic {
				return setting.Console, setting.Mail
			}
		}
		t.Fatal("no such topic")
		return
	}
	for _, c := range []struct {
		topic          string
		console, email message.Mode
		code           fault.Code
	}{
		{"paid", message.Off, message.InDigest, ""}, {"paid", message.On, message.Off, ""}, {"quiet", message.Off, message.Off, ""},
		{"returned", message.On, message.InDigest, ""}, {"returned", message.On, message.Off, fault.Invalid}, {"returned", message.Off, message.On, fault.Invalid},
		{"paid", message.InDigest, message.On, fault.Invalid}, {"paid", "", message.On, fault.Invalid}, {"paid", message.On, "x", fault.Invalid}, {"none", message.On, message.On, fault.NotFound},
	} {
		beforeConsole, beforeEmail := message.Mode(""), message.Mode("")
		if c.code == fault.Invalid {
			beforeConsole, beforeEmail = modes(c.topic)
		}
		err := b.Choose(t.Context(), "luo", c.topic, c.console, c.email)
		switch {
		case c.code != "":
			if !fault.Is(err, c.code) {
				t.Errorf("%+v: %v", c, err)
			}
			if c.code == fault.Invalid {
				if console, email := modes(c.topic); console != beforeConsole || email != beforeEmail {
					t.Errorf("%+v was refused and written", c)
				}
			}
		case err != nil:
			t.Errorf("%+v: %v", c, err)
		default:
			if console, email := modes(c.topic); console != c.console || email != c.email {
				t.Errorf("%+v gave %s, %s", c, console, email)
			}
		}
	}
	if len(b.acts) != 4 {
		t.Errorf("%d acts are in the trail", len(b.acts))
	}
}
