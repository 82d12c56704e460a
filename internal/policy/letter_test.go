package policy_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/paper/papertest"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/letter"
)

// shelf keeps files by their digest.
type shelf map[string][]byte

func (s shelf) Keep(_ context.Context, name string, r io.Reader) (policy.Attachment, error) {
	b, err := io.ReadAll(r)
	sum := sha256.Sum256(b)
	digest := hex.EncodeToString(sum[:])
	s[digest] = b
	return policy.Attachment{Name: name, Size: int64(len(b)), SHA256: digest}, err
}

func (s shelf) Open(_ context.Context, digest string) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(s[digest])), nil
}

func TestADecisionHasOneLetter(t *testing.T) {
	h, books := openCounter(t, dbtest.SQLite(t), guizhou(t))
	h.Files, h.Address = shelf{}, "http://localhost"
	ctx, org := t.Context(), h.firm(1)
	h.registry.organisations[org] = party.Organisation{Code: org, Kind: "enterprise", Name: "观山湖青砚语智科技有限公司", Place: "520115"}
	h.trains(org, "青砚", "1000000.03")
	firm := manager(org)
	a, err := h.Open(ctx, firm, policy.OpenInput{Org: org, Measure: "002-2", Object: "青砚"})
	step := func(next policy.Application, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if a, err = h.Store.Application(ctx, next.ID); err != nil {
			t.Fatal(err)
		}
	}
	decision := func() policy.DecisionInput {
		return policy.DecisionInput{ID: a.ID, Version: a.Version, Opinion: "符合条件。", Hash: a.Hash}
	}
	step(a, err)
	step(h.Submit(ctx, firm, a.ID, a.Version))
	if _, err := h.IssueLetter(ctx, officer, a.ID, a.Version); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a letter before the decision: %v", err)
	}
	step(h.Approve(ctx, officer, decision()))
	h.answer(t, books, true)
	step(a, nil)
	if _, err := h.IssueLetter(ctx, officer, a.ID, a.Version); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a letter before the second person: %v", err)
	}
	step(h.Countersign(ctx, second, decision()))

	step(h.IssueLetter(ctx, officer, a.ID, a.Version))
	issued, err := h.Store.Letters(ctx, a.ID)
	if err != nil || len(issued) != 1 || issued[0].Number != a.Number+"-决1" || issued[0].Decision != letter.Supported {
		t.Fatalf("issued %+v, %v", issued, err)
	}
	sealed, err := h.evidence.Store.Digests(ctx, "policy.letter", 10)
	if err != nil || len(sealed) != 1 || sealed[0].Value != issued[0].Number+":"+issued[0].SHA256 {
		t.Fatalf("sealed %+v, %v", sealed, err)
	}
	name, file, err := h.OpenLetter(ctx, firm, a.ID, issued[0].ID)
	if err != nil || name != issued[0].Number+".pdf" {
		t.Fatalf("%s, %v", name, err)
	}
	bytes, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(papertest.Read(t, bytes).Pages, "")
	for _, part := range []string{"300,000.00", "人民币叁拾万元整", "150,000.00", "观山湖区财政局", a.DecisionFact(), a.Hash[:16]} {
		if !strings.Contains(strings.ReplaceAll(text, "\n", ""), part) {
			t.Errorf("the letter does not say %q:\n%s", part, text)
		}
	}
	// Paid meanwhile, and asked for again: it is the letter that went out.
	h.answer(t, books, true)
	step(a, nil)
	step(h.IssueLetter(ctx, officer, a.ID, a.Version))
	if again, err := h.Store.Letters(ctx, a.ID); err != nil || len(again) != 1 || a.State != policy.Paid {
		t.Fatalf("issued again: %+v, %v", again, err)
	}
	if _, _, err := h.OpenLetter(ctx, manager(h.firm(2)), a.ID, issued[0].ID); !fault.Is(err, fault.NotFound) {
		t.Fatalf("another firm reads it: %v", err)
	}

	// A refusal says why.
	h.trains(org, "白鹭", "1000000.00")
	step(h.Open(ctx, firm, policy.OpenInput{Org: org, Measure: "002-2", Object: "白鹭"}))
	step(h.Submit(ctx, firm, a.ID, a.Version))
	refusal := decision()
	refusal.Opinion = "模型未上线。"
	step(h.Refuse(ctx, officer, refusal))
	step(h.IssueLetter(ctx, officer, a.ID, a.Version))
	shown, err := h.Case(ctx, firm, a.ID)
	if err != nil || len(shown.Letters) != 1 || shown.Letters[0].Decision != letter.Refused {
		t.Fatalf("the refused one sees %+v, %v", shown.Letters, err)
	}
	if told := h.told.all[len(h.told.all)-1]; !strings.Contains(told.Body.ZH, shown.Letters[0].Number) {
		t.Errorf("told %+v", told)
	}
}
