package sqlstore

import (
	"context"
	"strconv"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/target"
)

const listingColumns = `id, list, year, project, org, reason, fact, person, name, role, at, end_person, end_name, end_role, end_at, end_note`

// InsertListing implements target.Store.
func (s *Store) InsertListing(ctx context.Context, l target.Listing) error {
	err := s.exec(ctx, `insert into target_listing (`+listingColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', '', 0, '')`,
		l.ID, l.List, l.Year, l.Project, l.Org, l.Reason, l.Fact, l.By.ID, l.By.Name, l.By.Role, clock.Micros(l.At))
	if db.IsUnique(err) {
		return fault.Newf(fault.Conflict, "“%[1]s”已在 %[2]d 年的清单上。", "%[1]q is on the list of %[2]d already.", l.Project, l.Year)
	}
	return err
}

func scanListing(row func(...any) error) (l target.Listing, err error) {
	var at int64
	var end ending
	err = row(append([]any{&l.ID, &l.List, &l.Year, &l.Project, &l.Org, &l.Reason, &l.Fact, &l.By.ID, &l.By.Name, &l.By.Role, &at}, end.columns()...)...)
	l.At, l.Removed = clock.FromMicros(at), end.read()
	return l, err
}

// Listings implements target.Store.
func (s *Store) Listings(ctx context.Context, list string, year int) ([]target.Listing, error) {
	return db.All(ctx, s.db.Q(ctx), scanListing, `select `+listingColumns+` from target_listing where list = $1 and year = $2 order by at, id`, list, year)
}

// RemoveListing implements target.Store.
func (s *Store) RemoveListing(ctx context.Context, id string, e target.Ending) (l target.Listing, err error) {
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		if err := s.end(ctx, "target_listing", id, e); err != nil {
			return err
		}
		l, _, err = db.One(ctx, s.db.Q(ctx), scanListing, `select `+listingColumns+` from target_listing where id = $1`, id)
		return err
	})
	return l, err
}

// InsertMeeting implements target.Store.
func (s *Store) InsertMeeting(ctx context.Context, m target.Meeting) error {
	return s.exec(ctx, `insert into target_meeting (id, body, day, title, agenda, person, name, role, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		m.ID, m.Body, m.Day, m.Title, pack(m.Agenda), m.By.ID, m.By.Name, m.By.Role, clock.Micros(m.At))
}

const meetingColumns = `id, body, day, title, agenda, person, name, role, at`

func scanMeeting(row func(...any) error) (m target.Meeting, err error) {
	var at int64
	var agenda string
	err = row(&m.ID, &m.Body, &m.Day, &m.Title, &agenda, &m.By.ID, &m.By.Name, &m.By.Role, &at)
	m.Agenda, m.At = unpack(agenda), clock.FromMicros(at)
	return m, err
}

// Meeting implements target.Store.
func (s *Store) Meeting(ctx context.Context, id string) (target.Meeting, error) {
	m, found, err := db.One(ctx, s.db.Q(ctx), scanMeeting, `select `+meetingColumns+` from target_meeting where id = $1`, id)
	if err == nil && !found {
		return m, fault.Newf(fault.NotFound, "没有这次会议。", "There is no such meeting.")
	}
	return m, err
}

// Meetings implements target.Store.
func (s *Store) Meetings(ctx context.Context, f target.MeetingFilter) ([]target.Meeting, error) {
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	return db.All(ctx, s.db.Q(ctx), scanMeeting, `select `+meetingColumns+` from target_meeting
		where ($1 = '' or body = $1) and ($2 = '' or day < $2 or (day = $2 and id < $3)) order by day desc, id desc limit `+strconv.Itoa(limit), f.Body, string(f.BeforeDay), f.BeforeID)
}

// InsertDecision implements target.Store.
func (s *Store) InsertDecision(ctx context.Context, d target.Decision) error {
	return s.exec(ctx, `insert into target_decision (id, meeting, item, text, task, unit, due, person, name, role, at, end_person, end_name, end_role, end_at, end_note)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', '', 0, '')`,
		d.ID, d.Meeting, d.Item, d.Text, d.Task, d.Unit, d.Due, d.By.ID, d.By.Name, d.By.Role, clock.Micros(d.At))
}

// Decisions implements target.Store.
func (s *Store) Decisions(ctx context.Context, meeting string) ([]target.Decision, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (d target.Decision, err error) {
		var at int64
		var end ending
		err = row(append([]any{&d.ID, &d.Meeting, &d.Body, &d.Day, &d.Item, &d.Text, &d.Task, &d.Unit, &d.Due, &d.By.ID, &d.By.Name, &d.By.Role, &at}, end.columns()...)...)
		d.At, d.Closed = clock.FromMicros(at), end.read()
		return d, err
	}, `select d.id, d.meeting, m.body, m.day, d.item, d.text, d.task, d.unit, d.due, d.person, d.name, d.role, d.at, d.end_person, d.end_name, d.end_role, d.end_at, d.end_note
		from target_decision d join target_meeting m on m.id = d.meeting where $1 = '' or d.meeting = $1 order by m.day, d.at, d.id`, meeting)
}

// CloseDecision implements target.Store.
func (s *Store) CloseDecision(ctx context.Context, id string, e target.Ending) error {
	return s.end(ctx, "target_decision", id, e)
}

// Remind implements target.Store.
func (s *Store) Remind(ctx context.Context, r target.Reminder) (bool, error) {
	res, err := s.db.Q(ctx).ExecContext(ctx, `insert into target_reminder (task, unit, ref, due, kind) values ($1, $2, $3, $4, $5) on conflict do nothing`, r.Task, r.Unit, r.Ref, r.Due, r.Kind)
	if err != nil {
		return false, db.Fault(err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}
