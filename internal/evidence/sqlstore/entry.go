package sqlstore

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

func (s *Store) insertEntries(ctx context.Context, entries []evidence.Entry) error {
	err := s.insertRows(ctx, "evidence_entry (ref, sort, salt, leaf)", 4, len(entries), func(i int) []any {
		e := entries[i]
		return []any{e.Ref, string(e.Sort), e.Salt, e.Leaf[:]}
	})
	return taken(err)
}

// InsertDigest implements evidence.Store.
func (s *Store) InsertDigest(ctx context.Context, d evidence.Digest, e evidence.Entry) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		_, err := s.db.Q(ctx).ExecContext(ctx, `insert into evidence_digest (id, name, value, recorded) values ($1, $2, $3, $4)`, d.ID, d.Name, d.Value, clock.Micros(d.Recorded))
		if err != nil {
			return taken(db.Fault(err))
		}
		return s.insertEntries(ctx, []evidence.Entry{e})
	})
}

// Digests implements evidence.Store.
func (s *Store) Digests(ctx context.Context, name string, limit int) ([]evidence.SealedDigest, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (d evidence.SealedDigest, err error) {
		var recorded int64
		var index *int64
		err = row(&d.ID, &d.Name, &d.Value, &recorded, &index)
		d.Recorded = clock.FromMicros(recorded).UTC()
		if index != nil {
			at := uint64(*index)
			d.Index = &at
		}
		return d, err
	}, `select d.id, d.name, d.value, d.recorded, e.log_index from evidence_digest d left join evidence_entry e on e.ref = d.id
		where d.name = $1 order by d.recorded desc, d.id desc limit $2`, name, limit)
}

const entryColumns = `seq, ref, sort, salt, leaf, log_index, coalesce(sealed, 0)`

func scanEntry(row func(...any) error) (e evidence.Entry, err error) {
	var leaf []byte
	var index *int64
	var sealed int64
	err = row(&e.Seq, &e.Ref, &e.Sort, &e.Salt, &leaf, &index, &sealed)
	return seal(e, e.Ref, e.Sort, leaf, index, sealed), err
}

// Pending implements evidence.Outbox.
func (s *Store) Pending(ctx context.Context, limit int) ([]evidence.Entry, error) {
	return db.All(ctx, s.db.Q(ctx), scanEntry, `select `+entryColumns+` from evidence_entry where log_index is null order by seq limit $1`, limit)
}

// ByLeaf implements evidence.Outbox.
func (s *Store) ByLeaf(ctx context.Context, leaf evidence.Leaf) (evidence.Entry, bool, error) {
	return db.One(ctx, s.db.Q(ctx), scanEntry, `select `+entryColumns+` from evidence_entry where leaf = $1`, leaf[:])
}

// RecordSealed implements evidence.Outbox.
func (s *Store) RecordSealed(ctx context.Context, entries []evidence.Entry, at time.Time) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		for _, e := range entries {
			res, err := s.db.Q(ctx).ExecContext(ctx, `update evidence_entry set log_index = $1, sealed = $2 where seq = $3 and log_index is null`, int64(*e.Index), clock.Micros(at), e.Seq)
			if err != nil {
				return taken(db.Fault(err))
			}
			if n, err := res.RowsAffected(); err != nil || n != 1 {
				return fault.Newf(fault.Conflict, "记录 %s 已经封存过。", "The entry %s was sealed before.", e.Ref).Because(err)
			}
		}
		return nil
	})
}

// SealedSize implements evidence.Outbox.
func (s *Store) SealedSize(ctx context.Context) (uint64, error) {
	n, _, err := db.One(ctx, s.db.Q(ctx), scanInt, `select coalesce(max(log_index) + 1, 0) from evidence_entry`)
	return uint64(n), err
}

// Backlog implements evidence.Outbox. An entry has the recorded time of its fact or digest.
func (s *Store) Backlog(ctx context.Context) (count int64, oldest time.Time, err error) {
	if count, _, err = db.One(ctx, s.db.Q(ctx), scanInt, `select count(*) from evidence_entry where log_index is null`); err != nil || count == 0 {
		return count, oldest, err
	}
	us, _, err := db.One(ctx, s.db.Q(ctx), scanInt, `select coalesce(f.recorded, d.recorded, 0) from evidence_entry e
		left join evidence_fact f on f.id = e.ref left join evidence_digest d on d.id = e.ref where e.log_index is null order by e.seq limit 1`)
	return count, clock.FromMicros(us), err
}

func scanInt(row func(...any) error) (n int64, err error) { return n, row(&n) }

