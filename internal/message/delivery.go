package message

import (
	"strconv"
	"time"

	"github.com/qianmo/qianmo/internal/platform/ident"
)

// State is how far a sending is.
type State string

// The states of a sending. The last three are final.
const (
	Waiting State = "waiting"
	Sent    State = "sent"
	Failed  State = "failed"
	Skipped State = "skipped"
)

// Why a sending was skipped; other reasons are the receiver's own words.
const (
	ReasonOff         = "off"          // the person does not want it this way
	ReasonNoAddress   = "no_address"   // the person gave no e-mail address
	ReasonUnconfirmed = "unconfirmed"  // and did not confirm that it is theirs
	ReasonNoServer    = "no_server"    // no mail server is configured
	ReasonGone        = "gone"         // the person may not sign in any more; the endpoint is off or deleted
	ReasonMute        = "not_answered" // no answer after the last attempt
)

// Sending is one message on its way over one channel.
type Sending struct {
	State  State
	Reason string
	At     time.Time // of the final state
}

// Delivery is one message to one person.
type Delivery struct {
	ID      string
	Message Message
	Person  string
	Org     ident.CreditCode // for which of the person's organisations; empty for none
	Posted  time.Time
	Read    time.Time // zero until then
	Console State     // sent, or skipped when the person wants none there
	Email   Sending
	Digest  string // of a delivery for the digest: digestDue, then the digest's id
}

// digestDue marks a delivery that waits to be gathered.
const digestDue = "due"

// InboxKey is the place of a delivery in a person's inbox: unread ones first,
// then the newest.
type InboxKey struct {
	Unread bool
	At     int64 // microseconds
	ID     string
}

// Key is the delivery's place.
func (d Delivery) Key() InboxKey {
	return InboxKey{Unread: d.Read.IsZero(), At: d.Message.At.UnixMicro(), ID: d.ID}
}

func (k InboxKey) parts() []string {
	return []string{strconv.FormatBool(k.Unread), strconv.FormatInt(k.At, 10), k.ID}
}

// inboxKey reads what parts wrote.
func inboxKey(parts []string) (k InboxKey, err error) {
	if k.Unread, err = strconv.ParseBool(parts[0]); err != nil {
		return k, err
	}
	k.At, err = strconv.ParseInt(parts[1], 10, 64)
	k.ID = parts[2]
	return k, err
}

// InboxFilter selects deliveries of one person; zero fields do not restrict.
type InboxFilter struct {
	Person string
	Unread bool   // only these
	Topic  string // only this
	Query  string // any part of title or body, in either language
	Before InboxKey
	Limit  int
}

// TopicCount is how much of a topic a person has in the console.
type TopicCount struct {
	Topic  string `json:"topic"`
	All    int64  `json:"all"`
	Unread int64  `json:"unread"`
}
