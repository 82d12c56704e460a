package app

import (
	"context"
	"net/http"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// register adds every room's operations, as they run under a pack; access.go
// says who may call them.
func (p *product) register(api *httpapi.API, under *ruled) {
	p.party.Register(api)
	evidence.API{Service: p.facts, Log: p.log, Verifier: p.verifier, Readers: readers(), Attests: attests, Wake: p.sealer.Wake}.Register(api)
	p.messages.Register(api)
	ledger.API{Ledger: p.ledger, Sealed: p.sealedHeads, Label: p.accountLabels}.Register(api)
	under.policy.RegisterToday(api)
	p.registerTodos(api, under)
	under.policy.RegisterLibrary(api)
	under.policy.RegisterMeasures(api)
	under.policy.RegisterMatches(api)
	under.policy.RegisterSimulations(api)
	under.policy.RegisterEstimates(api)
	under.policy.RegisterApplications(api)
	under.policy.RegisterAllotments(api)
	under.calls.Register(api)
	p.paymentsOf(under.policy).Register(api)
	under.notices.Register(api)
	under.targets.Register(api)
	under.review.Register(api)
	under.supervision.Register(api)
	under.recovery.Register(api)
	p.awardsOf(under.delivery).Register(api)
	under.exceptions.Register(api)
	under.referrals.Register(api)
	under.vouchers.Register(api)
	under.budgets.Register(api)
	p.registerDate(api)
	p.registerCrowd(api)
	api.Handle("GET /metrics", operatorsOnly(p.metrics.Handler()))
	api.Handle("GET /healthz", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	api.Handle("GET /readyz", http.HandlerFunc(p.ready))
}

// observe adds what is counted when somebody looks.
func (p *product) observe() {
	p.metrics.Database("main", p.db.Writer())
	p.metrics.OnScrape("applications", "Applications by state.", "state", func(ctx context.Context) (map[string]int64, error) {
		return named(p.policy().Store.CountByState(ctx, "", ""))
	})
	p.metrics.OnScrape("recoveries", "Recoveries by state.", "state", func(ctx context.Context) (map[string]int64, error) {
		return named(p.recovery().Store.CountByState(ctx))
	})
	p.metrics.OnScrape("ledger_intents_waiting", "Ledger intents without an answer.", "queue", func(ctx context.Context) (map[string]int64, error) {
		n, err := p.intents.Waiting(ctx)
		return map[string]int64{"ledger": n}, err
	})
	p.metrics.OnScrape("work_items", "Background work by state; qianmo doctor names what failed.", "state", func(ctx context.Context) (map[string]int64, error) {
		return named(p.queue().Count(ctx))
	})
}

// named counts by plain names, as labels are.
func named[K ~string](counts map[K]int64, err error) (map[string]int64, error) {
	out := make(map[string]int64, len(counts))
	for name, n := range counts {
		out[string(name)] = n
	}
	return out, err
}

// operatorsOnly lets through whoever asks from the machine itself, and an
// administrator or auditor, also by API key. A request that a proxy on the
// machine forwards comes from elsewhere.
func operatorsOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		role := httpapi.PrincipalOf(r.Context()).Role
		local := httpapi.Client(r.Context()).IsLoopback() && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == ""
		if !local && role != party.Admin && role != party.Auditor {
			httpapi.WriteProblem(w, r, fault.Newf(fault.Forbidden, "指标只对本机、管理员和审计开放：可用 API 密钥访问。", "Metrics are for this machine, administrators and auditors: use an API key."))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// attests says as whom a role may bring facts. An organisation can only state
// its own, which is shown and never enough.
func attests(role httpapi.Role) []evidence.Attestor {
	switch role {
	case party.Office:
		return []evidence.Attestor{evidence.Department, evidence.Operator, evidence.Auditor}
	case party.Auditor:
		return []evidence.Attestor{evidence.Auditor}
	case party.Operator:
		return []evidence.Attestor{evidence.Operator, evidence.Meter}
	case party.OrgManager:
		return []evidence.Attestor{evidence.Applicant}
	}
	return nil
}

// ready answers 204 once the database answers, else 503 and why.
func (p *product) ready(w http.ResponseWriter, r *http.Request) {
	var one int
	if err := p.db.Q(r.Context()).QueryRowContext(r.Context(), "select 1").Scan(&one); err != nil {
		httpapi.WriteProblem(w, r, db.Away(err))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
