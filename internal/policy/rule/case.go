package rule

import (
	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Case is a worked case beside a measure (cases/<measure>.yaml): facts in, the
// outcome that people agreed on out. `region check` runs them all.
type Case struct {
	Measure string      `yaml:"-"`
	ID      string      `yaml:"id"`
	Name    i18n.Text   `yaml:"name"`
	On      clock.Date  `yaml:"on"`
	Guide   int         `yaml:"guide"` // 0: no ruling holds
	Subject CaseSubject `yaml:"subject"`
	// Base facts are those of the file's `given`, unless `without` lists their
	// kind; Facts come on top.
	Facts   []CaseFact `yaml:"facts"`
	Without []string   `yaml:"without"`
	Expect  []Expected `yaml:"expect"`

	given []CaseFact
	file  string
}

type caseFile struct {
	Measure string     `yaml:"measure"`
	Given   []CaseFact `yaml:"given"` // facts that every case of the file starts from
	Cases   []Case     `yaml:"cases"`
}

// CaseSubject is the applicant of a case; without it an enterprise.
type CaseSubject struct {
	Code string               `yaml:"code"`
	Kind evidence.SubjectKind `yaml:"kind"`
}

// CaseFact is a fact in the shape of the command line's facts file.
type CaseFact struct {
	ID         string            `yaml:"id"`
	Kind       string            `yaml:"kind"`
	Object     string            `yaml:"object"`
	Quantity   string            `yaml:"quantity"`
	Unit       string            `yaml:"unit"`
	Occurred   clock.Date        `yaml:"occurred"`
	By         evidence.Attestor `yaml:"attested_by"`
	Corrects   string            `yaml:"corrects"`
	Attributes map[string]string `yaml:"attributes"`
}

// Expected is what one result of a case must be. Amounts are decimal yuan;
// "none" says that there is no amount. Lists that are left out are not compared.
type Expected struct {
	Object      string    `yaml:"object"`
	Outcome     Outcome   `yaml:"outcome"`
	Amount      string    `yaml:"amount"`
	Provisional string    `yaml:"provisional"`
	City        string    `yaml:"city"`
	District    string    `yaml:"district"`
	Lacking     *[]string `yaml:"lacking"`
	Questions   *[]string `yaml:"questions"`
	Fails       *[]string `yaml:"fails"` // condition ids that must be false
}
