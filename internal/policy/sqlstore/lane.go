package sqlstore

import (
	"context"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy"
)

const laneColumns = `application, seq, action, document, clause, reason, by_person, by_name, at`

func scanLane(row func(...any) error) (e policy.LaneEntry, err error) {
	var at int64
	err = row(&e.Application, &e.Seq, &e.Action, &e.Ground.Document, &e.Ground.Path, &e.Reason, &e.Person, &e.Name, &at)
	e.At = clock.FromMicros(at)
	return e, err
}

// AppendLane implements policy.Store.
func (s *Store) AppendLane(ctx context.Context, e policy.LaneEntry) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into green_lane (`+laneColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		e.Application, e.Seq, e.Action, e.Ground.Document, e.Ground.Path, e.Reason, e.Person, e.Name, clock.Micros(e.At))
	if db.IsUnique(err) {
		return fault.Newf(fault.Conflict, "绿色通道的这一步刚由别人办过：请刷新。", "Somebody else just took this step of the green lane: reload.")
	}
	return db.Fault(err)
}

// LaneOf implements policy.Store.
func (s *Store) LaneOf(ctx context.Context, application string) ([]policy.LaneEntry, error) {
	return db.All(ctx, s.db.Q(ctx), scanLane, `select `+laneColumns+` from green_lane where application = $1 order by seq`, application)
}

// Lanes implements policy.Store.
func (s *Store) Lanes(ctx context.Context, before string, limit int) ([]policy.LaneEntry, error) {
	var w db.Where
	if before != "" {
		parts := strings.Split(before, "/")
		if len(parts) != 3 {
			return nil, badCursor()
		}
		at, errAt := strconv.ParseInt(parts[0], 10, 64)
		seq, errSeq := strconv.ParseInt(parts[2], 10, 64)
		if errAt != nil || errSeq != nil {
			return nil, badCursor()
		}
		w.And("(at, application, seq) < (?, ?, ?)", at, parts[1], seq)
	}
	return db.All(ctx, s.db.Q(ctx), scanLane, `select `+laneColumns+` from green_lane`+w.String()+` order by at desc, application desc, seq desc`+db.Limit(limit), w.Args...)
}

func badCursor() error {
	return fault.Newf(fault.Invalid, "翻页标记不对：请从第一页重新开始。", "The cursor is wrong: start from the first page.")
}
