package sqlstore

import (
	"context"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/payment"
)

// PutAward implements payment.OrderStore.
func (s *Store) PutAward(ctx context.Context, a payment.Award) error {
	return s.exec(ctx, `insert into payment_award (case_id, round, body) values ($1, $2, $3) on conflict (case_id, round) do update set body = excluded.body`, a.Case, a.Round, db.JSON(a))
}

// Award implements payment.OrderStore.
func (s *Store) Award(ctx context.Context, id string) (payment.Award, bool, error) {
	return db.One(ctx, s.db.Q(ctx), func(row func(...any) error) (a payment.Award, err error) {
		var body string
		if err := row(&body); err != nil {
			return a, err
		}
		return unpacked[payment.Award](body)
	}, `select body from payment_award where case_id = $1 order by round desc limit 1`, id)
}

const orderColumns = `id, number, case_id, case_number, round, instalment, parts, attempt, replaces, org, org_name, measure, year, level, place, purse_name,
	account, holder, bank, tail, amount, purpose, due, consenter, created, state, version, file, reference, settled, why, before_fen, asked_by`

func scanOrder(row func(...any) error) (o payment.Order, err error) {
	var name string
	var created int64
	err = row(&o.ID, &o.Number, &o.Case, &o.CaseNumber, &o.Round, &o.Instalment, &o.Of, &o.Attempt, &o.Replaces, &o.Org, &o.OrgName, &o.Measure, &o.Year,
		&o.Purse.Level, &o.Purse.Code, &name, &o.Payee.Account, &o.Payee.Holder, &o.Payee.Bank, &o.Payee.Tail, &o.Amount, &o.Purpose, &o.Due, &o.Consenter, &created,
		&o.State, &o.Version, &o.File, &o.Reference, &o.Settled, &o.Why, &o.Before, &o.AskedBy)
	if err != nil {
		return o, err
	}
	o.Created = clock.FromMicros(created)
	o.PurseName, err = unpacked[i18n.Text](name)
	return o, err
}

