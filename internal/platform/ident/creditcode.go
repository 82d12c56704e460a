package ident

import (
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// CreditCode is a unified social credit code (统一社会信用代码): 18 characters,
// the last a check character. Source: GB 32100-2015, sections 4 and 5.
type CreditCode string

// creditAlphabet is the 31-character set of GB 32100-2015: no I, O, S, V, Z.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// ParseCreditCode checks length, alphabet and check character.
//
// Codes: invalid.
func ParseCreditCode(s string) (CreditCode, error) {
	if len(s) != 18 {
		return "", fault.Newf(fault.Invalid, "“%.40s”不是统一社会信用代码：应为 18 位。", "%.40q is not a unified social credit code: it has 18 characters.", s)
	}
	for i := range len(s) {
		if strings.IndexByte(creditAlphabet, s[i]) < 0 {
			return "", fault.Newf(fault.Invalid, "“%s”第 %d 位不在统一社会信用代码字符集内（不用 I、O、S、V、Z 和小写）。", "%q: character %d is outside the credit code alphabet (no I, O, S, V, Z or lower case).", s, i+1)
		}
	}
	if want := CreditCheck(s[:17]); s[17] != want {
		return "", fault.Newf(fault.Invalid, "“%s”校验位不对：前 17 位对应的校验位是 %s，请核对证照。", "%q: wrong check character; the first 17 give %s. Compare with the licence.", s, string(want))
	}
	return CreditCode(s), nil
}

// CreditCheck returns the check character of the first 17 characters, which
// must be in the alphabet: weights 3^i mod 31, C18 = 31 − Σ C_i·W_i mod 31.
func CreditCheck(first17 string) byte {
	sum, weight := 0, 1
	for i := range 17 {
		sum += strings.IndexByte(creditAlphabet, first17[i]) * weight
		weight = weight * 3 % 31
	}
	return creditAlphabet[(31-sum%31)%31]
}
