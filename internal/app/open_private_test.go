package app

import (
	"bytes"
	"encoding/json"
	"html"
	"slices"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/portal"
)

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
	"exception":              {"body"},
	"exception_opinion":      {"reason"},
	"referral_project":       {"body"},
	"referral_answer":        {"note"},
	"referral_edition":       {"body"},
	"voucher_event":          {"note"},
	"voucher_use":            {"bill"},
	"budget_order":           {"body"},
	"budget_order_event":     {"note"},
	"payment_order_event":    {"note"},
	"payment_file":           {"note"},
	"payment_plan":           {"reason"},
	"message":                {"body"},
	"target_report":          {"milestone", "text"},
	"target_assignment":      {"goal"},
	"target_decision":        {"text", "end_note"},
	"target_listing":         {"reason", "end_note"},
	"target_meeting":         {"title"},
}

// unmarked are the tables of which no column is a marker: their texts are ids, codes and states,
// what the office publishes, what is the same text as a marked one, or what the
// sandbox leaves empty. A new table is in one of the two.
var unmarked = strings.Fields(`
	sqlite_sequence
	alarm_case allocation allocation_counter application_counter application_lock audit_entry auth_api_key auth_attempt auth_ceremony auth_identity
	auth_passkey auth_session auth_token budget_counter budget_grant budget_order_line budget_programme call call_counter call_event call_measure
	decision_letter document_text evidence_digest evidence_entry evidence_fact evidence_import evidence_import_problem evidence_import_row evidence_tally
	exception_counter green_lane idempotent_answer invitation ledger_intent membership message_contact message_delivery message_digest message_endpoint
	message_key message_preference message_push notice notice_counter notice_row organisation payment_award payment_confirmation payment_counter
	payment_evidence payment_lock payment_return performance_report_file recovery_claim recovery_counter recovery_listing recovery_mark recovery_proposal
	referral_counter referral_line referral_sending review_panel_case review_seat schema_migration target_file target_lock target_reminder voucher
	voucher_counter voucher_day voucher_lock watch_mark watch_told work_item work_lease work_schedule`)

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
	for table := range z.counts() {
		if private[table] == nil == !slices.Contains(unmarked, table) {
			z.Errorf("table %s: say in private what of it nobody outside may read, or in unmarked that there is nothing", table)
		}
	}
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
	for _, place := range z.targets().Plan.Places {
		open[place.Code] = true
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
var written = []string{"zh", "reason", "finding", "findings", "text", "body", "comment", "minutes", "reply", "statement", "place", "visitors", "lacks", "payer", "author", "chair", "orgname", "basis", "secondname", "summary", "invoice", "proposer"}

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
