// Package sqlstore keeps the policy domain's records in SQLite or PostgreSQL.
package sqlstore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/award"
)

// Store implements policy.Store.
type Store struct {
	db     *db.DB
	clock  clock.Clock
	counts counts
}

// New returns a store on a migrated database.
func New(d *db.DB, c clock.Clock) *Store { return &Store{db: d, clock: c} }

// InTx implements policy.Store.
func (s *Store) InTx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.InTx(ctx, fn)
}

// NextNumber implements policy.Store.
func (s *Store) NextNumber(ctx context.Context, year int) (n int64, err error) {
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		return s.db.Q(ctx).QueryRowContext(ctx, `insert into application_counter (year, last) values ($1, 1)
			on conflict (year) do update set last = application_counter.last + 1 returning last`, year).Scan(&n)
	})
	return n, err
}

const applicationColumns = `id, number, org, measure, object, guide, state, version, statement, payee, amount, city, district,
	purse, city_paid, district_paid, outstanding, hash, created_by, created, submitted, decided_by, round, hindrance, updated,
	call, year_transaction, year_application, year_award, year_budget, channel, late, promise, used, since, entitled, allocation, by_proposal, carried, carried_in, declared, exception, lane`

func scanApplication(row func(...any) error) (a policy.Application, err error) {
	var created int64
	var hindrance, declared string
	err = row(&a.ID, &a.Number, &a.Org, &a.Measure, &a.Object, &a.Guide, &a.State, &a.Version, &a.Statement, &a.Payee, &a.Amount, &a.City, &a.District,
		&a.Purse, &a.CityPaid, &a.DistrictPaid, &a.Outstanding, &a.Hash, &a.CreatedBy, &created, &a.Submitted, &a.DecidedBy, &a.Round, &hindrance, &a.Updated,
		&a.Call, &a.Years.Transaction, &a.Years.Application, &a.Years.Award, &a.Years.Budget, &a.Channel, &a.Late, &a.Promise.Days, &a.Promise.Used, &a.Promise.Since,
		&a.Entitled, &a.Allocation, &a.ByProposal, &a.Carried, &a.CarriedIn, &declared, &a.Exception, &a.Lane)
	if err == nil && declared != nothing {
		err = json.Unmarshal([]byte(declared), &a.Declared)
	}
	a.Hindrance = db.ReadText(hindrance)
	a.Created = clock.FromMicros(created)
	return a, err
}

// nothing is what an application holds that states nothing of itself.
const nothing = "{}"

func declared(a policy.Application) string {
	if len(a.Declared) == 0 {
		return nothing
	}
	return db.JSON(a.Declared)
}

// InsertApplication implements policy.Store.
func (s *Store) InsertApplication(ctx context.Context, a policy.Application) error {
	defer s.counts.forget()
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into application (`+applicationColumns+`, assessment)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
			$26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, 'null')`,
		a.ID, a.Number, a.Org, a.Measure, a.Object, a.Guide, a.State, 1, a.Statement, a.Payee, int64(a.Amount), int64(a.City), int64(a.District),
		a.Purse, a.CityPaid, a.DistrictPaid, a.Outstanding, a.Hash, a.CreatedBy, clock.Micros(a.Created), a.Submitted, a.DecidedBy, a.Round, db.Text(a.Hindrance), s.now(),
		a.Call, a.Years.Transaction, a.Years.Application, a.Years.Award, a.Years.Budget, a.Channel, db.Bool(a.Late), a.Promise.Days, a.Promise.Used, a.Promise.Since,
		int64(a.Entitled), a.Allocation, db.Bool(a.ByProposal), int64(a.Carried), db.Bool(a.CarriedIn), declared(a), a.Exception, a.Lane)
	if db.IsUnique(err) {
		return fault.Newf(fault.Conflict, "同一事项今年已有申报：请在“我的申报”里继续。", "This matter already has an application this year: continue it under My applications.")
	}
	return db.Fault(err)
}

// LockApplication implements policy.Store. Whoever comes second waits on the row.
func (s *Store) LockApplication(ctx context.Context, id string) (policy.Application, error) {
	if _, err := s.db.Q(ctx).ExecContext(ctx, `update application set version = version where id = $1`, id); err != nil {
		return policy.Application{}, db.Fault(err)
	}
	return s.Application(ctx, id)
}

// LockOrganisation implements policy.Store. Whoever comes second waits on the
// row until the first has committed, and then reads what it wrote.
func (s *Store) LockOrganisation(ctx context.Context, org ident.CreditCode) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into application_lock (org) values ($1) on conflict (org) do update set org = excluded.org`, org)
	return db.Fault(err)
}

