package evidence_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/evidence/evidencetest"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

const (
	office  httpapi.Role = "office"
	manager httpapi.Role = "org_manager"
)

var roles = []httpapi.Role{office, manager}

// byHeader signs in whoever X-Test-Role names, managers in X-Test-Org.
type byHeader struct{}

func (byHeader) Authenticate(r *http.Request) (httpapi.Principal, error) {
	role := httpapi.Role(r.Header.Get("X-Test-Role"))
	if role == "" {
		return httpapi.Principal{}, nil
	}
	org := ident.CreditCode(r.Header.Get("X-Test-Org"))
	return httpapi.Principal{PersonID: fmt.Sprint("person ", role, org), Role: role, Org: org}, nil
}

// access opens the operations to this test's two roles; the product's table is internal/app's.
var access = httpapi.Table{
	"listFacts": {Roles: roles, Own: true}, "getFact": {SignedIn: true}, "getFactProof": {SignedIn: true}, "listFactKinds": {Public: true},
	"verifyEvidence": {Roles: []httpapi.Role{office}},
	"getLog":         {Public: true}, "getCheckpoint": {Public: true}, "getTile": {Public: true}, "proveInclusion": {Public: true}, "proveConsistency": {Public: true},
	"uploadImport": {Roles: roles}, "getImport": {Roles: roles}, "listImportProblems": {Roles: roles}, "acceptImport": {Roles: roles}, "discardImport": {Roles: roles},
}

type edge struct {
	*testing.T
	*evidencetest.Room
	api     *httpapi.API
	handler http.Handler
	woken   int
}

func newEdge(t *testing.T) *edge {
	t.Helper()
	e := &edge{T: t, Room: evidencetest.NewRoom(t, dbtest.SQLite(t))}
	e.api = httpapi.New(httpapi.Config{
		DB: e.DB, Clock: clock.System{}, IDs: ident.Random{}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Auth: byHeader{}, Access: access, RegionWide: []httpapi.Role{office},
	})
	evidence.API{
		Service: e.Service, Log: e.Log, Verifier: e.Verifier, Readers: []httpapi.Role{office},
		Attests: func(r httpapi.Role) []evidence.Attestor {
			if r == office {
				return []evidence.Attestor{evidence.Department, evidence.Auditor}
			}
			return []evidence.Attestor{evidence.Applicant}
		},
		Wake: func() { e.woken++ },
	}.Register(e.api)
	var err error
	if e.handler, err = e.api.Handler(); err != nil {
		t.Fatal(err)
	}
	return e
}

// caller is who sends a request; the zero caller is the public.
type caller struct {
	role httpapi.Role
	org  ident.CreditCode
}

var (
	anyone    = caller{}
	theOffice = caller{role: office}
	managerA  = caller{manager, evidencetest.SubjectA}
	managerB  = caller{manager, evidencetest.SubjectB}
)

func (e *edge) send(by caller, r *http.Request) *httptest.ResponseRecorder {
	r.Header.Set("X-Test-Role", string(by.role))
	r.Header.Set("X-Test-Org", string(by.org))
	r.Header.Set("Accept-Language", "en")
	w := httptest.NewRecorder()
	e.handler.ServeHTTP(w, r)
	return w
}

// ask sends a request and decodes the answer, which must have the status.
func (e *edge) ask(by caller, status int, method, path string, into any) string {
	e.Helper()
	return e.decode(e.send(by, httptest.NewRequest(method, httpapi.Prefix+path, nil)), status, into)
}

func (e *edge) decode(w *httptest.ResponseRecorder, status int, into any) string {
	e.Helper()
	if w.Code != status {
		e.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	if into != nil {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			e.Fatalf("%s: %v", w.Body, err)
		}
	}
	return w.Body.String()
}

func (e *edge) upload(by caller, status int, name, content string, into any) string {
	e.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = io.WriteString(part, content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		e.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, httpapi.Prefix+"/imports", &form)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return e.decode(e.send(by, r), status, into)
}

type shownFact struct {
	ID         string      `json:"id"`
	Attributes [][2]string `json:"attributes"`
	Label      struct{ ZH, EN string }
	Seal       struct {
		LeafHash string  `json:"leaf_hash"`
		Index    *uint64 `json:"index"`
		LogSize  *uint64 `json:"log_size"`
	}
	Salt, Canonical *string
}

