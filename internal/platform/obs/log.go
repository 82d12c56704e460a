// Package obs is how an operator sees what the product does: logs without
// secrets, metrics in Prometheus' text form, and what was built.
package obs

import (
	"io"
	"log/slog"
	"regexp"
	"strings"
)

// Format of the log.
type Format string

// The formats: for people and for log collectors.
const (
	Text Format = "text"
	JSON Format = "json"
)

// NewLogger writes records of at least level to w. Attributes whose name
// speaks of a secret, and secrets inside other texts, are replaced.
func NewLogger(w io.Writer, format Format, level slog.Leveler) *slog.Logger {
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: redact}
	if format == JSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

const redacted = "[redacted]"

var secretNames = []string{"password", "passwd", "secret", "token", "authorization", "cookie", "credential", "api_key", "apikey", "private"}

// secretTexts are the forms of secrets that may stand inside a message: the
// password of an address, a bearer token, an API key of ours.
var secretTexts = []struct {
	form *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`([a-zA-Z][a-zA-Z0-9+.-]*://[^\s:/@]*):[^\s/@]+@`), "$1:" + redacted + "@"},
	{regexp.MustCompile(`(?i)\b(password|passwd|secret|token)=[^\s&;,]+`), "$1=" + redacted},
	{regexp.MustCompile(`(?i)\bbearer\s+\S+`), "Bearer " + redacted},
	{regexp.MustCompile(`\bqm_[A-Za-z0-9_-]{8,}`), "qm_" + redacted},
}

func redact(_ []string, a slog.Attr) slog.Attr {
	name := strings.ToLower(a.Key)
	for _, s := range secretNames {
		if strings.Contains(name, s) {
			return slog.String(a.Key, redacted)
		}
	}
	switch v := a.Value.Any().(type) {
	case string:
		a.Value = slog.StringValue(redactText(v))
	case error:
		a.Value = slog.StringValue(redactText(v.Error()))
	}
	return a
}

func redactText(s string) string {
	for _, secret := range secretTexts {
		s = secret.form.ReplaceAllString(s, secret.with)
	}
	return s
}