// UpdateApplication implements policy.Store.
func (s *Store) UpdateApplication(ctx context.Context, a *policy.Application, assessment json.RawMessage) error {
	defer s.counts.forget()
	frozen := any(nil)
	if assessment != nil {
		frozen = string(assessment)
	}
	res, err := s.db.Q(ctx).ExecContext(ctx, `update application set state = $1, version = version + 1, statement = $2, payee = $3, amount = $4, city = $5,
		district = $6, purse = $7, hash = $8, submitted = $9, decided_by = $10, round = $11, hindrance = $12, updated = $13, object = $14,
		assessment = coalesce($15, assessment), city_paid = $16, district_paid = $17, outstanding = $18, late = $19, used = $20, since = $21, entitled = $22,
		allocation = $23, carried = $24, carried_in = $25, year_budget = $26, channel = $27, declared = $28, lane = $29 where id = $30 and version = $31`,
		a.State, a.Statement, a.Payee, int64(a.Amount), int64(a.City), int64(a.District), a.Purse, a.Hash, a.Submitted, a.DecidedBy, a.Round, db.Text(a.Hindrance),
		s.now(), a.Object, frozen, a.CityPaid, a.DistrictPaid, a.Outstanding,
		db.Bool(a.Late), a.Promise.Used, a.Promise.Since, int64(a.Entitled), a.Allocation, int64(a.Carried), db.Bool(a.CarriedIn), a.Years.Budget, a.Channel, declared(*a), a.Lane, a.ID, a.Version)
	if err := db.Changed(res, err, fault.Newf(fault.Conflict, "申报 %s 刚被别人改过，本次没有写入：请刷新后重试，您填写的内容仍在。", "Application %s was changed by somebody else just now and nothing was written: reload and try again.", a.Number)); err != nil {
		return err
	}
	a.Version++
	return nil
}

// Application implements policy.Store.
func (s *Store) Application(ctx context.Context, id string) (policy.Application, error) {
	a, found, err := db.One(ctx, s.db.Q(ctx), scanApplication, `select `+applicationColumns+` from application where id = $1`, id)
	if err == nil && !found {
		return a, fault.Newf(fault.NotFound, "没有这份申报。", "There is no such application.")
	}
	return a, err
}

// Assessment implements policy.Store.
func (s *Store) Assessment(ctx context.Context, id string) (json.RawMessage, error) {
	text, _, err := db.One(ctx, s.db.Q(ctx), func(row func(...any) error) (t string, err error) { return t, row(&t) }, `select assessment from application where id = $1`, id)
	if text == "" {
		text = "null"
	}
	return json.RawMessage(text), err
}

// Bases implements policy.Store.
func (s *Store) Bases(ctx context.Context, ids []string) (map[string]policy.Basis, error) {
	bases := make(map[string]policy.Basis, len(ids))
	if len(ids) == 0 {
		return bases, nil
	}
	pair := func(row func(...any) error) (p [2]string, err error) { return p, row(&p[0], &p[1]) }
	var chosen, files db.Where
	db.In(&chosen, "id", ids)
	assessments, err := db.All(ctx, s.db.Q(ctx), pair, `select id, coalesce(nullif(assessment, ''), 'null') from application`+chosen.String(), chosen.Args...)
	if err != nil {
		return nil, err
	}
	for _, a := range assessments {
		bases[a[0]] = policy.Basis{Assessment: json.RawMessage(a[1])}
	}
	db.In(&files, "application", ids)
	attached, err := db.All(ctx, s.db.Q(ctx), pair, `select application, sha256 from application_attachment`+files.String()+` order by application, at, id`, files.Args...)
	for _, a := range attached {
		b := bases[a[0]]
		b.Files = append(b.Files, a[1])
		bases[a[0]] = b
	}
	return bases, err
}

// Decided implements policy.Store.
func (s *Store) Decided(ctx context.Context, after string, limit int) ([]policy.Decided, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (d policy.Decided, err error) {
		var frozen string
		d.Application, err = scanApplication(func(columns ...any) error { return row(append(columns, &frozen)...) })
		d.Assessment = json.RawMessage(frozen)
		return d, err
	}, `select `+applicationColumns+`, assessment from application where state in ($1, $2, $3, $4) and id > $5 order by id limit $6`,
		policy.Approved, policy.Held, policy.Paying, policy.Paid, after, limit)
}

// Applications implements policy.Store.
func (s *Store) Applications(ctx context.Context, f policy.ApplicationFilter) ([]policy.Application, error) {
	var w db.Where
	w.Is("org", string(f.Org))
	w.Is("measure", f.Measure)
	w.Is("call", f.Call)
	if f.Lane != "" {
		w.And("lane = ? and lane <> ''", string(f.Lane)) // the second lets SQLite use the partial index
	}
	if f.Guide != 0 {
		w.And("guide = ?", f.Guide)
	}
	if f.Number != "" {
		w.And("number like ?", "%"+strings.NewReplacer("%", "", "_", "").Replace(strings.ToUpper(f.Number))+"%")
	}
	if !f.Drafts {
		w.And("state <> ?", policy.Draft)
	}
	if len(f.States) == 1 {
		inState(&w, f.States[0], f.Alone)
	}
	if err := w.Before(f.Before); err != nil {
		return nil, err
	}
	order := " order by updated desc, id desc"
	if f.Oldest {
		order = " order by updated, id"
	}
	order += db.Limit(cmp.Or(f.Limit, 50))
	where := w.String()
	if len(f.States) > 1 {
		where = firstOf(&w, f, order)
	}
	return db.All(ctx, s.db.Q(ctx), scanApplication, `select `+applicationColumns+` from application`+where+order, w.Args...)
}

