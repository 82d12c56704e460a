package review

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Score (评分) is one expert's opinion of one case. A draft is the expert's own;
// once final it never changes. After the office has reopened it with a reason
// the expert may give another, which names the one that it corrects.
type Score struct {
	ID        string
	Seat      string
	Panel     string
	Case      string
	Expert    string
	Final     bool
	Marks     []Mark
	Total     Points // of the marks given so far
	Comment   string
	Corrects  string // the score that this one replaces; "" for a first one
	Version   int64  // 0 before it was saved
	Saved     time.Time
	Submitted time.Time // zero for a draft
}

// ScoreInput is what an expert writes.
type ScoreInput struct {
	Case    string
	Version int64 // the draft that was read; 0 for none
	Marks   []Mark
	Comment string
}

// Validate reports every fault of the input against the sheet; a final score
// needs every mark and a comment.
func (in ScoreInput) Validate(s Sheet, final bool) (Points, error) {
	var c fault.Collector
	total, err := s.total(in.Marks, final)
	c.Merge("", err)
	if final {
		checkLine(&c, "comment", in.Comment, reasonLimit)
	} else if len([]rune(in.Comment)) > reasonLimit {
		c.Add("comment", "评语超过 %d 字。", "The comment is longer than %d characters.", reasonLimit)
	}
	return total, c.Err()
}

// Digest names the content of a final score; it is sealed in the public log, so
// that no mark can be changed afterwards without showing.
func (s Score) Digest() string {
	text, _ := json.Marshal([]any{s.ID, s.Panel, s.Case, s.Expert, s.Marks, s.Total, s.Comment, s.Corrects, s.Submitted.UnixMicro()}) // plain values always marshal
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// standing picks the scores that count: of each live seat the newest final one.
// A score that is being corrected counts no more once another is on the way.
func standing(seats []Seat, scores []Score, caseID string) (final []Score, waits int) {
	for _, seat := range seats {
		if seat.Case != caseID || !seat.Live() {
			continue
		}
		if s, found := newest(scores, seat.ID); found && s.Final {
			final = append(final, s)
			continue
		}
		waits++
	}
	return final, waits
}

// newest is the last entry of a seat, in the order in which they were made.
func newest(scores []Score, seat string) (last Score, found bool) {
	for _, s := range scores {
		if s.Seat == seat {
			last, found = s, true
		}
	}
	return last, found
}
