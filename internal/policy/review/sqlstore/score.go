package sqlstore

import (
	"context"
	"encoding/json"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/review"
)

const scoreColumns = `id, seat, panel, case_id, expert, final, marks, total, comment, corrects, version, saved, submitted`

func scanScore(row func(...any) error) (s review.Score, err error) {
	var marks string
	var final, saved, submitted int64
	if err = row(&s.ID, &s.Seat, &s.Panel, &s.Case, &s.Expert, &final, &marks, &s.Total, &s.Comment, &s.Corrects, &s.Version, &saved, &submitted); err != nil {
		return s, err
	}
	s.Final, s.Saved, s.Submitted = final != 0, clock.FromMicros(saved), clock.FromMicros(submitted)
	return s, json.Unmarshal([]byte(marks), &s.Marks)
}

// SaveScore implements review.Store.
func (s *Store) SaveScore(ctx context.Context, score *review.Score) error {
	overtaken := fault.Newf(fault.Conflict, "这份评分刚在别处保存或提交过，本次没有写入：请刷新。", "This score was saved or submitted elsewhere just now and nothing was written: reload.")
	marks := score.Marks
	if marks == nil {
		marks = []review.Mark{}
	}
	var err error
	if score.Version == 0 {
		_, err = s.db.Q(ctx).ExecContext(ctx, `insert into review_score (id, seat, panel, seq, case_id, expert, final, marks, total, comment, corrects, version, saved, submitted)
			select $1, $2, $3, coalesce(max(seq), 0) + 1, $4, $5, $6, $7, $8, $9, $10, 1, $11, $12 from review_score where panel = $3`,
			score.ID, score.Seat, score.Panel, score.Case, score.Expert, db.Bool(score.Final), db.JSON(marks), int64(score.Total), score.Comment, score.Corrects, clock.Micros(score.Saved), clock.Micros(score.Submitted))
		if db.IsUnique(err) {
			return overtaken
		}
		err = db.Fault(err)
	} else {
		res, failed := s.db.Q(ctx).ExecContext(ctx, `update review_score set final = $1, marks = $2, total = $3, comment = $4, version = version + 1, saved = $5, submitted = $6
			where id = $7 and version = $8 and final = 0`,
			db.Bool(score.Final), db.JSON(marks), int64(score.Total), score.Comment, clock.Micros(score.Saved), clock.Micros(score.Submitted), score.ID, score.Version)
		err = db.Changed(res, failed, overtaken)
	}
	if err == nil {
		score.Version++
	}
	return err
}

// Scores implements review.Store.
func (s *Store) Scores(ctx context.Context, f review.SeatFilter) ([]review.Score, error) {
	w := ofSeat(f)
	return db.All(ctx, s.db.Q(ctx), scanScore, `select `+scoreColumns+` from review_score`+w.String()+` order by panel, seq`, w.Args...)
}
