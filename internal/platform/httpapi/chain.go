package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// DefaultMaxBody bounds a request body; an operation may set MaxBodyBytes.
const DefaultMaxBody = 1 << 20

// chain wraps the mux; the first named is the outermost.
func (a *API) chain(next http.Handler) http.Handler {
	for _, layer := range slices.Backward([]func(http.Handler) http.Handler{
		a.identify, a.logAccess, a.recoverPanic, a.compress, a.tag, a.setHeaders, a.refuseCrossSite, a.refuseBadText, a.limitClient, a.authenticate,
	}) {
		next = layer(next)
	}
	return next
}

// identify gives the request an id and a language.
func (a *API) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info := &request{id: a.config.IDs.New("req")}
		info.client, info.secure = a.caller(r)
		lang := i18n.FromHeader(r.Header.Get("Accept-Language"))
		h := w.Header()
		h.Set("X-Request-Id", info.id)
		h.Add("Vary", "Accept-Language")
		ctx := i18n.With(context.WithValue(r.Context(), requestKey{}, info), lang)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// answerWriter notes the status and size of an answer for the log.
type answerWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *answerWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *answerWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap serves http.ResponseController.
func (w *answerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// logAccess writes one line a request. Query strings, headers and bodies stay
// out of it, since tokens travel there.
func (a *API) logAccess(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := a.config.Clock.Now()
		answer := &answerWriter{ResponseWriter: w}
		next.ServeHTTP(answer, r)
		info, took := of(r.Context()), a.config.Clock.Now().Sub(start)
		if a.config.Observe != nil {
			a.config.Observe(info.operation, answer.status, took)
		}
		level := slog.LevelInfo
		attrs := []slog.Attr{
			slog.String("request_id", info.id), slog.String("method", r.Method), slog.String("path", r.URL.Path),
			slog.String("operation", info.operation), slog.Int("status", answer.status), slog.Int64("bytes", answer.bytes),
			slog.Duration("took", took), slog.String("client", info.client.String()),
			slog.String("person", info.principal.PersonID), slog.String("role", string(info.principal.Role)),
		}
		if info.fault != nil {
			attrs = append(attrs, slog.String("code", string(info.fault.Code)))
			if answer.status >= http.StatusInternalServerError {
				level = slog.LevelError
				attrs = append(attrs, slog.String("error", info.fault.Error()))
			}
		}
		a.config.Log.LogAttrs(r.Context(), level, "request", attrs...)
	})
}

func (a *API) recoverPanic(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			a.config.Log.ErrorContext(r.Context(), "panic", "request_id", RequestID(r.Context()), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			if answer, ok := w.(*answerWriter); ok && answer.status != 0 {
				panic(http.ErrAbortHandler) // half an answer is out: cut the connection
			}
			WriteProblem(w, r, fmt.Errorf("panic: %v", p))
		}()
		next.ServeHTTP(w, r)
	})
}

// contentPolicy suits a console whose every asset is our own file. Ant Design
// writes style elements at run time, hence unsafe-inline for styles only.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
	"font-src 'self' data:; connect-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

func (a *API) setHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if Secure(r.Context()) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if strings.HasPrefix(r.URL.Path, "/api/") {
			h.Set("Cache-Control", "no-store")
		}
		next.ServeHTTP(w, r)
	})
}

// refuseCrossSite stops other sites from writing with a visitor's cookie.
func (a *API) refuseCrossSite(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	if u, err := url.Parse(a.config.PublicURL); err == nil && u.Host != "" {
		_ = protection.AddTrustedOrigin(u.Scheme + "://" + u.Host) // checked by Handler
	}
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		WriteProblem(w, r, fault.Newf(fault.Forbidden, "请求来自别的网站，已拒绝：请在本系统页面内操作。", "The request came from another site and was refused: act from this product's own pages."))
	}))
	return protection.Handler(next)
}

// refuseBadText stops NUL and broken UTF-8 in addresses, which PostgreSQL
// cannot store.
func (a *API) refuseBadText(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := url.QueryUnescape(r.URL.RawQuery)
		if err != nil || !storable(query) || !storable(r.URL.Path) {
			WriteProblem(w, r, fault.Newf(fault.Invalid, "地址或查询参数不是有效的 UTF-8 文字：请去掉空字符和乱码。", "The address or its query is not valid UTF-8 text: remove NUL and broken characters."))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func storable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// probes are asked by whatever watches the server, often from the address of
// the proxy that everybody comes through: the crowd must not make them fail.
var probes = []string{"/healthz", "/readyz"}

func (a *API) limitClient(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(probes, r.URL.Path) && !a.clients.allow(clientKey(Client(r.Context()))) {
			WriteProblem(w, r, tooMany())
			return
		}
		next.ServeHTTP(w, r)
	})
}

func tooMany() error {
	return fault.Newf(fault.RateLimited, "请求过于频繁，请稍候再试。", "Too many requests; wait a moment.")
}

func (a *API) authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := a.config.Auth.Authenticate(r)
		if err != nil {
			WriteProblem(w, r, err)
			return
		}
		of(r.Context()).principal = p
		next.ServeHTTP(w, r)
	})
}

// nothingHere answers what no operation matches: 405 when the path has
// operations of other methods, else 404.
func (a *API) nothingHere(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := a.mux.Handler(other); pattern != "/api/" && method != r.Method {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		WriteProblem(w, r, fault.Newf(fault.NotFound, "没有这个地址。", "There is nothing at this address."))
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	p := problemOf(r.Context(), fault.Newf(fault.Invalid, "这个地址不支持 %s，只支持 %s。", "This address does not support %s, only %s.", clip(r.Method), strings.Join(allowed, ", ")))
	p.Status = http.StatusMethodNotAllowed
	writeProblem(w, p)
}

// limitAccount is the second rate limit, by person.
func (a *API) limitAccount(ctx huma.Context, next func(huma.Context)) {
	if id := PrincipalOf(ctx.Context()).PersonID; id != "" && !a.accounts.allow(id) {
		a.refuse(ctx, tooMany())
		return
	}
	next(ctx)
}

// limitBody bounds the body of every operation, uploads included, and reads
// what is no upload to its end, so that a sender who breaks off hears so.
func (a *API) limitBody(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	bound, within := int64(DefaultMaxBody), bodyTime
	if ctx.Operation().MaxBodyBytes != 0 {
		bound, within = ctx.Operation().MaxBodyBytes, uploadTime
	}
	if r.ContentLength > bound {
		a.refuse(ctx, fault.Newf(fault.TooLarge, "请求正文超过 %d 字节的上限。", "The request body exceeds %d bytes.", bound))
		return
	}
	patient := &patientBody{ReadCloser: r.Body, connection: http.NewResponseController(w), clock: a.config.Clock, end: a.config.Clock.Now().Add(within)}
	r.Body = http.MaxBytesReader(w, patient, bound)
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		body, err := spool(r.Body)
		if err != nil {
			a.refuse(ctx, err)
			return
		}
		defer body.Close()
		r.Body = body
	}
	next(ctx)
}