func TestFactsAreForTheirOrganisationAndTheOffice(t *testing.T) {
	e := newEdge(t)
	appendFacts(t, e.Room, "a", 3)
	seal(t, e.Sealer, 3)
	var f shownFact
	for _, by := range []caller{managerA, theOffice} {
		e.ask(by, 200, "GET", "/facts/a1", &f)
		if f.Label.EN != "Model construction cost" || *f.Seal.Index != 1 || *f.Seal.LogSize != 3 || f.Canonical == nil || f.Attributes[0] != [2]string{"model", "model-a"} {
			t.Fatalf("%+v", f)
		}
	}
	e.ask(managerB, 404, "GET", "/facts/a1", nil)
	e.ask(managerB, 404, "GET", "/facts/a1/proof", nil)
	e.ask(anyone, 401, "GET", "/facts/a1", nil)
	e.ask(managerB, 404, "GET", "/organisations/"+string(evidencetest.SubjectA)+"/facts", nil)

	var page struct {
		Items []shownFact
		Next  string
	}
	var got []string
	for cursor := ""; ; cursor = page.Next {
		e.ask(managerA, 200, "GET", "/organisations/"+string(evidencetest.SubjectA)+"/facts?limit=2&q=model&cursor="+cursor, &page)
		for _, item := range page.Items {
			got = append(got, item.ID)
		}
		if page.Next == "" {
			break
		}
	}
	if strings.Join(got, " ") != "a2 a1 a0" {
		t.Fatal(got)
	}
	e.ask(managerA, 422, "GET", "/organisations/"+string(evidencetest.SubjectA)+"/facts?kind=nope", nil)
	e.ask(managerA, 422, "GET", "/organisations/"+string(evidencetest.SubjectA)+"/facts?cursor=nope", nil)
}

