package message

import (
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Channel is a way in which a person is told.
type Channel string

// The channels of a person. An organisation's webhooks (endpoint.go) are its
// own and get whatever its people are told.
const (
	Console Channel = "console"
	Email   Channel = "email"
)

// Mode says whether a channel is used for a topic.
type Mode string

// The modes; only e-mail has a digest.
const (
	On       Mode = "on"
	Off      Mode = "off"
	InDigest Mode = "digest" // once a day, together with others
)

// Preference is what a person chose for a topic and a channel.
type Preference struct {
	Person  string
	Topic   string
	Channel Channel
	Mode    Mode
}

// mayBe refuses a mode that the topic or the channel does not have.
//
// Codes: invalid.
func (t Topic) mayBe(channel Channel, mode Mode) error {
	var c fault.Collector
	allowed := []Mode{On, Off}
	if channel == Email {
		allowed = []Mode{On, InDigest, Off}
	}
	switch {
	case !slices.Contains(allowed, mode):
		c.Add(string(channel), "只能是 %[1]v 之一", "one of %[1]v", allowed)
	case t.Duty && mode == Off:
		c.Add(string(channel), "“%[1]s”须知会到人，不能关闭", "%[2]q cannot be switched off: you need to know of it", t.Name.ZH, t.Name.EN)
	}
	return c.Err()
}

// mode is what holds for a person: what they chose, unless the topic has
// become a duty since, or else the default.
func (t Topic) mode(channel Channel, chosen []Preference) Mode {
	for _, p := range chosen {
		if p.Topic == t.ID && p.Channel == channel && t.mayBe(channel, p.Mode) == nil {
			return p.Mode
		}
	}
	if channel == Console {
		return On
	}
	return t.Email
}
