package party

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// OrganisationKind is what sort of body an organisation is.
type OrganisationKind string

// The kinds of organisation.
const (
	Enterprise OrganisationKind = "enterprise" // 企业
	University OrganisationKind = "university" // 高校
	Institute  OrganisationKind = "institute"  // 科研院所
	Public     OrganisationKind = "public"     // 机关、事业单位、社会团体
)

// Organisation is a legal person (机构) that may apply, supply or run a centre.
type Organisation struct {
	Code    ident.CreditCode `json:"code"`
	Kind    OrganisationKind `json:"kind" enum:"enterprise,university,institute,public"`
	Name    string           `json:"name" maxLength:"200"`
	Place   string           `json:"place" maxLength:"20" doc:"GB/T 2260 code such as 520100, or a place of the region pack such as guian"`
	Created time.Time        `json:"created" readOnly:"true"`
}

var placePattern = regexp.MustCompile(`^([0-9]{6}|[a-z][a-z_]{1,19})$`)

// Validate checks every field.
//
// Codes: invalid.
func (o Organisation) Validate() error {
	var c fault.Collector
	if _, err := ident.ParseCreditCode(string(o.Code)); err != nil {
		c.Merge("code", err)
	}
	if !slices.Contains([]OrganisationKind{Enterprise, University, Institute, Public}, o.Kind) {
		c.Add("kind", "应为 enterprise、university、institute 或 public", "must be enterprise, university, institute or public")
	}
	checkName(&c, "name", o.Name, 200)
	if !placePattern.MatchString(o.Place) {
		c.Add("place", "应为六位行政区划代码（如 520100）或 guian", "must be a six-digit place code (such as 520100) or guian")
	}
	return c.Err()
}

// Folded is the text that substring search looks into.
func (o Organisation) Folded() string { return strings.ToLower(o.Name + "\n" + string(o.Code)) }

func checkName(c *fault.Collector, path, name string, longest int) {
	switch n := utf8.RuneCountInString(strings.TrimSpace(name)); {
	case n == 0:
		c.Add(path, "不能为空", "must not be empty")
	case n > longest:
		c.Add(path, "最多 %d 个字符", "at most %d characters", longest)
	}
}