// sealings reads every column as text: a row that somebody edited by hand may
// not hold a number any more, and must be named, not stop the reading.
const sealings = `select e.seq, e.ref, e.sort, e.salt, e.leaf, e.log_index, coalesce(e.sealed, 0), coalesce(f.id, d.id, ''),
	coalesce(f.kind, ''), cast(coalesce(f.kind_version, 0) as text), coalesce(f.subject, ''), coalesce(f.object, ''), coalesce(f.quantity, ''), coalesce(f.unit, ''),
	coalesce(f.occurred, ''), cast(coalesce(f.recorded, d.recorded, 0) as text), coalesce(f.attestor, ''), coalesce(f.proof, ''), coalesce(f.corrects, ''), coalesce(f.attributes, '{}'),
	coalesce(d.name, ''), coalesce(d.value, '')
	from evidence_entry e
	left join evidence_fact f on f.id = e.ref and e.sort = 'fact'
	left join evidence_digest d on d.id = e.ref and e.sort = 'digest'`

func scanSealing(row func(...any) error) (s evidence.Sealing, err error) {
	var leaf []byte
	var index *int64
	var sealed int64
	var id, kindVersion, subject, occurred, recorded, attestor, attributes, name, value string
	var f evidence.Fact
	err = row(&s.Seq, &s.Ref, &s.Sort, &s.Salt, &leaf, &index, &sealed, &id,
		&f.Kind, &kindVersion, &subject, &f.Object, &f.Quantity, &f.Unit, &occurred, &recorded, &attestor, &f.Proof, &f.Corrects, &attributes, &name, &value)
	if err != nil {
		return s, err
	}
	s.Entry = seal(s.Entry, s.Ref, s.Sort, leaf, index, sealed)
	if id == "" {
		return s, nil
	}
	us, badTime := strconv.ParseInt(recorded, 10, 64)
	if s.Sort == evidence.SortDigest {
		s.Canonical = evidence.Digest{ID: id, Name: name, Value: value, Recorded: clock.FromMicros(us)}.Canonical()
	} else {
		version, badVersion := strconv.Atoi(kindVersion)
		badAttributes := json.Unmarshal([]byte(attributes), &f.Attributes)
		f.ID, f.KindVersion, f.Subject, f.Occurred, f.Recorded, f.Attestor = id, version, ident.CreditCode(subject), clock.Date(occurred), clock.FromMicros(us), evidence.Attestor(attestor)
		s.Canonical = f.Canonical()
		if badVersion != nil || badAttributes != nil {
			s.Canonical = []byte(attributes)
		}
	}
	if badTime != nil {
		s.Canonical = []byte(recorded)
	}
	return s, nil
}

// Extent implements evidence.Store.
func (s *Store) Extent(ctx context.Context) (e evidence.Extent, err error) {
	err = db.Fault(s.db.Q(ctx).QueryRowContext(ctx, `select (select cast(coalesce(sum(facts), 0) as bigint) from evidence_tally), (select coalesce(max(seq), 0) from evidence_entry)`).Scan(&e.Facts, &e.Last))
	return e, err
}

// Sealed implements evidence.Audit.
func (s *Store) Sealed(ctx context.Context, from uint64, limit int) ([]evidence.Sealing, error) {
	return db.All(ctx, s.db.Q(ctx), scanSealing, sealings+` where e.log_index >= $1 order by e.log_index limit $2`, int64(from), limit)
}

// Unsealed implements evidence.Audit.
func (s *Store) Unsealed(ctx context.Context, after int64, limit int) ([]evidence.Sealing, error) {
	return db.All(ctx, s.db.Q(ctx), scanSealing, sealings+` where e.log_index is null and e.seq > $1 order by e.seq limit $2`, after, limit)
}

// Unlogged implements evidence.Audit.
func (s *Store) Unlogged(ctx context.Context, limit int) ([]string, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (id string, err error) { return id, row(&id) }, `
		select id from (
			select f.id from evidence_fact f where not exists (select 1 from evidence_entry e where e.ref = f.id and e.sort = 'fact')
			union all
			select d.id from evidence_digest d where not exists (select 1 from evidence_entry e where e.ref = d.id and e.sort = 'digest')
		) gone order by id limit $1`, limit)
}

// Counts implements evidence.Audit.
func (s *Store) Counts(ctx context.Context) (facts, digests int64, err error) {
	err = db.Fault(s.db.Q(ctx).QueryRowContext(ctx, `select (select count(*) from evidence_fact), (select count(*) from evidence_digest)`).Scan(&facts, &digests))
	return facts, digests, err
}
