package reviewtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/party/partytest"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/review"
)

var at = time.Date(2025, 10, 22, 9, 0, 0, 0, clock.Shanghai)

// Run runs the suite against stores on empty databases.
func Run(t *testing.T, open func(t *testing.T) review.Store) {
	for name, test := range map[string]func(*testing.T, review.Store){"experts": experts, "panels": panels, "seats": seats, "scores": scores, "records": records, "backlog": backlog} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

func same(t *testing.T, want, got any, options ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, append(options, cmpopts.EquateEmpty())...); diff != "" {
		t.Error(diff)
	}
}

func stored(n int, fields ...string) review.Expert {
	e := Expert(n, fields...)
	e.ID, e.Version, e.Updated, e.By = fmt.Sprintf("exp_%02d", n), 1, at, "程向南"
	return e
}

func experts(t *testing.T, s review.Store) {
	ctx := t.Context()
	for n := range 7 {
		e := stored(n, "technology")
		if n == 3 {
			e.Fields, e.Active, e.Name = []string{"law"}, false, "100%_甲"
		}
		must(t, s.InsertExpert(ctx, e))
	}
	twin := stored(1, "law")
	twin.ID = "exp_twin"
	wantCode(t, s.InsertExpert(ctx, twin), fault.Conflict)

	got, err := s.Expert(ctx, "exp_01")
	must(t, err)
	same(t, stored(1, "technology"), got)
	_, err = s.Expert(ctx, "nobody")
	wantCode(t, err, fault.NotFound)
	if _, found, err := s.ExpertOf(ctx, person(2)); err != nil || !found {
		t.Fatal(found, err)
	}

	got.Past = []review.Employment{{Code: Code(1), Name: "旧单位", From: 2010, To: 2020}}
	stale := got
	must(t, s.UpdateExpert(ctx, &got))
	wantCode(t, s.UpdateExpert(ctx, &stale), fault.Conflict)

	var names []string
	for f := (review.ExpertFilter{Limit: 3}); ; {
		page, err := s.Experts(ctx, f)
		must(t, err)
		for _, e := range page {
			names = append(names, e.Name)
			f.After = [2]string{e.Name, e.ID}
		}
		if len(page) < 3 {
			break
		}
	}
	if len(names) != 7 || len(slices.Compact(slices.Clone(names))) != 7 {
		t.Errorf("paged through %v", names)
	}
	for filter, want := range map[*review.ExpertFilter]int{{Active: true}: 6, {Field: "law"}: 1, {Field: `la_`}: 0, {Query: "%_"}: 1, {Query: "单位04"}: 1, {Query: "' or 1=1 --"}: 0} {
		if list, err := s.Experts(ctx, *filter); err != nil || len(list) != want {
			t.Errorf("%+v found %d, want %d (%v)", *filter, len(list), want, err)
		}
	}
}

func panel(n int, cases ...string) review.Panel {
	p := review.Panel{ID: fmt.Sprintf("panel_%02d", n), Name: fmt.Sprintf("评审组%d", n), Measure: "002-3", Year: 2025, Call: "call_1", Blind: true, State: review.PanelOpen, Version: 1,
		Wants: []review.Want{{Field: "technology", Count: 3}}, Sheet: Rules().Sheets[0], Outlier: Rules().Outlier, Nonce: "ab", Commitment: "cd", Created: at}
	for i, c := range cases {
		p.Cases = append(p.Cases, review.Case{ID: c, Number: fmt.Sprintf("QM-%d", i)})
	}
	return p
}

