package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

const (
	wantFacts        = 1_000_000
	wantApplications = 100_000
)

type rows struct{ facts, applications int64 }

// multiply copies the sandbox's applications, with their organisations and the
// facts of these, under other names until there are enough applications, and
// more organisations with their facts until there are enough facts. The copies
// have papers, contacts and facts of their own, so that they raise as many alarms
// as the sandbox in proportion, and seals of no log: pages are measured here,
// not proofs.
func multiply(ctx context.Context, dsn string) (n rows, err error) {
	d, err := db.Open(ctx, dsn)
	if err != nil {
		return n, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	random := "randomblob(32)"
	if d.Dialect == db.Postgres {
		random = "sha256(random()::text::bytea)"
	}
	count := func(table string) (n int64, err error) {
		return n, d.Q(ctx).QueryRowContext(ctx, `select count(*) from `+table).Scan(&n)
	}
	if n.facts, err = count("evidence_fact"); err != nil {
		return n, err
	}
	if n.applications, err = count("application"); err != nil {
		return n, err
	}
	var applicants int64
	if err := d.Q(ctx).QueryRowContext(ctx, `select count(*) from evidence_fact where subject in (select org from application)`).Scan(&applicants); err != nil {
		return n, err
	}
	copies := wantApplications/n.applications + 1
	whole := max(0, wantFacts-copies*applicants)/(n.facts-applicants) + 1 // copies of everybody
	of := func(org string) string {                                       // an application needs its organisation's facts
		return fmt.Sprintf("where (n.i <= %d or %s in (select org from application))", whole, org)
	}
	code := func(column string) string { // the copy's number in the middle of the organisation's
		return `substr(` + column + `, 1, 8) || substr('0000' || n.i, length('0000' || n.i) - 3, 4) || substr(` + column + `, 13)`
	}
	own := func(column string, texts ...string) string { // the copy's number behind each of these texts
		for _, text := range texts {
			column = fmt.Sprintf(`replace(%s, '%s', '%s' || n.i || '-')`, column, text, text)
		}
		return column
	}
	const fact = "n.i || '-' || "
	named := "assessment"
	for _, start := range []string{"demo-", "fact_", "vouch"} { // how the sandbox's facts begin
		named = fmt.Sprintf(`replace(%s, '"%s', '"' || n.i || '-%s')`, named, start, start)
	}
	for _, c := range []struct {
		table string
		where string
		as    map[string]string // what a copy has in a column; "" leaves it to the database
	}{
		{"organisation", of("organisation.code"), map[string]string{"code": code("code")}},
		{"evidence_entry", of("(select subject from evidence_fact f where f.id = ref)") + " and sort = 'fact'", map[string]string{"seq": "", "ref": fact + "ref", "leaf": random, "log_index": "-(seq * 10000 + n.i)"}},
		{"evidence_fact", of("subject"), map[string]string{"id": fact + "id", "subject": code("subject"), "corrects": "''", "attributes": own("attributes", `"invoice":"`, `"contract":"`, `"fingerprint":"`)}},
		{"application", "", map[string]string{"exception": "''", "id": "id || '-' || n.i", "number": "number || '-' || n.i", "org": code("org"), "assessment": named}},
		{"application_event", "", map[string]string{"application": "application || '-' || n.i"}},
	} {
		into, from, err := columns(ctx, d, c.table, c.as)
		if err != nil {
			return n, err
		}
		if _, err := d.Q(ctx).ExecContext(ctx, fmt.Sprintf(`with recursive n(i) as (select 1 union all select i + 1 from n where i < %d) insert into %s (%s) select %s from %s cross join n %s`,
			copies, c.table, into, from, c.table, c.where)); err != nil {
			return n, fmt.Errorf("%s: %w", c.table, err)
		}
	}
	if _, err := d.Q(ctx).ExecContext(ctx, `update evidence_tally set facts = (select count(*) from evidence_fact) - (select coalesce(sum(facts), 0) from evidence_tally where writer <> 0) where writer = 0`); err != nil {
		return n, err
	}
	for _, table := range []string{"organisation", "evidence_entry", "evidence_fact", "application", "application_event"} {
		if _, err := d.Q(ctx).ExecContext(ctx, `analyze `+table); err != nil {
			return n, err
		}
	}
	if n.facts, err = count("evidence_fact"); err == nil {
		n.applications, err = count("application")
	}
	return n, err
}

// columns are a table's columns to insert into, and what a copy has in each.
func columns(ctx context.Context, d *db.DB, table string, as map[string]string) (into, from string, err error) {
	found, err := d.Q(ctx).QueryContext(ctx, `select * from `+table+` where 1 = 0`)
	if err != nil {
		return "", "", err
	}
	defer found.Close()
	names, err := found.Columns()
	var left, right []string
	for _, name := range names {
		expression, changed := as[name]
		if changed && expression == "" {
			continue
		}
		if !changed {
			expression = name
		}
		left, right = append(left, name), append(right, expression)
	}
	return strings.Join(left, ", "), strings.Join(right, ", "), errors.Join(err, found.Err())
}

// postgres makes an empty database on the tests' server.
func postgres(ctx context.Context) (dsn string, drop func(), err error) {
	out, err := exec.CommandContext(ctx, "bash", "test/postgres.sh").Output()
	if err != nil {
		return "", nil, err
	}
	admin := strings.TrimSpace(string(out))
	d, err := db.Open(ctx, admin)
	if err != nil {
		return "", nil, err
	}
	name := "bench_" + ident.Secret(8)
	if _, err := d.Writer().ExecContext(ctx, "create database "+name); err != nil {
		return "", nil, errors.Join(err, d.Close())
	}
	return strings.Replace(admin, "/postgres?", "/"+name+"?", 1), func() {
		_, _ = d.Writer().Exec("drop database " + name + " with (force)")
		_ = d.Close()
	}, nil
}
