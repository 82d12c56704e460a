package letter_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/platform/paper/papertest"
	"github.com/qianmo/qianmo/internal/policy/letter"
)

func supported(amount money.Fen) *letter.Letter {
	city, district := amount.SplitHalf()
	return &letter.Letter{Number: "QM-2025-0387-决1", Issuer: "示例市大数据局", Org: "观山湖青砚语智科技有限公司", Code: "91520100MA6E000012", Application: "QM-2025-0387", Submitted: "2025-09-01",
		Measure: "研发训练补助", Clause: "示例措施 二", Object: "青砚", Decision: letter.Supported, Decided: "2025-10-22", Amount: amount, Entitled: amount,
		Halves: []letter.Half{{Purse: "贵阳市财政局", Amount: city}, {Purse: "观山湖区财政局", Amount: district}},
		Guide:  2025, Call: "ZJ-2025-003《示例批次》", Notice: "GS-2025-001，2025-10-13 至 2025-10-17", Digest: strings.Repeat("ab", 32), Remedy: "可以书面提出。", Proof: "http://localhost/evidence/facts/decided-app_1-1"}
}

func exception() *letter.Exception {
	return &letter.Exception{Number: "TY-2025-001", Clause: "示例措施 八（四）", Ground: "重大项目", Departure: "没有措施覆盖这一事项", Reason: "经专题会议研究。",
		Approvals: []letter.Approval{{Seat: "主管部门", Name: "顾清和", On: "2025-09-22"}, {Seat: "财政", Name: "杨知微", On: "2025-09-23"}}}
}

// read is what a printed letter says, without the breaks of its lines.
func read(t testing.TB, l *letter.Letter) string {
	t.Helper()
	file, err := l.PDF()
	if err != nil {
		t.Fatal(err)
	}
	return solid(strings.Join(papertest.Read(t, file).Pages, ""))
}

func solid(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func TestALetterSaysWhatWasDecided(t *testing.T) {
	partial := supported(30_000_001)
	partial.Decision, partial.Entitled, partial.Carried = letter.Partial, 45_000_000, 15_000_000
	refused := supported(1)
	refused.Decision, refused.Amount, refused.Halves, refused.Reason, refused.Proof, refused.Call, refused.Notice = letter.Refused, 0, nil, "备案未通过。", "", "", ""
	unchosen := *refused
	unchosen.Decision, unchosen.Reason = letter.Unchosen, "名额已满。"
	excepted := supported(120_000_000)
	excepted.Exception = exception()
	for name, c := range map[string]struct {
		letter  *letter.Letter
		has     []string
		without []string
	}{
		"supported": {supported(468_759_363), []string{"支持决定书", "观山湖青砚语智科技有限公司", "QM-2025-0387-决1", "4,687,593.63", "人民币肆佰陆拾捌万柒仟伍佰玖拾叁元陆角叁分", "2,343,796.81", "2,343,796.82",
			"贵阳市财政局", "观山湖区财政局", "示例措施二", "2025年", "ZJ-2025-003", "GS-2025-001，2025-10-13至2025-10-17", "可以书面提出", "/evidence/facts/decided-app_1-1", "2025年10月22日", "五、核验"}, []string{"不予支持", "结转", "一事一议"}},
		"excepted": {excepted, []string{"一事一议支持决定书", "二、一事一议", "TY-2025-001", "示例措施八（四）", "重大项目；没有措施覆盖这一事项", "经专题会议研究。", "主管部门", "顾清和，2025年9月22日同意", "财政", "杨知微，2025年9月23日同意", "六、核验"}, nil},
		"partial":  {partial, []string{"300,000.01", "按规则计算为450,000.00元", "另有150,000.00元结转"}, nil},
		"refused":  {refused, []string{"不予支持决定书", "理由：备案未通过", "三、异议"}, []string{"大写", "资金分担", "核验", "公示"}},
		"unchosen": {&unchosen, []string{"未入选通知书", "名额已满"}, []string{"大写"}},
	} {
		t.Run(name, func(t *testing.T) {
			text := read(t, c.letter)
			for _, part := range c.has {
				if !strings.Contains(text, solid(part)) {
					t.Errorf("it does not say %q:\n%s", part, text)
				}
			}
			for _, part := range c.without {
				if strings.Contains(text, part) {
					t.Errorf("it says %q", part)
				}
			}
		})
	}
}

func TestWhatNoLetterIsWrittenOf(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*letter.Letter)
		code   fault.Code
	}{
		"halves that are not the amount": {func(l *letter.Letter) { l.Halves[0].Amount++ }, fault.CheckFailed},
		"nothing":                        {func(l *letter.Letter) { l.Amount, l.Halves = 0, nil }, fault.CheckFailed},
		"nobody signs":                   {func(l *letter.Letter) { l.Issuer = " " }, fault.Invalid},
		"an exception that one seat approved": {func(l *letter.Letter) {
			l.Exception = exception()
			l.Exception.Approvals[1].Seat = l.Exception.Approvals[0].Seat
		}, fault.CheckFailed},
		"an exception that one person approved": {func(l *letter.Letter) { l.Exception = exception(); l.Exception.Approvals = l.Exception.Approvals[:1] }, fault.CheckFailed},
		"a refusal without a reason":            {func(l *letter.Letter) { l.Decision = letter.Refused }, fault.Invalid},
	} {
		l := supported(100)
		c.change(l)
		if _, err := l.PDF(); !fault.Is(err, c.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever the amount: the letter says it in figures and in capitals, its halves
// add up, every character is embedded (a code without one fails the reader), and
// printing twice gives the same bytes.
func TestEqualLettersAreEqualBytes(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		l := supported(money.Fen(rapid.Int64Range(2, 1<<50).Draw(r, "fen")))
		first, err := l.PDF()
		if err != nil {
			r.Fatal(err)
		}
		again, err := l.PDF()
		if err != nil || !bytes.Equal(first, again) {
			r.Fatalf("printed twice, the bytes differ: %v", err)
		}
		text := solid(strings.Join(papertest.Read(t, first).Pages, ""))
		for _, part := range []string{l.Amount.Grouped(), l.Amount.Capitals(), l.Halves[0].Amount.Grouped(), l.Halves[1].Amount.Grouped()} {
			if !strings.Contains(text, part) {
				r.Fatalf("it does not say %s:\n%s", part, text)
			}
		}
	})
}
