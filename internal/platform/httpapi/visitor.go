package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Visitor asks operations from inside the program as somebody who did not sign
// in. It can ask only what the access table opens to the public, and gets only
// what anybody would get: whoever shows its answers cannot show more.
type Visitor struct {
	api        *API
	operations func() map[string]*huma.Operation
}

// Visitor returns the API's visitor. Ask it once every operation is registered.
func (a *API) Visitor() *Visitor {
	return &Visitor{a, sync.OnceValue(a.Operations)}
}

// Params are an operation's path and query parameters by name.
type Params = url.Values

// Ask calls a public operation with a JSON body, nil for none, and decodes its
// answer into out.
//
// Codes: those of the operation. An operation that is not public is a defect.
func (v *Visitor) Ask(ctx context.Context, operation string, params Params, body, out any) error {
	op := v.operations()[operation]
	if op == nil || !v.api.config.Access[operation].Public {
		return fmt.Errorf("%s is no public operation", operation)
	}
	r, err := v.request(ctx, op, params, body)
	if err != nil {
		return err
	}
	answer := &visited{header: http.Header{}}
	v.api.mux.ServeHTTP(answer, r)
	if answer.status >= http.StatusBadRequest {
		return answer.fault()
	}
	if err := json.Unmarshal(answer.body.Bytes(), out); err != nil {
		return fmt.Errorf("answer of %s: %w", operation, err)
	}
	return nil
}

func (v *Visitor) request(ctx context.Context, op *huma.Operation, params Params, body any) (*http.Request, error) {
	path, query := op.Path, url.Values{}
	for name, values := range params {
		if len(values) == 0 {
			continue
		}
		if filled := strings.Replace(path, "{"+name+"}", url.PathEscape(values[0]), 1); filled != path {
			path = filled
			continue
		}
		query[name] = values
	}
	var content io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(text)
	}
	address := Prefix + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	r, err := http.NewRequestWithContext(WithPrincipal(ctx, Principal{}), op.Method, address, content)
	if err == nil && body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return r, err
}

// visited holds an answer in memory.
type visited struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *visited) Header() http.Header { return w.header }

func (w *visited) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *visited) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

// fault reads a problem back into what it was; its sentences are in the
// language of the context that asked.
func (w *visited) fault() error {
	var p Problem
	if err := json.Unmarshal(w.body.Bytes(), &p); err != nil || p.Code == "" {
		return errors.Join(fmt.Errorf("answer %d: %s", w.status, w.body.Bytes()), err)
	}
	said := func(text string) i18n.Text { return i18n.Text{ZH: text, EN: text} }
	f := fault.New(p.Code, said(p.Detail))
	for _, field := range p.Errors {
		f.Fields = append(f.Fields, fault.Field{Path: field.Path, Message: said(field.Message)})
	}
	return f
}
