package message

import (
	"net/mail"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Contact is where a person can be reached outside the console. Nothing is
// sent to an address before its owner has followed the link that went there.
type Contact struct {
	Person    string
	Address   string // e-mail; "" for none
	Language  i18n.Lang
	Confirmed time.Time // zero until then
	Asked     time.Time // when the last confirmation went out
	Asks      int       // how many since an address was confirmed
}

// usable says why nothing can be sent, or "".
func (c Contact) usable() string {
	switch {
	case c.Address == "":
		return ReasonNoAddress
	case c.Confirmed.IsZero():
		return ReasonUnconfirmed
	}
	return ""
}

// mayAskAt is when another confirmation may go out: each unanswered one doubles
// the wait, from a minute to a day, so that nobody is flooded through us.
func (c Contact) mayAskAt() time.Time {
	if c.Asks == 0 {
		return c.Asked
	}
	return c.Asked.Add(min(time.Minute<<min(c.Asks-1, 11), 24*time.Hour))
}

// addressLimit is the longest address that SMTP carries (RFC 5321, 4.5.3.1.3,
// without the brackets).
const addressLimit = 254

// parseAddress accepts a bare address, "li@example.cn": no name, no group, no
// quoted local part, no bytes that a command or header would trip over.
//
// Codes: invalid.
func parseAddress(text string) (string, error) {
	text = strings.TrimSpace(text)
	parsed, err := mail.ParseAddress(text)
	plain := !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"<>()[]\,;:`, r) })
	if err != nil || parsed.Address != text || !plain || len(text) > addressLimit || !strings.Contains(text[strings.LastIndexByte(text, '@')+1:], ".") {
		var c fault.Collector
		c.Add("address", "不是电子邮箱地址：应如 li@example.cn", "not an e-mail address: write it as li@example.cn")
		return "", c.Err()
	}
	return text, nil
}
