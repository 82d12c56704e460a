package sqlstore

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy"
)

// AppendEvent implements policy.Store.
func (s *Store) AppendEvent(ctx context.Context, application string, e policy.Event) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into application_event (application, seq, at, person, name, role, action, to_state, note)
		select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7, $8 from application_event where application = $1`,
		application, clock.Micros(e.At), e.Person, e.Name, e.Role, e.Action, e.To, db.Text(e.Note))
	return db.Fault(err)
}

// Events implements policy.Store.
func (s *Store) Events(ctx context.Context, application string) ([]policy.Event, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (e policy.Event, err error) {
		var at int64
		var note string
		err = row(&e.Seq, &at, &e.Person, &e.Name, &e.Role, &e.Action, &e.To, &note)
		e.Note = db.ReadText(note)
		e.At = clock.FromMicros(at)
		return e, err
	}, `select seq, at, person, name, role, action, to_state, note from application_event where application = $1 order by seq`, application)
}

// InsertAttachment implements policy.Store.
func (s *Store) InsertAttachment(ctx context.Context, application string, at policy.Attachment) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into application_attachment (id, application, evidence, name, media_type, size, sha256, uploader, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		at.ID, application, at.Evidence, at.Name, at.Type, at.Size, at.SHA256, at.Uploader, clock.Micros(at.At))
	return db.Fault(err)
}

// DeleteAttachment implements policy.Store.
func (s *Store) DeleteAttachment(ctx context.Context, application, id string) error {
	res, err := s.db.Q(ctx).ExecContext(ctx, `delete from application_attachment where application = $1 and id = $2`, application, id)
	if err != nil {
		return db.Fault(err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return fault.Newf(fault.NotFound, "没有这个附件。", "There is no such attachment.")
	}
	return nil
}

// Attachments implements policy.Store.
func (s *Store) Attachments(ctx context.Context, application string) ([]policy.Attachment, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (a policy.Attachment, err error) {
		var at int64
		err = row(&a.ID, &a.Evidence, &a.Name, &a.Type, &a.Size, &a.SHA256, &a.Uploader, &at)
		a.At = clock.FromMicros(at)
		return a, err
	}, `select id, evidence, name, media_type, size, sha256, uploader, at from application_attachment where application = $1 order by at, id`, application)
}

// InsertLetter implements policy.Store.
func (s *Store) InsertLetter(ctx context.Context, application string, l policy.IssuedLetter) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into decision_letter (id, application, number, decision, round, decided, sha256, size, by_person, by_name, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		l.ID, application, l.Number, l.Decision, l.Round, l.Decided, l.SHA256, l.Size, l.Person, l.Name, clock.Micros(l.At))
	if db.IsUnique(err) {
		return fault.Newf(fault.Conflict, "决定书 %s 已经出具：请刷新。", "Letter %s is issued already: reload.", l.Number)
	}
	return db.Fault(err)
}

// Letters implements policy.Store.
func (s *Store) Letters(ctx context.Context, application string) ([]policy.IssuedLetter, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (l policy.IssuedLetter, err error) {
		var at int64
		err = row(&l.ID, &l.Number, &l.Decision, &l.Round, &l.Decided, &l.SHA256, &l.Size, &l.Person, &l.Name, &at)
		l.At = clock.FromMicros(at)
		return l, err
	}, `select id, number, decision, round, decided, sha256, size, by_person, by_name, at from decision_letter where application = $1 order by at, number`, application)
}

// PutText implements policy.Store.
func (s *Store) PutText(ctx context.Context, t policy.DocumentText) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into document_text (document, sha256, text, person, at) values ($1, $2, $3, $4, $5)
		on conflict (document) do update set sha256 = excluded.sha256, text = excluded.text, person = excluded.person, at = excluded.at`,
		t.Document, t.SHA256, t.Text, t.Person, t.At)
	return db.Fault(err)
}

// Text implements policy.Store.
func (s *Store) Text(ctx context.Context, document string) (policy.DocumentText, bool, error) {
	return db.One(ctx, s.db.Q(ctx), func(row func(...any) error) (t policy.DocumentText, err error) {
		return t, row(&t.Document, &t.SHA256, &t.Text, &t.Person, &t.At)
	}, `select document, sha256, text, person, at from document_text where document = $1`, document)
}
