package sqlstore

import (
	"context"
	"strconv"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/policy/payment"
)

// InsertPlan implements payment.PlanStore.
func (s *Store) InsertPlan(ctx context.Context, p payment.Plan) error {
	return s.insert(ctx, `insert into payment_plan (case_id, round, version, parts, author, name, reason, at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		p.Case, p.Round, p.Version, db.JSON(p.Parts), p.Author, p.Name, p.Reason, clock.Micros(p.At))
}

// Plans implements payment.PlanStore.
func (s *Store) Plans(ctx context.Context, id string, round int) ([]payment.Plan, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (p payment.Plan, err error) {
		var parts string
		var at int64
		if err := row(&p.Case, &p.Round, &p.Version, &parts, &p.Author, &p.Name, &p.Reason, &at); err != nil {
			return p, err
		}
		p.At = clock.FromMicros(at)
		p.Parts, err = unpacked[[]payment.Part](parts)
		return p, err
	}, `select case_id, round, version, parts, author, name, reason, at from payment_plan where case_id = $1 and round = $2 order by version`, id, round)
}

// InsertConfirmation implements payment.PlanStore.
func (s *Store) InsertConfirmation(ctx context.Context, id string, round int, c payment.Confirmation) error {
	return s.insert(ctx, `insert into payment_confirmation (case_id, round, part, person, name, role, note, at, on_day) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		id, round, c.N, c.Person, c.Name, c.Role, c.Note, clock.Micros(c.At), c.On)
}

// Confirmations implements payment.PlanStore.
func (s *Store) Confirmations(ctx context.Context, id string, round int) ([]payment.Confirmation, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (c payment.Confirmation, err error) {
		var at int64
		err = row(&c.N, &c.Person, &c.Name, &c.Role, &c.Note, &at, &c.On)
		c.At = clock.FromMicros(at)
		return c, err
	}, `select part, person, name, role, note, at, on_day from payment_confirmation where case_id = $1 and round = $2 order by part`, id, round)
}

// InsertEvidence implements payment.PlanStore.
func (s *Store) InsertEvidence(ctx context.Context, id string, round int, e payment.Evidence) error {
	return s.insert(ctx, `insert into payment_evidence (id, case_id, round, part, file) values ($1, $2, $3, $4, $5)`, e.ID, id, round, e.N, db.JSON(e.File))
}

// Evidence implements payment.PlanStore.
func (s *Store) Evidence(ctx context.Context, id string, round int) ([]payment.Evidence, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (e payment.Evidence, err error) {
		var file string
		if err := row(&e.N, &file); err != nil {
			return e, err
		}
		e.File, err = unpacked[payment.File](file)
		return e, err
	}, `select part, file from payment_evidence where case_id = $1 and round = $2 order by part, id`, id, round)
}

const reportColumns = `id, number, case_id, case_number, round, org, org_name, measure, matter, year, paid, due, indicators, state, version, outputs, body, submitted, submitter, answer, answered, created`

func scanReport(row func(...any) error) (r payment.Report, err error) {
	var indicators, outputs string
	var created int64
	if err := row(&r.ID, &r.Number, &r.Case, &r.CaseNumber, &r.Round, &r.Org, &r.OrgName, &r.Measure, &r.Matter, &r.Year, &r.Paid, &r.Due, &indicators, &r.State, &r.Version,
		&outputs, &r.Text, &r.Submitted, &r.Submitter, &r.Answer, &r.Answered, &created); err != nil {
		return r, err
	}
	r.Created = clock.FromMicros(created)
	if r.Indicators, err = unpacked[[]payment.Indicator](indicators); err == nil {
		r.Outputs, err = unpacked[[]payment.Output](outputs)
	}
	return r, err
}

// InsertReport implements payment.ReportStore.
func (s *Store) InsertReport(ctx context.Context, r payment.Report) (bool, error) {
	res, err := s.db.Q(ctx).ExecContext(ctx, `insert into performance_report (`+reportColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
		on conflict (id) do nothing`, r.ID, r.Number, r.Case, r.CaseNumber, r.Round, r.Org, r.OrgName, r.Measure, r.Matter, r.Year, r.Paid, r.Due, db.JSON(r.Indicators), r.State, r.Version,
		db.JSON(r.Outputs), r.Text, r.Submitted, r.Submitter, r.Answer, r.Answered, clock.Micros(r.Created))
	if err != nil {
		return false, db.Fault(err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// UpdateReport implements payment.ReportStore.
func (s *Store) UpdateReport(ctx context.Context, r *payment.Report) error {
	return s.update(ctx, &r.Version, `update performance_report set state = $1, outputs = $2, body = $3, submitted = $4, submitter = $5, answer = $6, answered = $7, version = version + 1
		where id = $8 and version = $9`, r.State, db.JSON(r.Outputs), r.Text, r.Submitted, r.Submitter, r.Answer, r.Answered, r.ID, r.Version)
}

// Report implements payment.ReportStore.
func (s *Store) Report(ctx context.Context, id string) (payment.Report, error) {
	return one(ctx, s, scanReport, "没有这份绩效报告。", "There is no such performance report.", `select `+reportColumns+` from performance_report where id = $1`, id)
}

// Reports implements payment.ReportStore.
func (s *Store) Reports(ctx context.Context, q payment.ReportFilter) ([]payment.Report, error) {
	var f db.Where
	if q.Org != "" {
		f.And("org = ?", q.Org)
	}
	if q.Case != "" {
		f.And("case_id = ?", q.Case)
	}
	if len(q.States) > 0 {
		db.In(&f, "state", q.States)
	}
	if q.Overdue != "" {
		f.And("state in ('due', 'returned') and due < ?", q.Overdue)
	}
	if q.Query != "" {
		part := db.Containing(q.Query)
		f.And(`(lower(number) like ? escape '\' or lower(case_number) like ? escape '\' or lower(org_name) like ? escape '\')`, part, part, part)
	}
	if len(q.After) == 2 && q.After[0] != "" {
		f.And("(due, id) > (?, ?)", q.After[0], q.After[1])
	}
	return db.All(ctx, s.db.Q(ctx), scanReport, `select `+reportColumns+` from performance_report`+f.String()+` order by due, id`+limited(q.Limit), f.Args...)
}

// InsertReportFile implements payment.ReportStore.
func (s *Store) InsertReportFile(ctx context.Context, report string, f payment.File) error {
	return s.insert(ctx, `insert into performance_report_file (id, report, file) values ($1, $2, $3)`, f.ID, report, db.JSON(f))
}

// ReportFiles implements payment.ReportStore.
func (s *Store) ReportFiles(ctx context.Context, report string) ([]payment.File, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (f payment.File, err error) {
		var body string
		if err := row(&body); err != nil {
			return f, err
		}
		return unpacked[payment.File](body)
	}, `select file from performance_report_file where report = $1 order by id`, report)
}

// digits reads a whole number of a cursor.
func digits(s string, n *int64) bool {
	v, err := strconv.ParseInt(s, 10, 64)
	*n = v
	return err == nil && v >= 0
}
