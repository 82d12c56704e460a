package db

import (
	"errors"
	"slices"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/fault"

	"github.com/qianmo/qianmo/internal/platform/i18n"
)

func TestWhere(t *testing.T) {
	var w Where
	if w.String() != "" {
		t.Errorf("no condition is %q", w.String())
	}
	w.Is("org", "a'; drop table x")
	w.Is("measure", "")
	In(&w, "state", []string{"open", "late"})
	In(&w, "year", []int{})
	w.And("(at < ? or at = ? and id < ?)", 5, 5, "z")
	w.And("live = 1")
	if got, want := w.String(), " where org = $1 and state in ($2, $3) and (at < $4 or at = $5 and id < $6) and live = 1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if want := []any{"a'; drop table x", "open", "late", 5, 5, "z"}; !slices.Equal(w.Args, want) {
		t.Errorf("got %v, want %v", w.Args, want)
	}
}

func TestContaining(t *testing.T) {
	for q, want := range map[string]string{"": "%%", "QM-1": "%qm-1%", `5%_\`: `%5\%\_\\%`} {
		if got := Containing(q); got != want {
			t.Errorf("%q gives %q, want %q", q, got, want)
		}
	}
}

func TestTextInAColumn(t *testing.T) {
	for _, text := range []i18n.Text{{}, {ZH: "公示", EN: "Notice"}, {ZH: `"引号"`, EN: `"quoted"`}} {
		if got := ReadText(Text(text)); got != text {
			t.Errorf("%+v became %+v", text, got)
		}
	}
	if got := ReadText("plain"); got.ZH != "plain" || got.EN != "plain" {
		t.Errorf("another text became %+v", got)
	}
}

// rows is a result that changed so many.
type rows int64

func (rows) LastInsertId() (int64, error)   { return 0, nil }
func (r rows) RowsAffected() (int64, error) { return int64(r), nil }

func TestChanged(t *testing.T) {
	none := errors.New("none")
	for r, want := range map[rows]error{0: none, 1: nil, 2: none} {
		if got := Changed(r, nil, none); got != want {
			t.Errorf("%d rows give %v, want %v", r, got, want)
		}
	}
}

func TestBefore(t *testing.T) {
	var w Where
	w.Is("org", "a")
	if err := w.Before(""); err != nil || w.String() != " where org = $1" {
		t.Errorf("the first page: %q %v", w.String(), err)
	}
	if err := w.Before("17/app_1"); err != nil || w.String() != " where org = $1 and (updated, id) < ($2, $3)" || w.Args[1] != int64(17) || w.Args[2] != "app_1" {
		t.Errorf("%q %v %v", w.String(), w.Args, err)
	}
	if err := w.Before("yesterday/app_1"); !fault.Is(err, fault.Invalid) {
		t.Errorf("an unreadable cursor gave %v", err)
	}
}
