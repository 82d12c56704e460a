package recovery_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/platform/paper/papertest"
	"github.com/qianmo/qianmo/internal/policy/recovery"
	"github.com/qianmo/qianmo/internal/policy/recovery/recoverytest"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

func solid(pages []string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.Join(pages, ""))
}

func TestADecisionHasOneLetter(t *testing.T) {
	r := open(t)
	ctx, org := t.Context(), recoverytest.Code(1)
	if err := r.Pay(ctx, org, "app", 50_000_001, 50_000_000); err != nil {
		t.Fatal(err)
	}
	interest := recovery.Interest{Rate: "0.0345", From: "2025-09-01", To: "2025-10-22", Source: "示例：同期贷款市场报价利率"}
	wish := recoverytest.Wish{Ground: recovery.Fraud, Amount: 80_000_001, Interest: interest, Exclude: "2026-10-21"}
	c, err := r.Heard(ctx, org, wish, "app")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.IssueLetter(ctx, recoverytest.Office, c.ID, c.Version); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a letter before the decision: %v", err)
	}
	charge, err := interest.On(wish.Amount)
	if err != nil {
		t.Fatal(err)
	}
	step := func(reason string) recovery.Step {
		return recovery.Step{ID: c.ID, Version: c.Version, Reason: reason}
	}
	plan := []recovery.Instalment{{Due: "2025-11-21", Amount: 30_000_000}, {Due: "2025-12-22", Amount: 50_000_001 + charge}}
	if c, err = r.Service.Decide(ctx, recoverytest.Office, recovery.DecisionInput{Step: step("材料系伪造。"), Amount: wish.Amount, Interest: interest, Instalments: plan, Exclude: wish.Exclude}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.IssueLetter(ctx, recoverytest.Office, c.ID, c.Version); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a letter before the second person: %v", err)
	}
	if c, err = r.Confirm(ctx, recoverytest.Finance, step("复核无误。")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.OpenLetter(ctx, recoverytest.Office, c.ID); !fault.Is(err, fault.NotFound) {
		t.Fatalf("a letter that nobody issued: %v", err)
	}
	if _, err := r.IssueLetter(ctx, recoverytest.Office, c.ID, c.Version-1); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a letter of what was overtaken: %v", err)
	}
	if c, err = r.IssueLetter(ctx, recoverytest.Office, c.ID, c.Version); err != nil {
		t.Fatal(err)
	}
	sealed, err := r.Evidence.Store.Digests(ctx, "recovery.letter", 10)
	if err != nil || len(sealed) != 1 || sealed[0].Value != c.Letter.Number+":"+c.Letter.SHA256 || c.Letter.Number != c.Number+"-决" {
		t.Fatalf("sealed %+v, letter %+v, %v", sealed, c.Letter, err)
	}
	if acts := r.Acts.Of(c.ID); acts[len(acts)-1] != "policy.recovery.letter" {
		t.Fatalf("audit %v", acts)
	}
	said := r.Told.Said()
	if last := said[len(said)-1]; last.Org != org || !strings.Contains(last.Body.ZH, c.Letter.Number) {
		t.Errorf("told %+v", last)
	}
	read := func(by recovery.Actor) string {
		name, file, err := r.OpenLetter(ctx, by, c.ID)
		if err != nil || name != c.Letter.Number+".pdf" {
			t.Fatalf("%s, %v", name, err)
		}
		defer file.Close()
		text, err := io.ReadAll(file)
		if err != nil {
			t.Fatal(err)
		}
		return solid(papertest.Read(t, text).Pages)
	}
	text := read(recoverytest.Firm(org))
	for _, part := range []string{"追缴决定书", "某公司", "某市数据局", "800,000.01元", charge.Grouped(), (wish.Amount + charge).Grouped(), (wish.Amount + charge).Capitals(), "骗取", "合同与发票不符。", "当事人无异议。", "材料系伪造。",
		"《财政违法行为处罚处分条例》第十四条", "3.45%", "2025年9月1日次日起至2025年10月22日，共51日", "同期贷款市场报价利率", "财政520100", "财政520115", "2025年11月21日", "300,000.00", "2025年12月22日",
		"2026年10月21日，你单位列入暂停申报名单", "可以书面提出。", "2025年10月22日",
		"6222000000000001", "财政520115的收款账户，请在缴款前向某市数据局书面索取"} {
		if !strings.Contains(text, part) {
			t.Errorf("the letter does not say %q:\n%s", part, text)
		}
	}
	// Rescheduled, and asked for again: it is the letter that went out.
	if c, err = r.Reschedule(ctx, recoverytest.Office, recovery.PlanInput{Step: step("改为一次缴清。"), Instalments: []recovery.Instalment{{Due: "2025-11-03", Amount: wish.Amount + charge}}}); err != nil {
		t.Fatal(err)
	}
	again, err := r.IssueLetter(ctx, recoverytest.Office, c.ID, c.Version)
	if err != nil || *again.Letter != *c.Letter || again.Version != c.Version || read(recoverytest.Office) != text {
		t.Fatalf("issued again: %+v, %v", again.Letter, err)
	}
	if _, _, err := r.OpenLetter(ctx, recoverytest.Firm(recoverytest.Code(2)), c.ID); !fault.Is(err, fault.NotFound) {
		t.Fatalf("another firm reads it: %v", err)
	}
}

