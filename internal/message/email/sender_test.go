package email_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/message/email"
	"github.com/qianmo/qianmo/internal/message/messagetest"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

func letter() message.Letter {
	return message.Letter{ID: "dlv_1@ai.example.gov.cn", Name: "罗晓禾", Address: "luo@example.cn", Language: i18n.Chinese, Subject: "申报 QM-2025-0001 退回补正",
		Text: "正文\n.\n.点开头的一行\n" + strings.Repeat("长", 400), HTML: "<p>正文</p>", Stop: "https://ai.example.gov.cn/opt-out?token=x.y",
		At: time.Date(2025, 10, 22, 9, 30, 0, 0, clock.Shanghai)}
}

func sender(t *testing.T, m *messagetest.MailServer, change func(*email.Config)) *email.Sender {
	t.Helper()
	c := email.Config{Server: m.Address, Security: email.StartTLS, From: "黔模 <no-reply@example.gov.cn>", Timeout: 5 * time.Second, TLS: m.Client}
	if change != nil {
		change(&c)
	}
	s, err := email.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func one(t *testing.T, m *messagetest.MailServer) messagetest.Mail {
	t.Helper()
	all := m.All()
	if len(all) != 1 {
		t.Fatalf("%d mails arrived", len(all))
	}
	return all[0]
}

func TestALetterArrivesAsItWasWritten(t *testing.T) {
	m := messagetest.StartMail(t, messagetest.MailOptions{})
	l := letter()
	if err := sender(t, m, nil).Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	got := one(t, m)
	if got.From != "no-reply@example.gov.cn" || got.To != "luo@example.cn" || !got.TLS {
		t.Errorf("from %s to %s, encrypted %v", got.From, got.To, got.TLS)
	}
	for name, want := range map[string]string{
		"From": `黔模 <no-reply@example.gov.cn>`, "To": `罗晓禾 <luo@example.cn>`, "Subject": l.Subject, "Message-Id": "<dlv_1@ai.example.gov.cn>",
		"Date": "Wed, 22 Oct 2025 09:30:00 +0800", "List-Unsubscribe": "<https://ai.example.gov.cn/opt-out?token=x.y>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		"Content-Language": "zh-CN", "Auto-Submitted": "auto-generated", "Mime-Version": "1.0",
	} {
		if text := strings.ReplaceAll(got.Header(t, name), `"`, ""); text != want {
			t.Errorf("%s: %q, want %q", name, text, want)
		}
	}
	parts := got.Parts(t)
	if text := parts["text/plain"]; strings.TrimRight(text, "\n") != strings.TrimRight(l.Text, "\n") {
		t.Errorf("text: %q", text)
	}
	if !strings.Contains(parts["text/html"], l.HTML) {
		t.Errorf("html: %q", parts["text/html"])
	}
	for i, line := range strings.Split(string(got.Raw), "\r\n") {
		if len(line) > 998 {
			t.Errorf("line %d has %d bytes (RFC 5322 allows 998)", i, len(line))
		}
	}
}

func TestWaysToTheServer(t *testing.T) {
	login := messagetest.MailOptions{User: "qianmo", Password: "s3cret"}
	for name, c := range map[string]struct {
		server messagetest.MailOptions
		change func(*email.Config)
		fails  string // part of the error; "" for none
	}{
		"STARTTLS, signed in":    {login, func(c *email.Config) { c.User, c.Password = "qianmo", "s3cret" }, ""},
		"TLS, signed in":         {messagetest.MailOptions{TLS: true, User: "qianmo", Password: "s3cret"}, func(c *email.Config) { c.Security, c.User, c.Password = email.TLS, "qianmo", "s3cret" }, ""},
		"none, on this machine":  {messagetest.MailOptions{Plain: true}, func(c *email.Config) { c.Security = email.None }, ""},
		"a wrong password":       {login, func(c *email.Config) { c.User, c.Password = "qianmo", "wrong" }, "535"},
		"STARTTLS is not there":  {messagetest.MailOptions{Plain: true}, nil, "STARTTLS"},
		"an unknown certificate": {messagetest.MailOptions{}, func(c *email.Config) { c.TLS = nil }, "certificate"},
		"a certificate for another": {messagetest.MailOptions{TLS: true}, func(c *email.Config) {
			c.Security = email.TLS
			c.TLS = c.TLS.Clone()
			c.TLS.ServerName = "mail.example.gov.cn"
		}, "mail.example.gov.cn"},
		"TLS to a plain port": {messagetest.MailOptions{Plain: true}, func(c *email.Config) { c.Security = email.TLS }, "tls"},
	} {
		t.Run(name, func(t *testing.T) {
			m := messagetest.StartMail(t, c.server)
			err := sender(t, m, c.change).Send(t.Context(), letter())
			if c.fails == "" {
				if err != nil {
					t.Fatal(err)
				}
				if got := one(t, m); got.TLS == c.server.Plain || got.User != c.server.User {
					t.Errorf("encrypted %v, signed in as %q", got.TLS, got.User)
				}
				return
			}
			// All of these can be cured by whoever runs the installation: again later.
			var refused *message.Refusal
			if err == nil || errors.As(err, &refused) || !strings.Contains(err.Error(), c.fails) {
				t.Errorf("got %v", err)
			}
			if strings.Contains(fmt.Sprint(err), "s3cret") || len(m.All()) != 0 {
				t.Errorf("told too much: %v, %d mails", err, len(m.All()))
			}
		})
	}
}

func TestWhatTheServerAnswers(t *testing.T) {
	m := messagetest.StartMail(t, messagetest.MailOptions{})
	s := sender(t, m, nil)
	for _, c := range []struct {
		code  int
		final bool
	}{{550, true}, {552, true}, {553, true}, {450, false}, {451, false}, {421, false}} {
		m.Answer(func(string) error { return messagetest.Refuse(c.code, "no such user here") })
		err := s.Send(t.Context(), letter())
		var refused *message.Refusal
		if err == nil || errors.As(err, &refused) != c.final || !strings.Contains(err.Error(), "no such user here") {
			t.Errorf("%d: %v", c.code, err)
		}
	}
	m.Answer(func(string) error { return nil })
	if err := s.Send(t.Context(), letter()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// A server that accepts and says nothing, and one that is not there.
func TestASilentServerEndsAtTheTimeout(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	held := make(chan net.Conn, 4)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			held <- conn
		}
	}()
	config := email.Config{Server: listener.Addr().String(), From: "a@example.cn", Timeout: 50 * time.Millisecond, TLS: &tls.Config{InsecureSkipVerify: true}}
	for _, security := range []email.Security{email.StartTLS, email.TLS} {
		config.Security = security
		s, err := email.New(config)
		if err != nil {
			t.Fatal(err)
		}
		var refused *message.Refusal
		if err := s.Send(t.Context(), letter()); err == nil || errors.As(err, &refused) {
			t.Errorf("%s: %v", security, err)
		}
		conn := <-held
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		for b := make([]byte, 512); err == nil; _, err = conn.Read(b) { // until the other side hangs up
		}
		if errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "timeout") {
			t.Errorf("%s: the connection is still open after the letter was given up", security)
		}
	}
	_ = listener.Close()
	s, _ := email.New(config)
	if err := s.Send(t.Context(), letter()); err == nil {
		t.Error("a letter went to nobody")
	}
}

