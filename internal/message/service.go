// Package message tells people something (消息): in the console, by e-mail, in a
// daily digest, and to an organisation's own systems by webhook. It knows no
// domain: whoever has something to say posts it, in the transaction in which
// it became true.
package message

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/work"
)

// Tx runs a function in one transaction; *db.DB does.
type Tx interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Mailer hands a letter to a mail server; package email has the one over SMTP.
type Mailer interface {
	// Send returns a *Refusal when no repetition can help; any other error means
	// again later. A letter with an id that was sent before may arrive twice: the
	// receiving side tells by its Message-ID.
	Send(ctx context.Context, l Letter) error
}

// Poster hands a push to an organisation's system; package webhook has it.
type Poster interface {
	// Check refuses an address that pushes will not go to. Codes: invalid.
	Check(url string) error
	// Post returns what the receiver said. An error is one of our side or of the
	// way there: a *Refusal when no repetition can help.
	Post(ctx context.Context, c Call) (Answer, error)
}

// Refusal is an error that no repetition can cure.
type Refusal struct{ Reason string }

// Error implements error.
func (r *Refusal) Error() string { return r.Reason }

// Act is what was done, for the audit trail.
type Act struct {
	Action  string // "message.endpoint.add"
	Kind    string
	Subject string
	Org     ident.CreditCode
	Details any
}

// Service has the use cases of messages. All exported fields but Mailer must be set.
type Service struct {
	Store     Store
	Tx        Tx
	Queue     work.Queue
	Clock     clock.Clock // the wall's: what happened when is the poster's to say
	IDs       ident.Source
	Topics    Topics
	Directory Directory
	Mailer    Mailer // nil when no mail server is configured
	Poster    Poster
	Keys      Keys
	Trail     func(ctx context.Context, act Act) error // the audit trail, in the transaction of the act
	Product   i18n.Text                                // what the product calls itself to people
	PublicURL string                                   // where the console is; links in e-mails begin with it
	Hour      int                                      // of Shanghai, at which digests go out
	Keep      time.Duration                            // how long what was read is kept
}
