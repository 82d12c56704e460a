package ledger

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// API serves the books to those who keep and audit them. It only reads:
// money moves through the domains that decide on it.
type API struct {
	Ledger *Ledger
	Sealed func(context.Context) ([]Head, error) // heads that the evidence log holds; nil for none
	// Label says accounts in people's words; those that it does not know are
	// left out. Nil shows paths only.
	Label func(ctx context.Context, accounts []string) (map[string]i18n.Text, error)
}

// Register adds the operations listLedgerAccounts, listTransfers, getTransfer,
// verifyLedger and listBudgets.
func (a API) Register(api huma.API) {
	tags := []string{"ledger"}
	httpapi.Register(api, huma.Operation{OperationID: "listLedgerAccounts", Method: "GET", Path: "/ledger/accounts", Tags: tags, Summary: "Accounts with what they hold"}, a.accounts)
	httpapi.Register(api, huma.Operation{OperationID: "listTransfers", Method: "GET", Path: "/ledger/transfers", Tags: tags, Summary: "Entries of the journal, newest first"}, a.transfers)
	httpapi.Register(api, huma.Operation{OperationID: "getTransfer", Method: "GET", Path: "/ledger/transfers/{id}", Tags: tags, Summary: "One entry, where its money came from and where it went"}, a.transfer)
	httpapi.Register(api, huma.Operation{OperationID: "verifyLedger", Method: "POST", Path: "/ledger/verify", Tags: tags, Summary: "Recompute every balance and the hash chain"}, a.verify)
	httpapi.Register(api, huma.Operation{OperationID: "listBudgets", Method: "GET", Path: "/budgets", Tags: tags, Summary: "What each programme may spend, and where that went"}, a.budgets)
}

// AccountBody is an account with what it holds.
type AccountBody struct {
	Name      string     `json:"name"`
	Label     *i18n.Text `json:"label,omitempty" doc:"The account in people's words"`
	Asset     Asset      `json:"asset"`
	Overdraft bool       `json:"overdraft" doc:"May fall below zero: a source of funds"`
	Limits    []string   `json:"limits"`
	In        money.Fen  `json:"in_fen"`
	Out       money.Fen  `json:"out_fen"`
	Held      money.Fen  `json:"held_fen" doc:"Reserved to leave"`
	Incoming  money.Fen  `json:"incoming_fen" doc:"Reserved to arrive"`
	Balance   money.Fen  `json:"balance_fen"`
	Free      money.Fen  `json:"free_fen" doc:"May still leave"`
}

type accountsInput struct {
	httpapi.PageInput
	Q      string `query:"q" maxLength:"160" doc:"Text that the name contains"`
	Prefix string `query:"prefix" maxLength:"160" doc:"Path that the name begins with"`
}

func (a API) accounts(ctx context.Context, in *accountsInput) (*struct{ Body httpapi.Page[AccountBody] }, error) {
	after, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	rows, err := a.Ledger.Accounts(ctx, in.Prefix, in.Q, after[0], in.Limit+1)
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(rows, in.Limit, func(b Balance) []string { return []string{b.Name} })
	bodies := httpapi.Map(page, accountBody)
	names := make([]string, len(bodies.Items))
	for i, b := range bodies.Items {
		names[i] = b.Name
	}
	labels, err := a.labels(ctx, names)
	for i := range bodies.Items {
		bodies.Items[i].Label = labels(bodies.Items[i].Name)
	}
	return &struct{ Body httpapi.Page[AccountBody] }{bodies}, err
}

// labels looks accounts up; what it returns gives nil for one without a label.
func (a API) labels(ctx context.Context, accounts []string) (func(account string) *i18n.Text, error) {
	known := map[string]i18n.Text{}
	var err error
	if a.Label != nil {
		known, err = a.Label(ctx, accounts)
	}
	return func(account string) *i18n.Text {
		if t, ok := known[account]; ok {
			return &t
		}
		return nil
	}, err
}

func (a API) labelled(ctx context.Context, records ...*Record) error {
	names := make([]string, 0, 2*len(records))
	for _, r := range records {
		names = append(names, r.From, r.To)
	}
	labels, err := a.labels(ctx, names)
	for _, r := range records {
		r.FromLabel, r.ToLabel = labels(r.From), labels(r.To)
	}
	return err
}

func accountBody(b Balance) AccountBody {
	return AccountBody{
		Name: b.Name, Asset: b.Asset, Overdraft: b.Overdraft, Limits: b.Limits,
		In: b.In, Out: b.Out, Held: b.Held, Incoming: b.Incoming, Balance: b.Total(), Free: b.Free(),
	}
}

type transfersInput struct {
	httpapi.PageInput
	Account string `query:"account" maxLength:"160" doc:"Only entries that touch this account"`
}

func (a API) transfers(ctx context.Context, in *transfersInput) (*struct{ Body httpapi.Page[Record] }, error) {
	cursor, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	before, err := strconv.ParseInt(cmp.Or(cursor[0], "0"), 10, 64)
	if err != nil {
		var c fault.Collector
		c.Add("query.cursor", "不是本列表给出的游标，请从第一页重新开始", "not a cursor of this list: begin at its first page")
		return nil, c.Err()
	}
	rows, err := a.moving(ctx, in.Account, before, in.Limit+1)
	if err != nil {
		return nil, err
	}
	page := httpapi.NewPage(rows, in.Limit, func(r Record) []string { return []string{strconv.FormatInt(r.Seq, 10)} })
	shown := make([]*Record, len(page.Items))
	for i := range page.Items {
		shown[i] = &page.Items[i]
	}
	return &struct{ Body httpapi.Page[Record] }{page}, a.labelled(ctx, shown...)
}

