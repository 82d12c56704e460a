package ledger_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/ledgertest"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

type auditor struct{}

func (auditor) Authenticate(*http.Request) (httpapi.Principal, error) {
	return httpapi.Principal{PersonID: "p", Role: "auditor"}, nil
}

func serve(t *testing.T, l *ledger.Ledger) func(method, path string, status int, into any) {
	t.Helper()
	access := httpapi.Table{}
	for _, id := range []string{"listLedgerAccounts", "listTransfers", "getTransfer", "verifyLedger", "listBudgets"} {
		access[id] = httpapi.Access{Roles: []httpapi.Role{"auditor"}}
	}
	api := httpapi.New(httpapi.Config{DB: dbtest.SQLite(t), Clock: clock.System{}, IDs: ident.Random{}, Log: slog.New(slog.DiscardHandler), Auth: auditor{}, Access: access})
	ledger.API{Ledger: l, Sealed: func(ctx context.Context) ([]ledger.Head, error) {
		head, err := l.Head(ctx)
		return []ledger.Head{head}, err
	}}.Register(api)
	handler, err := api.Handler()
	must(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return func(method, path string, status int, into any) {
		t.Helper()
		request, err := http.NewRequestWithContext(context.Background(), method, server.URL+httpapi.Prefix+path, nil)
		must(t, err)
		response, err := http.DefaultClient.Do(request)
		must(t, err)
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		must(t, err)
		if response.StatusCode != status {
			t.Fatalf("%s %s: %d %s", method, path, response.StatusCode, body)
		}
		if into != nil {
			must(t, json.Unmarshal(body, into))
		}
	}
}

func TestAPI(t *testing.T) {
	ctx := context.Background()
	l := ledgertest.Open(t, dbtest.SQLitePath(t), ledgertest.Clock(), ledger.Tuning{})
	p := ledger.Programme{Purse: ledger.Purse{Level: ledger.City, Code: "520100"}, Measure: "002-2", Year: 2025}
	must(t, l.OpenProgramme(ctx, p))
	must(t, l.OpenAccounts(ctx, p.PayableAccount("x"), p.PayableAccount("y")))
	must(t, l.SetCap(ctx, "decision/2", p, 500))
	award, pay := ledger.Award("award/1", ledger.Hold, p, "x", 400, "application/1"), ledger.PayOut("pay/1", p, "x", 300, "application/1")
	accept(t, l, ledger.Appropriate("in", p.Purse, 2025, 5000, "decision/0"), ledger.Allot("allot", p, 1000, "decision/0"),
		award, ledger.Award("award/2", ledger.Move, p, "y", 1, "application/2"),
		ledger.Transfer{ID: "post/1", Kind: ledger.Post, Hold: "award/1", Amount: 300, Ref: "application/1"}, pay)
	if _, err := l.One(ctx, ledger.Award("award/3", ledger.Move, p, "x", 201, "application/3")); err == nil {
		t.Fatal("over the cap")
	}
	get := serve(t, l)

	var accounts httpapi.Page[ledger.AccountBody]
	get("GET", "/ledger/accounts?limit=2&q=002-2", 200, &accounts)
	if len(accounts.Items) != 2 || accounts.Items[0].Name != p.Payable("x") || accounts.Next == "" {
		t.Fatalf("%+v", accounts)
	}
	get("GET", "/ledger/accounts?limit=2&q=002-2&cursor="+accounts.Next, 200, &accounts)
	if len(accounts.Items) != 1 || accounts.Items[0].Out != 301 || accounts.Items[0].Free != 699 || accounts.Next != "" {
		t.Fatalf("%+v", accounts)
	}
	get("GET", "/ledger/accounts?prefix=paid/", 200, &accounts)
	if len(accounts.Items) != 1 || accounts.Items[0].Balance != 300 {
		t.Fatalf("%+v", accounts)
	}

	var seen []string
	for cursor := ""; ; {
		var page httpapi.Page[ledger.Record]
		get("GET", "/ledger/transfers?limit=2&account="+url.QueryEscape(p.Account())+"&cursor="+cursor, 200, &page)
		for _, r := range page.Items {
			seen = append(seen, r.ID)
			if r.ID == "award/3" && (r.Reason == nil || r.Outcome != ledger.OverLimit) {
				t.Errorf("a refusal without its reason: %+v", r)
			}
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if want := []string{"award/3", "post/1", "award/2", "award/1", "allot"}; !slices.Equal(seen, want) {
		t.Fatalf("got %v, want %v", seen, want)
	}
	get("GET", "/ledger/transfers?account=nowhere", 404, nil)
	get("GET", "/ledger/transfers?cursor="+httpapi.Cursor("x"), 422, nil)

	var trace ledger.Trace
	get("GET", "/ledger/transfers/"+url.PathEscape("post/1"), 200, &trace)
	related := map[string]ledger.Relation{}
	for _, r := range trace.Related {
		related[r.Transfer.ID] = r.Relation
	}
	for id, want := range map[string]ledger.Relation{"award/1": ledger.OfHold, "allot": ledger.FundedBy, "in": ledger.FundedBy, "pay/1": ledger.PassedOn} {
		if related[id] != want {
			t.Errorf("%s is %q beside post/1, want %q", id, related[id], want)
		}
	}
	if related["award/2"] != "" {
		t.Error("another party's award is in the trace")
	}
	get("GET", "/ledger/transfers/"+url.PathEscape("award/1"), 200, &trace)
	if len(trace.Related) == 0 || trace.Related[0].Relation != ledger.ResolvedBy || trace.Related[0].Transfer.Hold != "award/1" {
		t.Fatalf("%+v", trace.Related)
	}
	get("GET", "/ledger/transfers/none", 404, nil)

	var report ledger.ReportBody
	get("POST", "/ledger/verify", 200, &report)
	if !report.OK || report.Sealed != 1 || report.Entries == 0 || len(report.Hash) != 64 {
		t.Fatalf("%+v", report)
	}
	var budgets httpapi.Page[ledger.BudgetBody]
	get("GET", "/budgets?year=2025", 200, &budgets)
	if b := budgets.Items; len(b) != 1 || b[0].Ceiling != nil || *b[0].Cap != 500 || b[0].Awarded != 301 || b[0].Paid != 300 || b[0].Purse != "city-520100" {
		t.Fatalf("%+v", b)
	}
	get("GET", "/budgets?year=1999", 200, &budgets)
	if len(budgets.Items) != 0 {
		t.Fatalf("%+v", budgets)
	}
}
