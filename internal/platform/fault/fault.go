// Package fault is the one error type that crosses package boundaries.
// A fault has a code that machines read, a sentence in both languages that
// names the place and the remedy, and, for bad input, one entry a field.
// Any other error is a defect of ours: the edge logs it and answers
// "internal" without its text.
package fault

import (
	"errors"
	"net/http"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Code classifies a fault. Callers branch on it; nobody parses messages.
type Code string

// The closed set of codes.
const (
	Invalid      Code = "invalid"       // the input is wrong; Fields says where
	Unauthorized Code = "unauthorized"  // nobody is signed in, or the proof of it is wrong
	Forbidden    Code = "forbidden"     // somebody is signed in and may not
	NotFound     Code = "not_found"     // no such thing, or none that the caller may know of
	Conflict     Code = "conflict"      // the state or an idempotent id does not allow it
	TooLarge     Code = "too_large"     // an upload or a number exceeds its bound
	RateLimited  Code = "rate_limited"  // too many tries; wait
	Limit        Code = "limit_reached" // a ledger or budget limit refuses the transfer
	Unavailable  Code = "unavailable"   // a dependency is away or storage is full; nothing was written
	CheckFailed  Code = "check_failed"  // a verification ran and found a difference
	Internal     Code = "internal"      // a defect of ours
)

var traits = map[Code]struct{ status, exit int }{
	Invalid:      {http.StatusUnprocessableEntity, 2},
	Unauthorized: {http.StatusUnauthorized, 2},
	Forbidden:    {http.StatusForbidden, 2},
	NotFound:     {http.StatusNotFound, 2},
	Conflict:     {http.StatusConflict, 2},
	TooLarge:     {http.StatusRequestEntityTooLarge, 2},
	RateLimited:  {http.StatusTooManyRequests, 2},
	Limit:        {http.StatusConflict, 1},
	Unavailable:  {http.StatusServiceUnavailable, 3},
	CheckFailed:  {http.StatusConflict, 1},
	Internal:     {http.StatusInternalServerError, 3},
}

// Field is one fault of one place in the input.
type Field struct {
	Path    string    `json:"path"` // JSON path, "line 3, column 2", or a flag
	Message i18n.Text `json:"message"`
}

// Error is the coded error.
type Error struct {
	Code    Code
	Message i18n.Text
	Fields  []Field
	cause   error
}

// New makes a fault with a sentence in both languages.
func New(code Code, message i18n.Text, fields ...Field) *Error {
	return &Error{Code: code, Message: message, Fields: fields}
}

// Newf is New(code, i18n.T(zh, en, args...)).
func Newf(code Code, zh, en string, args ...any) *Error {
	return &Error{Code: code, Message: i18n.T(zh, en, args...)}
}

// Because keeps the technical cause for logs; readers never see it.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// Error implements error; it is English, for logs.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code) + ": " + e.Message.In(i18n.English))
	for _, f := range e.Fields {
		b.WriteString("; " + f.Path + ": " + f.Message.In(i18n.English))
	}
	if e.cause != nil {
		b.WriteString(" (" + e.cause.Error() + ")")
	}
	return b.String()
}

// Unwrap returns the technical cause.
func (e *Error) Unwrap() error { return e.cause }

// HTTPStatus maps the code to an HTTP status.
func (c Code) HTTPStatus() int { return traits[known(c)].status }

// ExitCode maps the code to the command line's contract:
// 1 failed check, 2 bad input, 3 a fault of ours.
func (c Code) ExitCode() int { return traits[known(c)].exit }

func known(c Code) Code {
	if _, ok := traits[c]; !ok {
		return Internal
	}
	return c
}

// From returns err as a fault: itself when it is or wraps one, else Internal
// with a sentence that gives nothing away.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	return Newf(Internal, "系统内部错误，本次操作没有写入。请把请求编号告诉管理员。",
		"Internal error; nothing was written. Give the request id to your administrator.").Because(err)
}

// Is reports whether err is a fault with the code.
func Is(err error, code Code) bool {
	var f *Error
	return errors.As(err, &f) && f.Code == code
}

// Collector gathers field faults, so that a person sees all of them at once.
// The zero value is ready.
type Collector struct{ fields []Field }

// Add notes a fault at a path.
func (c *Collector) Add(path, zh, en string, args ...any) {
	c.fields = append(c.fields, Field{Path: path, Message: i18n.T(zh, en, args...)})
}

// Merge adds the fields of err under a prefix. A fault without fields becomes
// one field at the prefix.
func (c *Collector) Merge(prefix string, err error) {
	if err == nil {
		return
	}
	f := From(err)
	if len(f.Fields) == 0 {
		c.fields = append(c.fields, Field{Path: prefix, Message: f.Message})
		return
	}
	for _, field := range f.Fields {
		if prefix != "" {
			field.Path = prefix + "." + field.Path
		}
		c.fields = append(c.fields, field)
	}
}

// Len is the number of faults noted so far.
func (c *Collector) Len() int { return len(c.fields) }

// Err returns Invalid with all fields, or nil when there is none.
func (c *Collector) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return New(Invalid, i18n.T("有 %d 处内容不正确，请按提示修改后重试。", "%d value(s) are wrong; correct them and try again.", len(c.fields)), c.fields...)
}
