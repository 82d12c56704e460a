package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/notice"
	"github.com/qianmo/qianmo/internal/portal"
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

// private are the columns of the main database that nobody outside may read.
// Texts of JSON are taken apart.
var private = map[string][]string{
	"person":                 {"name"},
	"payee_account":          {"number"},
	"payment_order":          {"account", "why"},
	"payment_return_line":    {"reference", "reason"},
	"application":            {"statement"},
	"application_event":      {"note", "name"},
	"application_attachment": {"name", "sha256"},
	"performance_report":     {"body"},
	"alarm":                  {"reason"},
	"alarm_event":            {"note"},
	"notice_objection":       {"name", "contact", "body"}, // the answer is for everybody, without these
	"recovery_case":          {"body"},
	"recovery_event":         {"note"},
	"recovery_receipt":       {"bank", "payer"},
	"review_expert":          {"name"},
	"review_score":           {"comment"},
	"review_record":          {"body"},
	"review_panel":           {"nonce"},
	"auth_password":          {"hash"},
}

// secretsOf reads every private text out of the database: whatever the sandbox
// and its people wrote is a marker.
func (z *plaza) secretsOf() map[string]string {
	z.Helper()
	open := z.openTexts()
	secrets := map[string]string{telephone: "the project's name", "139 0000 0640": "a platform's name", "hub480@demo.example": "a platform's name"}
	for table, columns := range private {
		for _, column := range columns {
			found := 0
			rows, err := db.All(z.Context(), z.db.Q(z.Context()), func(row func(...any) error) (s string, err error) { return s, row(&s) }, "select distinct "+column+" from "+table+" where "+column+" <> ''")
			if err != nil {
				z.Fatalf("%s.%s: %v", table, column, err)
			}
			for _, text := range rows {
				for _, part := range texts(text) {
					if n := len([]rune(part)); n >= 6 || (column == "name" && n >= 3) {
						if found++; !open[part] {
							secrets[part] = table + "." + column
						}
					}
				}
			}
			if found == 0 {
				z.Errorf("%s.%s holds nothing: the test would prove nothing about it", table, column)
			}
		}
	}
	z.addPapers(secrets)
	return secrets
}

// openTexts are what an office publishes on purpose, and may also have written
// into a private place: names of organisations, of measures, of projects.
func (z *plaza) openTexts() map[string]bool {
	open := map[string]bool{}
	for _, query := range []string{"select name from organisation", "select code from organisation", "select distinct object from application", "select number from application", "select id from application", "select number from recovery_case"} {
		rows, err := db.All(z.Context(), z.db.Q(z.Context()), func(row func(...any) error) (s string, err error) { return s, row(&s) }, query)
		if err != nil {
			z.Fatal(err)
		}
		for _, r := range rows {
			open[r] = true
		}
	}
	for _, task := range z.targets().Plan.Tasks {
		for _, id := range append(slices.Clone(task.Lead), task.Support...) {
			open[z.targets().Plan.Unit(id).Name.ZH] = true
		}
	}
	for _, m := range z.pack().Measures {
		open[m.Name.ZH], open[m.Name.EN], open[m.ID] = true, true, true
		for _, use := range m.Facts {
			open[use.Text.ZH] = true
		}
	}
	return open
}

// addPapers adds the numbers of invoices, contracts and filings, and the other
// party of every trade.
func (z *plaza) addPapers(secrets map[string]string) {
	found := 0
	rows, err := db.All(z.Context(), z.db.Q(z.Context()), func(row func(...any) error) (f [2]string, err error) { return f, row(&f[0], &f[1]) }, "select kind, attributes from evidence_fact")
	if err != nil {
		z.Fatal(err)
	}
	names := map[string]bool{}
	for _, o := range sandbox.Organisations() {
		names[o.Name], names[string(o.Code)] = true, true
	}
	for _, row := range rows {
		kind, err := evidence.CurrentVocabulary().Kind(row[0])
		var attributes map[string]string
		if err != nil || json.Unmarshal([]byte(row[1]), &attributes) != nil {
			continue
		}
		for _, a := range kind.Attributes {
			value := attributes[a.Name]
			if (a.Paper || a.Type == evidence.TypeOrganisation) && len([]rune(value)) >= 6 && !names[value] {
				secrets[value] = row[0] + "." + a.Name
				found++
			}
		}
	}
	if found < 100 {
		z.Errorf("only %d papers and parties found", found)
	}
}

