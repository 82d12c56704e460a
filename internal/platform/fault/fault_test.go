package fault

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/i18n"
)

func TestEveryCodeHasAStatusAndAnExit(t *testing.T) {
	if len(traits) != 11 {
		t.Fatalf("%d codes", len(traits))
	}
	for c := range traits {
		if s, e := c.HTTPStatus(), c.ExitCode(); s < 400 || s > 599 || e < 1 || e > 3 || (s >= 500) != (e == 3) {
			t.Errorf("%s: status %d, exit %d", c, s, e)
		}
	}
	for code, exit := range map[Code]int{Invalid: 2, CheckFailed: 1, Internal: 3, "made up": 3} {
		if got := code.ExitCode(); got != exit {
			t.Errorf("%s exits %d, want %d", code, got, exit)
		}
	}
	if Code("made up").HTTPStatus() != http.StatusInternalServerError {
		t.Error("an unknown code is not ours to show")
	}
}

func TestFromGivesNothingAway(t *testing.T) {
	cause := errors.New("password=hunter2")
	f := From(fmt.Errorf("open: %w", cause))
	if f.Code != Internal || strings.Contains(f.Message.ZH+f.Message.EN, "hunter2") || !errors.Is(f, cause) {
		t.Fatalf("%+v", f)
	}
	if !strings.Contains(f.Error(), "hunter2") {
		t.Fatal("the log lost the cause")
	}
	ours := Newf(Conflict, "冲突", "conflict")
	if From(fmt.Errorf("wrapped: %w", ours)) != ours || From(nil) != nil {
		t.Fatal("a fault is not found again")
	}
	if !Is(fmt.Errorf("wrapped: %w", ours), Conflict) || Is(ours, Invalid) || Is(nil, Conflict) || Is(cause, Internal) {
		t.Fatal("Is")
	}
}

func TestBecauseDoesNotChangeTheOriginal(t *testing.T) {
	shared := Newf(Unavailable, "不可用", "away")
	first := shared.Because(errors.New("one"))
	if shared.Unwrap() != nil || first.Unwrap() == nil || first.Code != Unavailable {
		t.Fatalf("%v %v", shared, first)
	}
}

func TestCollectorNamesAllFields(t *testing.T) {
	var c Collector
	if c.Err() != nil || c.Len() != 0 {
		t.Fatal("an empty collector has an error")
	}
	c.Merge("x", nil)
	c.Add("name", "第 %d 行为空", "line %d is empty", 3)
	var inner Collector
	inner.Add("city", "未知", "unknown")
	inner.Add("zip", "太短", "too short")
	c.Merge("address", inner.Err())
	c.Merge("", inner.Err())
	c.Merge("amount", Newf(Invalid, "不是金额", "no amount"))
	c.Merge("code", errors.New("secret detail"))
	err := c.Err()
	f := From(err)
	var got []string
	for _, field := range f.Fields {
		got = append(got, field.Path+"="+field.Message.In(i18n.English))
	}
	want := "name=line 3 is empty|address.city=unknown|address.zip=too short|city=unknown|zip=too short|amount=no amount|code=Internal error; nothing was written. Give the request id to your administrator."
	if strings.Join(got, "|") != want || f.Code != Invalid || f.Message.ZH != "有 7 处内容不正确，请按提示修改后重试。" {
		t.Fatalf("%s\n%s", strings.Join(got, "|"), f.Message.ZH)
	}
	if !strings.Contains(err.Error(), "address.zip: too short") {
		t.Fatal(err)
	}
}
