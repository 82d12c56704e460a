package sqlstore

import (
	"context"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/payment"
)

const fileColumns = `id, number, level, place, purse_name, count, total, sha256, digest, state, version, day, made_by, made_name, made, closed_by, closed_name, closed, released, note`

func scanFile(row func(...any) error) (f payment.BankFile, err error) {
	var name string
	var made, closed int64
	err = row(&f.ID, &f.Number, &f.Purse.Level, &f.Purse.Code, &name, &f.Count, &f.Total, &f.SHA256, &f.Digest, &f.State, &f.Version, &f.Day, &f.MadeBy, &f.MadeName, &made,
		&f.ClosedBy, &f.ClosedName, &closed, &f.Released, &f.Note)
	if err != nil {
		return f, err
	}
	f.Made, f.Closed = clock.FromMicros(made), clock.FromMicros(closed)
	f.PurseName, err = unpacked[i18n.Text](name)
	return f, err
}

// InsertFile implements payment.FileStore.
func (s *Store) InsertFile(ctx context.Context, f payment.BankFile) error {
	return s.insert(ctx, `insert into payment_file (`+fileColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		f.ID, f.Number, f.Purse.Level, f.Purse.Code, db.Text(f.PurseName), f.Count, int64(f.Total), f.SHA256, f.Digest, f.State, f.Version, f.Day, f.MadeBy, f.MadeName,
		clock.Micros(f.Made), f.ClosedBy, f.ClosedName, clock.Micros(f.Closed), f.Released, f.Note)
}

// UpdateFile implements payment.FileStore.
func (s *Store) UpdateFile(ctx context.Context, f *payment.BankFile) error {
	return s.update(ctx, &f.Version, `update payment_file set state = $1, closed_by = $2, closed_name = $3, closed = $4, released = $5, note = $6, version = version + 1
		where id = $7 and version = $8`, f.State, f.ClosedBy, f.ClosedName, clock.Micros(f.Closed), f.Released, f.Note, f.ID, f.Version)
}

// File implements payment.FileStore.
func (s *Store) File(ctx context.Context, id string) (payment.BankFile, error) {
	return one(ctx, s, scanFile, "没有这份付款文件。", "There is no such bank file.", `select `+fileColumns+` from payment_file where id = $1`, id)
}

// BankFiles implements payment.FileStore.
func (s *Store) BankFiles(ctx context.Context, before string, limit int) ([]payment.BankFile, error) {
	return db.All(ctx, s.db.Q(ctx), scanFile, `select `+fileColumns+` from payment_file where $1 = '' or number < $1 order by number desc`+limited(limit), before)
}

const returnColumns = `id, number, level, place, name, sha256, size, state, version, lines, person, person_name, at, accepted_by, accepted_name, accepted,
	paid, paid_fen, failed, failed_fen, bad`

// returnView counts beside them what still waits for its day.
const returnView = `select ` + returnColumns + `, (select count(*) from payment_return_line l where l.return_id = payment_return.id and l.verdict = 'ahead'` + open + `) from payment_return`

func scanReturn(row func(...any) error) (r payment.ReturnFile, err error) {
	var at, accepted int64
	err = row(&r.ID, &r.Number, &r.Purse.Level, &r.Purse.Code, &r.Name, &r.SHA256, &r.Size, &r.State, &r.Version, &r.Lines, &r.Person, &r.PersonName, &at,
		&r.AcceptedBy, &r.AcceptedName, &accepted, &r.Paid.Count, &r.Paid.Amount, &r.Failed.Count, &r.Failed.Amount, &r.Bad, &r.Ahead)
	r.At, r.Accepted = clock.FromMicros(at), clock.FromMicros(accepted)
	return r, err
}

const lineColumns = `line, order_number, amount, result, reference, day, reason, problem, verdict, order_id, resolution, resolved_by, resolved_name, resolved`

// lineFields are where a line's columns go, but for the two that need reading.
func lineFields(l *payment.ReturnLine, problem *string, resolved *int64) []any {
	return []any{&l.Line, &l.Order, &l.Amount, &l.Result, &l.Reference, &l.Day, &l.Reason, problem, &l.Verdict, &l.OrderID, &l.Resolution, &l.ResolvedBy, &l.ResolvedName, resolved}
}

func scanLine(row func(...any) error) (l payment.ReturnLine, err error) {
	var problem string
	var resolved int64
	if err := row(lineFields(&l, &problem, &resolved)...); err != nil {
		return l, err
	}
	l.Resolved = clock.FromMicros(resolved)
	l.Problem, err = unpacked[i18n.Text](problem)
	return l, err
}

// InsertReturn implements payment.ReturnStore.
func (s *Store) InsertReturn(ctx context.Context, r payment.ReturnFile, lines []payment.ReturnLine) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		err := s.insert(ctx, `insert into payment_return (`+returnColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
			r.ID, r.Number, r.Purse.Level, r.Purse.Code, r.Name, r.SHA256, r.Size, r.State, r.Version, r.Lines, r.Person, r.PersonName, clock.Micros(r.At),
			r.AcceptedBy, r.AcceptedName, clock.Micros(r.Accepted), r.Paid.Count, int64(r.Paid.Amount), r.Failed.Count, int64(r.Failed.Amount), r.Bad)
		for _, l := range lines {
			if err != nil {
				return err
			}
			err = s.insert(ctx, `insert into payment_return_line (return_id, `+lineColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
				r.ID, l.Line, l.Order, int64(l.Amount), l.Result, l.Reference, l.Day, l.Reason, db.Text(l.Problem), l.Verdict, l.OrderID, l.Resolution, l.ResolvedBy, l.ResolvedName, clock.Micros(l.Resolved))
		}
		return err
	})
}

