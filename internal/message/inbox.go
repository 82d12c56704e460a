package message

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Inbox lists what a person was told in the console, unread ones first, then
// the newest.
//
// Codes: invalid for an unknown topic; unavailable.
func (s *Service) Inbox(ctx context.Context, f InboxFilter) ([]Delivery, error) {
	if err := s.knownTopic("query.topic", f.Topic); err != nil {
		return nil, err
	}
	return s.Store.Inbox(ctx, f)
}

// Counts counts a person's inbox by topic, in the order of the list. The badge
// and the page both show these.
//
// Codes: unavailable.
func (s *Service) Counts(ctx context.Context, person string) ([]TopicCount, error) {
	found, err := s.Store.Counts(ctx, person)
	if err != nil {
		return nil, err
	}
	byTopic := map[string]TopicCount{}
	for _, c := range found {
		byTopic[c.Topic] = c
	}
	out := make([]TopicCount, len(s.Topics))
	for i, t := range s.Topics {
		out[i] = byTopic[t.ID]
		out[i].Topic = t.ID
	}
	return out, nil
}

// SetRead marks one of a person's own as read, or as unread.
//
// Codes: not_found, also for somebody else's; unavailable.
func (s *Service) SetRead(ctx context.Context, person, delivery string, read bool) error {
	at := time.Time{}
	if read {
		at = s.Clock.Now()
	}
	return s.Store.SetRead(ctx, person, delivery, at)
}

// ReadAll marks a person's own as read, of a topic or all, and tells how many
// were not. What came after through was not on their screen and stays unread.
//
// Codes: invalid for an unknown topic; unavailable.
func (s *Service) ReadAll(ctx context.Context, person, topic string, through time.Time) (int64, error) {
	if err := s.knownTopic("topic", topic); err != nil {
		return 0, err
	}
	return s.Store.ReadAll(ctx, person, topic, through, s.Clock.Now())
}

// knownTopic refuses a mistyped topic, which would answer with nothing.
func (s *Service) knownTopic(path, topic string) error {
	if _, known := s.Topics.find(topic); topic == "" || known {
		return nil
	}
	var c fault.Collector
	c.Add(path, "没有“%.60[1]s”这个主题", "there is no topic %.60[1]q", topic)
	return c.Err()
}
