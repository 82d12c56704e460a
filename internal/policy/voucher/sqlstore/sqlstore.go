// Package sqlstore keeps vouchers in SQLite or PostgreSQL.
package sqlstore

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/voucher"
)

// Store implements voucher.Store.
type Store struct{ db *db.DB }

// New returns a store on a migrated database.
func New(d *db.DB) *Store { return &Store{d} }

var _ voucher.Store = (*Store)(nil)

// InTx implements voucher.Store.
func (s *Store) InTx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.InTx(ctx, fn)
}

// Lock implements voucher.Store. Whoever comes second waits on the row until
// the first has committed, and then reads what it wrote.
func (s *Store) Lock(ctx context.Context, key string) error {
	return s.exec(ctx, `insert into voucher_lock (name) values ($1) on conflict (name) do update set name = excluded.name`, key)
}

func (s *Store) exec(ctx context.Context, query string, args ...any) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, query, args...)
	return db.Fault(err)
}

// NextNumber implements voucher.Store.
func (s *Store) NextNumber(ctx context.Context, year int) (n int64, err error) {
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		return s.db.Q(ctx).QueryRowContext(ctx, `insert into voucher_counter (year, last) values ($1, 1)
			on conflict (year) do update set last = voucher_counter.last + 1 returning last`, year).Scan(&n)
	})
	return n, db.Fault(err)
}

// Insert implements voucher.Store.
func (s *Store) Insert(ctx context.Context, v voucher.Voucher) error {
	return s.exec(ctx, `insert into voucher (id, number, programme, year, org, folded, state, until_day, version, body) values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)`,
		v.ID, v.Number, v.Programme, v.Year, v.Org, strings.ToLower(v.Number+" "+v.OrgName), v.State, v.Until, db.JSON(v))
}

// Update implements voucher.Store.
func (s *Store) Update(ctx context.Context, v *voucher.Voucher) error {
	res, err := s.db.Q(ctx).ExecContext(ctx, `update voucher set state = $1, until_day = $2, version = version + 1, body = $3 where id = $4 and version = $5`,
		v.State, v.Until, db.JSON(v), v.ID, v.Version)
	err = db.Changed(res, err, fault.Newf(fault.Conflict, "券 %s 刚被别人改过，本次没有写入：请刷新后重试。", "Voucher %s was changed by somebody else just now and nothing was written: reload and try again.", v.Number))
	if err == nil {
		v.Version++
	}
	return err
}

func scanVoucher(row func(...any) error) (v voucher.Voucher, err error) {
	var body string
	var version int64
	if err = row(&body, &version); err != nil {
		return v, err
	}
	err = json.Unmarshal([]byte(body), &v)
	v.Version = version
	return v, err
}

// Voucher implements voucher.Store.
func (s *Store) Voucher(ctx context.Context, id string) (voucher.Voucher, error) {
	v, found, err := db.One(ctx, s.db.Q(ctx), scanVoucher, `select body, version from voucher where id = $1`, id)
	if err == nil && !found {
		err = voucher.NoVoucher()
	}
	return v, err
}

// Vouchers implements voucher.Store.
func (s *Store) Vouchers(ctx context.Context, f voucher.Filter) ([]voucher.Voucher, error) {
	var w db.Where
	w.Is("org", string(f.Org))
	w.Is("programme", f.Programme)
	if f.Year != 0 {
		w.And("year = ?", f.Year)
	}
	db.In(&w, "state", f.States)
	if f.Until != "" {
		w.And("until_day <> '' and until_day <= ?", f.Until)
	}
	if q := strings.TrimSpace(f.Query); q != "" {
		w.And(`(folded like ? escape '\' or org = ?)`, db.Containing(q), strings.ToUpper(q))
	}
	if f.Before != "" {
		w.And("number < ?", f.Before)
	}
	return db.All(ctx, s.db.Q(ctx), scanVoucher, `select body, version from voucher`+w.String()+` order by number desc`+db.Limit(f.Limit), w.Args...)
}

// AddEvent implements voucher.Store.
func (s *Store) AddEvent(ctx context.Context, id string, e voucher.Event) error {
	return s.exec(ctx, `insert into voucher_event (voucher, seq, at, person, name, role, action, state, amount, note)
		select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9 from voucher_event where voucher = $1`,
		id, clock.Micros(e.At), e.Person, e.Name, e.Role, e.Action, e.To, int64(e.Amount), db.Text(e.Note))
}

// Events implements voucher.Store.
func (s *Store) Events(ctx context.Context, id string) ([]voucher.Event, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (e voucher.Event, err error) {
		var at int64
		var note string
		err = row(&e.Seq, &at, &e.Person, &e.Name, &e.Role, &e.Action, &e.To, &e.Amount, &note)
		e.At, e.Note = clock.FromMicros(at), db.ReadText(note)
		return e, err
	}, `select seq, at, person, name, role, action, state, amount, note from voucher_event where voucher = $1 order by seq`, id)
}

// AddUse implements voucher.Store.
func (s *Store) AddUse(ctx context.Context, u voucher.Use) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into voucher_use (hold, bill, voucher, programme, held, settled, post, released) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		u.Hold, u.Bill, u.Voucher, u.Programme, int64(u.Held), int64(u.Settled), u.Post, db.Bool(u.Released))
	if db.IsUnique(err) {
		return fault.Newf(fault.Conflict, "占用 %s 已登记。", "Hold %s is noted already.", u.Hold)
	}
	return db.Fault(err)
}

// SetUse implements voucher.Store.
func (s *Store) SetUse(ctx context.Context, u voucher.Use) error {
	return s.exec(ctx, `update voucher_use set settled = $1, post = $2, released = $3 where hold = $4`, int64(u.Settled), u.Post, db.Bool(u.Released), u.Hold)
}

// DropUse implements voucher.Store.
func (s *Store) DropUse(ctx context.Context, hold string) error {
	return s.exec(ctx, `delete from voucher_use where hold = $1`, hold)
}

const useColumns = `select bill, hold, voucher, programme, held, settled, post, released from voucher_use where `

func scanUse(row func(...any) error) (u voucher.Use, err error) {
	var released int64
	err = row(&u.Bill, &u.Hold, &u.Voucher, &u.Programme, &u.Held, &u.Settled, &u.Post, &released)
	u.Released = released == 1
	return u, err
}

// Use implements voucher.Store.
func (s *Store) Use(ctx context.Context, hold string) (voucher.Use, error) {
	u, found, err := db.One(ctx, s.db.Q(ctx), scanUse, useColumns+`hold = $1`, hold)
	if err == nil && !found {
		err = fault.Newf(fault.NotFound, "没有占用 %.200s。", "There is no hold %.200s.", hold)
	}
	return u, err
}

// Uses implements voucher.Store.
func (s *Store) Uses(ctx context.Context, bill string) ([]voucher.Use, error) {
	return db.All(ctx, s.db.Q(ctx), scanUse, useColumns+`bill = $1 order by hold`, bill)
}

// Day implements voucher.Store.
func (s *Store) Day(ctx context.Context) (clock.Date, error) {
	day, _, err := db.One(ctx, s.db.Q(ctx), func(row func(...any) error) (d clock.Date, err error) { return d, row(&d) }, `select day from voucher_day where name = 'expired'`)
	return day, err
}

// SetDay implements voucher.Store.
func (s *Store) SetDay(ctx context.Context, day clock.Date) error {
	return s.exec(ctx, `insert into voucher_day (name, day) values ('expired', $1) on conflict (name) do update set day = excluded.day where voucher_day.day < excluded.day`, day)
}
