package target

import (
	"context"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// RegionCode is under which subject a place's own figures are recorded: a place
// has no credit code, and facts have a subject. It has the form of one, with the
// place's GB/T 2260 code and an organisation part of zeros, which no
// registry can issue (GB 32100-2015, 4.2; GB 11714).
func RegionCode(place string) ident.CreditCode {
	if len(place) != 6 || strings.Trim(place, "0123456789") != "" {
		place = "000000"
	}
	body := "Y1" + place + "000000000"
	return ident.CreditCode(body + string(ident.CreditCheck(body)))
}

// FigureInput is a figure that somebody else counted, as a person reports it
// (报数): of a year, as it stood on a day, and whose it is.
type FigureInput struct {
	Target   string
	Year     int
	AsOf     clock.Date // the day up to which it counts
	Value    string     // plain decimal in the target's unit; year to date for a yearly figure
	Source   string     // who counted it, and where it stands
	File     string     // id of an uploaded file that shows it, or empty
	Corrects string     // id of the fact that it replaces, or empty
}

// Validate reports every fault of the input that shows without the plan.
func (in FigureInput) Validate() error {
	var bad fault.Collector
	_, err := clock.ParseDate(string(in.AsOf))
	bad.Merge("as_of", err)
	if err == nil && in.AsOf.Year() != in.Year {
		bad.Add("as_of", "截止日应在 %d 年内。", "The day lies in %d.", in.Year)
	}
	_, err = parseNumber(in.Value)
	bad.Merge("value", err)
	checkLine(&bad, "source", in.Source, false)
	return bad.Err()
}

// ReportFigure records a figure as an indicator.reported fact on the word of a
// department, with its source named. A second figure for the same day is a
// correction and must say so.
//
// Codes: invalid; not_found; conflict when there is a figure for the day already.
func (s *Service) ReportFigure(ctx context.Context, by Actor, in FigureInput) (evidence.Fact, error) {
	if err := in.Validate(); err != nil {
		return evidence.Fact{}, err
	}
	t, err := s.Plan.Target(in.Target)
	if err != nil {
		return evidence.Fact{}, err
	}
	var bad fault.Collector
	if t.Counts.Fact != kindReported {
		bad.Add("target", "“%s”由事实计数得出，不能报数。", "%q is counted from facts and cannot be reported.", t.Name.ZH)
	}
	if in.AsOf > s.Clock.Today() {
		bad.Add("as_of", "%s 还没有到。", "%s is still to come.", in.AsOf)
	}
	f := evidence.Fact{ID: s.IDs.New("figure"), Kind: kindReported, Subject: RegionCode(s.Plan.home(t)), Object: t.ID, Quantity: in.Value, Unit: t.Unit,
		Occurred: in.AsOf, Attestor: evidence.Department, Corrects: in.Corrects,
		Attributes: map[string]string{"indicator": t.ID, "year": strconv.Itoa(in.Year), "source": strings.TrimSpace(in.Source)}}
	if f.Proof, err = s.proof(ctx, &bad, in.File); err != nil {
		return evidence.Fact{}, err
	}
	if err := bad.Err(); err != nil {
		return evidence.Fact{}, err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.checkSameDay(ctx, t, in); err != nil {
			return err
		}
		facts, err := s.Facts.Append(ctx, []evidence.Fact{f})
		if err != nil {
			return err
		}
		f = facts[0]
		return s.act(ctx, "figure.report", "target", t.ID, map[string]any{"fact": f.ID, "year": in.Year, "as_of": in.AsOf, "value": f.Quantity, "corrects": in.Corrects, "by": by.Name})
	})
	if err != nil {
		return evidence.Fact{}, err
	}
	s.told()
	return f, nil
}

// proof is the digest of an uploaded file.
func (s *Service) proof(ctx context.Context, bad *fault.Collector, file string) (string, error) {
	if file == "" {
		return "", nil
	}
	files, err := s.Store.Files(ctx, []string{file})
	if err != nil {
		return "", err
	}
	if len(files) == 0 {
		bad.Add("file", "没有这个附件：请重新上传。", "There is no such file: upload it again.")
		return "", nil
	}
	return files[0].SHA256, nil
}

