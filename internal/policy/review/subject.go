package review

import (
	"context"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Cases is all that this room knows of applications.
type Cases interface {
	// Case finds one that was submitted. Codes: not_found.
	Case(ctx context.Context, id string) (Subject, error)
	// Cases lists those of a measure and guide year that may be reviewed now.
	// Their facts, files and evidence wanted are left out.
	Cases(ctx context.Context, measure string, year int) ([]Subject, error)
}

// Subject is a case as reviewing sees it.
type Subject struct {
	ID          string
	Number      string // what people quote: QM-2025-0387
	Org         ident.CreditCode
	OrgName     string
	Measure     string
	MeasureName i18n.Text
	Object      string // the model, project or platform
	Year        int    // the guide's year
	Call        string // the call it answers; "" without one
	Reviewable  bool   // it waits for the office and may be reviewed
	Statement   string // the applicant's own words
	Facts       []SubjectFact
	Files       []File
	Wanted      []Wanted // the evidence that the call demands, for the completeness check
}

// SubjectFact is a fact that the case's calculation rests on.
type SubjectFact struct {
	ID       string            `json:"id"`
	Kind     string            `json:"kind"`
	Object   string            `json:"object"`
	Quantity string            `json:"quantity"`
	Unit     string            `json:"unit"`
	Occurred clock.Date        `json:"occurred"`
	Attestor string            `json:"attested_by"`
	Details  map[string]string `json:"details" doc:"The fact's attributes"`
}

// File is a paper of the case or of a site visit; the bytes are a blob under
// their digest.
type File struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Type   string `json:"media_type"`
	Size   int64  `json:"size" doc:"Bytes"`
	SHA256 string `json:"sha256"`
}

// Wanted is one piece of evidence that an application must bring (形式审查要件).
type Wanted struct {
	ID   string    `json:"id"`
	Name i18n.Text `json:"name"`
}

// applicant stands for an organisation's name where a panel is blind.
const applicant = "〔申报单位〕"

// blinded hides who applies: code and name, also where the name stands in the
// applicant's own texts and file names. What a file shows inside it cannot hide.
func (s Subject) blinded() Subject {
	hide := func(text string) string {
		if s.OrgName == "" {
			return text
		}
		return strings.ReplaceAll(strings.ReplaceAll(text, s.OrgName, applicant), string(s.Org), applicant)
	}
	files := make([]File, 0, len(s.Files))
	for _, f := range s.Files {
		f.Name = hide(f.Name)
		files = append(files, f)
	}
	facts := make([]SubjectFact, 0, len(s.Facts))
	for _, f := range s.Facts {
		f.Object = hide(f.Object)
		details := make(map[string]string, len(f.Details))
		for k, v := range f.Details {
			details[k] = hide(v)
		}
		f.Details = details
		facts = append(facts, f)
	}
	s.Object, s.Statement, s.Files, s.Facts = hide(s.Object), hide(s.Statement), files, facts
	s.Org, s.OrgName = "", ""
	return s
}
