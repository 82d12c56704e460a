package money

import "strings"

// Capitals writes an amount in the capital numerals that Chinese cheques and
// payment orders use (大写金额), after the People's Bank rules for filling in
// bills (支付结算办法, annex 1): 4687593.63 is 人民币肆佰陆拾捌万柒仟伍佰玖拾叁元陆角叁分.
func (f Fen) Capitals() string {
	const digits = "零壹贰叁肆伍陆柒捌玖"
	numeral := func(d uint64) string { return string([]rune(digits)[d]) }
	n, sign := uint64(f), "人民币"
	if f < 0 {
		n, sign = -n, "人民币负"
	}
	yuan, jiao, fen := n/100, n/10%10, n%10
	var b strings.Builder
	b.WriteString(sign)
	if yuan > 0 {
		b.WriteString(capitalInteger(yuan, numeral) + "元")
	}
	switch {
	case jiao == 0 && fen == 0 && yuan == 0:
		return sign + "零元整"
	case jiao == 0 && fen == 0:
		b.WriteString("整")
	case jiao == 0:
		if yuan > 0 {
			b.WriteString("零")
		}
		b.WriteString(numeral(fen) + "分")
	case fen == 0:
		b.WriteString(numeral(jiao) + "角整")
	default:
		b.WriteString(numeral(jiao) + "角" + numeral(fen) + "分")
	}
	return b.String()
}

// capitalInteger groups by four digits (万, 亿, 万亿, 亿亿) and writes one 零 for
// each run of zeros inside the number.
func capitalInteger(n uint64, numeral func(uint64) string) string {
	groups := []string{"", "万", "亿", "万亿", "亿亿"}
	places := []string{"", "拾", "佰", "仟"}
	var parts []uint64
	for n > 0 {
		parts = append(parts, n%10000)
		n /= 10000
	}
	var b strings.Builder
	pendingZero := false
	for g := len(parts) - 1; g >= 0; g-- {
		part := parts[g]
		if part == 0 {
			pendingZero = true
			continue
		}
		for place, unit := 3, uint64(1000); place >= 0; place, unit = place-1, unit/10 {
			d := part / unit % 10
			if d == 0 {
				pendingZero = b.Len() > 0
				continue
			}
			if pendingZero && b.Len() > 0 {
				b.WriteString("零")
			}
			pendingZero = false
			b.WriteString(numeral(d) + places[place])
		}
		pendingZero = false
		b.WriteString(groups[g])
		if part%10 == 0 && g > 0 {
			pendingZero = parts[g-1] > 0 && parts[g-1] < 1000
		}
		if g > 0 && parts[g-1] > 0 && parts[g-1] < 1000 {
			pendingZero = true
		}
	}
	return b.String()
}
