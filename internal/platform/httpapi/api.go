// Package httpapi is the edge: it builds the huma API on the standard mux,
// and the chain that every request passes (request id, log, recovery, headers,
// cross-site protection, limits, authentication, access table, idempotency).
// Domains register their operations with Register and return coded faults;
// nothing below the edge knows HTTP statuses or picks a language.
package httpapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"golang.org/x/time/rate"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Prefix is where the API lives.
const Prefix = "/api/v1"

// Config is what an API is made of. DB, Clock, IDs, Log, Auth and Access must be set.
type Config struct {
	Title          string
	Version        string
	DB             *db.DB // keeps answers for Idempotency-Key
	Clock          clock.Clock
	IDs            ident.Source
	Log            *slog.Logger
	Auth           Authenticator
	Access         Table
	RegionWide     []Role         // roles that act on any organisation
	PublicURL      string         // such as https://ai.example.gov.cn; https turns on HSTS
	TrustedProxies []netip.Prefix // whose X-Forwarded-For and -Proto are believed
	ClientRate     Rate           // a client address; zero is 100/s, burst 400
	AccountRate    Rate           // a person; zero is 50/s, burst 200
	// Observe is told of every answer, for metrics. The operation is empty for
	// what is none. Nil for nobody.
	Observe func(operation string, status int, took time.Duration)
}

// Rate is a sustained rate a second and the burst above it.
type Rate struct {
	PerSecond rate.Limit
	Burst     int
}

// API is the product's HTTP interface while it is put together.
type API struct {
	huma.API
	config   Config
	naming   *naming
	mux      *http.ServeMux
	answers  *answers
	accounts *limiter
	clients  *limiter
}

// New starts an API without operations.
func New(c Config) *API {
	a := &API{
		config:   c,
		naming:   &naming{},
		mux:      http.NewServeMux(),
		answers:  &answers{db: c.DB, clock: c.Clock},
		clients:  newLimiter(orRate(c.ClientRate, Rate{100, 400}), c.Clock),
		accounts: newLimiter(orRate(c.AccountRate, Rate{50, 200}), c.Clock),
	}
	format := jsonFormat()
	a.API = humago.NewWithPrefix(a.mux, Prefix, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info:    &huma.Info{Title: cmp.Or(c.Title, "Qianmo"), Version: cmp.Or(c.Version, "1")},
			Components: &huma.Components{
				Schemas: newRegistry(a.naming),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"session": {Type: "apiKey", In: "cookie", Name: "qianmo_session", Description: "Session cookie; __Host-qianmo_session over https"},
					"key":     {Type: "http", Scheme: "bearer", Description: "API key that begins with qm_"},
				},
			},
		},
		Formats:       map[string]huma.Format{"application/json": format, "json": format},
		DefaultFormat: "application/json",
		Transformers:  []huma.Transformer{newTranslator().transform, encode},
	})
	a.UseMiddleware(a.authorise, a.limitAccount, a.limitBody, a.answerOnce)
	return a
}

func orRate(r, otherwise Rate) Rate {
	if r.Burst == 0 {
		return otherwise
	}
	return r
}

// registeredHere marks operations whose errors pass through Register.
const registeredHere = "httpapi.Register"

// Register adds one operation. The handler returns coded faults; its errors
// become problem+json. Every operation needs an OperationID, Method, Path,
// Summary and Tags, and a row in the access table.
func Register[I, O any](api huma.API, op huma.Operation, handler func(context.Context, *I) (*O, error)) {
	if a, ok := api.(*API); ok {
		a.naming.pkg = reflect.TypeFor[I]().PkgPath()
	}
	if op.Metadata == nil {
		op.Metadata = map[string]any{}
	}
	op.Metadata[registeredHere] = true
	op.RejectUnknownQueryParameters = true // a mistyped filter must not answer with everything
	op.BodyReadTimeout = -1                // limitBody bounds it
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	op.Responses["default"] = &huma.Response{
		Description: "Error",
		Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: &huma.Schema{Ref: schemaPrefix + "Problem"}}},
	}
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return out, nil
	})
}

// Handle mounts a plain handler beside the API (the console, metrics). It
// passes the chain but not the access table: it must be fit for the public or
// ask PrincipalOf itself.
func (a *API) Handle(pattern string, h http.Handler) { a.mux.Handle(pattern, h) }

// Handler closes registration: it checks the access table against the
// operations, settles the contract and returns the whole chain.
func (a *API) Handler() (http.Handler, error) {
	operations := a.Operations()
	var errs []error
	for id, op := range operations {
		if op.Metadata[registeredHere] == nil {
			errs = append(errs, fmt.Errorf("operation %q (%s %s) was not registered with httpapi.Register", id, op.Method, op.Path))
		}
		errs = append(errs, undeclared(op)...)
	}
	if err := errors.Join(append(errs, a.config.Access.check(operations))...); err != nil {
		return nil, err
	}
	if err := a.checkPublicURL(); err != nil {
		return nil, err
	}
	spec, err := a.settle()
	if err != nil {
		return nil, err
	}
	a.mux.HandleFunc("GET "+Prefix+"/openapi.yaml", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/yaml")
		w.Header().Set("Cache-Control", "no-cache") // an upgrade may change it: ask by its tag
		_, _ = w.Write(spec)
	})
	a.mux.HandleFunc("/api/", a.nothingHere)
	return a.chain(a.mux), nil
}

// undeclared finds path parameters that the input struct does not have: huma
// overlooks those in an embedded struct with a lower-case name.
func undeclared(op *huma.Operation) (errs []error) {
	for _, match := range pathParameter.FindAllStringSubmatch(op.Path, -1) {
		if !slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.In == "path" && p.Name == match[1] }) {
			errs = append(errs, fmt.Errorf("operation %q: its input has no path parameter %q", op.OperationID, match[1]))
		}
	}
	return errs
}

var pathParameter = regexp.MustCompile(`\{([^}.]+)(?:\.\.\.)?\}`)

// Operations lists what is registered, by operation id.
func (a *API) Operations() map[string]*huma.Operation {
	all := map[string]*huma.Operation{}
	eachOperation(a.OpenAPI(), func(op *huma.Operation) { all[op.OperationID] = op })
	return all
}

// Access returns the access table.
func (a *API) Access() Table { return a.config.Access }

// RegionWide returns the roles that act on any organisation.
func (a *API) RegionWide() []Role { return a.config.RegionWide }

// YAML returns the OpenAPI 3.1 document. The same operations give the same
// bytes, in whatever order they were registered.
func (a *API) YAML() ([]byte, error) { return a.settle() }

func (a *API) settle() ([]byte, error) {
	spec := a.OpenAPI()
	forbidNullLists(spec)
	allowNullPointers(spec.Components.Schemas)
	nameRestOfPath(spec)
	eachOperation(spec, func(op *huma.Operation) {
		if access := a.config.Access[op.OperationID]; !access.Public {
			op.Security = []map[string][]string{{"session": {}}, {"key": {}}}
		}
	})
	return spec.YAML()
}

func (a *API) checkPublicURL() error {
	if a.config.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(a.config.PublicURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || (u.Path != "" && u.Path != "/") {
		return fmt.Errorf("public URL %q: write scheme and host, such as https://ai.example.gov.cn", a.config.PublicURL)
	}
	return nil
}
