package policy_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/evidence"
	evidencesql "github.com/qianmo/qianmo/internal/evidence/sqlstore"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/search"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/call"
	callsql "github.com/qianmo/qianmo/internal/policy/call/sqlstore"
	"github.com/qianmo/qianmo/internal/policy/notice"
	noticesql "github.com/qianmo/qianmo/internal/policy/notice/sqlstore"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/sqlstore"
	"github.com/qianmo/qianmo/internal/policy/supervision"
	supervisionsql "github.com/qianmo/qianmo/internal/policy/supervision/sqlstore"
	"github.com/qianmo/qianmo/regions"
)

// libraryAccess opens the operations to these tests; the product's table is internal/app's.
var libraryAccess = httpapi.Table{
	"listDocuments":      {Public: true},
	"getDocument":        {Public: true},
	"searchPolicy":       {Public: true},
	"askPolicy":          {Public: true},
	"listMeasures":       {Public: true},
	"getMeasure":         {Public: true},
	"tryMeasure":         {Public: true},
	"listQuestions":      {Public: true},
	"listGuides":         {Public: true},
	"importDocument":     {Roles: []httpapi.Role{party.Office, party.Admin}},
	"getMatches":         {Roles: party.Roles(), Own: true},
	"listMeasureMatches": {Roles: []httpapi.Role{party.Office, party.Finance, party.Auditor, party.Admin}},
	"simulate":           {Roles: []httpapi.Role{party.Office, party.Finance, party.Auditor, party.Admin}},
}

// registry is party with organisations that a test wrote down.
type registry struct {
	organisations map[ident.CreditCode]party.Organisation
	payee         party.PayeeAccount // everybody's, when it has an id

	mu   sync.Mutex
	acts []party.Act
}

func (r *registry) Organisation(_ context.Context, code ident.CreditCode) (party.Organisation, error) {
	o, known := r.organisations[code]
	if !known {
		return o, fault.Newf(fault.NotFound, "没有这个机构。", "There is no such organisation.")
	}
	return o, nil
}

func (r *registry) Names(_ context.Context, codes []ident.CreditCode) (map[ident.CreditCode]string, error) {
	names := map[ident.CreditCode]string{}
	for _, code := range codes {
		if o, known := r.organisations[code]; known {
			names[code] = o.Name
		}
	}
	return names, nil
}

func (r *registry) Organisations(_ context.Context, f party.OrganisationFilter) (out []party.Organisation, err error) {
	for _, code := range slices.Sorted(maps.Keys(r.organisations)) {
		o := r.organisations[code]
		if code > f.After && len(out) < f.Limit && strings.Contains(strings.ToLower(o.Name+" "+string(code)), strings.ToLower(f.Query)) {
			out = append(out, o)
		}
	}
	return out, nil
}

func (r *registry) Payee(context.Context, ident.CreditCode) (party.PayeeAccount, bool, error) {
	return r.payee, r.payee.ID != "", nil
}

func (r *registry) Record(_ context.Context, act party.Act) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.acts = append(r.acts, act)
	return nil
}

// byHeader signs in the role of X-Test-Role in the organisation of X-Test-Org.
type byHeader struct{}

func (byHeader) Authenticate(r *http.Request) (httpapi.Principal, error) {
	role := httpapi.Role(r.Header.Get("X-Test-Role"))
	if role == "" {
		return httpapi.Principal{}, nil
	}
	return httpapi.Principal{PersonID: "per_" + string(role), Name: "某人", Membership: "m", Role: role, Org: ident.CreditCode(r.Header.Get("X-Test-Org"))}, nil
}

// hall is the policy domain with its real stores, behind the real chain.
type hall struct {
	*policy.Service
	t        testing.TB
	now      *clock.Manual
	db       *db.DB
	evidence *evidence.Service
	registry *registry
	calls    *call.Service
	told     *told
	notices  *notice.Service
	panel    panel
	alarms   *supervision.Service
	handler  http.Handler
	api      *httpapi.API
}

// noon of the business day that the sandbox has too.
var noon = time.Date(2025, 10, 22, 12, 0, 0, 0, clock.Shanghai)