func panels(t *testing.T, s review.Store) {
	ctx := t.Context()
	p := panel(1, "b", "a", "c")
	must(t, s.InsertPanel(ctx, p))
	got, err := s.Panel(ctx, p.ID)
	must(t, err)
	same(t, p, got, cmpopts.IgnoreFields(review.Panel{}, "Updated"))
	_, err = s.Panel(ctx, "none")
	wantCode(t, err, fault.NotFound)
	wantCode(t, s.InsertPanel(ctx, panel(2, "x", "a")), fault.Conflict)
	if list, err := s.Panels(ctx, review.PanelFilter{Case: "x"}); err != nil || len(list) != 0 {
		t.Errorf("a refused panel left %d behind (%v)", len(list), err)
	}

	got.State = review.PanelScoring
	got.Draw = &review.Drawn{Seed: "00", Checkpoint: review.Checkpoint{Size: 3, Root: "ff"}, Pool: []review.Candidate{{Expert: "e", Name: "甲", Fields: []string{"law"}, Conflicts: []review.Exclusion{{Case: "a", Conflict: review.Conflict{Kind: review.SameCode, Reason: i18n.T("同", "same")}}}}},
		PoolHash: "11", Members: []review.Member{{Expert: "e", Field: "law"}}, At: at.UTC(), By: "程向南"}
	got.Cases = got.Cases[1:] // b is released
	stale := got
	must(t, s.UpdatePanel(ctx, &got))
	wantCode(t, s.UpdatePanel(ctx, &stale), fault.Conflict)
	again, err := s.Panel(ctx, p.ID)
	must(t, err)
	same(t, got, again, cmpopts.IgnoreFields(review.Panel{}, "Updated"))
	must(t, s.InsertPanel(ctx, panel(2, "b")))

	again.State = review.PanelCancelled
	must(t, s.UpdatePanel(ctx, &again))
	must(t, s.InsertPanel(ctx, panel(3, "a")))
	list, err := s.Panels(ctx, review.PanelFilter{Case: "a"})
	must(t, err)
	if len(list) != 2 {
		t.Errorf("%d panels had the case", len(list))
	}

	for q, want := range map[string]int{strings.ToLower(list[0].Name): 1, list[0].Cases[0].Number: 3, "%": 0, "nothing like it": 0} {
		if found, err := s.Panels(ctx, review.PanelFilter{Query: q}); err != nil || len(found) != want {
			t.Errorf("%q finds %d panels, %v; want %d", q, len(found), err, want)
		}
	}

	seen := map[string]bool{}
	for f := (review.PanelFilter{Limit: 2}); ; {
		page, err := s.Panels(ctx, f)
		must(t, err)
		for _, p := range page {
			seen[p.ID] = true
			f.Before = fmt.Sprintf("%d/%s", p.Updated, p.ID)
		}
		if len(page) < 2 {
			break
		}
	}
	if len(seen) != 3 {
		t.Errorf("paged through %v", seen)
	}
	_, err = s.Panels(ctx, review.PanelFilter{Before: "x/y"})
	wantCode(t, err, fault.Invalid)
}

func seats(t *testing.T, s review.Store) {
	ctx := t.Context()
	for n := range 4 {
		must(t, s.InsertExpert(ctx, stored(n, "technology")))
	}
	must(t, s.InsertPanel(ctx, panel(1, "a", "b")))
	seat := func(n int, c, expert string) review.Seat {
		return review.Seat{ID: fmt.Sprintf("seat_%d", n), Panel: "panel_01", Case: c, Expert: expert, Field: "technology", Since: at}
	}
	must(t, s.InsertSeats(ctx, []review.Seat{seat(9, "a", "exp_00"), seat(1, "a", "exp_01"), seat(2, "b", "exp_00")}))
	wantCode(t, s.InsertSeats(ctx, []review.Seat{seat(3, "a", "exp_00")}), fault.Conflict)

	gone := seat(9, "a", "exp_00")
	gone.Ended, gone.Why = at.Add(time.Hour), review.Conflict{Kind: review.Declared, Reason: i18n.T("回避", "recused")}
	must(t, s.EndSeat(ctx, gone))
	wantCode(t, s.EndSeat(ctx, gone), fault.Conflict)
	list, err := s.Seats(ctx, review.SeatFilter{Panel: "panel_01", Case: "a"})
	must(t, err)
	same(t, []review.Seat{gone, seat(1, "a", "exp_01")}, list)
	if list, err := s.Seats(ctx, review.SeatFilter{Expert: "exp_00"}); err != nil || len(list) != 2 {
		t.Errorf("%d seats of an expert (%v)", len(list), err)
	}
}

func scores(t *testing.T, s review.Store) {
	ctx := t.Context()
	must(t, s.InsertExpert(ctx, stored(0, "technology")))
	must(t, s.InsertPanel(ctx, panel(1, "a")))
	must(t, s.InsertSeats(ctx, []review.Seat{{ID: "seat", Panel: "panel_01", Case: "a", Expert: "exp_00", Since: at}}))
	draft := review.Score{ID: "s1", Seat: "seat", Panel: "panel_01", Case: "a", Expert: "exp_00", Marks: []review.Mark{{Criterion: "effect", Points: 1250}}, Total: 1250, Comment: "草稿", Saved: at}
	must(t, s.SaveScore(ctx, &draft))
	second := draft
	second.ID, second.Version = "s2", 0
	wantCode(t, s.SaveScore(ctx, &second), fault.Conflict) // one draft a seat

	var wins, conflicts int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			mine := draft
			err := s.SaveScore(ctx, &mine)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				wins++
			case fault.Is(err, fault.Conflict):
				conflicts++
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if wins != 1 || conflicts != 7 {
		t.Fatalf("%d wins and %d conflicts", wins, conflicts)
	}
	draft.Version = 2
	draft.Final, draft.Submitted = true, at.Add(time.Minute)
	must(t, s.SaveScore(ctx, &draft))
	changed := draft
	changed.Total = 9000
	wantCode(t, s.SaveScore(ctx, &changed), fault.Conflict) // final is final
	changed.Final = false
	wantCode(t, s.SaveScore(ctx, &changed), fault.Conflict)

	second.Corrects, second.Comment = "s1", "更正"
	must(t, s.SaveScore(ctx, &second))
	list, err := s.Scores(ctx, review.SeatFilter{Case: "a", Expert: "exp_00"})
	must(t, err)
	same(t, []review.Score{draft, second}, list)
}

