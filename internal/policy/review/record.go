package review

import (
	"encoding/json"
	"time"
)

// Kind is what sort of act a record is of.
type Kind string

// The kinds of records.
const (
	KindExpert      Kind = "expert.write"
	KindDeclaration Kind = "conflict.declare"
	KindPanelOpen   Kind = "panel.open"
	KindPanelDraw   Kind = "panel.draw"
	KindReplace     Kind = "panel.replace"
	KindPanelDone   Kind = "panel.complete"
	KindPanelClose  Kind = "panel.close"
	KindPanelCancel Kind = "panel.cancel"
	KindRelease     Kind = "panel.release"
	KindScore       Kind = "score.submit"
	KindReopen      Kind = "score.reopen"
	KindMeeting     Kind = "meeting.record"
	KindVisit       Kind = "visit.record"
	KindFile        Kind = "file.add"
	KindCheck       Kind = "check.record"
	KindFactCheck   Kind = "fact.record"
)

// Record is one act, and what was said in it: the journal of this room. Records
// are only ever added, in the transaction of the act; what is said later names
// what it replaces.
type Record struct {
	ID     string
	Kind   Kind
	Panel  string // "" when it is about none; so are the next two
	Case   string
	Expert string
	At     time.Time
	Person string
	Name   string
	Role   string
	Body   json.RawMessage // by kind: Meeting, Visit, Check, FactCheck, Declaration, …
}

// RecordFilter chooses records; zero fields do not filter.
type RecordFilter struct {
	Kinds  []Kind
	Panel  string
	Case   string
	Expert string
	ID     string
	Before string // id of the last record seen; newest first then
	Limit  int    // 0: all, oldest first
}

// bodies reads what was said in records of one kind, oldest first.
func bodies[T any](records []Record, fill func(*T, Record)) ([]T, error) {
	out := make([]T, 0, len(records))
	for _, r := range records {
		var one T
		if err := json.Unmarshal(r.Body, &one); err != nil {
			return nil, err
		}
		if fill != nil {
			fill(&one, r)
		}
		out = append(out, one)
	}
	return out, nil
}