// texts are a text, or the values of the JSON that it is.
func texts(s string) (out []string) {
	var v any
	if !strings.HasPrefix(s, "{") && !strings.HasPrefix(s, "[") || json.Unmarshal([]byte(s), &v) != nil {
		return []string{s}
	}
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch v := v.(type) {
		case string:
			if slices.Contains(written, key) {
				out = append(out, v)
			}
		case []any:
			for _, one := range v {
				walk(key, one)
			}
		case map[string]any:
			for key, one := range v {
				walk(strings.ToLower(key), one)
			}
		}
	}
	walk("", v)
	return out
}

// written are the members of JSON columns that people wrote.
var written = []string{"zh", "reason", "finding", "findings", "text", "body", "comment", "minutes", "reply", "statement", "place", "visitors", "lacks", "payer", "author", "chair", "orgname"}

// nothingPrivateIsPublic fetches all that a stranger can fetch, pages and
// operations, and looks for everything that the private places hold. Pages
// are found by their links and operations in the access table, so that a new
// door is looked behind by itself.
func nothingPrivateIsPublic(t *testing.T, z *plaza) {
	secrets := z.secretsOf()
	if len(secrets) < 500 {
		t.Fatalf("only %d secrets: the test sees too little", len(secrets))
	}
	leaks := map[string]int{}
	look := func(at string, body []byte) {
		text := html.UnescapeString(string(body))
		for secret, from := range secrets {
			if strings.Contains(text, secret) {
				if leaks[from]++; leaks[from] <= 3 {
					t.Errorf("%s shows %q of %s", at, secret, from)
				}
			}
		}
	}
	shown := map[string]bool{}
	both := func(at string, body []byte) {
		look(at, body)
		for _, part := range []string{"YY-2025-9998", "材料属实", "（咨询电话 ●●●）", "（服务邮箱 ●●●）"} {
			shown[part] = shown[part] || strings.HasPrefix(at, portal.Prefix) && bytes.Contains(body, []byte(part))
		}
	}
	pages := z.crawlPages(both)
	calls := z.crawlOperations(look)
	for part, seen := range shown {
		if !seen {
			t.Errorf("no page shows %q: the crawl did not come to the notice that runs", part)
		}
	}
	t.Logf("%d secrets, %d pages, %d answers of operations", len(secrets), pages, calls)
	if pages < 150 || calls < 300 {
		t.Errorf("%d pages and %d answers: the crawl sees too little", pages, calls)
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

var links = regexp.MustCompile(`(?:href|action)="(/open[^"#]*)`)

// crawlPages follows every link of the portal from both of its front pages.
func (z *plaza) crawlPages(look func(at string, body []byte)) int {
	queue, seen := []string{"/open/", "/open/en/"}, map[string]bool{}
	for len(queue) > 0 && len(seen) < 5000 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		w := z.fetch(http.MethodGet, path, "")
		if w.Code >= 400 {
			z.Errorf("the portal links to %s, which answers %d", path, w.Code)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			checkPage(z.T, path, w)
		}
		look(path, w.Body.Bytes())
		for _, m := range links.FindAllStringSubmatch(w.Body.String(), -1) {
			queue = append(queue, html.UnescapeString(m[1]))
		}
	}
	return len(seen)
}

// checkPage holds what every page promises.
func checkPage(t *testing.T, path string, w *httptest.ResponseRecorder) {
	t.Helper()
	policy := w.Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("%s: policy %q", path, policy)
	}
	if len(w.Result().Cookies()) > 0 {
		t.Errorf("%s sets a cookie", path)
	}
	body := w.Body.String()
	for _, foreign := range []string{"src=\"http", "href=\"http", "style=\"", "<script>", " onclick"} {
		if strings.Contains(body, foreign) {
			t.Errorf("%s holds %s", path, foreign)
		}
	}
	if strings.Count(body, "<h1") != 1 || w.Header().Get("ETag") == "" && w.Code == 200 {
		t.Errorf("%s: %d headings, ETag %q", path, strings.Count(body, "<h1"), w.Header().Get("ETag"))
	}
}

// unreached are public operations whose path no public list names.
var unreached = map[string]string{"getTile": "its path is the log's own layout"}

