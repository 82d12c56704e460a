package db

import (
	"database/sql"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Where gathers the conditions of a query. Values bind; they are never spliced
// into the text. The zero value has no condition.
type Where struct {
	conditions []string
	Args       []any // in the order of their numbers
}

// And adds a condition in which each ? takes the next value.
func (w *Where) And(condition string, values ...any) {
	for _, v := range values {
		w.Args = append(w.Args, v)
		condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(w.Args)), 1)
	}
	w.conditions = append(w.conditions, condition)
}

// Is adds "column = value" unless the value is empty.
func (w *Where) Is(column, value string) {
	if value != "" {
		w.And(column+" = ?", value)
	}
}

// In adds "column in (values)" unless there are none.
func In[T any](w *Where, column string, values []T) {
	if len(values) == 0 {
		return
	}
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = v
	}
	w.And(column+" in (?"+strings.Repeat(", ?", len(all)-1)+")", all...)
}

// Before keeps to the rows below a cursor "updated/id" in the order of the last
// change, newest first; "" is the first page. It compares a row value, which an
// index over both can seek: an "or" of both columns reads every earlier page.
//
// Codes: invalid.
func (w *Where) Before(cursor string) error {
	if cursor == "" {
		return nil
	}
	updated, id, _ := strings.Cut(cursor, "/")
	at, err := strconv.ParseInt(updated, 10, 64)
	if err != nil {
		return fault.Newf(fault.Invalid, "翻页标记不对：请从第一页重新开始。", "The cursor is wrong: start from the first page.")
	}
	w.And("(updated, id) < (?, ?)", at, id)
	return nil
}

// String is the where clause with a blank before it, or nothing.
func (w *Where) String() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " where " + strings.Join(w.conditions, " and ")
}

// Containing is a pattern for any text with q in it, letters in lower case; use
// it with escape '\'.
func Containing(q string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(q)) + "%"
}

// Limit is a limit clause with a blank before it, or nothing below 1.
func Limit(n int) string {
	if n <= 0 {
		return ""
	}
	return " limit " + strconv.Itoa(n)
}

// Changed turns the answer of a statement that should change one row into
// none, the caller's own fault, when it changed none.
func Changed(res sql.Result, err error, none error) error {
	if err != nil {
		return Fault(err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return none
	}
	return nil
}

// JSON is a value in one column; for values that always marshal.
func JSON(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// Text is a sentence in one column, both languages, empty for none.
func Text(t i18n.Text) string {
	if t.IsZero() {
		return ""
	}
	return JSON(t)
}

// ReadText reads what Text wrote. A column that holds something else is shown
// as it stands.
func ReadText(column string) (t i18n.Text) {
	if column != "" && json.Unmarshal([]byte(column), &t) != nil {
		t = i18n.Text{ZH: column, EN: column}
	}
	return t
}
