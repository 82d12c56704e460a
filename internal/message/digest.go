package message

import (
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
)

// Digest (每日摘要) is the one e-mail a day in which a person gets what they do not
// want one by one. It holds what was posted before its instant and in no digest
// yet; there is none when that is nothing.
type Digest struct {
	ID     string
	Person string
	Day    clock.Date
	Sending
}

// lastDigest is the newest instant, not after now, at which digests are due:
// the hour of a day in Shanghai.
func lastDigest(now time.Time, hour int) time.Time {
	due := clock.DateOf(now).Time().Add(time.Duration(hour) * time.Hour)
	if due.After(now) {
		due = clock.DateOf(now).AddDays(-1).Time().Add(time.Duration(hour) * time.Hour)
	}
	return due
}
