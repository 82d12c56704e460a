package sqlstore

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/review"
)

const panelColumns = `id, name, measure, year, call, blind, state, version, terms, nonce, commitment, draw, created, updated`

// terms are what a panel was opened with and keeps.
type terms struct {
	Wants   []review.Want  `json:"wants"`
	Sheet   review.Sheet   `json:"sheet"`
	Outlier review.Outlier `json:"outlier"`
}

func scanPanel(row func(...any) error) (p review.Panel, err error) {
	var blind, created int64
	var agreed, draw string
	if err = row(&p.ID, &p.Name, &p.Measure, &p.Year, &p.Call, &blind, &p.State, &p.Version, &agreed, &p.Nonce, &p.Commitment, &draw, &created, &p.Updated); err != nil {
		return p, err
	}
	var t terms
	if err = json.Unmarshal([]byte(agreed), &t); err != nil {
		return p, err
	}
	if draw != "" {
		if err = json.Unmarshal([]byte(draw), &p.Draw); err != nil {
			return p, err
		}
	}
	p.Blind, p.Wants, p.Sheet, p.Outlier, p.Created = blind != 0, t.Wants, t.Sheet, t.Outlier, clock.FromMicros(created)
	return p, nil
}

// InsertPanel implements review.Store.
func (s *Store) InsertPanel(ctx context.Context, p review.Panel) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		_, err := s.db.Q(ctx).ExecContext(ctx, `insert into review_panel (`+panelColumns+`) values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, '', $11, $12)`,
			p.ID, p.Name, p.Measure, p.Year, p.Call, db.Bool(p.Blind), p.State, db.JSON(terms{p.Wants, p.Sheet, p.Outlier}), p.Nonce, p.Commitment, clock.Micros(p.Created), s.now())
		if err != nil {
			return db.Fault(err)
		}
		for i, c := range p.Cases {
			_, err := s.db.Q(ctx).ExecContext(ctx, `insert into review_panel_case (panel, seq, case_id, number, live) values ($1, $2, $3, $4, 1)`, p.ID, i, c.ID, c.Number)
			if db.IsUnique(err) {
				return fault.Newf(fault.Conflict, "申报 %s 已在另一个评审组里。", "Application %s is before another panel already.", c.Number)
			}
			if err != nil {
				return db.Fault(err)
			}
		}
		return nil
	})
}

// UpdatePanel implements review.Store.
func (s *Store) UpdatePanel(ctx context.Context, p *review.Panel) error {
	draw := ""
	if p.Draw != nil {
		draw = db.JSON(p.Draw)
	}
	return s.db.InTx(ctx, func(ctx context.Context) error {
		res, err := s.db.Q(ctx).ExecContext(ctx, `update review_panel set state = $1, draw = $2, version = version + 1, updated = $3 where id = $4 and version = $5`,
			p.State, draw, s.now(), p.ID, p.Version)
		if err := db.Changed(res, err, fault.Newf(fault.Conflict, "评审组“%s”刚被别人改过，本次没有写入：请刷新。", "Panel %q was changed by somebody else just now and nothing was written: reload.", p.Name)); err != nil {
			return err
		}
		p.Version++
		live := make([]string, 0, len(p.Cases))
		args := []any{p.ID}
		if p.State != review.PanelCancelled {
			for _, c := range p.Cases {
				args = append(args, c.ID)
				live = append(live, "$"+strconv.Itoa(len(args)))
			}
		}
		gone := ""
		if len(live) > 0 {
			gone = " and case_id not in (" + strings.Join(live, ", ") + ")"
		}
		_, err = s.db.Q(ctx).ExecContext(ctx, `update review_panel_case set live = 0 where panel = $1 and live = 1`+gone, args...)
		return db.Fault(err)
	})
}

// LockPanel implements review.Store. Whoever comes second waits on the row
// until the first has committed, and then reads what it wrote.
func (s *Store) LockPanel(ctx context.Context, id string) (review.Panel, error) {
	if _, err := s.db.Q(ctx).ExecContext(ctx, `update review_panel set version = version where id = $1`, id); err != nil {
		return review.Panel{}, db.Fault(err)
	}
	return s.Panel(ctx, id)
}

