package review_test

import (
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/review"
	"github.com/qianmo/qianmo/internal/policy/review/reviewtest"
	"github.com/qianmo/qianmo/internal/policy/review/sqlstore"
)

// room is a review room with experts in its pool; numbers by expert id.
type room struct {
	*reviewtest.Room
	testing.TB
	judges map[string]review.Actor
}

var office = reviewtest.Office()

func open(t testing.TB, experts int, fields ...string) *room {
	t.Helper()
	return openOn(t, dbtest.SQLite(t), experts, fields...)
}

func openOn(t testing.TB, d *db.DB, experts int, fields ...string) *room {
	t.Helper()
	r := &room{reviewtest.New(sqlstore.New(d, clock.System{})), t, map[string]review.Actor{}}
	for n := range experts {
		r.join(reviewtest.Expert(n, fields...), n)
	}
	return r
}

func (r *room) join(e review.Expert, n int) review.Expert {
	r.Helper()
	e, err := r.AddExpert(r.Context(), office, e)
	r.ok(err)
	r.judges[e.ID] = reviewtest.Judge(n)
	return e
}

func (r *room) ok(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *room) want(err error, code fault.Code) {
	r.Helper()
	if !fault.Is(err, code) {
		r.Errorf("got %v, want %s", err, code)
	}
}

// drawn opens and draws a panel over cases.
func (r *room) drawn(size int, cases ...string) review.Panel {
	r.Helper()
	p, err := r.OpenPanel(r.Context(), office, review.OpenPanelInput{Name: "评审组", Measure: "002-3", Year: 2025, Cases: cases, Wants: []review.Want{{Field: "technology", Count: size}}, Blind: true})
	r.ok(err)
	p, err = r.DrawPanel(r.Context(), office, p.ID, p.Version)
	r.ok(err)
	return p
}

func marks(effect, spread review.Points) []review.Mark {
	return []review.Mark{{Criterion: "effect", Points: effect}, {Criterion: "spread", Points: spread}}
}

// judge submits a score for everybody who waits before a case.
func (r *room) judge(p review.Panel, caseID string, effect review.Points) {
	r.Helper()
	for _, seat := range r.seats(p.ID, caseID) {
		if !seat.Live() {
			continue
		}
		a, err := r.Assignment(r.Context(), r.judges[seat.Expert], caseID)
		r.ok(err)
		if a.Own.Final {
			continue
		}
		_, err = r.SubmitScore(r.Context(), r.judges[seat.Expert], review.ScoreInput{Case: caseID, Version: a.Own.Version, Marks: marks(effect, 3000), Comment: "可行"})
		r.ok(err)
	}
}

func (r *room) seats(panel, caseID string) []review.Seat {
	r.Helper()
	seats, err := r.Store.Seats(r.Context(), review.SeatFilter{Panel: panel, Case: caseID})
	r.ok(err)
	return seats
}

func (r *room) panel(id string) review.Panel {
	r.Helper()
	p, err := r.Store.Panel(r.Context(), id)
	r.ok(err)
	return p
}

func (r *room) verified(id string) {
	r.Helper()
	v, err := r.Verify(r.Context(), id)
	r.ok(err)
	if !v.OK {
		r.Errorf("the panel does not verify: %+v", v.Findings)
	}
}