func TestAStoppedSendEnds(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		if _, err := listener.Accept(); err == nil {
			stop()
		}
	}()
	s, err := email.New(email.Config{Server: listener.Addr().String(), Security: email.StartTLS, From: "a@example.cn", Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(ctx, letter()); err == nil {
		t.Error("sent to a server that said nothing")
	}
}

// Nothing that people or domains write can add a header or a recipient.
func TestNoTextBecomesAHeader(t *testing.T) {
	m := messagetest.StartMail(t, messagetest.MailOptions{})
	s := sender(t, m, nil)
	nasty := []string{"x\r\nBcc: evil@example.com", "x\nBcc: evil@example.com\n\nbody", "x\rBcc: evil@example.com", "=?utf-8?q?x=0D=0ABcc:_evil@example.com?=", "x\u2028Bcc: evil@example.com",
		"x\x00y", `"><evil@example.com>`, `x" <evil@example.com>, "y`, strings.Repeat("长", 300), "\xff\xfe", ""}
	for _, text := range nasty {
		l := letter()
		l.Name, l.Subject, l.Language, l.ID = text, text, i18n.Lang("zh-CN"+text), "id@x"+text
		l.Stop = "https://example.cn/opt-out?token=" + text
		before := len(m.All())
		if err := s.Send(t.Context(), l); err != nil {
			var refused *message.Refusal
			if !errors.As(err, &refused) {
				t.Errorf("%q: %v", text, err)
			}
			continue
		}
		all := m.All()
		if len(all) != before+1 {
			t.Fatalf("%q: %d mails", text, len(all)-before)
		}
		checkHeaders(t, all[len(all)-1], text)
	}
	for _, address := range []string{"luo@example.cn\r\nRCPT TO:<evil@example.com>", "luo@example.cn>\r\nDATA", "a@b.cn, evil@example.com", "x <luo@example.cn>", "", "luo", "luo@example.cn\n"} {
		l := letter()
		l.Address = address
		var refused *message.Refusal
		if err := s.Send(t.Context(), l); !errors.As(err, &refused) {
			t.Errorf("address %q: %v", address, err)
		}
	}
	t.Run("drawn", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			l := letter()
			l.Subject = rapid.StringOf(rapid.RuneFrom([]rune("\r\n\t \x00:<>\"=?_,;贵aB"))).Draw(rt, "subject")
			l.Name = rapid.StringOf(rapid.RuneFrom([]rune("\r\n\t \x00:<>\"=?_,;贵aB"))).Draw(rt, "name")
			if err := s.Send(t.Context(), l); err != nil {
				rt.Fatal(err)
			}
			all := m.All()
			checkHeaders(rt, all[len(all)-1], l.Subject)
		})
	})
}