// crawlOperations asks every operation that the access table opens to the
// public. Lists are read to their end; whatever they name as an id or a number
// is tried where a path wants one.
func (z *plaza) crawlOperations(look func(at string, body []byte)) int {
	calls, names, reached := 0, map[string]bool{"0/000": true}, map[string]bool{}
	ask := func(op *huma.Operation, path string) {
		for next := ""; ; {
			query := requiredOf(op)
			if next != "" {
				query.Set("cursor", next)
			}
			at := httpapi.Prefix + path + "?" + query.Encode()
			body := ""
			if op.Method != http.MethodGet {
				body = `{}`
			}
			w := z.fetch(op.Method, at, body)
			calls++
			if w.Code >= 500 {
				z.Errorf("%s answers %d", at, w.Code)
			}
			reached[op.OperationID] = reached[op.OperationID] || w.Code < 300
			look(op.Method+" "+at, w.Body.Bytes())
			var v any
			if json.Unmarshal(w.Body.Bytes(), &v) != nil {
				return
			}
			gather(v, names)
			page, _ := v.(map[string]any)
			if next, _ = page["next"].(string); next == "" || w.Code >= 300 {
				return
			}
		}
	}
	api := z.ruled.Load().edge
	var deep []*huma.Operation
	operations := api.Operations()
	for _, id := range slices.Sorted(maps.Keys(operations)) {
		switch op := operations[id]; {
		case !api.Access()[id].Public:
		case strings.Contains(op.Path, "{"):
			deep = append(deep, op)
		default:
			ask(op, op.Path)
		}
	}
	for _, op := range deep {
		for name := range names {
			if len(name) < 64 {
				ask(op, pathPart.ReplaceAllString(op.Path, url.PathEscape(name)))
			}
		}
		if _, known := unreached[op.OperationID]; op.Method == http.MethodGet && !reached[op.OperationID] && !known {
			z.Errorf("%s (%s) was never answered: no public list names what it shows", op.OperationID, op.Path)
		}
	}
	return calls
}

var pathPart = regexp.MustCompile(`\{[^}]+\}`)

// requiredOf fills in what an operation's address must have.
func requiredOf(op *huma.Operation) url.Values {
	query := url.Values{}
	for _, p := range op.Parameters {
		if p.In != "query" || !p.Required {
			continue
		}
		query.Set(p.Name, "算力")
		if p.Schema != nil && p.Schema.Type == huma.TypeInteger {
			query.Set(p.Name, "1")
		}
	}
	return query
}

// gather notes every id and number that an answer names.
func gather(v any, names map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			gather(one, names)
		}
	case map[string]any:
		for key, one := range v {
			if s, ok := one.(string); ok && (key == "id" || key == "number") && s != "" && len(names) < 400 {
				names[s] = true
			}
			gather(one, names)
		}
	}
}

// aCalculationLeavesNothing calculates by page and by operation, and finds
// nothing of it in any table or in the log.
func aCalculationLeavesNothing(t *testing.T, z *plaza) {
	before := z.counts()
	z.log.Reset()
	const typed = "8675309.42"
	form := url.Values{"kind": {"enterprise"}, "local": {"yes"}, "measure": {"002-2"}, "a.cost.model_construction": {typed}, "a.model.filed": {"yes"},
		"a.org.registration": {"yes"}, "a.org.finance_system": {"yes"}, "a.org.credit": {"yes"}}
	w := z.fetch(http.MethodPost, "/open/calculator", form.Encode())
	if w.Code != 200 || !strings.Contains(w.Body.String(), "2,602,592<i>.82</i>") || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("status %d, %s", w.Code, w.Header().Get("Cache-Control"))
	}
	body := fmt.Sprintf(`{"kind":"enterprise","local":true,"measures":["002-2"],"answers":{"cost.model_construction":"%s"}}`, typed)
	if w := z.fetch(http.MethodPost, "/api/v1/policy/estimate", body); w.Code != 200 {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
	for _, bad := range []string{"a.cost.model_construction=%31e99&measure=002-2&kind=enterprise", "measure=" + strings.Repeat("x", 70_000), "kind=%ff", "", "measure=002-2&kind=club", "measure=002-2&kind=enterprise&a.model.filed=perhaps"} {
		if w := z.fetch(http.MethodPost, "/open/calculator", bad+"&x=1"); w.Code >= 500 || w.Code == 200 && strings.Contains(bad, "kind=club") {
			t.Errorf("%.40s gives %d", bad, w.Code)
		}
	}
	if after := z.counts(); !maps.Equal(before, after) {
		t.Errorf("tables changed:\n%v\n%v", before, after)
	}
	if log := z.log.String(); strings.Contains(log, "8675309") || strings.Contains(log, "model_construction") || !strings.Contains(log, "/open/calculator") {
		t.Errorf("the log: %.2000s", log)
	}
}

