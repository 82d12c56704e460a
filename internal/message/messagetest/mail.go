package messagetest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"net/mail"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// MailServer is a real mail server on loopback that keeps what it is given.
type MailServer struct {
	Address string
	Client  *tls.Config // trusts the server

	mu     sync.Mutex
	answer func(recipient string) error
	got    []Mail
	more   chan struct{} // closed and replaced when one arrives
}

// Mail is one e-mail as it arrived.
type Mail struct {
	From, To string
	TLS      bool
	User     string // who signed in
	Raw      []byte
	*mail.Message
}

// MailOptions of a server.
type MailOptions struct {
	TLS      bool // from the first byte; else STARTTLS
	Plain    bool // no TLS at all
	User     string
	Password string
}

// StartMail runs a server until the test ends.
func StartMail(t testing.TB, o MailOptions) *MailServer {
	t.Helper()
	certified := httptest.NewTLSServer(nil) // brings a certificate for 127.0.0.1
	t.Cleanup(certified.Close)
	pool := x509.NewCertPool()
	pool.AddCert(certified.Certificate())
	m := &MailServer{Client: &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}, answer: func(string) error { return nil }, more: make(chan struct{})}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: m, options: o, conn: c}, nil }))
	server.Domain, server.ReadTimeout, server.WriteTimeout, server.MaxMessageBytes = "mail.test", 10*time.Second, 10*time.Second, 1<<20
	server.ErrorLog = quiet{}
	ours := &tls.Config{Certificates: certified.TLS.Certificates, MinVersion: tls.VersionTLS12}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.Address = listener.Addr().String()
	switch {
	case o.TLS:
		listener = tls.NewListener(listener, ours)
	case !o.Plain:
		server.TLSConfig = ours
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		_ = server.Close()
		if err := <-served; err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			t.Error(err)
		}
	})
	return m
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// Answer sets what the server says to a recipient's address; nil takes it.
func (m *MailServer) Answer(answer func(recipient string) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answer = answer
}

// Refuse is an answer of SMTP.
func Refuse(code int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: text}
}

// All returns what has arrived so far.
func (m *MailServer) All() []Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Mail(nil), m.got...)
}

// Await waits for a mail that which picks.
func (m *MailServer) Await(t testing.TB, which func(Mail) bool) Mail {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		m.mu.Lock()
		got, more := append([]Mail(nil), m.got...), m.more
		m.mu.Unlock()
		if i := slices.IndexFunc(got, which); i >= 0 {
			return got[i]
		}
		select {
		case <-more:
		case <-deadline:
			t.Fatalf("no such mail among %d", len(got))
		}
	}
}

// session is one connection.
type session struct {
	server  *MailServer
	options MailOptions
	conn    *smtp.Conn
	mail    Mail
	user    string
}

var errWho = Refuse(535, "who are you")

// AuthMechanisms implements smtp.AuthSession.
func (s *session) AuthMechanisms() []string {
	if s.options.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth implements smtp.AuthSession.
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.options.User || password != s.options.Password {
			return errWho
		}
		s.user = user
		return nil
	}), nil
}

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.options.User != "" && s.user == "" {
		return errWho
	}
	_, encrypted := s.conn.TLSConnectionState()
	s.mail = Mail{From: from, TLS: encrypted, User: s.user}
	return nil
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	answer := s.server.answer
	s.server.mu.Unlock()
	s.mail.To = to
	return answer(to)
}

// Data implements smtp.Session.
func (s *session) Data(r io.Reader) (err error) {
	if s.mail.Raw, err = io.ReadAll(r); err != nil {
		return err
	}
	if s.mail.Message, err = mail.ReadMessage(bytes.NewReader(s.mail.Raw)); err != nil {
		return Refuse(554, "this is no mail: "+err.Error())
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.got = append(s.server.got, s.mail)
	close(s.server.more)
	s.server.more = make(chan struct{})
	return nil
}

// Reset implements smtp.Session.
func (s *session) Reset() {}

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }
