package document

import (
	"strconv"
	"strings"
)

var hanValues = map[rune]int{'〇': 0, '零': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}

// numeral reads a whole number below 1000 in Arabic or Chinese digits; 0 means
// that it is none.
func numeral(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		if n < 0 || n > 999 {
			return 0
		}
		return n
	}
	total, digit, lastPlace := 0, -1, 1000
	for _, r := range s {
		place := map[rune]int{'十': 10, '百': 100}[r]
		switch {
		case place > 0 && place < lastPlace && (digit > 0 || (place == 10 && digit < 0 && total == 0)):
			total += max(digit, 1) * place
			digit, lastPlace = -1, place
		case place > 0:
			return 0
		default:
			value, known := hanValues[r]
			if !known || digit > 0 {
				return 0
			}
			digit = value
		}
	}
	return total + max(digit, 0)
}

// hanNumeral writes 1…99 in Chinese digits.
func hanNumeral(n int) string {
	digits := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	switch {
	case n < 10:
		return digits[n]
	case n < 20:
		return "十" + digits[n-10]
	}
	return digits[n/10] + "十" + digits[n%10]
}

func decimal(n int) string { return strconv.Itoa(n) }

// narrow turns full-width digits, stops and per-cent signs into ASCII.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == '．':
			return '.'
		case r == '％':
			return '%'
		}
		return r
	}, s)
}
