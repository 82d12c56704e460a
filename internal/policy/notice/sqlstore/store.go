// Package sqlstore keeps public notices in SQLite or PostgreSQL.
package sqlstore

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/notice"
)

// Store implements notice.Store.
type Store struct{ db *db.DB }

// New returns a store on a migrated database.
func New(d *db.DB) *Store { return &Store{d} }

var _ notice.Store = (*Store)(nil)

// InTx implements notice.Store.
func (s *Store) InTx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.InTx(ctx, fn)
}

// NextNumber implements notice.Store.
func (s *Store) NextNumber(ctx context.Context, kind string, year int) (n int64, err error) {
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		return s.db.Q(ctx).QueryRowContext(ctx, `insert into notice_counter (kind, year, last) values ($1, $2, 1)
			on conflict (kind, year) do update set last = notice_counter.last + 1 returning last`, kind, year).Scan(&n)
	})
	return n, db.Fault(err)
}

const noticeColumns = `id, number, state, version, title, call, days, published, ends, created_by, created`

func scanNotice(row func(...any) error) (n notice.Notice, err error) {
	var title string
	var created int64
	err = row(&n.ID, &n.Number, &n.State, &n.Version, &title, &n.Call, &n.Days, &n.Published, &n.Ends, &n.CreatedBy, &created)
	n.Title, n.Created = db.ReadText(title), clock.FromMicros(created)
	return n, err
}

const rowColumns = `seq, application, number, org, name, measure, object, amount, place, withdrawn, exception`

func scanRow(row func(...any) error) (r notice.Row, err error) {
	var withdrawn string
	err = row(&r.Seq, &r.Application, &r.Number, &r.Org, &r.Name, &r.Measure, &r.Object, &r.Amount, &r.Place, &withdrawn, &r.Exception)
	r.Withdrawn = db.ReadText(withdrawn)
	return r, err
}

// Insert implements notice.Store.
func (s *Store) Insert(ctx context.Context, n notice.Notice, rows []notice.Row) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		if err := s.exec(ctx, `insert into notice (`+noticeColumns+`, folded) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			n.ID, n.Number, n.State, n.Version, db.Text(n.Title), n.Call, n.Days, n.Published, n.Ends, n.CreatedBy, clock.Micros(n.Created), n.Folded()); err != nil {
			return err
		}
		for _, r := range rows {
			if err := s.exec(ctx, `insert into notice_row (notice, `+rowColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
				n.ID, r.Seq, r.Application, r.Number, r.Org, r.Name, r.Measure, r.Object, int64(r.Amount), r.Place, db.Text(r.Withdrawn), r.Exception); err != nil {
				return err
			}
		}
		return nil
	})
}

// Update implements notice.Store.
func (s *Store) Update(ctx context.Context, n *notice.Notice) error {
	changed := fault.Newf(fault.Conflict, "公示 %s 刚被别人改过，本次没有写入：请刷新后重试。", "Notice %s was changed by somebody else just now and nothing was written: reload and try again.", n.Number)
	res, err := s.db.Q(ctx).ExecContext(ctx, `update notice set state = $1, version = version + 1, published = $2, ends = $3 where id = $4 and version = $5`,
		n.State, n.Published, n.Ends, n.ID, n.Version)
	if err := db.Changed(res, err, changed); err != nil {
		return err
	}
	n.Version++
	return nil
}

// Notice implements notice.Store.
func (s *Store) Notice(ctx context.Context, id string) (notice.Notice, error) {
	n, found, err := db.One(ctx, s.db.Q(ctx), scanNotice, `select `+noticeColumns+` from notice where id = $1`, id)
	if err == nil && !found {
		err = fault.Newf(fault.NotFound, "没有这份公示。", "There is no such notice.")
	}
	return n, err
}

// Notices implements notice.Store.
func (s *Store) Notices(ctx context.Context, f notice.Filter) ([]notice.Notice, error) {
	var w db.Where
	if !f.Drafts {
		w.And("state <> ?", notice.Draft)
	}
	w.Is("call", f.Call)
	if f.Text != "" {
		w.And(`folded like ? escape '\'`, db.Containing(f.Text))
	}
	if f.Before != "" {
		w.And("number < ?", f.Before)
	}
	return db.All(ctx, s.db.Q(ctx), scanNotice, `select `+noticeColumns+` from notice`+w.String()+` order by number desc`+db.Limit(f.Limit), w.Args...)
}

// Rows implements notice.Store.
func (s *Store) Rows(ctx context.Context, id string, after, limit int) ([]notice.Row, error) {
	return db.All(ctx, s.db.Q(ctx), scanRow, `select `+rowColumns+` from notice_row where notice = $1 and seq > $2 order by seq limit $3`, id, after, limit)
}

// Row implements notice.Store.
func (s *Store) Row(ctx context.Context, id string, seq int) (notice.Row, error) {
	r, found, err := db.One(ctx, s.db.Q(ctx), scanRow, `select `+rowColumns+` from notice_row where notice = $1 and seq = $2`, id, seq)
	if err == nil && !found {
		err = fault.Newf(fault.NotFound, "公示上没有第 %d 行。", "The notice has no row %d.", seq)
	}
	return r, err
}