// A log that fails its check must not hide the facts themselves.
func TestFactsAreShownBesideABrokenLog(t *testing.T) {
	e := newEdge(t)
	appendFacts(t, e.Room, "a", 1)
	seal(t, e.Sealer, 1)
	if err := os.WriteFile(filepath.Join(e.Folder, "checkpoint"), []byte("forged\n1\n\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var f shownFact
	e.ask(managerA, 200, "GET", "/facts/a0", &f)
	if *f.Seal.Index != 0 || f.Seal.LogSize != nil {
		t.Fatalf("%+v", f.Seal)
	}
	e.ask(anyone, 409, "GET", "/log", nil)
}

// What the public needs to check a fact that somebody shows it.
func TestThePublicVerifiesWithTheAPIAlone(t *testing.T) {
	e := newEdge(t)
	var empty struct {
		Size         uint64
		CheckpointAt *string `json:"checkpoint_at"`
	}
	e.ask(anyone, 200, "GET", "/log", &empty)
	if empty.Size != 0 || empty.CheckpointAt != nil {
		t.Fatalf("%+v", empty)
	}
	e.ask(anyone, 404, "GET", "/log/checkpoint", nil)
	e.ask(anyone, 404, "GET", "/log/proof/inclusion?index=0", nil)

	appendFacts(t, e.Room, "a", 3)
	e.ask(managerA, 409, "GET", "/facts/a1/proof", nil)
	seal(t, e.Sealer, 3)
	older := e.ask(anyone, 200, "GET", "/log/checkpoint", nil)
	appendFacts(t, e.Room, "b", 4)
	seal(t, e.Sealer, 4)

	var log struct {
		Size      uint64
		PublicKey string `json:"public_key"`
		Pending   int64
	}
	e.ask(anyone, 200, "GET", "/log", &log)
	if log.Size != 7 || log.Pending != 0 {
		t.Fatalf("%+v", log)
	}
	var proof evidence.FactProof
	e.ask(managerA, 200, "GET", "/facts/a1/proof", &proof)
	if err := proof.Verify(log.PublicKey); err != nil {
		t.Fatal(err)
	}
	var path struct{ Hashes []string }
	e.ask(anyone, 200, "GET", "/log/proof/inclusion?index=1&size=7", &path)
	if strings.Join(path.Hashes, "") != strings.Join(proof.Path, "") {
		t.Fatal("the two ways to a proof differ")
	}
	newer := e.ask(anyone, 200, "GET", "/log/checkpoint", nil)
	e.ask(anyone, 200, "GET", "/log/proof/consistency?from=3", &path)
	if err := evidencetest.VerifyConsistency(log.PublicKey, []byte(older), []byte(newer), unhex(t, path.Hashes)); err != nil {
		t.Fatal(err)
	}
	if tile := e.ask(anyone, 200, "GET", "/log/tile/entries/000.p/7", nil); len(tile) != 7*(2+32) {
		t.Fatalf("%d bytes of entries", len(tile))
	}
	for path, status := range map[string]int{
		"/log/tile/entries/001": 404, "/log/tile/..%2f.state/treeState": 404, "/log/proof/inclusion?index=7&size=7": 422,
		"/log/proof/inclusion?index=0&size=8": 422, "/log/proof/consistency?from=8": 422, "/log/proof/inclusion": 422,
	} {
		e.ask(anyone, status, "GET", path, nil)
	}
}

func TestVerifyOverHTTP(t *testing.T) {
	e := newEdge(t)
	appendFacts(t, e.Room, "a", 3)
	seal(t, e.Sealer, 3)
	mustExec(t, e.Room, `update evidence_fact set quantity = '2.00' where id = 'a1'`)
	var report evidence.Report
	e.ask(theOffice, 200, "POST", "/evidence/verify", &report)
	if report.OK || report.Problems[0].ID != "a1" {
		t.Fatalf("%+v", report)
	}
	e.ask(managerA, 403, "POST", "/evidence/verify", nil)
}

func TestImportOverHTTP(t *testing.T) {
	e := newEdge(t)
	good := "cost.model_construction," + subject + ",m,1,CNY,2025-03-01,applicant,520115\n"
	var im struct {
		ID, Name, State string
		Rows, Good, Bad int64
		Problems        []evidence.ImportProblem
	}
	e.upload(managerA, 201, "C:\\secret\\facts.csv", header+good+strings.Replace(good, ",520115", ",nowhere", 1), &im)
	if im.Name != "facts.csv" || im.State != "previewed" || im.Rows != 2 || im.Good != 1 || im.Bad != 1 || im.Problems[0].Value != "nowhere" {
		t.Fatalf("%+v", im)
	}
	var page struct {
		Items []evidence.ImportProblem
		Next  string
	}
	e.ask(managerA, 200, "GET", "/imports/"+im.ID+"/problems?limit=1", &page)
	if len(page.Items) != 1 || page.Next != "" {
		t.Fatalf("%+v", page)
	}
	for _, stranger := range []caller{managerB, theOffice} {
		e.ask(stranger, 404, "GET", "/imports/"+im.ID, nil)
		e.ask(stranger, 404, "POST", "/imports/"+im.ID+"/accept", nil)
		e.ask(stranger, 404, "DELETE", "/imports/"+im.ID, nil)
	}
	for range 2 {
		e.ask(managerA, 200, "POST", "/imports/"+im.ID+"/accept", &im)
		if im.State != "accepted" {
			t.Fatalf("%+v", im)
		}
	}
	if n, err := e.Service.Extent(t.Context()); err != nil || n.Facts != 1 || e.woken == 0 {
		t.Fatalf("%d facts, woken %d times: %v", n, e.woken, err)
	}
	e.ask(managerA, 409, "DELETE", "/imports/"+im.ID, nil)

	// Nobody speaks for an auditor by writing so in a file.
	e.upload(managerA, 201, "x", header+strings.Replace(good, "applicant", "auditor", 1), &im)
	if im.Bad != 1 || im.Problems[0].Column != "attested_by" {
		t.Fatalf("%+v", im)
	}
	e.ask(managerA, 204, "DELETE", "/imports/"+im.ID, nil)
	if text := e.upload(managerA, 422, "x.csv", header+"\xb9\xf3", nil); !strings.Contains(text, "GBK") {
		t.Fatal(text)
	}
	e.upload(anyone, 401, "x.csv", header, nil)
}

func unhex(t *testing.T, path []string) (out [][]byte) {
	t.Helper()
	for _, step := range path {
		b, err := hex.DecodeString(step)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}
