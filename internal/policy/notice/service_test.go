package notice_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/notice"
	"github.com/qianmo/qianmo/internal/policy/notice/sqlstore"
)

// board is the service with what a test watches.
type board struct {
	*notice.Service
	now      *clock.Manual
	proposed []notice.Row
	reopened []string
	acts     []string
}

func (b *board) Record(_ context.Context, act party.Act) error {
	b.acts = append(b.acts, act.Action)
	return nil
}
func (b *board) Proposed(context.Context, string) ([]notice.Row, error) { return b.proposed, nil }
func (b *board) Reopen(_ context.Context, application, _ string) error {
	b.reopened = append(b.reopened, application)
	return nil
}

func newBoard(t *testing.T) *board {
	b := &board{now: clock.NewManual(time.Date(2025, 9, 26, 10, 0, 0, 0, clock.Shanghai))} // the Friday before the holiday's worked Sunday
	b.Service = &notice.Service{Store: sqlstore.New(dbtest.SQLite(t)), Registry: b, Cases: b, Clock: b.now, IDs: ident.Random{}}
	b.proposed = []notice.Row{
		{Application: "a1", Number: "QM-2025-0001", Name: "甲公司", Object: "智能客服（联系人手机13812345678）", Amount: 5},
		{Application: "a2", Number: "QM-2025-0002", Name: "乙公司", Object: "工厂质检", Amount: 7},
	}
	return b
}

func as(t *testing.T, person string) context.Context {
	return httpapi.WithPrincipal(t.Context(), httpapi.Principal{PersonID: person, Name: person, Role: party.Office})
}

func (b *board) on(day clock.Date) {
	b.now.Advance(day.Time().Add(10 * time.Hour).Sub(b.now.Now()))
}

func TestANoticesLife(t *testing.T) {
	b := newBoard(t)
	title := i18n.Text{ZH: "拟支持名单", EN: "Proposed awards"}
	n, err := b.DraftCall(as(t, "one"), title, "call_1", 5)
	if err != nil || n.Number != "GS-2025-001" {
		t.Fatalf("got %+v, %v", n, err)
	}
	rows, err := b.Store.Rows(t.Context(), n.ID, 0, 10)
	if err != nil || strings.Contains(rows[0].Object, "138") || !strings.HasPrefix(rows[0].Object, "智能客服") {
		t.Fatalf("the row reads %q, %v", rows[0].Object, err)
	}
	if err := b.Clear(t.Context(), "a1"); !fault.Is(err, fault.Conflict) {
		t.Fatalf("deciding before the notice gave %v", err)
	}
	if _, err := b.Object(t.Context(), objection(n, 1)); !fault.Is(err, fault.NotFound) {
		t.Fatalf("objecting to a draft gave %v", err)
	}
	if _, err := b.Publish(as(t, "one"), n.ID, n.Version); !fault.Is(err, fault.Forbidden) {
		t.Fatalf("publishing one's own draft gave %v", err)
	}
	if n, err = b.Publish(as(t, "two"), n.ID, n.Version); err != nil || n.Ends != "2025-10-10" {
		t.Fatalf("ends %s, %v: five working days after 26 September are 28, 29, 30 September, 9 and 10 October", n.Ends, err)
	}
	if _, err := b.Publish(as(t, "two"), n.ID, n.Version); !fault.Is(err, fault.Conflict) {
		t.Fatalf("publishing twice gave %v", err)
	}
	first, err := b.Object(t.Context(), objection(n, 1))
	if err != nil || first.Number != "YY-2025-0001" {
		t.Fatalf("got %+v, %v", first, err)
	}
	other, err := b.Object(t.Context(), objection(n, 2))
	if err != nil {
		t.Fatal(err)
	}
	if twice, err := b.Object(t.Context(), objection(n, 2)); err != nil || twice.ID != other.ID || twice.Number != other.Number {
		t.Fatalf("the same form sent twice gave %+v, %v", twice, err)
	}
	b.on("2025-10-10")
	if err := b.Clear(t.Context(), "a2"); !fault.Is(err, fault.Conflict) {
		t.Fatalf("deciding on the last day gave %v", err)
	}
	b.on("2025-10-11")
	if err := b.Clear(t.Context(), "a2"); !fault.Is(err, fault.Conflict) {
		t.Fatalf("deciding with an open objection gave %v", err)
	}
	if _, err := b.Object(t.Context(), objection(n, 2)); !fault.Is(err, fault.Conflict) {
		t.Fatalf("objecting too late gave %v", err)
	}
	if _, err := b.Answer(as(t, "one"), notice.AnswerInput{ID: other.ID, Verdict: notice.Dismissed, Answer: "材料属实。"}); err != nil {
		t.Fatal(err)
	}
	if err := b.Clear(t.Context(), "a2"); err != nil {
		t.Fatalf("all is answered and over: %v", err)
	}
	if _, err := b.Answer(as(t, "one"), notice.AnswerInput{ID: first.ID, Verdict: notice.Upheld, Answer: "发票重复，重新审核。"}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Answer(as(t, "two"), notice.AnswerInput{ID: first.ID, Verdict: notice.Dismissed, Answer: "不同意。"}); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "one") {
		t.Fatalf("a second answer gave %v", err)
	}
	if err := b.Clear(t.Context(), "a1"); !fault.Is(err, fault.Conflict) || !slices.Equal(b.reopened, []string{"a1"}) {
		t.Fatalf("reopened %v; deciding on it gave %v", b.reopened, err)
	}
	want := []string{"policy.notice.draft", "policy.notice.publish", "policy.objection.add", "policy.objection.add", "policy.objection.answer", "policy.objection.answer"}
	if !slices.Equal(b.acts, want) {
		t.Fatalf("audit %v", b.acts)
	}
}

