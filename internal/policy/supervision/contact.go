package supervision

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// The fact kinds that tie organisations together.
const (
	kindContact = "org.contact"
	kindRelated = "org.related"
)

// Means is how somebody is reached, or who stands for an organisation.
type Means string

// The closed set of means, as in the vocabulary.
const (
	Phone    Means = "phone"
	Email    Means = "email"
	Address  Means = "address"  // down to a room
	Building Means = "building" // an address without a room: many honest tenants share it, so nothing is matched by it
	Person   Means = "person"   // the legal representative, by identity number
)

// Contact (联系方式) is one contact in the open, as a person types it. It is
// never stored: what is kept is its keyed fingerprint, which tells equals from
// unequals and cannot be tried out without the installation's key, and a masked
// form for people to recognise (Personal Information Protection Law, articles
// 6 and 51: no more than the purpose needs, de-identified).
type Contact struct {
	Means Means
	Value string
}

var (
	phonePattern  = regexp.MustCompile(`^(1\d{10}|0\d{9,11}|[48]00\d{7})$`)
	emailPattern  = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	personPattern = regexp.MustCompile(`^\d{17}[0-9X]$`)
	roomPattern   = regexp.MustCompile(`(\d{1,4}(室|房|号房)|[-#]\d{2,4}|\d+层\d+|\d{3,4})$`)
)

// Normalise returns the contact in the one form that equal contacts share.
//
// Codes: invalid.
func (c Contact) Normalise() (Contact, error) {
	text := strings.TrimSpace(norm.NFKC.String(c.Value))
	switch c.Means {
	case Phone:
		text = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(text)
		text = strings.TrimPrefix(strings.TrimPrefix(text, "+86"), "0086")
		if !phonePattern.MatchString(text) {
			return c, fault.Newf(fault.Invalid, "不是电话号码：手机十一位，座机带区号。", "This is no phone number: eleven digits, or a landline with its area code.")
		}
	case Email:
		text = strings.ToLower(text)
		if !emailPattern.MatchString(text) {
			return c, fault.Newf(fault.Invalid, "不是邮箱地址。", "This is no e-mail address.")
		}
	case Person:
		text = strings.ToUpper(strings.ReplaceAll(text, " ", ""))
		if !personPattern.MatchString(text) {
			return c, fault.Newf(fault.Invalid, "法定代表人须用十八位公民身份号码。", "A legal representative is given by the eighteen characters of the identity number.")
		}
	case Address, Building:
		text = strings.ToUpper(strings.NewReplacer(" ", "", "，", "", ",", "", "(", "", ")", "", "。", "").Replace(text))
		if n := utf8.RuneCountInString(text); n < 6 || n > 200 {
			return c, fault.Newf(fault.Invalid, "地址应有 6 到 200 个字，写到房间号。", "An address has 6 to 200 characters, down to the room.")
		}
		c.Means = Building
		if roomPattern.MatchString(text) {
			c.Means, text = Address, strings.TrimRight(text, "室房")
		}
	default:
		return c, fault.Newf(fault.Invalid, "联系方式应为 phone、email、address 或 person。", "A contact is a phone, an email, an address or a person.")
	}
	c.Value = text
	return c, nil
}

// Fingerprint is the keyed fingerprint of a normalised contact.
func (c Contact) Fingerprint(key []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(string(c.Means) + "\x00" + c.Value))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// Masked is a normalised contact as people may see it.
func (c Contact) Masked() string {
	runes := []rune(c.Value)
	switch c.Means {
	case Phone:
		return string(runes[:3]) + "****" + string(runes[len(runes)-4:])
	case Email:
		name, host, _ := strings.Cut(c.Value, "@")
		return string([]rune(name)[:1]) + "***@" + host
	case Person:
		return string(runes[:3]) + "***********" + string(runes[len(runes)-4:])
	}
	shown := min(len(runes)/2, 12)
	return string(runes[:shown]) + "***"
}

var meansWords = map[string]i18n.Text{
	"phone":    {ZH: "电话", EN: "the phone"},
	"email":    {ZH: "邮箱", EN: "the e-mail address"},
	"address":  {ZH: "地址", EN: "the address"},
	"building": {ZH: "楼宇", EN: "the building"},
	"person":   {ZH: "法定代表人", EN: "the legal representative"},
}

// contactWords is a contact fact in words.
func contactWords(it *item) i18n.Text {
	word, masked := meansWords[it.Attributes["means"]], it.Attributes["masked"]
	return i18n.Text{ZH: word.ZH + " " + masked, EN: word.EN + " " + masked}
}
