package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
)

const factColumns = `id, kind, kind_version, subject, object, quantity, unit, occurred, recorded, attestor, proof, corrects, attributes`

// Insert implements evidence.Store.
func (s *Store) Insert(ctx context.Context, facts []evidence.Fact, entries []evidence.Entry) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		err := s.insertRows(ctx, "evidence_fact ("+factColumns+")", 13, len(facts), func(i int) []any {
			f := facts[i]
			return []any{f.ID, f.Kind, f.KindVersion, string(f.Subject), f.Object, f.Quantity, f.Unit, string(f.Occurred),
				clock.Micros(f.Recorded), string(f.Attestor), f.Proof, f.Corrects, attributesText(f.Attributes)}
		})
		if err != nil {
			return taken(err)
		}
		if err := s.tally(ctx, len(facts)); err != nil {
			return err
		}
		return s.insertEntries(ctx, entries)
	})
}

// tally adds to how many facts there are, in a row that only this connection to
// the database writes.
func (s *Store) tally(ctx context.Context, n int) error {
	writer := "0"
	if s.db.Dialect == db.Postgres {
		writer = "pg_backend_pid()"
	}
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into evidence_tally (writer, facts) values (`+writer+`, $1)
		on conflict (writer) do update set facts = evidence_tally.facts + excluded.facts`, n)
	return db.Fault(err)
}

// attributesText is the stored form of attributes; marshalling strings cannot fail.
func attributesText(attributes map[string]string) string {
	if attributes == nil {
		attributes = map[string]string{}
	}
	text, _ := json.Marshal(attributes)
	return string(text)
}

// records selects a fact with the correction that replaced it and its entry.
// The conditions on corrects let both databases use the partial index.
const records = recordColumns + `
	from evidence_fact f
	left join evidence_fact c on c.corrects = f.id and c.corrects <> ''
	left join evidence_entry e on e.ref = f.id`

const recordColumns = `select f.id, f.kind, f.kind_version, f.subject, f.object, f.quantity, f.unit, f.occurred, f.recorded, f.attestor, f.proof, f.corrects, f.attributes,
	coalesce(c.id, ''), coalesce(e.seq, 0), e.salt, e.leaf, e.log_index, coalesce(e.sealed, 0)`

func scanRecord(row func(...any) error) (r evidence.Record, err error) {
	var recorded, sealed int64
	var attributes string
	var leaf []byte
	var index *int64
	err = row(&r.ID, &r.Kind, &r.KindVersion, &r.Subject, &r.Object, &r.Quantity, &r.Unit, &r.Occurred, &recorded, &r.Attestor, &r.Proof, &r.Corrects, &attributes,
		&r.CorrectedBy, &r.Seal.Seq, &r.Seal.Salt, &leaf, &index, &sealed)
	if err != nil {
		return r, err
	}
	r.Recorded = clock.FromMicros(recorded).UTC()
	r.Seal = seal(r.Seal, r.ID, evidence.SortFact, leaf, index, sealed)
	if err := json.Unmarshal([]byte(attributes), &r.Attributes); err != nil {
		return r, fmt.Errorf("attributes of fact %s: %w", r.ID, err)
	}
	return r, nil
}

func seal(e evidence.Entry, ref string, sort evidence.EntrySort, leaf []byte, index *int64, sealed int64) evidence.Entry {
	e.Ref, e.Sort = ref, sort
	copy(e.Leaf[:], leaf)
	if index != nil {
		at := uint64(*index)
		e.Index, e.Sealed = &at, clock.FromMicros(sealed)
	}
	return e
}

// Find implements evidence.Store.
func (s *Store) Find(ctx context.Context, ids []string) ([]evidence.Record, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var w db.Where
	w.And("f.id in ("+strings.TrimSuffix(strings.Repeat("?,", len(ids)), ",")+")", anys(ids)...)
	return db.All(ctx, s.db.Q(ctx), scanRecord, records+w.String(), w.Args...)
}

// List implements evidence.Store.
func (s *Store) List(ctx context.Context, q evidence.Query) ([]evidence.Record, error) {
	w := matching(q)
	if a := q.After; a != nil {
		w.And("(f.occurred, f.id) < (?, ?)", string(a.Occurred), a.ID) // a row value: with an "or" every page would be read from the first fact on
	}
	condition := w.String()
	w.Args = append(w.Args, q.Limit)
	return db.All(ctx, s.db.Q(ctx), scanRecord, fmt.Sprintf("%s%s order by f.occurred desc, f.id desc limit $%d", records, condition, len(w.Args)), w.Args...)
}

// Written implements evidence.Store.
func (s *Store) Written(ctx context.Context, after int64, limit int) ([]evidence.Record, error) {
	return db.All(ctx, s.db.Q(ctx), scanRecord, recordColumns+` from evidence_entry e
		join evidence_fact f on f.id = e.ref
		left join evidence_fact c on c.corrects = f.id and c.corrects <> ''
		where e.seq > $1 and e.sort = 'fact' order by e.seq limit $2`, after, limit)
}

// likeText keeps the wildcards of LIKE from being any.
var likeText = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

func matching(q evidence.Query) *db.Where {
	w := new(db.Where)
	if q.Subject != "" {
		w.And("f.subject = ?", string(q.Subject))
	}
	if len(q.Kinds) > 0 {
		w.And("f.kind in ("+strings.TrimSuffix(strings.Repeat("?,", len(q.Kinds)), ",")+")", anys(q.Kinds)...)
	}
	if q.Text != "" {
		kinds := append(evidence.CurrentVocabulary().KindsNamed(q.Text), "") // never an empty list
		args := append([]any{"%" + likeText.Replace(q.Text) + "%", q.Text}, anys(kinds)...)
		w.And(`(f.object like ? escape '\' or f.id = ? or f.kind in (`+strings.TrimSuffix(strings.Repeat("?,", len(kinds)), ",")+"))", args...)
	}
	if q.From != "" {
		w.And("f.occurred >= ?", string(q.From))
	}
	if q.To != "" {
		w.And("f.occurred <= ?", string(q.To))
	}
	if q.Corrections {
		w.And("f.corrects <> ''")
	}
	if q.Effective {
		// A canonical zero is "0" or, of money, "0.00".
		w.And("not exists (select 1 from evidence_fact n where n.corrects = f.id and n.corrects <> '') and (f.corrects = '' or f.quantity not in ('0', '0.00'))")
	}
	return w
}

// Quantities implements evidence.Store.
func (s *Store) Quantities(ctx context.Context, q evidence.Query, visit func(evidence.Quantity) error) error {
	w := matching(q)
	rows, err := s.db.Q(ctx).QueryContext(ctx, "select f.subject, f.kind, f.unit, f.quantity from evidence_fact f"+w.String()+" order by f.subject, f.kind, f.unit", w.Args...)
	if err != nil {
		return db.Fault(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n evidence.Quantity
		if err := rows.Scan(&n.Subject, &n.Kind, &n.Unit, &n.Quantity); err != nil {
			return err
		}
		if err := visit(n); err != nil {
			return err
		}
	}
	return db.Fault(rows.Err())
}

func anys(texts []string) []any {
	out := make([]any, len(texts))
	for i, t := range texts {
		out[i] = t
	}
	return out
}
