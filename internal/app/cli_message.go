package app

import (
	"github.com/qianmo/qianmo/internal/message/email"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// smtpFlag configures the mail server; the password comes from a file or the
// environment, never from the command line.
type smtpFlag struct {
	Server       string `help:"Mail server that e-mails go through, as host:port; none go out when not given." placeholder:"HOST:PORT" env:"QIANMO_SMTP_SERVER"`
	Security     string `help:"starttls, tls, or none for a server on this machine." default:"starttls" enum:"starttls,tls,none" env:"QIANMO_SMTP_SECURITY"`
	From         string `help:"Sender of e-mails, such as no-reply@example.gov.cn." env:"QIANMO_SMTP_FROM"`
	User         string `help:"Name to sign in with at the mail server." env:"QIANMO_SMTP_USER"`
	PasswordFile string `help:"File with the password." type:"path" env:"QIANMO_SMTP_PASSWORD_FILE"`
}

type messageFlag struct {
	DigestHour int      `help:"Hour of Shanghai at which the daily digests go out." default:"8" env:"QIANMO_DIGEST_HOUR"`
	Keep       int      `help:"How many days a message that was read is kept." name:"keep-messages" default:"365" env:"QIANMO_KEEP_MESSAGES"`
	Open       []string `help:"Private networks that webhooks may reach, such as 10.20.0.0/16." name:"webhook-network" placeholder:"CIDR" env:"QIANMO_WEBHOOK_NETWORK"`
}

func (m messageFlag) config(smtp smtpFlag) (c MessageConfig, err error) {
	var bad fault.Collector
	if m.DigestHour < 0 || m.DigestHour > 23 {
		bad.Add("--digest-hour", "应为 0 到 23 的整点", "a full hour from 0 to 23")
	}
	if m.Keep < 1 {
		bad.Add("--keep-messages", "至少保留 1 天", "at least 1 day")
	}
	c = MessageConfig{DigestHour: m.DigestHour, KeepDays: m.Keep}
	c.Open, err = networks("--webhook-network", m.Open)
	bad.Merge("", err)
	if err := bad.Err(); err != nil {
		return c, err
	}
	c.Mail, err = smtp.config()
	return c, err
}

func (s smtpFlag) config() (*email.Config, error) {
	if s.Server == "" {
		return nil, nil
	}
	password, err := secretOf("QIANMO_SMTP_PASSWORD", "--smtp-password-file", s.PasswordFile)
	return &email.Config{Server: s.Server, Security: email.Security(s.Security), From: s.From, User: s.User, Password: password}, err
}