// TestPanelFromDrawToClose goes the whole way of one panel.
func TestPanelFromDrawToClose(t *testing.T) {
	r := open(t, 7, "technology")
	ctx := t.Context()
	a, b := r.Desk.Put(1, 1), r.Desk.Put(2, 2)
	insider := reviewtest.Expert(50, "technology")
	insider.Employer.Code = reviewtest.Code(1)
	insider = r.join(insider, 50)
	former := reviewtest.Expert(51, "technology")
	former.Past = []review.Employment{{Code: reviewtest.Code(2), Name: "某公司02", From: 2015, To: 2023}}
	former = r.join(former, 51)
	r.join(reviewtest.Expert(52, "law"), 52)

	p := r.drawn(5, a, b)
	if len(p.Draw.Pool) != 9 || len(p.Draw.Members) != 5 || p.State != review.PanelScoring {
		t.Fatalf("pool %d, members %v, %s", len(p.Draw.Pool), p.Draw.Members, p.State)
	}
	excluded := map[string]review.ConflictKind{}
	for _, c := range p.Draw.Pool {
		if len(c.Conflicts) > 0 {
			excluded[c.Expert] = c.Conflicts[0].Kind
		}
	}
	if len(excluded) != 2 || excluded[insider.ID] != review.SameCode || excluded[former.ID] != review.PastEmployer {
		t.Errorf("excluded %v", excluded)
	}
	_, err := r.DrawPanel(ctx, office, p.ID, p.Version)
	r.want(err, fault.Conflict) // once
	_, err = r.OpenPanel(ctx, office, review.OpenPanelInput{Name: "又一组", Measure: "002-3", Year: 2025, Cases: []string{a}, Wants: []review.Want{{Field: "technology", Count: 3}}})
	r.want(err, fault.Conflict) // a case is before one panel at a time

	first := p.Draw.Members[0].Expert
	seen, err := r.Assignment(ctx, r.judges[first], a)
	r.ok(err)
	if seen.Subject.Org != "" || seen.Subject.OrgName != "" || strings.Contains(seen.Subject.Statement+seen.Subject.Files[0].Name, "某公司") {
		t.Errorf("a blind panel shows %+v", seen.Subject)
	}
	_, err = r.SubmitScore(ctx, r.judges[first], review.ScoreInput{Case: a, Marks: marks(6001, 100)[:1]})
	if f := fault.From(err); f.Code != fault.Invalid || len(f.Fields) != 3 {
		t.Errorf("a bad score gave %v", err)
	}
	draft, err := r.SaveScore(ctx, r.judges[first], review.ScoreInput{Case: a, Marks: marks(5050, 0)[:1]})
	r.ok(err)
	_, err = r.SaveScore(ctx, r.judges[first], review.ScoreInput{Case: a, Marks: marks(1, 1)})
	r.want(err, fault.Conflict) // another tab
	_, err = r.SubmitScore(ctx, r.judges[first], review.ScoreInput{Case: a, Version: draft.Version, Marks: marks(5050, 2025), Comment: "成效清楚"})
	r.ok(err)
	_, err = r.SubmitScore(ctx, r.judges[first], review.ScoreInput{Case: a, Version: draft.Version + 1, Marks: marks(1, 1), Comment: "改"})
	r.want(err, fault.Conflict) // final is final

	o, err := r.Outcome(ctx, a)
	r.ok(err)
	if o.Result != nil || o.Panel.Final != 1 || o.Panel.Seats != 5 || len(o.Blocks) != 1 {
		t.Errorf("before the end: %+v", o)
	}
	_, err = r.RecordMeeting(ctx, office, review.MeetingInput{Panel: p.ID})
	r.want(err, fault.Conflict) // the meeting comes after the scores
	r.judge(p, a, 5000)
	if r.panel(p.ID).State != review.PanelScoring {
		t.Error("the panel is complete while a case waits")
	}
	r.judge(p, b, 4000)
	p = r.panel(p.ID)
	if p.State != review.PanelComplete {
		t.Fatalf("all scores are final and the panel is %s", p.State)
	}
	o, err = r.Outcome(ctx, a)
	r.ok(err)
	if o.Result == nil || o.Result.Mean.Exact != "80" || o.Result.Counted != 3 { // 70.75 and one 80 are left out
		t.Errorf("the result is %+v", o.Result)
	}

	// A reopened score: the old one stays, the new one names it.
	p, err = r.ReopenScore(ctx, office, p.ID, p.Version, a, first, "打错了一项")
	r.ok(err)
	if o, err := r.Outcome(ctx, a); err != nil || o.Result != nil || p.State != review.PanelScoring {
		t.Errorf("a reopened panel still shows %+v (%v)", o.Result, err)
	}
	again, err := r.Assignment(ctx, r.judges[first], a)
	r.ok(err)
	if again.Own.Final || again.Own.Corrects == "" || len(again.Earlier) != 1 || again.Own.Total != 7075 {
		t.Errorf("reopened: %+v", again.Own)
	}
	_, err = r.SubmitScore(ctx, r.judges[first], review.ScoreInput{Case: a, Version: again.Own.Version, Marks: marks(5500, 3500), Comment: "更正后"})
	r.ok(err)
	p = r.panel(p.ID)
	if p.State != review.PanelComplete {
		t.Fatalf("the corrected panel is %s", p.State)
	}

	present := []string{}
	for _, m := range p.Draw.Members[:4] {
		present = append(present, m.Expert)
	}
	meeting := review.MeetingInput{Panel: p.ID, Held: "2025-10-22", Place: "会议室", Chair: present[0], Present: present, Minutes: "逐案讨论",
		Decisions: []review.Decision{{Case: a, Recommendation: review.Recommend, Text: "支持", Recused: present[2:4]}}}
	_, err = r.RecordMeeting(ctx, office, meeting)
	r.want(err, fault.Invalid) // two take part, three must
	meeting.Decisions[0].Recused = present[3:4]
	_, err = r.RecordMeeting(ctx, office, meeting)
	r.ok(err)
	p, err = r.ClosePanel(ctx, office, p.ID, p.Version)
	r.ok(err)
	_, err = r.ReopenScore(ctx, office, p.ID, p.Version, a, first, "再改")
	r.want(err, fault.Conflict)
	o, err = r.Outcome(ctx, a)
	r.ok(err)
	if o.Decision == nil || o.Decision.Recommendation != review.Recommend || len(o.Blocks) != 0 {
		t.Errorf("closed: %+v", o)
	}
	r.verified(p.ID)
	records, err := r.Store.Records(ctx, review.RecordFilter{})
	r.ok(err)
	if acts := r.Trail.Acts(); len(acts) != len(records)+1 { // a draft is no record
		t.Errorf("%d records and %d audit entries", len(records), len(acts))
	}
}

