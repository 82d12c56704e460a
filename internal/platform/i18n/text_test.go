package i18n

import (
	"context"
	"testing"
)

func TestTextPicksALanguageAndFallsBack(t *testing.T) {
	both := T("%[2]s 有 %[1]d 项", "%d items in %s", 3, "A")
	for _, c := range []struct {
		text Text
		lang Lang
		want string
	}{
		{both, Chinese, "A 有 3 项"}, {both, English, "3 items in A"}, {both, "", "A 有 3 项"},
		{Text{ZH: "只有中文"}, English, "只有中文"}, {Text{EN: "English only"}, Chinese, "English only"},
		{T("100%%", "100%%"), English, "100%"}, {T("%d%%", "%d%%", 5), English, "5%"},
		{Text{}, English, ""},
	} {
		if got := c.text.In(c.lang); got != c.want {
			t.Errorf("%+v in %q: %q, want %q", c.text, c.lang, got, c.want)
		}
	}
	if !(Text{}).IsZero() || (Text{ZH: "x"}).IsZero() || (Text{EN: "x"}).IsZero() {
		t.Error("IsZero")
	}
}

func TestFromHeader(t *testing.T) {
	for header, want := range map[string]Lang{
		"": Chinese, "*": Chinese, "fr, de": Chinese, "zh-CN,zh;q=0.9,en;q=0.8": Chinese, "en-GB,en;q=0.9,zh;q=0.8": English,
		"fr;q=1, EN-us;q=0.5": English, " zh-TW ": Chinese, ";;,,": Chinese,
	} {
		if got := FromHeader(header); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

func TestTheContextCarriesTheLanguage(t *testing.T) {
	ctx := context.Background()
	if Of(ctx) != Chinese || Of(With(ctx, English)) != English || Of(With(With(ctx, English), Chinese)) != Chinese {
		t.Fatal("the language got lost")
	}
}

// TestTNamesWhatItNames: a sentence need not name every argument that the other
// one names.
func TestTNamesWhatItNames(t *testing.T) {
	for zh, want := range map[string]string{
		"已经办结。":            "已经办结。",
		"《%s》还是征求意见稿。":     "《甲》还是征求意见稿。",
		"先 %[2]s，后 %[1]s。": "先 7%，后 甲。",
		"%s 的 50%%。":       "甲 的 50%。",
	} {
		if got := T(zh, "%s and %s", "甲", "7%").ZH; got != want {
			t.Errorf("%q gave %q, want %q", zh, got, want)
		}
	}
}
