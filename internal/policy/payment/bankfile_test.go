package payment_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/payment"
	"github.com/qianmo/qianmo/internal/policy/payment/paymenttest"
)

// download reads a released file.
func (r room) download(t testing.TB, id string) []byte {
	t.Helper()
	_, content, err := r.OpenFile(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	b, err := io.ReadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The documented shape, to the byte.
func TestBankFileIsExactlyAsDocumented(t *testing.T) {
	r := openRoom(t)
	r.issue(t, paymenttest.Award("f1", 123456, 123457))
	r.issue(t, paymenttest.Award("f2", 5, 6))
	f := r.send(t, paymenttest.City)
	body := "\ufeff指令号,付款方,收款人,收款账号,开户行,行号,金额,币种,用途,付款日期\r\n" +
		"ZF-2025-0001,市财政局,示例科技有限公司,6222020000001234567,示例银行贵阳支行,102701000018,1234.56,CNY,政策兑现 002-2 QM-f1,2025-10-22\r\n" +
		"ZF-2025-0003,市财政局,示例科技有限公司,6222020000001234567,示例银行贵阳支行,102701000018,0.05,CNY,政策兑现 002-2 QM-f2,2025-10-22\r\n"
	sum := sha256.Sum256([]byte(body))
	want := body + "合计,2,,,,,1234.61,,sha256:" + hex.EncodeToString(sum[:]) + ",\r\n"
	got := r.download(t, f.ID)
	if string(got) != want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
	whole := sha256.Sum256(got)
	if f.SHA256 != hex.EncodeToString(whole[:]) || f.Digest != hex.EncodeToString(sum[:]) || f.Total != 123461 || f.Count != 2 || f.Number != "FK-2025-0001" {
		t.Fatalf("%+v", f)
	}
	if again := r.download(t, f.ID); !bytes.Equal(got, again) || r.Acts.Count("payment.file.downloaded") != 2 {
		t.Fatal("the second download differs or left no trace")
	}
}

func TestTheSameChoiceGivesTheSameFile(t *testing.T) {
	r := openRoom(t)
	first, second := r.issue(t, paymenttest.Award("s1", 10, 10))[0], r.issue(t, paymenttest.Award("s2", 20, 20))[0]
	make := func(ids ...string) (payment.BankFile, error) {
		f, _, err := r.MakeFile(t.Context(), paymenttest.Consenter, payment.FileInput{Purse: paymenttest.City, Orders: ids})
		return f, err
	}
	f, err := make(second.ID, first.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, ids := range [][]string{{first.ID, second.ID}, {second.ID, first.ID, second.ID}} {
		if again, err := make(ids...); err != nil || again.ID != f.ID || again.SHA256 != f.SHA256 {
			t.Fatalf("%+v %v", again, err)
		}
	}
	if n := r.Acts.Count("payment.file.made"); n != 1 {
		t.Fatalf("made %d times", n)
	}
	third := r.issue(t, paymenttest.Award("s3", 30, 30))
	for name, ids := range map[string][]string{"one of a file": {first.ID}, "one of a file and a new one": {first.ID, third[0].ID}, "another purse's": {third[1].ID}} {
		if _, err := make(ids...); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s gave %v", name, err)
		}
	}
	_, err = make("po-nobody")
	wants(t, err, fault.NotFound)
	_, _, err = r.MakeFile(t.Context(), paymenttest.Consenter, payment.FileInput{Purse: paymenttest.City, Orders: make1001()})
	wants(t, err, fault.Invalid)
	// Withdrawn, its orders wait again and go into another file.
	if _, err := r.WithdrawFile(t.Context(), paymenttest.Releaser, f.ID, "少选一笔"); err != nil {
		t.Fatal(err)
	}
	if o := r.order(t, first.ID); o.State != payment.Waiting || o.File != "" {
		t.Fatalf("%+v", o)
	}
	next, err := make()
	if err != nil || next.ID == f.ID || next.Count != 3 {
		t.Fatalf("%+v %v", next, err)
	}
	_, err = make()
	wants(t, err, fault.Conflict) // nothing waits
	_, _, err = r.OpenFile(t.Context(), next.ID)
	wants(t, err, fault.Conflict) // not released
	_, _, err = r.OpenFile(t.Context(), f.ID)
	wants(t, err, fault.Conflict) // withdrawn
}

func make1001() (ids []string) {
	for i := range 1001 {
		ids = append(ids, fmt.Sprint(i))
	}
	return ids
}

// Consent, making and release: the release is never the maker's, nor that of
// whoever countersigned one of the orders.
func TestWhoMayRelease(t *testing.T) {
	r := openRoom(t)
	r.issue(t, paymenttest.Award("w", 10, 10)) // countersigned by per_a
	third := payment.Actor{Person: "per_c", Name: "戊", Role: "finance"}
	f, _, err := r.MakeFile(t.Context(), third, payment.FileInput{Purse: paymenttest.City})
	if err != nil {
		t.Fatal(err)
	}
	for name, by := range map[string]payment.Actor{"the maker": third, "the countersigner": paymenttest.Consenter} {
		if _, err := r.ReleaseFile(t.Context(), by, f.ID, "放行"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s gave %v", name, err)
		}
	}
	_, err = r.ReleaseFile(t.Context(), paymenttest.Releaser, f.ID, "")
	wants(t, err, fault.Invalid)
	if f, err = r.ReleaseFile(t.Context(), paymenttest.Releaser, f.ID, "核对无误"); err != nil || f.Released != today {
		t.Fatalf("%+v %v", f, err)
	}
	_, err = r.ReleaseFile(t.Context(), paymenttest.Releaser, f.ID, "再放一次")
	wants(t, err, fault.Conflict)
	_, err = r.WithdrawFile(t.Context(), third, f.ID, "撤回")
	wants(t, err, fault.Conflict)
}

// What came up after the countersignature stops an order: of all that wait it
// is left out and told, named it is refused, and a file that has it is not
// released.
func TestAStoppedOrderIsNotPaid(t *testing.T) {
	r := openRoom(t)
	stop := func(id string) {
		r.Told.Stops = map[string]error{id: fault.Newf(fault.Conflict, "有一条预警。", "An alarm stands in the way.")}
	}
	bad, good := r.issue(t, paymenttest.Award("bad", 10, 10))[0], r.issue(t, paymenttest.Award("good", 20, 20))[0]
	stop("bad")
	of := func(ids ...string) payment.FileInput {
		return payment.FileInput{Purse: paymenttest.City, Orders: ids}
	}
	_, _, err := r.MakeFile(t.Context(), paymenttest.Consenter, of(bad.ID, good.ID))
	wants(t, err, fault.Conflict)
	if f := fault.From(err).Fields; len(f) != 1 || f[0].Path != "orders."+bad.Number || f[0].Message.ZH != "有一条预警。" {
		t.Fatalf("%+v", f)
	}
	f, left, err := r.MakeFile(t.Context(), paymenttest.Consenter, of())
	if err != nil || f.Count != 1 || len(left) != 1 || left[0].Order.ID != bad.ID {
		t.Fatalf("%+v, left %+v, %v", f, left, err)
	}
	if _, _, err := r.MakeFile(t.Context(), paymenttest.Consenter, of()); !fault.Is(err, fault.Conflict) || len(fault.From(err).Fields) != 1 {
		t.Fatalf("with nothing else: %v", err)
	}
	if o := r.order(t, bad.ID); o.State != payment.Waiting {
		t.Fatalf("%+v", o)
	}
	stop("good")
	_, err = r.ReleaseFile(t.Context(), paymenttest.Releaser, f.ID, "核对无误")
	wants(t, err, fault.Conflict)
	if f, err := r.Store.File(t.Context(), f.ID); err != nil || f.State != payment.FileMade {
		t.Fatalf("%+v %v", f, err)
	}
	stop("")
	if _, err := r.ReleaseFile(t.Context(), paymenttest.Releaser, f.ID, "核对无误"); err != nil {
		t.Fatal(err)
	}
}

func TestAReplacedAccountIsNotPaid(t *testing.T) {
	r := openRoom(t)
	r.issue(t, paymenttest.Award("x", 10, 10))
	r.Banks.Replacement = party.PayeeAccount{ID: "payee_2", State: party.Active}
	_, _, err := r.MakeFile(t.Context(), paymenttest.Consenter, payment.FileInput{Purse: paymenttest.City})
	wants(t, err, fault.Conflict)
}

// No cell begins like a formula, whatever the texts are, and the file reads
// back as CSV of ten columns with CRLF ends.
func TestNoFormulaRuns(t *testing.T) {
	for cell, want := range map[string]string{"=1+1": "'=1+1", "+8613": "'+8613", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "＝1": "'＝1", "a=1": "a=1", "": ""} {
		if got := payment.Inert(cell); got != want {
			t.Errorf("%q became %q, want %q", cell, got, want)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		any := rapid.OneOf(rapid.String(), rapid.StringMatching(`[=+\-@\t\r\n",]{1,3}.{0,9}`))
		o := payment.Order{ID: "o", Number: any.Draw(rt, "number"), Amount: 1, Purpose: any.Draw(rt, "purpose")}
		o.PurseName.ZH = any.Draw(rt, "purse")
		content, err := payment.EncodeOne(o, any.Draw(rt, "holder"), any.Draw(rt, "bank"))
		if err != nil {
			rt.Fatal(err)
		}
		rest, ok := bytes.CutPrefix(content, []byte("\ufeff"))
		if !ok || strings.Contains(strings.ReplaceAll(string(rest), "\r\n", ""), "\n") {
			rt.Fatalf("no mark, or a bare line end: %q", content)
		}
		rows, err := csv.NewReader(bytes.NewReader(rest)).ReadAll()
		if err != nil || len(rows) != 3 {
			rt.Fatalf("%d rows, %v: %q", len(rows), err, content)
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
					rt.Fatalf("%q would run", cell)
				}
			}
		}
	})
}