func demand(principal, interest, received money.Fen) *recovery.Demand {
	city, district := principal.SplitHalf()
	return &recovery.Demand{Number: "ZC-2025-001-决", Issuer: "某市数据局", Org: "某公司", Code: recoverytest.Code(1), Case: "ZC-2025-001", Ground: recovery.Overpaid, Finding: "多付。", Reason: "退回。",
		Authority: "某法第一条", Since: "2025-10-22", Amount: principal, Charge: interest, Remedy: "可以书面提出。", Received: received,
		Shares: []recovery.Portion{{Application: "QM-2025-0001", Purse: "市财政局", Sum: recovery.Sum{Principal: city, Interest: interest}}, {Application: "QM-2025-0001", Purse: "区财政局", Sum: recovery.Sum{Principal: district}}},
		Plan:   []recovery.Instalment{{Due: "2025-11-21", Amount: principal + interest - received}}}
}

func TestWhatNoDemandIsWrittenOf(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*recovery.Demand)
		code   fault.Code
	}{
		"shares that are not the amount":      {func(d *recovery.Demand) { d.Shares[0].Principal++ }, fault.CheckFailed},
		"interest that nobody bears":          {func(d *recovery.Demand) { d.Charge++; d.Plan[0].Amount++ }, fault.CheckFailed},
		"instalments that are not the amount": {func(d *recovery.Demand) { d.Plan[0].Amount-- }, fault.CheckFailed},
		"nothing":                             {func(d *recovery.Demand) { d.Amount, d.Shares, d.Plan = 0, nil, nil }, fault.CheckFailed},
		"no authority":                        {func(d *recovery.Demand) { d.Authority = " " }, fault.Invalid},
		"no remedy":                           {func(d *recovery.Demand) { d.Remedy = "" }, fault.Invalid},
	} {
		d := demand(100, 0, 0)
		c.change(d)
		if _, err := d.PDF(); !fault.Is(err, c.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is fiction is said to be, in the letter itself.
func TestALetterSaysWhatIsAnExample(t *testing.T) {
	signs := rule.Decisions{Example: true, Office: i18n.T("某市数据局", "A bureau"), Remedy: i18n.T("可以书面提出。", "Object in writing.")}
	d := demand(100, 0, 0)
	d.Remedy, d.Sample = signs.Objecting(), signs.Example
	d.Accounts = []recovery.Receiving{{Purse: "市财政局", Holder: "某户", Number: "00000000", Bank: "某行", Example: true}}
	file, err := d.PDF()
	if err != nil {
		t.Fatal(err)
	}
	text := solid(papertest.Read(t, file).Pages)
	for _, part := range []string{"示例文书，不具效力", "是示例文字", "示例账号，请勿缴款", "区财政局的收款账户，请在缴款前向某市数据局书面索取"} {
		if !strings.Contains(text, part) {
			t.Errorf("it does not say %s:\n%s", part, text)
		}
	}
}

// Whatever the amounts: the letter says them, with a draft's clause as no
// ground, and printing twice gives the same bytes.
func TestEqualDemandsAreEqualBytes(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		principal := money.Fen(rapid.Int64Range(2, 1<<50).Draw(r, "principal"))
		d := demand(principal, money.Fen(rapid.Int64Range(0, 1<<40).Draw(r, "interest")), money.Fen(rapid.Int64Range(0, int64(principal)-1).Draw(r, "received")))
		d.Reference, d.Draft = "某省措施 二十四", true
		first, err := d.PDF()
		if err != nil {
			r.Fatal(err)
		}
		again, err := d.PDF()
		if err != nil || !bytes.Equal(first, again) {
			r.Fatalf("printed twice, the bytes differ: %v", err)
		}
		text := solid(papertest.Read(t, first).Pages)
		for _, part := range []string{d.Amount.Grouped(), (d.Amount + d.Charge).Capitals(), d.Plan[0].Amount.Grouped(), "不计利息", "征求意见稿，不作依据"} {
			if !strings.Contains(text, part) {
				r.Fatalf("it does not say %s:\n%s", part, text)
			}
		}
	})
}