// TestDeclarationAfterTheDraw: the case vanishes for who declares, the next of
// the same draw comes, a score that was given counts no more.
func TestDeclarationAfterTheDraw(t *testing.T) {
	r := open(t, 5, "technology")
	ctx := t.Context()
	a, b := r.Desk.Put(1, 1), r.Desk.Put(2, 2)
	p := r.drawn(3, a, b)
	gone := p.Draw.Members[1].Expert
	_, err := r.SubmitScore(ctx, r.judges[gone], review.ScoreInput{Case: a, Marks: marks(0, 0), Comment: "很差"})
	r.ok(err)
	_, err = r.Declare(ctx, r.judges[gone], review.DeclareInput{Expert: p.Draw.Members[0].Expert, Case: a, Reason: "替别人"})
	r.ok(err) // whoever is named, a reviewer speaks for themselves
	_, err = r.Assignment(ctx, r.judges[gone], a)
	r.want(err, fault.NotFound)
	if _, err := r.Assignment(ctx, r.judges[gone], b); err != nil {
		t.Errorf("the other case vanished as well: %v", err)
	}
	_, err = r.Declare(ctx, r.judges[gone], review.DeclareInput{Case: a, Reason: "再来"})
	r.want(err, fault.NotFound)

	var order []string
	for _, c := range review.Sequence(seed(p), p.Draw.Pool) {
		order = append(order, c.Expert)
	}
	seats := r.seats(p.ID, a)
	if last := seats[len(seats)-1]; last.Expert != order[3] || last.Replaces == "" {
		t.Errorf("%s came, the draw's next is %s", last.Expert, order[3])
	}
	r.judge(p, a, 5000)
	r.judge(p, b, 5000)
	o, err := r.Outcome(ctx, a)
	r.ok(err)
	if o.Result == nil || o.Result.Mean.Exact != "80" || o.Panel.Final != 3 {
		t.Errorf("the score of who left counts: %+v", o)
	}
	r.verified(p.ID)

	// The pool runs out: one more comes, then nobody is left.
	for n := 0; n < 3; n++ {
		who := ""
		for _, s := range r.seats(p.ID, b) {
			if s.Live() {
				who = s.Expert
			}
		}
		_, err := r.Declare(ctx, office, review.DeclareInput{Expert: who, Org: reviewtest.Code(2), Reason: "举报属实"})
		r.ok(err)
		r.judge(p, b, 5000)
	}
	o, err = r.Outcome(ctx, b)
	r.ok(err)
	p = r.panel(p.ID)
	if !o.Panel.Short || o.Result != nil || p.State != review.PanelScoring {
		t.Errorf("two judge the case and it is %s: %+v", p.State, o.Panel)
	}
	p, err = r.ReleaseCase(ctx, office, p.ID, p.Version, b, "专家不足")
	r.ok(err)
	if p = r.panel(p.ID); p.State != review.PanelComplete || len(p.Cases) != 1 {
		t.Errorf("without the short case the panel is %s with %v", p.State, p.Cases)
	}
	_, err = r.ReleaseCase(ctx, office, p.ID, p.Version, a, "也不要")
	r.want(err, fault.Conflict) // the last one
	r.verified(p.ID)
	_, err = r.CancelPanel(ctx, office, p.ID, p.Version, "程序有误")
	r.ok(err)
	_, err = r.Assignment(ctx, r.judges[p.Draw.Members[0].Expert], a)
	r.want(err, fault.NotFound)
	r.drawn(3, a) // the case may go before another panel
}