// InsertOrder implements payment.OrderStore.
func (s *Store) InsertOrder(ctx context.Context, o payment.Order) error {
	return s.insert(ctx, `insert into payment_order (`+orderColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
		$17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)`,
		o.ID, o.Number, o.Case, o.CaseNumber, o.Round, o.Instalment, o.Of, o.Attempt, o.Replaces, o.Org, o.OrgName, o.Measure, o.Year,
		o.Purse.Level, o.Purse.Code, db.Text(o.PurseName), o.Payee.Account, o.Payee.Holder, o.Payee.Bank, o.Payee.Tail, int64(o.Amount), o.Purpose, o.Due, o.Consenter,
		clock.Micros(o.Created), o.State, o.Version, o.File, o.Reference, o.Settled, o.Why, int64(o.Before), o.AskedBy)
}

// UpdateOrder implements payment.OrderStore.
func (s *Store) UpdateOrder(ctx context.Context, o *payment.Order) error {
	return s.update(ctx, &o.Version, `update payment_order set state = $1, file = $2, reference = $3, settled = $4, why = $5, before_fen = $6, asked_by = $7, version = version + 1
		where id = $8 and version = $9`, o.State, o.File, o.Reference, o.Settled, o.Why, int64(o.Before), o.AskedBy, o.ID, o.Version)
}

// Order implements payment.OrderStore.
func (s *Store) Order(ctx context.Context, id string) (payment.Order, error) {
	return one(ctx, s, scanOrder, "没有这条支付指令。", "There is no such payment order.", `select `+orderColumns+` from payment_order where id = $1`, id)
}

// OrdersByNumber implements payment.OrderStore.
func (s *Store) OrdersByNumber(ctx context.Context, numbers []string) (all []payment.Order, days map[string]clock.Date, err error) {
	days = map[string]clock.Date{}
	for some := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(numbers))), 500) {
		var f db.Where
		db.In(&f, "number", some)
		found, err := db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (o payment.Order, err error) {
			var day clock.Date
			o, err = scanOrder(func(columns ...any) error { return row(append(columns, &day)...) })
			days[o.Number] = day
			return o, err
		}, `select `+orderColumns+`, coalesce((select released from payment_file f where f.id = payment_order.file), '') from payment_order`+f.String()+` order by number`, f.Args...)
		if err != nil {
			return nil, nil, err
		}
		all = append(all, found...)
	}
	return all, days, nil
}

// Orders implements payment.OrderStore.
func (s *Store) Orders(ctx context.Context, q payment.OrderFilter) ([]payment.Order, error) {
	var f db.Where
	if q.Org != "" {
		f.And("org = ?", q.Org)
	}
	if q.Purse.Level != "" {
		f.And("level = ?", q.Purse.Level)
	}
	if q.Purse.Code != "" {
		f.And("place = ?", q.Purse.Code)
	}
	if len(q.States) > 0 {
		db.In(&f, "state", q.States)
	}
	if q.Case != "" {
		f.And("case_id = ?", q.Case)
	}
	if q.File != "" {
		f.And("file = ?", q.File)
	}
	if q.Text != "" {
		f.And("(number like ? or case_number like ?)", part(q.Text), part(q.Text))
	}
	if q.Before != "" {
		f.And("number < ?", q.Before)
	}
	return db.All(ctx, s.db.Q(ctx), scanOrder, `select `+orderColumns+` from payment_order`+f.String()+` order by number desc`+limited(q.Limit), f.Args...)
}

// CaseOrders implements payment.OrderStore.
func (s *Store) CaseOrders(ctx context.Context, id string) ([]payment.Order, error) {
	return db.All(ctx, s.db.Q(ctx), scanOrder, `select `+orderColumns+` from payment_order where case_id = $1 order by round, instalment, level, attempt`, id)
}

// sides adds up the live orders of each case. One half is paid as far as it
// was issued and the other is not: they differ.
const sides = `select case_id, case_number, round, org, org_name, measure, city_place, city_name, city, city_paid, city_failed,
	district_place, district_name, district, district_paid, district_failed,
	case when (city = city_paid) <> (district = district_paid) then 1 else 0 end as differs
	from (select case_id, case_number, round, org, org_name, measure,
		coalesce(max(case when level = 'city' then place end), '') as city_place, coalesce(max(case when level = 'city' then purse_name end), '') as city_name,
		cast(sum(case when level = 'city' then amount else 0 end) as bigint) as city,
		cast(sum(case when level = 'city' and state = 'paid' then amount else 0 end) as bigint) as city_paid,
		cast(sum(case when level = 'city' and state = 'failed' then amount else 0 end) as bigint) as city_failed,
		coalesce(max(case when level = 'district' then place end), '') as district_place, coalesce(max(case when level = 'district' then purse_name end), '') as district_name,
		cast(sum(case when level = 'district' then amount else 0 end) as bigint) as district,
		cast(sum(case when level = 'district' and state = 'paid' then amount else 0 end) as bigint) as district_paid,
		cast(sum(case when level = 'district' and state = 'failed' then amount else 0 end) as bigint) as district_failed
		from payment_order where state not in ('replaced', 'cancelled') group by case_id, case_number, round, org, org_name, measure) as t`

// Sides implements payment.OrderStore.
func (s *Store) Sides(ctx context.Context, q payment.SidesFilter) ([]payment.Sides, error) {
	var f db.Where
	if q.Org != "" {
		f.And("org = ?", q.Org)
	}
	if q.Differs {
		f.And("differs = 1")
	}
	if len(q.After) == 2 && q.After[0] != "" {
		if q.After[0] != "0" && q.After[0] != "1" {
			return nil, fault.Newf(fault.Invalid, "翻页标记不对：请从第一页重新开始。", "The cursor is wrong: start from the first page.")
		}
		differs := int64(q.After[0][0] - '0')
		f.And("(differs, case_number) < (?, ?)", differs, q.After[1])
	}
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (v payment.Sides, err error) {
		var cityName, districtName string
		var differs int64
		v.City.Purse.Level, v.District.Purse.Level = "city", "district"
		if err := row(&v.Case, &v.CaseNumber, &v.Round, &v.Org, &v.OrgName, &v.Measure, &v.City.Purse.Code, &cityName, &v.City.Issued, &v.City.Paid, &v.City.Failed,
			&v.District.Purse.Code, &districtName, &v.District.Issued, &v.District.Paid, &v.District.Failed, &differs); err != nil {
			return v, err
		}
		if v.City.Name, err = unpacked[i18n.Text](cityName); err == nil {
			v.District.Name, err = unpacked[i18n.Text](districtName)
		}
		return v, err
	}, `select * from (`+sides+`) as s`+f.String()+` order by differs desc, case_number desc`+limited(q.Limit), f.Args...)
}

// PurseTotals implements payment.OrderStore.
func (s *Store) PurseTotals(ctx context.Context) ([]payment.PurseTotal, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (t payment.PurseTotal, err error) {
		var name string
		if err := row(&t.Purse.Level, &t.Purse.Code, &name, &t.State, &t.Count, &t.Amount); err != nil {
			return t, err
		}
		t.Name, err = unpacked[i18n.Text](name)
		return t, err
	}, `select level, place, max(purse_name), state, count(*), cast(sum(amount) as bigint) from payment_order group by level, place, state order by level, place, state`)
}

// AppendEvent implements payment.OrderStore.
func (s *Store) AppendEvent(ctx context.Context, order string, e payment.OrderEvent) error {
	return s.exec(ctx, `insert into payment_order_event (order_id, seq, at, person, name, role, action, to_state, note)
		select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7, $8 from payment_order_event where order_id = $1`,
		order, clock.Micros(e.At), e.Person, e.Name, e.Role, e.Action, e.To, e.Note)
}

// Events implements payment.OrderStore.
func (s *Store) Events(ctx context.Context, order string) ([]payment.OrderEvent, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (e payment.OrderEvent, err error) {
		var at int64
		err = row(&e.Seq, &at, &e.Person, &e.Name, &e.Role, &e.Action, &e.To, &e.Note)
		e.At = clock.FromMicros(at)
		return e, err
	}, `select seq, at, person, name, role, action, to_state, note from payment_order_event where order_id = $1 order by seq`, order)
}