// Panel implements review.Store.
func (s *Store) Panel(ctx context.Context, id string) (review.Panel, error) {
	p, found, err := db.One(ctx, s.db.Q(ctx), scanPanel, `select `+panelColumns+` from review_panel where id = $1`, id)
	if err == nil && !found {
		err = fault.Newf(fault.NotFound, "没有这个评审组。", "There is no such panel.")
	}
	if err != nil {
		return p, err
	}
	return p, s.withCases(ctx, &p)
}

// withCases reads a panel's cases. A cancelled panel keeps showing its own.
func (s *Store) withCases(ctx context.Context, p *review.Panel) (err error) {
	p.Cases, err = db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (c review.Case, err error) { return c, row(&c.ID, &c.Number) },
		`select case_id, number from review_panel_case where panel = $1 and (live = 1 or $2 = 1) order by seq`, p.ID, db.Bool(p.State == review.PanelCancelled))
	return err
}

// Panels implements review.Store.
func (s *Store) Panels(ctx context.Context, f review.PanelFilter) ([]review.Panel, error) {
	var w db.Where
	w.Is("measure", f.Measure)
	w.Is("state", string(f.State))
	if f.Year != 0 {
		w.And("year = ?", f.Year)
	}
	if f.Case != "" {
		w.And("id in (select panel from review_panel_case where case_id = ?)", f.Case)
	}
	if f.Query != "" {
		part := db.Containing(f.Query)
		w.And(`(lower(name) like ? escape '\' or id in (select panel from review_panel_case where lower(number) like ? escape '\'))`, part, part)
	}
	if err := w.Before(f.Before); err != nil {
		return nil, err
	}
	panels, err := db.All(ctx, s.db.Q(ctx), scanPanel, `select `+panelColumns+` from review_panel`+w.String()+` order by updated desc, id desc`+db.Limit(f.Limit), w.Args...)
	for i := range panels {
		if err == nil {
			err = s.withCases(ctx, &panels[i])
		}
	}
	return panels, err
}

const seatColumns = `id, panel, case_id, expert, field, replaces, since, ended, why`

func scanSeat(row func(...any) error) (s review.Seat, err error) {
	var since, ended int64
	var why string
	if err = row(&s.ID, &s.Panel, &s.Case, &s.Expert, &s.Field, &s.Replaces, &since, &ended, &why); err != nil {
		return s, err
	}
	s.Since, s.Ended = clock.FromMicros(since), clock.FromMicros(ended)
	if why != "" {
		err = json.Unmarshal([]byte(why), &s.Why)
	}
	return s, err
}

// InsertSeats implements review.Store.
func (s *Store) InsertSeats(ctx context.Context, seats []review.Seat) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		for _, seat := range seats {
			_, err := s.db.Q(ctx).ExecContext(ctx, `insert into review_seat (id, panel, seq, case_id, expert, field, replaces, since, ended, why)
				select $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $5, $6, $7, 0, '' from review_seat where panel = $2`,
				seat.ID, seat.Panel, seat.Case, seat.Expert, seat.Field, seat.Replaces, clock.Micros(seat.Since))
			if db.IsUnique(err) {
				return fault.Newf(fault.Conflict, "这位专家已在本案的席位上。", "The expert has a seat before the case already.")
			}
			if err != nil {
				return db.Fault(err)
			}
		}
		return nil
	})
}

// EndSeat implements review.Store.
func (s *Store) EndSeat(ctx context.Context, seat review.Seat) error {
	res, err := s.db.Q(ctx).ExecContext(ctx, `update review_seat set ended = $1, why = $2 where id = $3 and ended = 0`, clock.Micros(seat.Ended), db.JSON(seat.Why), seat.ID)
	return db.Changed(res, err, fault.Newf(fault.Conflict, "这个席位已经结束。", "The seat has ended already."))
}

// Seats implements review.Store.
func (s *Store) Seats(ctx context.Context, f review.SeatFilter) ([]review.Seat, error) {
	w := ofSeat(f)
	return db.All(ctx, s.db.Q(ctx), scanSeat, `select `+seatColumns+` from review_seat`+w.String()+` order by panel, seq`, w.Args...)
}

func ofSeat(f review.SeatFilter) db.Where {
	var w db.Where
	w.Is("panel", f.Panel)
	w.Is("case_id", f.Case)
	w.Is("expert", f.Expert)
	return w
}
