package message

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Store keeps messages. Its writes join the transaction of the context.
// messagetest has the suite that every store passes.
type Store interface {
	// AddMessage writes a message unless its key was used before; then it returns
	// the id of the message that has it, which may be pruned, and false.
	AddMessage(ctx context.Context, m Message) (id string, added bool, err error)
	AddDeliveries(ctx context.Context, all []Delivery) error
	// Message. Codes: not_found.
	Message(ctx context.Context, id string) (Message, error)
	// Delivery. Codes: not_found.
	Delivery(ctx context.Context, id string) (Delivery, error)
	// SettleEmail writes the final state of a delivery's e-mail; done is false
	// when it had one.
	SettleEmail(ctx context.Context, delivery string, s Sending) (done bool, err error)

	// Inbox lists what a person has in the console, unread ones first.
	Inbox(ctx context.Context, f InboxFilter) ([]Delivery, error)
	// Counts counts a person's inbox by topic.
	Counts(ctx context.Context, person string) ([]TopicCount, error)
	// SetRead marks one of the person's as read, or, at the zero time, as unread. Codes: not_found.
	SetRead(ctx context.Context, person, delivery string, at time.Time) error
	// ReadAll marks the person's as read: of a topic, or all, as posted up to through.
	ReadAll(ctx context.Context, person, topic string, through, at time.Time) (int64, error)

	// Preferences returns what people chose: all of one person's, or, given a topic, those about it.
	Preferences(ctx context.Context, people []string, topic string) ([]Preference, error)
	SetPreference(ctx context.Context, p Preference) error
	// Contacts finds those that exist.
	Contacts(ctx context.Context, people []string) ([]Contact, error)
	PutContact(ctx context.Context, c Contact) error

	// DueForDigest lists people, by id, after one, for whom something posted before an instant waits to be gathered.
	DueForDigest(ctx context.Context, before time.Time, after string, limit int) ([]string, error)
	// Gather takes what waits for the digest's person and was posted before the instant into the digest; it
	// writes none when that is nothing, or when the person has one of this day.
	Gather(ctx context.Context, d Digest, before time.Time) (gathered int64, err error)
	// Digest returns one with its deliveries, the oldest first. Codes: not_found.
	Digest(ctx context.Context, id string) (Digest, []Delivery, error)
	// SettleDigest writes the final state of a digest and of the e-mails in it that wait; done is false when it had one.
	SettleDigest(ctx context.Context, id string, s Sending) (done bool, err error)

	AddEndpoint(ctx context.Context, e Endpoint) error
	// Endpoint. Codes: not_found, also for another organisation's.
	Endpoint(ctx context.Context, org ident.CreditCode, id string) (Endpoint, error)
	// Endpoints lists the organisations', oldest first.
	Endpoints(ctx context.Context, orgs []ident.CreditCode) ([]Endpoint, error)
	UpdateEndpoint(ctx context.Context, e Endpoint) error
	// RemoveEndpoint removes one with its pushes.
	RemoveEndpoint(ctx context.Context, id string) error
	// LockEndpoints lets one writer at a time count an organisation's endpoints.
	LockEndpoints(ctx context.Context, org ident.CreditCode) error
	AddPush(ctx context.Context, p Push) error
	// Push finds one with its endpoint; it may have been removed since.
	Push(ctx context.Context, id string) (p Push, e Endpoint, found bool, err error)
	// Pushes lists an endpoint's last ones, the newest first.
	Pushes(ctx context.Context, endpoint string, limit int) ([]Push, error)
	UpdatePush(ctx context.Context, p Push) error

	// Prune removes deliveries that were read and happened before an instant, and messages and pushes that
	// nothing needs any more. Keys stay.
	Prune(ctx context.Context, before time.Time) (removed int64, err error)
}
