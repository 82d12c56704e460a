package money

import "strings"

// Capitals writes an amount in the capital numerals that Chinese cheques and
// payment orders use (大写金额): 4687593.63 is 人民币肆佰陆拾捌万柒仟伍佰玖拾叁元陆角叁分.
//
// Source: the People's Bank's rules for filling in bills (支付结算办法 of 1997,
// annex 1, rules 2 and 3). Where rule 3 leaves a choice, this writes its first
// example: 1680.32 is 壹仟陆佰捌拾元零叁角贰分, 107000.53 is 壹拾万柒仟元零伍角叁分.
func (f Fen) Capitals() string {
	n, sign := uint64(f), "人民币"
	if f < 0 {
		n, sign = -n, "人民币负"
	}
	yuan, jiao, fen := n/100, n/10%10, n%10
	var b strings.Builder
	b.WriteString(sign)
	if yuan > 0 || n == 0 {
		b.WriteString(capitalInteger(yuan) + "元")
	}
	if jiao == 0 && fen == 0 {
		return b.String() + "整"
	}
	if yuan > 0 && (jiao == 0 || yuan%10 == 0) {
		b.WriteString("零")
	}
	if jiao > 0 {
		b.WriteString(numerals[jiao] + "角")
	}
	if fen == 0 {
		return b.String() + "整"
	}
	return b.String() + numerals[fen] + "分"
}

var numerals = [...]string{"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"}

// capitalInteger reads n as so many 亿 (or 万, 仟, …) and a rest. A rest that
// does not fill the next place, or that follows four zeros, is led by one 零.
func capitalInteger(n uint64) string {
	for _, u := range [...]struct {
		size uint64
		name string
	}{{1e8, "亿"}, {1e4, "万"}, {1000, "仟"}, {100, "佰"}, {10, "拾"}} {
		if n < u.size {
			continue
		}
		many, rest := capitalInteger(n/u.size)+u.name, n%u.size
		switch {
		case rest == 0:
			return many
		case rest < u.size/10 || n/u.size%1e4 == 0:
			return many + "零" + capitalInteger(rest)
		}
		return many + capitalInteger(rest)
	}
	return numerals[n]
}
