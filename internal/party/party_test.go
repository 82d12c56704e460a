package party_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/party/partytest"
	"github.com/qianmo/qianmo/internal/party/sqlstore"
	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

const password = "four unrelated words here"

// product is party served over HTTP, and nothing else of the product.
type product struct {
	*httptest.Server
	t       *testing.T
	db      *db.DB
	auth    *auth.Auth
	service *party.Service
	api     *httpapi.API
	handler http.Handler
	now     *clock.Manual
	log     *bytes.Buffer
}

var codes = partytest.Codes(3)

func start(t *testing.T, d *db.DB, change ...func(*auth.Config)) *product {
	t.Helper()
	p := &product{t: t, db: d, now: clock.NewManual(time.Now()), log: &bytes.Buffer{}}
	ids := &ident.Sequence{}
	// The listener is opened first, since passkeys need to know the address.
	p.Server = httptest.NewUnstartedServer(nil)
	_, port, _ := strings.Cut(p.Listener.Addr().String(), ":")
	c := auth.Config{DB: d, Clock: p.now, IDs: ids, Name: "Qianmo", PublicURL: "http://localhost:" + port}
	for _, f := range change {
		f(&c)
	}
	var err error
	if p.auth, err = auth.New(c); err != nil {
		t.Fatal(err)
	}
	p.service = party.New(party.Config{Store: sqlstore.New(d), Tx: d, Auth: p.auth, Clock: p.now, IDs: ids,
		About: party.About{Region: party.Region{ID: "guizhou", Name: i18n.Text{ZH: "贵州省", EN: "Guizhou"}}}})
	open := httpapi.Table{}
	p.api = httpapi.New(httpapi.Config{DB: d, Clock: p.now, IDs: ids, Log: slog.New(slog.NewTextHandler(p.log, nil)),
		Auth: p.service, Access: open, RegionWide: party.RegionWide(), PublicURL: c.PublicURL})
	p.service.Register(p.api)
	for id, op := range p.api.Operations() {
		open[id] = openTo(op)
	}
	if p.handler, err = p.api.Handler(); err != nil {
		t.Fatal(err)
	}
	p.Config.Handler = p.handler
	p.Server.Start()
	p.URL = c.PublicURL
	t.Cleanup(p.Close)
	return p
}

// openTo lets every signed-in person call everything, and anybody what signs
// in, so that what these tests see refused is refused by party's own rules.
// Who may call what is the product's table, which internal/app walks.
func openTo(op *huma.Operation) httpapi.Access {
	for _, door := range []string{"/session", "/setup", "/enrolments", "/password-reset"} {
		if strings.HasPrefix(op.Path, door) && op.OperationID != "switchRole" {
			return httpapi.Access{Public: true}
		}
	}
	return httpapi.Access{SignedIn: true, Own: strings.Contains(op.Path, "{org}")}
}

// seed fills in two organisations with a manager each, and one person of each
// role; the login is the role, and "other" manages the second organisation.
func (p *product) seed() {
	p.t.Helper()
	seed := party.Seed{Organisations: []party.Organisation{
		{Code: codes[0], Kind: party.Enterprise, Name: "贵阳甲科技有限公司", Place: "520100"},
		{Code: codes[1], Kind: party.University, Name: "贵州乙大学", Place: "guian"},
	}}
	add := func(login string, role httpapi.Role, org ident.CreditCode) {
		seed.People = append(seed.People, party.SeedPerson{Person: party.Person{ID: "person_" + login, Login: login, Name: "某" + login}, Password: password,
			Memberships: []party.Membership{{ID: "m_" + login, Role: role, Org: org}}})
	}
	for _, role := range party.Roles() {
		org := ident.CreditCode("")
		if party.ForOrganisation(role) {
			org = codes[0]
		}
		add(string(role), role, org)
	}
	add("other", party.OrgManager, codes[1])
	if err := p.service.Seed(p.t.Context(), seed); err != nil {
		p.t.Fatal(err)
	}
}

// browser keeps cookies, as one person's.
type browser struct {
	*product
	client *http.Client
}

func (p *product) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return &browser{p, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// withPassword signs in the long way.
func (p *product) withPassword(login string) *browser {
	p.t.Helper()
	b := p.browser()
	b.want(201, "POST", "/session", map[string]any{"login": login, "password": password}, nil)
	return b
}

// signedIn starts a session without the cost of a password.
func (p *product) signedIn(login string) *browser {
	p.t.Helper()
	person, found, err := sqlstore.New(p.db).PersonByLogin(p.t.Context(), login)
	if err != nil || !found {
		p.t.Fatal(found, err)
	}
	memberships, err := p.service.Memberships(p.t.Context(), person.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	acting := ""
	if len(memberships) > 0 {
		acting = memberships[0].ID
	}
	token, _, err := p.auth.Sessions.Start(p.t.Context(), person.ID, acting)
	if err != nil {
		p.t.Fatal(err)
	}
	u, err := url.Parse(p.URL)
	if err != nil {
		p.t.Fatal(err)
	}
	b, cookie := p.browser(), auth.Cookie(token, false)
	b.client.Jar.SetCookies(u, []*http.Cookie{&cookie})
	return b
}

func (b *browser) do(method, path string, body any, headers ...string) (*http.Response, []byte) {
	b.t.Helper()
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			b.t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, b.URL+httpapi.Prefix+path, reader)
	if err != nil {
		b.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept-Language", "en")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res, text
}

// want calls, checks the status and reads the body into out.
func (b *browser) want(status int, method, path string, body, out any) {
	b.t.Helper()
	res, text := b.do(method, path, body)
	if res.StatusCode != status {
		b.t.Fatalf("%s %s: got %d, want %d: %s", method, path, res.StatusCode, status, text)
	}
	if out != nil {
		if err := json.Unmarshal(text, out); err != nil {
			b.t.Fatalf("%s %s: %v in %s", method, path, err, text)
		}
	}
}

func (b *browser) cookie() string {
	u, err := url.Parse(b.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(u) {
		if strings.HasSuffix(c.Name, "qianmo_session") {
			return c.Value
		}
	}
	return ""
}

func (b *browser) session() party.Session {
	b.t.Helper()
	var s party.Session
	b.want(200, "GET", "/session", nil, &s)
	return s
}

// audited returns the actions on record, newest first.
func (p *product) audited(f party.AuditFilter) (actions []string) {
	p.t.Helper()
	f.Limit = 100
	entries, err := p.service.Audit(p.t.Context(), f)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, e := range entries {
		actions = append(actions, e.Act.Action)
	}
	return actions
}

// as is a context in which the seeded person acts.
func (p *product) as(login string, role httpapi.Role, org ident.CreditCode) context.Context {
	return httpapi.WithPrincipal(p.t.Context(), httpapi.Principal{PersonID: "person_" + login, Name: login, Role: role, Org: org, Membership: "m_" + login})
}

func wantCode(t *testing.T, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

func each(t *testing.T, run func(t *testing.T, p *product)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { run(t, start(t, d)) })
}