func objection(n notice.Notice, row int) notice.ObjectInput {
	return notice.ObjectInput{Notice: n.ID, Seq: row, Name: "张三", Contact: "13900000000", Body: "与另一项目是同一张发票。"}
}

// TestAnAnswerTellsNobodyWhoObjected: officers write to a person, everybody reads.
func TestAnAnswerTellsNobodyWhoObjected(t *testing.T) {
	o := notice.Objection{Name: "张三丰", Contact: "微信 sanfeng-88", Body: "发票重复。"}
	for answer, want := range map[string]string{
		"张三丰您好：经核实，两张发票不同。":              "●●●您好：经核实，两张发票不同。",
		"已按“微信 sanfeng-88”联系，另见 a@b.cn。": "已按“●●●”联系，另见 ●●●。",
		"来信称“发票重复。”，电话 13812345678 无人接听": "来信称“●●●”，电话 ●●● 无人接听",
		"材料属实。": "材料属实。",
	} {
		if o.Answer = answer; o.PublicAnswer() != want {
			t.Errorf("%q became %q, want %q", answer, o.PublicAnswer(), want)
		}
	}
	o = notice.Objection{Name: "王", Contact: "-", Body: "。", Answer: "王府井项目 - 属实。"}
	if o.PublicAnswer() != o.Answer {
		t.Errorf("a single character struck out a text: %q", o.PublicAnswer())
	}
}

func TestInputsSayEverythingAtOnce(t *testing.T) {
	for name, check := range map[string]struct {
		err  error
		want int
	}{
		"an empty draft":     {notice.DraftInput{}.Validate(), 4},
		"an empty objection": {notice.ObjectInput{}.Validate(), 3},
		"an endless one":     {notice.ObjectInput{Name: "张三", Contact: "x", Body: strings.Repeat("长", 2001)}.Validate(), 1},
		"an empty answer":    {notice.AnswerInput{Verdict: "maybe"}.Validate(), 2},
	} {
		if got := len(fault.From(check.err).Fields); got != check.want {
			t.Errorf("%s: %d faults, want %d (%v)", name, got, check.want, check.err)
		}
	}
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"张三 13812345678 的项目":          "张三 ●●● 的项目",
		"手机１３８１２３４５６７８":               "手机●●●",
		"+86 138-1234-5678":           "●●●",
		"身份证 52010119900101123X":      "身份证 ●●●",
		"身份证 520101 1990 0101 1234 号": "身份证 ●●● 号",
		"卡 6222 0210 0111 2345 678":   "卡 ●●●",
		"a.b@example.com 收":           "●●● 收",
		"电话 0851-85551234":            "电话 ●●●",
		"二期 2025 年第 3 号场景，投资 1200 万元": "二期 2025 年第 3 号场景，投资 1200 万元",
		"型号 GM-13B":                   "型号 GM-13B",
	} {
		if got := notice.Redact(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