// checkSameDay refuses a second figure of a day that does not say which it
// corrects, and a correction of what is not the target's.
func (s *Service) checkSameDay(ctx context.Context, t *Target, in FigureInput) error {
	if err := s.Store.Lock(ctx, t.ID); err != nil {
		return err
	}
	all, err := s.listAll(ctx, evidence.Query{Subject: RegionCode(s.Plan.home(t)), Kinds: []string{kindReported}, Effective: true})
	if err != nil {
		return err
	}
	year, found := strconv.Itoa(in.Year), false
	for _, r := range all {
		same := r.Object == t.ID && r.Attributes["year"] == year
		found = found || (same && r.ID == in.Corrects)
		if same && r.Occurred == in.AsOf && r.ID != in.Corrects {
			return fault.Newf(fault.Conflict, "%[1]s 截至 %[2]s 已有报数 %[3]s：要改请作为更正提交。", "%[4]s has a figure as of %[2]s already, %[3]s: submit yours as its correction.", t.Name.ZH, string(in.AsOf), r.Quantity, t.Name.EN)
		}
	}
	if in.Corrects != "" && !found {
		return fault.Newf(fault.Conflict, "这个目标在 %d 年没有可更正的报数 %.64s：可能已被更正。", "This target has no figure %.64[2]s of %[1]d to correct: it may have been corrected.", in.Year, in.Corrects)
	}
	return nil
}

// home is the place whose figure a target is: its own, or the whole region.
func (p *Plan) home(t *Target) string {
	if t.Place != "" {
		return t.Place
	}
	for _, place := range p.Places {
		if place.PartOf == "" {
			return place.Code
		}
	}
	return ""
}

// ClaimInput counts a scene towards a target on the word of a department (A23).
type ClaimInput struct {
	Target string
	Object string           // the scene, as its acceptance names it
	Org    ident.CreditCode // whose scene it is
}

// Claim records that a plan counts a scene towards one of its targets. Many
// plans may claim one scene; it counts once in each roll-up.
//
// Codes: invalid; not_found; conflict when it is claimed for the target already.
func (s *Service) Claim(ctx context.Context, by Actor, in ClaimInput) (evidence.Fact, error) {
	t, err := s.Plan.Target(in.Target)
	if err != nil {
		return evidence.Fact{}, err
	}
	var bad fault.Collector
	checkLine(&bad, "object", in.Object, false)
	if _, err := ident.ParseCreditCode(string(in.Org)); err != nil {
		bad.Merge("org", err)
	}
	if t.Counts.Fact != kindScene || t.Counts.Of != countObject || (t.Counts.Place == "" && !t.Counts.Claimed) {
		bad.Add("target", "“%s”不靠归集计数：全省的场景一经验收就算。", "%q counts no claims: every accepted scene of the region is in it.", t.Name.ZH)
	}
	if err := bad.Err(); err != nil {
		return evidence.Fact{}, err
	}
	if _, err := s.Registry.Organisation(ctx, in.Org); err != nil {
		return evidence.Fact{}, err
	}
	f := evidence.Fact{ID: s.IDs.New("claim"), Kind: kindClaim, Subject: in.Org, Object: strings.TrimSpace(in.Object), Occurred: s.Clock.Today(), Attestor: evidence.Department,
		Attributes: map[string]string{"target": t.ID}}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.Lock(ctx, t.ID); err != nil {
			return err
		}
		all, err := s.listAll(ctx, evidence.Query{Kinds: []string{kindClaim}, Text: f.Object, Effective: true})
		if err != nil {
			return err
		}
		for _, old := range all {
			if old.Object == f.Object && old.Attributes["target"] == t.ID {
				return fault.Newf(fault.Conflict, "场景“%[1]s”已归集到这个目标（%[2]s）。", "The scene %[1]q is claimed for this target already (%[2]s).", f.Object, old.ID)
			}
		}
		facts, err := s.Facts.Append(ctx, []evidence.Fact{f})
		if err != nil {
			return err
		}
		f = facts[0]
		return s.act(ctx, "scene.claim", "target", t.ID, map[string]any{"fact": f.ID, "object": f.Object, "by": by.Name})
	})
	if err != nil {
		return evidence.Fact{}, err
	}
	s.told()
	return f, nil
}