// firstOf narrows a list of several states to what can stand on its page: the
// first of each. The index by state has these in order; all of them together
// would have to be read and sorted.
func firstOf(w *db.Where, f policy.ApplicationFilter, order string) string {
	first := make([]string, len(f.States))
	for i, state := range f.States {
		of := *w
		inState(&of, state, f.Alone)
		w.Args = of.Args
		first[i] = fmt.Sprintf("select id from (select id from application%s%s) as of%d", of.String(), order, i)
	}
	return " where id in (" + strings.Join(first, " union all ") + ")"
}

// inState narrows to a state; alone also to what no call decides on together.
func inState(w *db.Where, state policy.State, alone bool) {
	w.And("state = ?", state)
	if alone && state == policy.Accepted {
		w.And("by_proposal = 0")
	}
}

// Awarded implements policy.Store.
func (s *Store) Awarded(ctx context.Context, f award.CaseFilter) ([]policy.Application, error) {
	var w db.Where
	db.In(&w, "state", policy.AwardedStates())
	db.In(&w, "org", f.Orgs)
	w.Is("measure", f.Measure)
	w.Is("number", f.Number)
	if f.Part != "" {
		w.And(`lower(number) like ? escape '\'`, db.Containing(f.Part))
	}
	if f.Year != 0 {
		w.And("year_budget = ?", f.Year)
	}
	if f.Before != "" {
		w.And("number < ?", f.Before)
	}
	return db.All(ctx, s.db.Q(ctx), scanApplication, `select `+applicationColumns+` from application`+w.String()+` order by number desc`+db.Limit(cmp.Or(f.Limit, 50)), w.Args...)
}

// AwardSums implements policy.Store.
func (s *Store) AwardSums(ctx context.Context) ([]policy.AwardSum, error) {
	var w db.Where
	db.In(&w, "state", policy.AwardedStates())
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (a policy.AwardSum, err error) {
		return a, row(&a.Measure, &a.Year, &a.Count, &a.Amount, &a.Settled)
	}, `select measure, year_budget, count(*), cast(sum(amount) as bigint),
		cast(sum(case when city_paid <> '' then city else 0 end + case when district_paid <> '' then district else 0 end) as bigint)
		from application`+w.String()+` group by measure, year_budget order by year_budget, measure`, w.Args...)
}

// OfCall implements policy.Store.
func (s *Store) OfCall(ctx context.Context, call, measure, after string, limit int) ([]policy.Application, error) {
	return db.All(ctx, s.db.Q(ctx), scanApplication, `select `+applicationColumns+` from application
		where call = $1 and ($2 = '' or measure = $2) and id > $3 order by id limit $4`, call, measure, after, limit)
}

// Excepted implements policy.Store.
func (s *Store) Excepted(ctx context.Context, measure string, year int) ([]policy.Application, error) {
	return db.All(ctx, s.db.Q(ctx), scanApplication, `select `+applicationColumns+` from application
		where exception <> '' and measure = $1 and year_budget = $2 and state not in ($3, $4) order by id`, measure, year, policy.Refused, policy.Withdrawn)
}

// CarriedInto implements policy.Store.
func (s *Store) CarriedInto(ctx context.Context, measure string, year int, except string) (sum money.Fen, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `select cast(coalesce(sum(case when carried_in = 1 then amount else carried end), 0) as bigint) from application
		where measure = $1 and call <> $2 and ((carried_in = 1 and year_budget = $3) or (carried > 0 and year_budget = $4)) and state not in ($5, $6, $7)`,
		measure, except, year, year-1, policy.Refused, policy.Unchosen, policy.Withdrawn).Scan(&sum)
	return sum, db.Fault(err)
}

// SumByMeasure implements policy.Store.
func (s *Store) SumByMeasure(ctx context.Context, guide int) ([]policy.MeasureSum, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (m policy.MeasureSum, err error) {
		return m, row(&m.Measure, &m.State, &m.Count, &m.Amount)
	}, `select measure, state, count(*), cast(sum(amount) as bigint) from application where guide = $1 group by measure, state order by measure, state`, guide)
}

func (s *Store) now() int64 { return clock.Micros(s.clock.Now()) }