func records(t *testing.T, s review.Store) {
	ctx := t.Context()
	boom := errors.New("boom")
	add := func(ctx context.Context, n int, kind review.Kind, panel string) error {
		return s.AddRecord(ctx, review.Record{ID: fmt.Sprintf("rec_%02d", n), Kind: kind, Panel: panel, Case: "a", Expert: "e", At: at.Add(time.Duration(n/2) * time.Second), Person: "p", Name: "甲", Role: "office", Body: json.RawMessage(`{"n":1}`)})
	}
	for n := range 6 {
		must(t, add(ctx, n, review.KindCheck, "p1"))
	}
	must(t, add(ctx, 6, review.KindVisit, "p2"))
	if err := s.InTx(ctx, func(ctx context.Context) error {
		must(t, add(ctx, 7, review.KindVisit, "p2"))
		return boom
	}); !errors.Is(err, boom) {
		t.Fatal(err)
	}
	all, err := s.Records(ctx, review.RecordFilter{Case: "a"})
	must(t, err)
	if len(all) != 7 || all[0].ID != "rec_00" || all[6].Kind != review.KindVisit || string(all[0].Body) != `{"n":1}` || !all[0].At.Equal(at) {
		t.Fatalf("%+v", all)
	}
	var back []string
	for f := (review.RecordFilter{Kinds: []review.Kind{review.KindCheck, review.KindVisit}, Limit: 3}); ; {
		page, err := s.Records(ctx, f)
		must(t, err)
		for _, r := range page {
			back = append(back, r.ID)
			f.Before = r.ID
		}
		if len(page) < 3 {
			break
		}
	}
	same(t, []string{"rec_06", "rec_05", "rec_04", "rec_03", "rec_02", "rec_01", "rec_00"}, back)
	if one, err := s.Records(ctx, review.RecordFilter{Panel: "p2"}); err != nil || len(one) != 1 {
		t.Errorf("%d records of a panel (%v)", len(one), err)
	}
}

// backlog walks one seat through its scores, and panels through their states.
func backlog(t *testing.T, s review.Store) {
	ctx := t.Context()
	e := stored(0, "technology")
	must(t, s.InsertExpert(ctx, e))
	judge := party.Actor{Person: e.Person, Role: "reviewer"}
	open, scoring, complete := panel(1, "a"), panel(2, "b", "c"), panel(3, "d")
	for _, p := range []*review.Panel{&open, &scoring, &complete} {
		must(t, s.InsertPanel(ctx, *p))
	}
	scoring.State, complete.State = review.PanelScoring, review.PanelComplete
	must(t, s.UpdatePanel(ctx, &scoring))
	must(t, s.UpdatePanel(ctx, &complete))
	changed := func(id string) clock.Date {
		p, err := s.Panel(ctx, id)
		must(t, err)
		return clock.DateOf(clock.FromMicros(p.Updated))
	}
	partytest.Waits(t, s.Backlog, review.TodoDraw, Office(), 1, changed(open.ID))
	partytest.Waits(t, s.Backlog, review.TodoClose, Office(), 1, changed(complete.ID))

	seat := func(id, panel, c string, since time.Time) review.Seat {
		return review.Seat{ID: id, Panel: panel, Case: c, Expert: e.ID, Since: since}
	}
	left := seat("s3", complete.ID, "d", at.AddDate(0, 0, -9)) // whose panel takes no scores any more
	must(t, s.InsertSeats(ctx, []review.Seat{seat("s1", scoring.ID, "b", at.AddDate(0, 0, -2)), seat("s2", scoring.ID, "c", at), left}))
	partytest.Waits(t, s.Backlog, review.TodoScore, judge, 2, "2025-10-20")
	partytest.Waits(t, s.Backlog, review.TodoScore, party.Actor{Person: "per_nobody"}, 0, "")

	score := review.Score{ID: "x1", Seat: "s1", Panel: scoring.ID, Case: "b", Expert: e.ID, Saved: at}
	must(t, s.SaveScore(ctx, &score))
	partytest.Waits(t, s.Backlog, review.TodoScore, judge, 2, "2025-10-20") // a draft is not handed in
	score.Final, score.Submitted = true, at
	must(t, s.SaveScore(ctx, &score))
	partytest.Waits(t, s.Backlog, review.TodoScore, judge, 1, "2025-10-22")
	again := review.Score{ID: "x2", Seat: "s1", Panel: scoring.ID, Case: "b", Expert: e.ID, Corrects: "x1", Saved: at}
	must(t, s.SaveScore(ctx, &again)) // reopened
	partytest.Waits(t, s.Backlog, review.TodoScore, judge, 2, "2025-10-20")
	ended := seat("s2", scoring.ID, "c", at)
	ended.Ended = at
	must(t, s.EndSeat(ctx, ended))
	partytest.Waits(t, s.Backlog, review.TodoScore, judge, 1, "2025-10-20")
	partytest.NoBacklog(t, s.Backlog)
}