// UpdateReturn implements payment.ReturnStore.
func (s *Store) UpdateReturn(ctx context.Context, r *payment.ReturnFile) error {
	return s.update(ctx, &r.Version, `update payment_return set state = $1, accepted_by = $2, accepted_name = $3, accepted = $4, paid = $5, paid_fen = $6, failed = $7, failed_fen = $8,
		bad = $9, version = version + 1 where id = $10 and version = $11`, r.State, r.AcceptedBy, r.AcceptedName, clock.Micros(r.Accepted), r.Paid.Count, int64(r.Paid.Amount),
		r.Failed.Count, int64(r.Failed.Amount), r.Bad, r.ID, r.Version)
}

// Return implements payment.ReturnStore.
func (s *Store) Return(ctx context.Context, id string) (payment.ReturnFile, error) {
	return one(ctx, s, scanReturn, "没有这份回单。", "There is no such return.", returnView+` where id = $1`, id)
}

// ReturnBySum implements payment.ReturnStore.
func (s *Store) ReturnBySum(ctx context.Context, p ledger.Purse, sha256 string) (payment.ReturnFile, bool, error) {
	return db.One(ctx, s.db.Q(ctx), scanReturn, returnView+` where level = $1 and place = $2 and sha256 = $3 and state <> 'discarded'
		order by case state when 'previewed' then 0 else 1 end, at desc, id desc limit 1`, p.Level, p.Code, sha256)
}

// Returns implements payment.ReturnStore.
func (s *Store) Returns(ctx context.Context, before string, limit int) ([]payment.ReturnFile, error) {
	return db.All(ctx, s.db.Q(ctx), scanReturn, returnView+` where $1 = '' or number < $1 order by number desc`+limited(limit), before)
}

// ReturnLines implements payment.ReturnStore.
func (s *Store) ReturnLines(ctx context.Context, id string, which payment.Lines, after int64, limit int) ([]payment.ReturnLine, error) {
	chosen := map[payment.Lines]string{payment.BadLines: ` and verdict not in ('paid', 'failed', 'already')`, payment.GoodLines: ` and verdict in ('paid', 'failed', 'already')`}[which]
	return db.All(ctx, s.db.Q(ctx), scanLine, `select `+lineColumns+` from payment_return_line where return_id = $1 and line > $2`+chosen+` order by line`+limited(limit), id, after)
}

// SetVerdicts implements payment.ReturnStore.
func (s *Store) SetVerdicts(ctx context.Context, id string, lines []payment.ReturnLine) error {
	for _, l := range lines {
		if err := s.exec(ctx, `update payment_return_line set verdict = $1, problem = $2, order_id = $3 where return_id = $4 and line = $5`,
			l.Verdict, db.Text(l.Problem), l.OrderID, id, l.Line); err != nil {
			return err
		}
	}
	return nil
}

// open are the bad lines that nobody resolved, as their index has them.
const open = ` and l.resolved = 0 and l.verdict not in ('paid', 'failed', 'already')`

// unmatched are those that wait for somebody.
const unmatched = ` from payment_return_line l join payment_return r on r.id = l.return_id and r.state = 'accepted'` + open

// Unmatched implements payment.ReturnStore.
func (s *Store) Unmatched(ctx context.Context, after []string, limit int) ([]payment.Unmatched, error) {
	var number string
	var line int64
	if len(after) == 2 && after[0] != "" {
		var err error
		if number = after[0]; !digits(after[1], &line) {
			err = fault.Newf(fault.Invalid, "翻页标记不对：请从第一页重新开始。", "The cursor is wrong: start from the first page.")
			return nil, err
		}
	}
	return db.All(ctx, s.db.Q(ctx), scanUnmatched, `select r.id, r.number, r.level, r.place, `+lineColumns+unmatched+` where (r.number > $1 or (r.number = $1 and l.line > $2)) order by r.number, l.line`+limited(limit), number, line)
}

func scanUnmatched(row func(...any) error) (u payment.Unmatched, err error) {
	var problem string
	var resolved int64
	if err := row(append([]any{&u.Return, &u.Number, &u.Purse.Level, &u.Purse.Code}, lineFields(&u.ReturnLine, &problem, &resolved)...)...); err != nil {
		return u, err
	}
	u.Problem, err = unpacked[i18n.Text](problem)
	return u, err
}

// Waiting implements payment.ReturnStore.
func (s *Store) Waiting(ctx context.Context, p ledger.Purse, sha256 string) ([]payment.Unmatched, error) {
	return db.All(ctx, s.db.Q(ctx), scanUnmatched, `select r.id, r.number, r.level, r.place, `+lineColumns+unmatched+`
		where l.verdict = 'ahead' and r.level = $1 and r.place = $2 and r.sha256 = $3 order by r.number, l.line`, p.Level, p.Code, sha256)
}

// CountUnmatched implements payment.ReturnStore.
func (s *Store) CountUnmatched(ctx context.Context) (int64, error) {
	n, _, err := db.One(ctx, s.db.Q(ctx), func(row func(...any) error) (n int64, err error) { return n, row(&n) }, `select count(*)`+unmatched)
	return n, err
}

// ResolveLine implements payment.ReturnStore.
func (s *Store) ResolveLine(ctx context.Context, id string, l payment.ReturnLine) error {
	var once int64
	return s.update(ctx, &once, `update payment_return_line set resolution = $1, resolved_by = $2, resolved_name = $3, resolved = $4 where return_id = $5 and line = $6 and resolved = 0`,
		l.Resolution, l.ResolvedBy, l.ResolvedName, clock.Micros(l.Resolved), id, l.Line)
}
