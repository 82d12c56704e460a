package referral_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/referral"
)

// TestWhatWasSentStaysReadable: a project edited after it was sent still shows
// what it said then, with the digest that the sending bears, and who changed what.
func TestWhatWasSentStaysReadable(t *testing.T) {
	r := newRoom(t)
	ctx, me := t.Context(), manager(ours)
	p, err := r.Describe(ctx, me, described())
	if err != nil {
		t.Fatal(err)
	}
	x, err := r.Send(ctx, me, referral.SendInput{Project: p.ID, Version: p.Version, Source: "guiyang-ai", Amount: 100_000_000, Lines: []string{"c1"}})
	if err != nil {
		t.Fatal(err)
	}
	later := described()
	later.Summary, later.Sought = "另有说明", 700_000_000
	colleague := me
	colleague.Name = "同事"
	if p, err = r.Edit(ctx, colleague, p.ID, p.Version, later); err != nil {
		t.Fatal(err)
	}
	sent, was, err := r.Edition(ctx, me, p.ID, x.Edition)
	if err != nil || was != nil || sent.ByName != "罗" {
		t.Fatalf("%+v after %+v, %v", sent, was, err)
	}
	file := described()
	if sent.File.Digest() != x.Digest || sent.File.Digest() != file.Digest() {
		t.Errorf("what was sent reads otherwise: %s", cmp.Diff(described(), sent.File))
	}
	now, was, err := r.Edition(ctx, office, p.ID, p.Version)
	if err != nil || was == nil || now.ByName != "同事" || now.File.Sought != 700_000_000 || was.File.Digest() != x.Digest {
		t.Errorf("%+v after %+v, %v", now, was, err)
	}
	if got := referral.Changed(&was.File, &now.File); !slices.Equal(got, []referral.Part{referral.PartSummary, referral.PartSought}) {
		t.Errorf("changed %v", got)
	}
	for _, version := range []int64{p.Version + 1, -1} {
		if _, _, err := r.Edition(ctx, me, p.ID, version); !fault.Is(err, fault.NotFound) {
			t.Errorf("edition %d: %v", version, err)
		}
	}
	if _, _, err := r.Edition(ctx, manager(theirs), p.ID, 1); !fault.Is(err, fault.NotFound) {
		t.Errorf("another organisation's edition: %v", err)
	}
}