func seed(p review.Panel) (s review.Seed) {
	_, _ = hex.Decode(s[:], []byte(p.Draw.Seed))
	return s
}

// TestWhoeverComesSecondIsTold: two officers with one revision.
func TestWhoeverComesSecondIsTold(t *testing.T) {
	r := open(t, 4, "technology")
	p := r.drawn(3, r.Desk.Put(1, 1), r.Desk.Put(2, 2))
	stale := p.Version - 1
	_, err := r.CancelPanel(t.Context(), review.Actor{Person: "per_2", Name: "另一位", Role: "office"}, p.ID, stale, "看错了")
	r.want(err, fault.Conflict)
	if text := fault.From(err).Message.ZH; !strings.Contains(text, "程向南") || !strings.Contains(text, "2025-10-22 09:00") {
		t.Errorf("the second is told %s", text)
	}
	experts, err := r.Store.Experts(t.Context(), review.ExpertFilter{})
	r.ok(err)
	e := experts[0]
	e.Active = false
	_, err = r.ChangeExpert(t.Context(), office, e)
	r.ok(err)
	e.Name = "又一位"
	_, err = r.ChangeExpert(t.Context(), office, e)
	r.want(err, fault.Conflict)
	if text := fault.From(err).Message.ZH; !strings.Contains(text, "程向南") {
		t.Errorf("the second is told %s", text)
	}
}