// Of implements notice.Store.
func (s *Store) Of(ctx context.Context, application string) (n notice.Notice, r notice.Row, found bool, err error) {
	type place struct {
		notice string
		seq    int
	}
	at, found, err := db.One(ctx, s.db.Q(ctx), func(row func(...any) error) (p place, err error) { return p, row(&p.notice, &p.seq) },
		`select r.notice, r.seq from notice_row r join notice n on n.id = r.notice where r.application = $1 order by n.number desc limit 1`, application)
	if err != nil || !found {
		return n, r, false, err
	}
	if n, err = s.Notice(ctx, at.notice); err != nil {
		return n, r, false, err
	}
	r, err = s.Row(ctx, at.notice, at.seq)
	return n, r, err == nil, err
}

// ShownOn implements notice.Store.
func (s *Store) ShownOn(ctx context.Context, applications []string) (map[string]notice.Notice, error) {
	out := map[string]notice.Notice{}
	if len(applications) == 0 {
		return out, nil
	}
	w := db.Where{}
	w.And("n.state = ?", notice.Published)
	w.And("r.withdrawn = ''")
	db.In(&w, "r.application", applications)
	_, err := db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (n notice.Notice, err error) {
		var application string
		err = row(&application, &n.ID, &n.Number, &n.Published, &n.Ends)
		n.State = notice.Published
		out[application] = n // by rising number: the newest stays
		return n, err
	}, `select r.application, n.id, n.number, n.published, n.ends from notice_row r join notice n on n.id = r.notice`+w.String()+` order by n.number`, w.Args...)
	return out, err
}

// TakeOff implements notice.Store.
func (s *Store) TakeOff(ctx context.Context, id string, seq int, why i18n.Text) error {
	return s.exec(ctx, `update notice_row set withdrawn = $1 where notice = $2 and seq = $3 and withdrawn = ''`, db.Text(why), id, seq)
}

const objectionColumns = `id, number, notice, seq, person, name, contact, body, at, verdict, answer, answered_by, answered_name, answered`

func scanObjection(row func(...any) error) (o notice.Objection, err error) {
	var at, answered int64
	err = row(&o.ID, &o.Number, &o.Notice, &o.Seq, &o.Person, &o.Name, &o.Contact, &o.Body, &at, &o.Verdict, &o.Answer, &o.AnsweredBy, &o.AnsweredName, &answered)
	o.At, o.Answered = clock.FromMicros(at), clock.FromMicros(answered)
	return o, err
}

// AddObjection implements notice.Store.
func (s *Store) AddObjection(ctx context.Context, o notice.Objection) error {
	return s.exec(ctx, `insert into notice_objection (`+objectionColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '', '', '', 0)`,
		o.ID, o.Number, o.Notice, o.Seq, o.Person, o.Name, o.Contact, o.Body, clock.Micros(o.At))
}

// Objection implements notice.Store.
func (s *Store) Objection(ctx context.Context, id string) (notice.Objection, error) {
	o, found, err := db.One(ctx, s.db.Q(ctx), scanObjection, `select `+objectionColumns+` from notice_objection where id = $1`, id)
	if err == nil && !found {
		err = fault.Newf(fault.NotFound, "没有这件异议。", "There is no such objection.")
	}
	return o, err
}

// Settle implements notice.Store.
func (s *Store) Settle(ctx context.Context, o notice.Objection) error {
	answered := fault.Newf(fault.Conflict, "异议 %s 刚被别人答复，本次没有写入：请刷新。", "Objection %s was answered by somebody else just now and nothing was written: reload.", o.Number)
	res, err := s.db.Q(ctx).ExecContext(ctx, `update notice_objection set verdict = $1, answer = $2, answered_by = $3, answered_name = $4, answered = $5 where id = $6 and verdict = ''`,
		o.Verdict, o.Answer, o.AnsweredBy, o.AnsweredName, clock.Micros(o.Answered), o.ID)
	return db.Changed(res, err, answered)
}

// Objections implements notice.Store.
func (s *Store) Objections(ctx context.Context, id, after string, limit int) ([]notice.Objection, error) {
	return db.All(ctx, s.db.Q(ctx), scanObjection, `select `+objectionColumns+` from notice_objection
		where (($1 = '' and verdict = '') or notice = $1) and number > $2 order by number limit $3`, id, after, limit)
}

// Answered implements notice.Store.
func (s *Store) Answered(ctx context.Context, id, number, after string, limit int) ([]notice.Objection, error) {
	return db.All(ctx, s.db.Q(ctx), scanObjection, `select `+objectionColumns+` from notice_objection
		where notice = $1 and verdict <> '' and ($2 = '' or number = $2) and number > $3 order by number limit $4`, id, number, after, limit)
}

// Repeated implements notice.Store.
func (s *Store) Repeated(ctx context.Context, o notice.Objection) (notice.Objection, bool, error) {
	return db.One(ctx, s.db.Q(ctx), scanObjection, `select `+objectionColumns+` from notice_objection
		where notice = $1 and seq = $2 and verdict = '' and person = $3 and name = $4 and contact = $5 and body = $6 order by number limit 1`, o.Notice, o.Seq, o.Person, o.Name, o.Contact, o.Body)
}

// OpenObjections implements notice.Store.
func (s *Store) OpenObjections(ctx context.Context, id string, seq int) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `select count(*) from notice_objection where notice = $1 and seq = $2 and verdict = ''`, id, seq).Scan(&n)
	return n, db.Fault(err)
}

func (s *Store) exec(ctx context.Context, query string, args ...any) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, query, args...)
	return db.Fault(err)
}
