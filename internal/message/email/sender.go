// Package email hands letters to a mail server over SMTP. It is the only room
// that names the library behind it (docs/decisions/0021).
package email

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/wneessen/go-mail"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Security is how the connection to the mail server is protected.
type Security string

// The ways; both of the first refuse a server that cannot prove who it is.
const (
	StartTLS Security = "starttls" // begins plain and must turn to TLS
	TLS      Security = "tls"      // TLS from the first byte
	None     Security = "none"     // only to a server on this machine
)

// Config names a mail server and who sends.
type Config struct {
	Server   string // host:port
	Security Security
	User     string // "" for a server that asks for none
	Password auth.Secret
	From     string        // "黔模 <no-reply@example.gov.cn>"
	Timeout  time.Duration // of one letter; 30 seconds when zero
	TLS      *tls.Config   // nil for the machine's own certificates; tests bring theirs
}

// Sender implements message.Mailer. Each letter has a connection of its own:
// letters are few, and an idle connection is one more thing that breaks.
type Sender struct {
	config Config
	host   string
	port   int
	from   *netmail.Address
}

var _ message.Mailer = (*Sender)(nil)

// New checks the configuration; it does not call the server.
//
// Codes: invalid.
func New(c Config) (*Sender, error) {
	var bad fault.Collector
	host, portText, err := net.SplitHostPort(c.Server)
	port, errPort := strconv.Atoi(portText)
	if err != nil || errPort != nil || host == "" || port < 1 || port > 65535 {
		bad.Add("--smtp-server", "应为 主机:端口，例如 mail.example.gov.cn:587", "write it as host:port, such as mail.example.gov.cn:587")
	}
	from, err := netmail.ParseAddress(c.From)
	if err != nil || strings.ContainsFunc(c.From, unicode.IsControl) {
		bad.Add("--smtp-from", "应为发件人地址，例如 no-reply@example.gov.cn", "the sender's address, such as no-reply@example.gov.cn")
	}
	if c.Security == None && (c.User != "" || !onThisMachine(host)) {
		bad.Add("--smtp-security", "不加密只能用于本机的邮件服务器，且不能带用户名", "without encryption only a server on this machine can be used, and without a user name")
	}
	if c.User == "" && c.Password != "" {
		bad.Add("--smtp-user", "给了口令，还要给用户名", "a password needs a user name beside it")
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	c.Timeout = cmp.Or(c.Timeout, 30*time.Second)
	return &Sender{config: c, host: host, port: port, from: from}, nil
}

func onThisMachine(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && ip.IsLoopback())
}

// Send implements message.Mailer. A final no of the server (5xx) about this
// letter is a *message.Refusal; a wrong password or certificate is not, since
// whoever runs the installation can cure it.
func (s *Sender) Send(ctx context.Context, l message.Letter) error {
	m, err := s.compose(l)
	if err != nil {
		return &message.Refusal{Reason: err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	var line connection
	defer line.close()
	client, err := mail.NewClient(s.host, s.options(ctx, &line)...)
	if err != nil {
		return err
	}
	err = client.DialAndSendWithContext(ctx, m)
	var refused *mail.SendError
	switch {
	case m.IsDelivered(): // a server that stumbles over the farewell has the letter all the same
		return nil
	case errors.As(err, &refused) && refused.ErrorCode() >= 500:
		return &message.Refusal{Reason: refused.Error()}
	}
	return err
}

// connection is the one to the server, closed whatever becomes of it: the
// library leaves it open when greeting, TLS or sign-in fail, and does not look
// at the context between its commands.
type connection struct {
	net.Conn
	forget func() bool
}

func (c *connection) close() {
	if c.Conn != nil {
		c.forget()
		_ = c.Conn.Close()
	}
}

func (s *Sender) options(sending context.Context, line *connection) []mail.Option {
	ours := s.config.TLS
	if ours == nil {
		ours = &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}
	}
	options := []mail.Option{
		mail.WithPort(s.port), mail.WithTimeout(s.config.Timeout), mail.WithTLSConfig(ours), mail.WithHELO(s.domain()), mail.WithoutNoop(),
		mail.WithDialContextFunc(func(ctx context.Context, network, address string) (conn net.Conn, err error) {
			if conn, err = (&net.Dialer{}).DialContext(ctx, network, address); err != nil {
				return nil, err
			}
			if line.Conn = conn; s.config.Security == TLS {
				conn = tls.Client(conn, ours)
			}
			line.forget = context.AfterFunc(sending, func() { _ = line.Close() })
			return conn, nil
		}),
	}
	switch s.config.Security {
	case TLS:
		options = append(options, mail.WithSSL())
	case None:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.config.User != "" {
		options = append(options, mail.WithUsername(s.config.User), mail.WithPassword(string(s.config.Password)),
			mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthPlain, mail.SMTPAuthLogin))
	}
	return options
}

// compose writes the letter: one body in plain text and one in HTML.
func (s *Sender) compose(l message.Letter) (*mail.Msg, error) {
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	m.FromMailAddress(&netmail.Address{Name: header(s.from.Name), Address: s.from.Address})
	to, err := netmail.ParseAddress(l.Address) // an address is never mended: it is one, or the letter is refused
	if err != nil || to.Address != l.Address {
		return nil, fmt.Errorf("not an e-mail address: %q", l.Address)
	}
	m.ToMailAddress(&netmail.Address{Name: header(l.Name), Address: to.Address})
	m.Subject(header(l.Subject))
	m.SetDateWithValue(l.At)
	m.SetMessageIDWithValue(header(l.ID))
	m.SetGenHeader(mail.HeaderContentLang, header(string(l.Language)))
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office reply, please
	switch {
	case strings.HasPrefix(l.Stop, "https://"):
		if err := m.SetListUnsubscribeOneClick(header(l.Stop)); err != nil {
			return nil, err
		}
	case l.Stop != "": // a trial without https: mail programs would not post there
		m.SetListUnsubscribe(header(l.Stop))
	}
	m.SetBodyString(mail.TypeTextPlain, l.Text)
	m.AddAlternativeString(mail.TypeTextHTML, l.HTML)
	return m, nil
}

// header makes a text fit for a header's value: nothing in it can end the line.
func header(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "?"), func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
	}), " ")
}

// domain is what we call ourselves to the server.
func (s *Sender) domain() string {
	return s.from.Address[strings.LastIndexByte(s.from.Address, '@')+1:]
}
