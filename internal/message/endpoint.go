package message

import (
	"time"

	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Endpoint is where an organisation's own system hears of what its people are
// told (webhook). Its secret is shown once and kept nowhere: it derives from
// the installation's key, the endpoint's id and the version.
type Endpoint struct {
	ID      string
	Org     ident.CreditCode
	URL     string // https
	Version int    // of the secret
	Active  bool
	Reason  string // why it was switched off by itself: the receiver said that it is gone
	Created time.Time
}

// maxEndpoints is how many an organisation may have.
const maxEndpoints = 5

// Push is one message to one endpoint.
type Push struct {
	ID       string
	Endpoint string
	Message  string // id; "" for a test
	Sending
	Answer   Answer
	Attempts int
	Posted   time.Time
}

// Answer is what a receiver said.
type Answer struct {
	Status int    // of HTTP; 0 for no answer
	Body   string // its beginning
}

// shownPushes is how many of an endpoint's last pushes a manager sees.
const shownPushes = 10
