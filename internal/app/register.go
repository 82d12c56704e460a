package app

import (
	"net/http"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// register adds every room's operations; access.go says who may call them.
func (p *product) register(api *httpapi.API) {
	p.party.Register(api)
	ledger.API{Ledger: p.ledger, Sealed: p.sealedHeads}.Register(api)
	p.policy.RegisterToday(api)
	p.policy.RegisterLibrary(api)
	p.policy.RegisterMeasures(api)
	p.policy.RegisterMatches(api)
	p.policy.RegisterSimulations(api)
	p.policy.RegisterApplications(api)
	api.Handle("GET /healthz", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	api.Handle("GET /readyz", http.HandlerFunc(p.ready))
}

// ready answers 204 once the database answers, else 503.
func (p *product) ready(w http.ResponseWriter, r *http.Request) {
	var one int
	if err := p.db.Q(r.Context()).QueryRowContext(r.Context(), "select 1").Scan(&one); err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
