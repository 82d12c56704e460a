package httpapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Problem is an error body of RFC 9457, in the reader's language.
type Problem struct {
	Type      string         `json:"type" doc:"urn:qianmo:problem:<code>"`
	Title     string         `json:"title" doc:"What kind of fault, in the reader's language"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail" doc:"What is wrong and what to do, in the reader's language"`
	Code      fault.Code     `json:"code" doc:"The kind of fault, for programs"`
	RequestID string         `json:"request_id" doc:"Under which the request is logged"`
	Errors    []ProblemField `json:"errors,omitempty" doc:"One entry for each wrong value"`
}

// ProblemField is one wrong value of the input.
type ProblemField struct {
	Path    string `json:"path" doc:"Where: a path into the body, query.name or path.name"`
	Message string `json:"message"`
}

// titles names each code in both languages.
var titles = map[fault.Code]i18n.Text{
	fault.Invalid:      {ZH: "内容不正确", EN: "Invalid input"},
	fault.Unauthorized: {ZH: "未登录", EN: "Not signed in"},
	fault.Forbidden:    {ZH: "无权操作", EN: "Not allowed"},
	fault.NotFound:     {ZH: "未找到", EN: "Not found"},
	fault.Conflict:     {ZH: "与现状冲突", EN: "Conflict"},
	fault.TooLarge:     {ZH: "超出上限", EN: "Too large"},
	fault.RateLimited:  {ZH: "请求过于频繁", EN: "Too many requests"},
	fault.Limit:        {ZH: "达到额度上限", EN: "Limit reached"},
	fault.Unavailable:  {ZH: "暂时不可用", EN: "Unavailable"},
	fault.CheckFailed:  {ZH: "校验未通过", EN: "Check failed"},
	fault.Internal:     {ZH: "系统内部错误", EN: "Internal error"},
}

// problemOf writes a fault for the reader of the context, and notes it for the
// access log. An error that is no fault becomes a generic internal one.
func problemOf(ctx context.Context, err error) *Problem {
	f := fault.From(err)
	info := of(ctx)
	info.fault = f
	lang := i18n.Of(ctx)
	p := &Problem{
		Type:      "urn:qianmo:problem:" + string(f.Code),
		Title:     titles[f.Code].In(lang),
		Status:    f.Code.HTTPStatus(),
		Detail:    f.Message.In(lang),
		Code:      f.Code,
		RequestID: info.id,
	}
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, ProblemField{Path: field.Path, Message: field.Message.In(lang)})
	}
	return p
}

// Error implements error.
func (p *Problem) Error() string { return string(p.Code) + ": " + p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	p.setHeaders(h)
	return h
}

func (p *Problem) setHeaders(h http.Header) {
	switch p.Code {
	case fault.RateLimited, fault.Unavailable:
		h.Set("Retry-After", "30")
	case fault.Unauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="qianmo"`)
	}
}

// WriteProblem answers err as problem+json, for handlers outside huma.
func WriteProblem(w http.ResponseWriter, r *http.Request, err error) {
	writeProblem(w, problemOf(r.Context(), err))
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	p.setHeaders(w.Header())
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone: nothing to tell it
}

func (a *API) refuse(ctx huma.Context, err error) {
	_, w := humago.Unwrap(ctx)
	writeProblem(w, problemOf(ctx.Context(), err))
}
