package sqlstore

import (
	"context"
	"encoding/json"
	"time"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// InsertImport implements evidence.ImportStore.
func (s *Store) InsertImport(ctx context.Context, im evidence.Import, rows []evidence.StagedRow, problems []evidence.ImportProblem) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		_, err := s.db.Q(ctx).ExecContext(ctx, `insert into evidence_import (id, org, person, file_name, format, sha256, size, state, good, bad, created, accepted, written)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0)`,
			im.ID, im.Org, im.Person, im.Name, im.Format, im.SHA256, im.Size, string(im.State), im.Good, im.Bad, clock.Micros(im.Created))
		if err != nil {
			return db.Fault(err)
		}
		err = s.insertRows(ctx, "evidence_import_row (import, line, fact)", 3, len(rows), func(i int) []any {
			text, _ := json.Marshal(rows[i].Fact) // strings and numbers only: cannot fail
			return []any{im.ID, rows[i].Line, string(text)}
		})
		if err != nil {
			return err
		}
		return s.insertRows(ctx, "evidence_import_problem (import, seq, line, name, value, zh, en)", 7, len(problems), func(i int) []any {
			p := problems[i]
			return []any{im.ID, i, p.Line, p.Column, p.Value, p.Message.ZH, p.Message.EN}
		})
	})
}

// FindImport implements evidence.ImportStore.
func (s *Store) FindImport(ctx context.Context, id string) (evidence.Import, bool, error) {
	return db.One(ctx, s.db.Q(ctx), func(row func(...any) error) (im evidence.Import, err error) {
		var created, accepted int64
		err = row(&im.ID, &im.Org, &im.Person, &im.Name, &im.Format, &im.SHA256, &im.Size, &im.State, &im.Good, &im.Bad, &created, &accepted, &im.Written)
		im.Created, im.Accepted = clock.FromMicros(created), clock.FromMicros(accepted)
		return im, err
	}, `select id, org, person, file_name, format, sha256, size, state, good, bad, created, accepted, written from evidence_import where id = $1`, id)
}

// StagedRows implements evidence.ImportStore.
func (s *Store) StagedRows(ctx context.Context, id string, after int64, limit int) ([]evidence.StagedRow, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (r evidence.StagedRow, err error) {
		var text string
		if err = row(&r.Line, &text); err == nil {
			err = json.Unmarshal([]byte(text), &r.Fact)
		}
		return r, err
	}, `select line, fact from evidence_import_row where import = $1 and line > $2 order by line limit $3`, id, after, limit)
}

// ImportProblems implements evidence.ImportStore.
func (s *Store) ImportProblems(ctx context.Context, id string, from, limit int) ([]evidence.ImportProblem, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (p evidence.ImportProblem, err error) {
		return p, row(&p.Line, &p.Column, &p.Value, &p.Message.ZH, &p.Message.EN)
	}, `select line, name, value, zh, en from evidence_import_problem where import = $1 and seq >= $2 order by seq limit $3`, id, from, limit)
}

// StaleImports implements evidence.ImportStore.
func (s *Store) StaleImports(ctx context.Context, before time.Time, limit int) ([]string, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (id string, err error) { return id, row(&id) },
		`select id from evidence_import where state = 'previewed' and created < $1 order by created, id limit $2`, clock.Micros(before), limit)
}

// FinishImport implements evidence.ImportStore.
func (s *Store) FinishImport(ctx context.Context, im evidence.Import) error {
	return s.InTx(ctx, func(ctx context.Context) error {
		accepted := int64(0)
		if !im.Accepted.IsZero() {
			accepted = clock.Micros(im.Accepted)
		}
		res, err := s.db.Q(ctx).ExecContext(ctx, `update evidence_import set state = $1, accepted = $2, written = $3 where id = $4 and state = 'previewed'`, string(im.State), accepted, im.Written, im.ID)
		if err != nil {
			return db.Fault(err)
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return fault.Newf(fault.Conflict, "这次导入已经处理过。", "This import was settled already.").Because(err)
		}
		_, err = s.db.Q(ctx).ExecContext(ctx, `delete from evidence_import_row where import = $1`, im.ID)
		return db.Fault(err)
	})
}