// TestNoConflictEverJudges opens panels over random pools and has people declare
// at random: nobody who judges a case has a conflict with it, nobody has two
// seats before one, and an auditor can draw all of it again.
func TestNoConflictEverJudges(t *testing.T) {
	d := dbtest.SQLite(t)
	rapid.Check(t, func(rt *rapid.T) {
		for _, table := range []string{"score", "seat", "panel_case", "panel", "expert", "record"} { // one database for all: migrating is slow
			if _, err := d.Q(t.Context()).ExecContext(t.Context(), "delete from review_"+table); err != nil {
				rt.Fatal(err)
			}
		}
		r := openOn(t, d, 0)
		r.Service.Random = strings.NewReader(strings.Repeat(rapid.StringN(1, 1, 1).Draw(rt, "nonce"), 32))
		orgs := map[string]ident.CreditCode{}
		var cases []string
		for n := range rapid.IntRange(1, 3).Draw(rt, "cases") {
			org := rapid.IntRange(1, 4).Draw(rt, "org")
			id := r.Desk.Put(n, org)
			cases, orgs[id] = append(cases, id), reviewtest.Code(org)
		}
		byID := map[string]review.Expert{}
		for n := range rapid.IntRange(3, 9).Draw(rt, "experts") {
			e := reviewtest.Expert(n, "technology")
			switch rapid.IntRange(0, 5).Draw(rt, "tie") {
			case 0:
				e.Employer.Code = reviewtest.Code(rapid.IntRange(1, 4).Draw(rt, "employer"))
			case 1:
				e.Past = []review.Employment{{Code: reviewtest.Code(rapid.IntRange(1, 4).Draw(rt, "former")), Name: "旧", From: 2010, To: rapid.IntRange(2018, 2025).Draw(rt, "to")}}
			}
			e = r.join(e, n)
			byID[e.ID] = e
		}
		p, err := r.OpenPanel(t.Context(), office, review.OpenPanelInput{Name: "组", Measure: "002-3", Year: 2025, Cases: cases, Wants: []review.Want{{Field: "technology", Count: 3}}})
		r.ok(err)
		if p, err = r.DrawPanel(t.Context(), office, p.ID, p.Version); fault.Is(err, fault.Conflict) {
			return // too few are free of conflicts
		}
		r.ok(err)
		declared := map[string][]ident.CreditCode{}
		for range rapid.IntRange(0, 4).Draw(rt, "declarations") {
			who := rapid.SampledFrom(slices.Sorted(maps.Keys(byID))).Draw(rt, "who")
			org := reviewtest.Code(rapid.IntRange(1, 4).Draw(rt, "about"))
			_, err := r.Declare(t.Context(), office, review.DeclareInput{Expert: who, Org: org, Reason: "有关系"})
			r.ok(err)
			declared[who] = append(declared[who], org)
			r.Time.Advance(time.Second)
		}
		held := map[string]bool{}
		for _, s := range r.seats(p.ID, "") {
			e, org := byID[s.Expert], orgs[s.Case]
			if held[s.Case+s.Expert] {
				rt.Fatalf("%s has two seats before %s", s.Expert, s.Case)
			}
			held[s.Case+s.Expert] = true
			if !s.Live() {
				continue
			}
			former := slices.ContainsFunc(e.Past, func(p review.Employment) bool { return p.Code == org && p.To >= 2022 })
			if e.Employer.Code == org || former || slices.Contains(declared[e.ID], org) {
				rt.Fatalf("%s judges %s of %s: %+v, declared %v", e.ID, s.Case, org, e, declared[e.ID])
			}
		}
		r.verified(p.ID)
	})
}

// TestVerifyNamesWhatWasAltered changes one thing at a time behind the room.
func TestVerifyNamesWhatWasAltered(t *testing.T) {
	for step, alter := range map[string]string{
		"commitment":   `update review_panel set nonce = '00'`,
		"pool":         `update review_panel set draw = replace(draw, '专家00', '专家99')`,
		"members":      `update review_panel set draw = replace(draw, '"members":[{"expert":"', '"members":[{"expert":"x')`,
		"replacements": `update review_seat set expert = (select id from review_expert where person = 'per_09') where replaces <> ''`,
		"scores":       `update review_score set total = total + 100 where seq = 1`,
	} {
		d := dbtest.SQLite(t)
		r := openOn(t, d, 9, "technology")
		r.join(reviewtest.Expert(9, "law"), 9)
		a := r.Desk.Put(1, 1)
		p := r.drawn(3, a)
		_, err := r.Declare(t.Context(), r.judges[p.Draw.Members[0].Expert], review.DeclareInput{Case: a, Reason: "亲属"})
		r.ok(err)
		r.judge(p, a, 5000)
		r.verified(p.ID)
		if _, err := d.Q(t.Context()).ExecContext(t.Context(), alter); err != nil {
			t.Fatal(err)
		}
		v, err := r.Verify(t.Context(), p.ID)
		r.ok(err)
		i := slices.IndexFunc(v.Findings, func(f review.Finding) bool { return f.Step == step })
		if v.OK || i < 0 || v.Findings[i].OK {
			t.Errorf("%s was altered and verifying says %+v", step, v.Findings)
		}
	}
}
