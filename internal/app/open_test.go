package app

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/notice"
)

// plaza is the filled sandbox with its doors open, and all that it logs.
type plaza struct {
	*testing.T
	*product
	log  *lockedBuffer
	door http.Handler // the product's, without a limit of requests
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// telephone is a private number that an applicant typed into a project's name.
const telephone = "13912345678"

func openPlaza(t *testing.T) *plaza {
	t.Helper()
	ctx := t.Context()
	log := &lockedBuffer{}
	p, err := openProduct(ctx, Config{Data: t.TempDir(), Sandbox: true, PublicURL: "http://localhost", Log: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.close(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	})
	if err := p.fillSandbox(ctx, func() {}); err != nil {
		t.Fatal(err)
	}
	z := &plaza{t, p, log, unlimited(t, p)}
	z.plant()
	if _, err := p.sealer.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	return z
}

// plant lets an organisation apply and be paid for a project in whose name it
// wrote a telephone number.
func (z *plaza) plant() {
	z.Helper()
	ctx, all := z.Context(), sandbox.Organisations()
	org := all[1999]
	object := "青砚（联系人手机" + telephone + "）"
	var facts []evidence.Fact
	add := func(kind, quantity string, by evidence.Attestor, attributes map[string]string) {
		unit := ""
		if quantity != "" {
			unit = evidence.UnitCNY
		}
		facts = append(facts, evidence.Fact{Kind: kind, Subject: org.Code, Object: object, Quantity: quantity, Unit: unit, Occurred: "2025-06-30", Attestor: by, Attributes: attributes})
	}
	add("model.filed", "", evidence.Department, map[string]string{"kind": "deep_synthesis_algorithm", "status": "passed", "number": "NF-520115-25999"})
	add("cost.model_construction", "100000.00", evidence.Auditor, map[string]string{"place": "520115"})
	facts = append(facts,
		evidence.Fact{Kind: "org.registration", Subject: org.Code, Occurred: "2025-06-01", Attestor: evidence.Department, Attributes: map[string]string{"place": "520115", "legal_person": "true"}},
		evidence.Fact{Kind: "org.finance_system", Subject: org.Code, Occurred: "2025-06-01", Attestor: evidence.Auditor, Attributes: map[string]string{"sound": "true"}},
		evidence.Fact{Kind: "org.credit", Subject: org.Code, Occurred: "2025-06-01", Attestor: evidence.Department, Attributes: map[string]string{"good": "true"}})
	if _, err := z.facts.Append(ctx, facts); err != nil {
		z.Fatal(err)
	}
	plan := sandbox.Plan{Index: 1999, Wish: policy.Held, Applied: sandboxToday, Decided: sandboxToday, Countersigned: sandboxToday}
	if err := z.applyAs(ctx, org.Code, "002-2", object, plan); err != nil {
		z.Fatal(err)
	}
	store := z.ruled.Load().notices.Store
	shown, err := store.Notices(ctx, notice.Filter{Limit: 1})
	if err == nil && len(shown) == 1 {
		err = store.AddObjection(ctx, notice.Objection{ID: "objection_planted", Number: "YY-2025-9999", Notice: shown[0].ID, Seq: 1, Name: "异议提出人标记", Contact: "objector-marker@example.com", Body: "这是一条只给主管部门看的异议标记。"})
	}
	if err != nil || len(shown) == 0 || shown[0].Over(sandboxToday) {
		z.Fatal(shown, err)
	}
	// An answer that tells who objected and with which words.
	o := notice.Objection{ID: "objection_answered", Number: "YY-2025-9998", Notice: shown[0].ID, Seq: 2, Name: "已答复人标记", Contact: "answered-marker@example.com", Body: "这是另一条只给主管部门看的标记。"}
	if err := store.AddObjection(ctx, o); err != nil {
		z.Fatal(err)
	}
	o.Verdict, o.Answer = notice.Dismissed, o.Name+"您好："+o.Body+"已核实，材料属实；回信已寄 "+o.Contact+"，或致电"+telephone+"。"
	if err := store.Settle(ctx, o); err != nil {
		z.Fatal(err)
	}
}

// TestThePublicsDoor opens one filled sandbox and looks through its door.
func TestThePublicsDoor(t *testing.T) {
	z := openPlaza(t)
	for name, look := range map[string]func(*testing.T, *plaza){
		"nothing private is public": nothingPrivateIsPublic, "a calculation leaves nothing": aCalculationLeavesNothing,
		"the money adds up": theMoneyAddsUp, "the portal reads what the API has": thePortalReadsWhatTheAPIHas,
	} {
		t.Run(name, func(t *testing.T) { look(t, &plaza{t, z.product, z.log, z.door}) })
	}
}

func (z *plaza) fetch(method, path, body string) *httptest.ResponseRecorder {
	z.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
		if !strings.HasPrefix(body, "{") {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
	}
	w := httptest.NewRecorder()
	z.door.ServeHTTP(w, r)
	return w
}

func unlimited(t *testing.T, p *product) http.Handler {
	t.Helper()
	config := p.apiConfig()
	config.ClientRate, config.AccountRate = httpapi.Rate{PerSecond: 1e6, Burst: 1e6}, httpapi.Rate{PerSecond: 1e6, Burst: 1e6}
	api := httpapi.New(config)
	p.register(api, p.ruled.Load())
	p.mountPortal(api)
	handler, err := api.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return handler
}
