package party

import (
	"regexp"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Person is a natural person who may sign in.
type Person struct {
	ID       string    `json:"id"`
	Login    string    `json:"login"`
	Name     string    `json:"name"`
	Created  time.Time `json:"created"`
	Disabled bool      `json:"disabled" doc:"May not sign in any more"`
}

var loginPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._@+-]{2,63}$`)

// foldLogin makes logins case-blind.
func foldLogin(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

// Validate checks every field that people enter.
//
// Codes: invalid.
func (p Person) Validate() error {
	var c fault.Collector
	if !loginPattern.MatchString(p.Login) {
		c.Add("login", "3–64 个小写字母、数字或 . _ @ + -，以字母或数字开头", "3 to 64 lower-case letters, digits or . _ @ + -, beginning with a letter or digit")
	}
	checkName(&c, "name", p.Name, 60)
	return c.Err()
}
