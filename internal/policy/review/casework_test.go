package review_test

import (
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/review"
)

func TestCompletenessGoesItemByItem(t *testing.T) {
	r := open(t, 0)
	ctx := t.Context()
	a := r.Desk.Put(1, 1)
	if o, err := r.Outcome(ctx, a); err != nil || o.Completeness != review.Unchecked || len(o.Blocks) != 0 {
		t.Fatalf("%+v %v", o, err)
	}
	_, err := r.RecordCheck(ctx, office, review.CheckInput{Case: a, Items: []review.CheckItem{{ID: "papers"}}})
	if f := fault.From(err); f.Code != fault.Invalid || len(f.Fields) != 2 { // what lacks is not said, and the statement not looked at
		t.Errorf("%v", err)
	}
	lacks := []review.CheckItem{{ID: "papers", Lacks: "缺审计报告"}, {ID: "statement", Complete: true, Lacks: "多余"}}
	_, err = r.RecordCheck(ctx, office, review.CheckInput{Case: a, Items: lacks})
	r.ok(err)
	o, err := r.Outcome(ctx, a)
	r.ok(err)
	if o.Completeness != review.Lacking || len(o.Lacks) != 1 || o.Lacks[0].Name.ZH != "附件" || len(o.Blocks) != 1 || o.Check.Items[1].Lacks != "" {
		t.Errorf("%+v", o)
	}
	lacks[0] = review.CheckItem{ID: "papers", Complete: true}
	_, err = r.RecordCheck(ctx, office, review.CheckInput{Case: a, Items: lacks})
	r.ok(err)
	if o, err := r.Outcome(ctx, a); err != nil || o.Completeness != review.Complete || len(o.Blocks) != 0 {
		t.Errorf("%+v %v", o, err)
	}
	r.Desk.Put(1, 1, func(s *review.Subject) { s.Reviewable = false })
	_, err = r.RecordCheck(ctx, office, review.CheckInput{Case: a, Items: lacks})
	r.want(err, fault.Conflict)
	_, err = r.RecordCheck(ctx, office, review.CheckInput{Case: "none", Items: lacks})
	r.want(err, fault.NotFound)
}

func TestADisputeBlocksUntilANewCheckSettlesIt(t *testing.T) {
	r := open(t, 0)
	ctx := t.Context()
	a := r.Desk.Put(1, 1)
	say := func(v review.Verdict, reason string) error {
		_, err := r.RecordFactCheck(ctx, office, review.FactCheckInput{Case: a, Fact: "fact_" + a, Unit: "gz-data", Verdict: v, Reason: reason})
		return err
	}
	blocked := func() int {
		o, err := r.Outcome(ctx, a)
		r.ok(err)
		return len(o.Blocks)
	}
	r.want(say(review.Disputed, " "), fault.Invalid)
	r.want(say("maybe", "x"), fault.Invalid)
	for _, c := range []struct {
		verdict review.Verdict
		blocks  int
	}{{review.Asked, 1}, {review.Confirmed, 0}, {review.Disputed, 1}, {review.Confirmed, 0}} {
		r.ok(say(c.verdict, "台账不一致"))
		if got := blocked(); got != c.blocks {
			t.Errorf("%s blocks %d times, want %d", c.verdict, got, c.blocks)
		}
	}
	_, err := r.RecordFactCheck(ctx, office, review.FactCheckInput{Case: a, Fact: "another's", Unit: "gz-data", Verdict: review.Confirmed})
	r.want(err, fault.NotFound)
	_, err = r.RecordFactCheck(ctx, office, review.FactCheckInput{Case: a, Fact: "fact_" + a, Unit: "nobody", Verdict: review.Confirmed})
	r.want(err, fault.Invalid)
}

func TestAVisitIsMadeByTwo(t *testing.T) {
	r := open(t, 0)
	ctx := t.Context()
	a := r.Desk.Put(1, 1)
	file, err := r.AddFile(ctx, office, a, "照片.txt", strings.NewReader("现场"))
	r.ok(err)
	in := review.VisitInput{Case: a, On: "2025-10-20", Place: "现场", Visitors: []string{"甲", " 甲 "}, Findings: "一致", Sound: true, Files: []string{file.ID}}
	_, err = r.RecordVisit(ctx, office, in)
	r.want(err, fault.Invalid)
	in.Visitors[1], in.On = "乙", "2025-10-23"
	_, err = r.RecordVisit(ctx, office, in)
	r.want(err, fault.Invalid) // tomorrow
	in.On = "2025-10-22"
	visit, err := r.RecordVisit(ctx, office, in)
	r.ok(err)
	if len(visit.Files) != 1 || visit.Files[0].Name != "照片.txt" {
		t.Errorf("%+v", visit)
	}
	if _, rc, err := r.VisitFile(ctx, a, file.ID); err != nil {
		t.Error(err)
	} else if err := rc.Close(); err != nil {
		t.Error(err)
	}
	in.Files = []string{"none"}
	_, err = r.RecordVisit(ctx, office, in)
	r.want(err, fault.Invalid)
	_, _, err = r.VisitFile(ctx, r.Desk.Put(2, 2), file.ID) // another case's
	r.want(err, fault.NotFound)
}