// counts is how many rows each table has.
func (z *plaza) counts() map[string]int64 {
	ctx := z.Context()
	scan := func(row func(...any) error) (s string, err error) { return s, row(&s) }
	tables, err := db.All(ctx, z.db.Q(ctx), scan, "select name from sqlite_master where type = 'table' and name not like 'search%'")
	if err != nil {
		z.Fatal(err)
	}
	out := map[string]int64{}
	for _, table := range tables {
		var n int64
		if err := z.db.Q(ctx).QueryRowContext(ctx, `select count(*) from "`+table+`"`).Scan(&n); err != nil {
			z.Fatal(err)
		}
		out[table] = n
	}
	return out
}

// theMoneyAddsUp: the totals are what the single awards say, and what the
// ledger says was granted.
func theMoneyAddsUp(t *testing.T, z *plaza) {
	room := z.awardsOf(z.ruled.Load().delivery)
	totals, err := room.Totals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	type sums struct{ awards, committed, paid, recovered int64 }
	want, got := map[string]sums{}, map[string]sums{}
	for _, s := range totals {
		want[fmt.Sprint(s.Measure, s.Year)] = sums{s.Awards, int64(s.Committed), int64(s.Paid), int64(s.Recovered)}
	}
	for path := "/api/v1/awards?limit=5"; path != ""; {
		var raw struct {
			Items []map[string]any `json:"items"`
			Next  string           `json:"next"`
		}
		if err := json.Unmarshal(z.fetch(http.MethodGet, path, "").Body.Bytes(), &raw); err != nil {
			t.Fatal(err)
		}
		for _, a := range raw.Items {
			fen := func(name string) (n int64) { _, _ = fmt.Sscan(a[name].(string), &n); return n }
			if fen("city_fen")+fen("district_fen") != fen("amount_fen") || fen("paid_fen") > fen("amount_fen") || fen("recovered_fen") > fen("paid_fen") {
				t.Errorf("%v does not add up", a)
			}
			key := fmt.Sprint(a["measure"], a["year"])
			s := got[key]
			got[key] = sums{s.awards + 1, s.committed + fen("amount_fen"), s.paid + fen("paid_fen"), s.recovered + fen("recovered_fen")}
		}
		if path = ""; raw.Next != "" {
			path = "/api/v1/awards?limit=5&cursor=" + raw.Next
		}
	}
	paid := int64(0)
	for key, s := range want {
		if paid += s.paid; s.awards > 0 && got[key] != s {
			t.Errorf("%s: the totals say %+v, the awards %+v", key, s, got[key])
		}
	}
	if len(got) < 2 || paid == 0 {
		t.Errorf("too little to add up: %+v", got)
	}
}

// thePortalReadsWhatTheAPIHas holds the portal's list of operations against
// the access table, and a proof that it hands out against the program's own check.
func thePortalReadsWhatTheAPIHas(t *testing.T, z *plaza) {
	api := z.ruled.Load().edge
	for _, id := range portal.Operations() {
		if api.Operations()[id] == nil || !api.Access()[id].Public {
			t.Errorf("the portal asks %s, which is no public operation", id)
		}
	}
	room := z.awardsOf(z.ruled.Load().delivery)
	found, err := z.policy().Store.Applications(t.Context(), policy.ApplicationFilter{States: policy.AwardedStates(), Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	opened, shut := 0, 0
	for _, a := range found {
		proof, err := room.Prove(t.Context(), a.Number)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range proof.Records {
			if r.Canonical == nil {
				shut++
				continue
			}
			record, err := z.facts.Get(t.Context(), r.Fact)
			if err != nil {
				t.Fatal(err)
			}
			check := evidence.FactProof{Fact: record.Fact, Salt: *r.Salt, Index: r.Index, Path: r.Path, Checkpoint: r.Checkpoint}
			if err := check.Verify(proof.Key); err != nil || string(record.Canonical()) != *r.Canonical {
				t.Errorf("%s: %v", r.Fact, err)
			}
			opened++
		}
	}
	if opened < 10 || shut == 0 {
		t.Errorf("%d records opened, %d kept shut for what is personal in them", opened, shut)
	}
}