func guizhou(t testing.TB) *rule.Pack {
	t.Helper()
	files, err := regions.Open("guizhou")
	if err != nil {
		t.Fatal(err)
	}
	pack, err := rule.LoadPack(files)
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

func openHall(t testing.TB, d *db.DB, pack *rule.Pack) *hall {
	t.Helper()
	now := clock.NewManual(noon)
	h := &hall{t: t, now: now, db: d, registry: &registry{organisations: map[ident.CreditCode]party.Organisation{}}, told: &told{}}
	h.evidence = &evidence.Service{Store: evidencesql.New(d), Clock: now, IDs: new(ident.Sequence), Random: rand.Reader}
	h.Service = &policy.Service{Store: sqlstore.New(d, now), Facts: h.evidence, Registry: h.registry, Pack: pack, Clock: now, IDs: new(ident.Sequence), City: "520100", Search: search.Index{DB: d}, Messages: h.told}
	h.calls = &call.Service{Store: callsql.New(d), Registry: h.registry, Cases: h.Service, Pack: pack, Clock: now, IDs: new(ident.Sequence)}
	h.notices = &notice.Service{Store: noticesql.New(d), Registry: h.registry, Cases: h.Service, Clock: now, IDs: new(ident.Sequence)}
	h.panel = panel{}
	h.Calls, h.Notices, h.Reviews = h.calls, h.notices, h.panel
	files, err := regions.Open("guizhou")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := supervision.LoadRules(files)
	if err != nil {
		t.Fatal(err)
	}
	h.alarms = &supervision.Service{Store: supervisionsql.New(d, now), Rules: rules, Pack: pack, Facts: h.evidence, Cases: h.Service, Organisations: h.registry,
		Clock: now, IDs: new(ident.Sequence), Key: []byte("a key")}
	h.Supervision = h.alarms
	if err := h.IndexLibrary(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.api = httpapi.New(httpapi.Config{DB: d, Clock: clock.System{}, IDs: new(ident.Sequence), Log: slog.New(slog.DiscardHandler), Auth: byHeader{},
		Access: libraryAccess, RegionWide: party.RegionWide(), ClientRate: httpapi.Rate{PerSecond: 10_000, Burst: 10_000}, AccountRate: httpapi.Rate{PerSecond: 10_000, Burst: 10_000}})
	h.RegisterLibrary(h.api)
	h.RegisterMeasures(h.api)
	h.RegisterMatches(h.api)
	h.RegisterSimulations(h.api)
	handler, err := h.api.Handler()
	if err != nil {
		t.Fatal(err)
	}
	h.handler = handler
	return h
}

func openGuizhou(t *testing.T) *hall { return openHall(t, dbtest.SQLite(t), guizhou(t)) }

// who sends a request.
type who struct {
	role httpapi.Role
	org  ident.CreditCode
}

var (
	public = who{}
	office = who{role: party.Office}
)

func (h *hall) do(by who, method, path, contentType string, body io.Reader) *httptest.ResponseRecorder {
	h.t.Helper()
	r := httptest.NewRequest(method, httpapi.Prefix+path, body)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if by.role != "" {
		r.Header.Set("X-Test-Role", string(by.role))
		r.Header.Set("X-Test-Org", string(by.org))
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

// get reads a body of type T, or fails the test.
func get[T any](h *hall, by who, path string) T {
	h.t.Helper()
	return read[T](h.t, h.do(by, http.MethodGet, path, "", nil))
}

func post[T any](h *hall, by who, path string, body any) T {
	h.t.Helper()
	return read[T](h.t, h.send(by, path, body))
}

func (h *hall) send(by who, path string, body any) *httptest.ResponseRecorder {
	h.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.do(by, http.MethodPost, path, "application/json", bytes.NewReader(b))
}

func (h *hall) upload(by who, name string, text []byte) *httptest.ResponseRecorder {
	h.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	file, err := w.CreateFormFile("file", name)
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := file.Write(text); err != nil {
		h.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		h.t.Fatal(err)
	}
	return h.do(by, http.MethodPost, "/policy/documents", w.FormDataContentType(), &form)
}

func read[T any](t testing.TB, w *httptest.ResponseRecorder) T {
	t.Helper()
	var out T
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	return out
}

// refused checks status and code of a problem.
func refused(t *testing.T, w *httptest.ResponseRecorder, code fault.Code) {
	t.Helper()
	var p httpapi.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Code != code || w.Code != code.HTTPStatus() {
		t.Fatalf("status %d, want %s: %s", w.Code, code, w.Body)
	}
}

// firm adds organisation number n, registered in Guiyang with sound books and
// good credit, and returns its code.
func (h *hall) firm(n int) ident.CreditCode {
	h.t.Helper()
	body := fmt.Sprintf("91520115MADEM%04d", n)
	code := ident.CreditCode(body + string(ident.CreditCheck(body)))
	h.registry.organisations[code] = party.Organisation{Code: code, Kind: "enterprise", Name: fmt.Sprintf("示例%04d科技有限公司", n), Place: "520115"}
	h.append(
		evidence.Fact{Kind: "org.registration", Subject: code, Occurred: "2025-01-10", Attestor: evidence.Department, Attributes: map[string]string{"place": "520115", "legal_person": "true"}},
		evidence.Fact{Kind: "org.finance_system", Subject: code, Occurred: "2025-01-10", Attestor: evidence.Auditor, Attributes: map[string]string{"sound": "true"}},
		evidence.Fact{Kind: "org.credit", Subject: code, Occurred: "2025-01-10", Attestor: evidence.Department, Attributes: map[string]string{"good": "true"}},
	)
	return code
}

// buys records a year's data purchases for training.
func (h *hall) buys(code ident.CreditCode, yuan string) {
	h.t.Helper()
	h.append(evidence.Fact{Kind: "data.purchased", Subject: code, Quantity: yuan, Occurred: "2025-04-01", Attestor: evidence.Operator,
		Attributes: map[string]string{"exchange": "guiyang", "use": "training", "seller": "贵阳示例数据公司", "related": "false"}})
}

// trains records a filed model and its audited cost.
func (h *hall) trains(code ident.CreditCode, model, yuan string) {
	h.t.Helper()
	h.append(
		evidence.Fact{Kind: "model.filed", Subject: code, Object: model, Occurred: "2025-03-18", Attestor: evidence.Department, Attributes: map[string]string{"kind": "deep_synthesis_algorithm", "status": "passed", "number": "NF-1"}},
		evidence.Fact{Kind: "cost.model_construction", Subject: code, Object: model, Quantity: yuan, Occurred: "2025-04-30", Attestor: evidence.Auditor, Attributes: map[string]string{"place": "520115"}},
	)
}

func (h *hall) append(facts ...evidence.Fact) {
	h.t.Helper()
	if _, err := h.evidence.Append(h.t.Context(), facts); err != nil {
		h.t.Fatal(err)
	}
}