type reporter interface {
	Errorf(format string, args ...any)
}

func checkHeaders(t reporter, got messagetest.Mail, text string) {
	known := map[string]bool{"From": true, "To": true, "Subject": true, "Date": true, "Message-Id": true, "Mime-Version": true, "Content-Type": true,
		"Content-Language": true, "Auto-Submitted": true, "List-Unsubscribe": true, "List-Unsubscribe-Post": true}
	for name, values := range got.Message.Header {
		if !known[name] || len(values) != 1 {
			t.Errorf("%q gave the header %s: %q", text, name, values)
		}
	}
	if got.To != "luo@example.cn" {
		t.Errorf("%q went to %s", text, got.To)
	}
	if to, err := got.Message.Header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != "luo@example.cn" {
		t.Errorf("%q is addressed to %v, %v", text, to, err)
	}
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	good := email.Config{Server: "mail.example.gov.cn:587", Security: email.StartTLS, From: "黔模 <no-reply@example.gov.cn>", User: "u", Password: "p"}
	if _, err := email.New(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*email.Config){
		"no port":             func(c *email.Config) { c.Server = "mail.example.gov.cn" },
		"port 0":              func(c *email.Config) { c.Server = "mail.example.gov.cn:0" },
		"no host":             func(c *email.Config) { c.Server = ":587" },
		"no sender":           func(c *email.Config) { c.From = "" },
		"a sender of lines":   func(c *email.Config) { c.From = "a@example.cn\r\nBcc: b@example.cn" },
		"plain over the net":  func(c *email.Config) { c.Security, c.User, c.Password = email.None, "", "" },
		"plain with a secret": func(c *email.Config) { c.Server, c.Security = "127.0.0.1:25", email.None },
		"a secret of nobody":  func(c *email.Config) { c.User = "" },
	} {
		c := good
		change(&c)
		_, err := email.New(c)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
		if text := fmt.Sprintf("%v %+v %#v", err, c, c); strings.Contains(text, `Password:"p"`) || strings.Contains(text, "Password:p") {
			t.Errorf("the password is in %s", text)
		}
	}
}