// moving lists up to most entries that are about money, passing over those
// that open accounts and set limits.
func (a API) moving(ctx context.Context, account string, before int64, most int) ([]Record, error) {
	rows := make([]Record, 0, most)
	for len(rows) < most {
		batch, err := a.Ledger.Transfers(ctx, account, before, most)
		if err != nil {
			return nil, err
		}
		for _, r := range batch {
			before = r.Seq
			if r.Kind != kindOpen && r.Kind != kindLimit && len(rows) < most {
				rows = append(rows, r)
			}
		}
		if len(batch) < most {
			break
		}
	}
	return rows, nil
}

func (a API) transfer(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"200"`
}) (*struct{ Body Trace }, error) {
	trace, err := a.Ledger.Trace(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	shown := []*Record{&trace.Transfer}
	for i := range trace.Related {
		shown = append(shown, &trace.Related[i].Transfer)
	}
	return &struct{ Body Trace }{trace}, a.labelled(ctx, shown...)
}

// ReportBody is what a verification found.
type ReportBody struct {
	OK       bool      `json:"ok"`
	Seq      int64     `json:"seq" doc:"Last entry of the journal"`
	Hash     string    `json:"hash" doc:"Its hash, which covers all before it"`
	Entries  int64     `json:"entries"`
	Sealed   int       `json:"sealed" doc:"Heads of the evidence log that were compared"`
	Findings []Finding `json:"findings"`
	Cut      bool      `json:"cut" doc:"There are more findings than listed"`
	Summary  i18n.Text `json:"summary"`
}

func (a API) verify(ctx context.Context, _ *struct{}) (*struct{ Body ReportBody }, error) {
	var sealed []Head
	if a.Sealed != nil {
		var err error
		if sealed, err = a.Sealed(ctx); err != nil {
			return nil, err
		}
	}
	report, err := a.Ledger.Verify(ctx, sealed...)
	if err != nil {
		return nil, err
	}
	return &struct{ Body ReportBody }{report.Body(len(sealed))}, nil
}

// Body is the report as the API and the command line print it.
func (r *Report) Body(sealed int) ReportBody {
	var summary i18n.Text
	switch first := r.earliest(); {
	case r.OK():
		summary = i18n.T("全部 %d 条分录相符。", "All %d entries add up.", r.Entries)
	case first > 0:
		summary = i18n.T("发现 %d 处不符，最早在第 %d 条。", "%d difference(s) found, the earliest at entry %d.", len(r.Findings), first)
	default:
		summary = i18n.T("发现 %d 处不符，都在余额表里。", "%d difference(s) found, all in the stored balances.", len(r.Findings))
	}
	return ReportBody{
		OK: r.OK(), Seq: r.Head.Seq, Hash: r.Head.Hash.String(), Entries: r.Entries, Sealed: sealed,
		Findings: r.Findings, Cut: r.Cut, Summary: summary,
	}
}

// earliest is the first entry that a finding names, 0 when none names one.
func (r *Report) earliest() (first int64) {
	for _, f := range r.Findings {
		if f.Seq > 0 && (first == 0 || f.Seq < first) {
			first = f.Seq
		}
	}
	return first
}

// BudgetBody is how a programme stands.
type BudgetBody struct {
	Purse   string     `json:"purse" doc:"Whose money: level and GB/T 2260 code, such as city-520100"`
	Measure string     `json:"measure"`
	Year    int        `json:"year"`
	Ceiling *money.Fen `json:"ceiling_fen,omitempty" doc:"Most it may spend in the year; absent when none is set"`
	Cap     *money.Fen `json:"cap_fen,omitempty" doc:"Most one party may get in the year; absent when none is set"`
	Granted money.Fen  `json:"granted_fen" doc:"Received from the annual budget, less what was taken back"`
	Held    money.Fen  `json:"held_fen" doc:"Reserved"`
	Awarded money.Fen  `json:"awarded_fen" doc:"Owed or paid to parties"`
	Paid    money.Fen  `json:"paid_fen" doc:"Of it, left the treasury"`
	Free    money.Fen  `json:"free_fen" doc:"May still be held or awarded"`
}

func (a API) budgets(ctx context.Context, in *struct {
	httpapi.PageInput
	Year int `query:"year" minimum:"0" maximum:"9999" doc:"Budget year; all when absent"`
}) (*struct{ Body httpapi.Page[BudgetBody] }, error) {
	after, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	all, err := a.Ledger.Budgets(ctx, in.Year)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(b Budget) bool { return b.path() <= after[0] })
	page := httpapi.NewPage(all[:min(len(all), in.Limit+1)], in.Limit, func(b Budget) []string { return []string{b.path()} })
	return &struct{ Body httpapi.Page[BudgetBody] }{httpapi.Map(page, budgetBody)}, nil
}

func budgetBody(b Budget) BudgetBody {
	return BudgetBody{
		Purse: b.Purse.String(), Measure: b.Measure, Year: b.Year, Ceiling: set(b.Ceiling), Cap: set(b.Cap),
		Granted: b.Granted, Held: b.Held, Awarded: b.Awarded, Paid: b.Paid, Free: b.Free,
	}
}

// set returns a limit's value, nil for the value that means none.
func set(most money.Fen) *money.Fen {
	if most == money.Max {
		return nil
	}
	return &most
}
