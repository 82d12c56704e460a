// Package i18n carries sentences in the two languages of the product and
// picks one of them at the edge. Nothing below the edge chooses a language.
package i18n

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Text is one sentence in Chinese and in English. Both are always set.
type Text struct {
	ZH string `json:"zh" yaml:"zh"`
	EN string `json:"en" yaml:"en"`
}

// Worded is what reads otherwise in each language, such as a date; a Text is.
type Worded interface{ Words() Text }

// Words implements Worded.
func (t Text) Words() Text { return t }

// T formats both sentences with the same arguments, in the same order; one that
// is Worded stands in each in its words. Use indexed verbs (%[2]s) where the
// languages order them differently.
func T(zh, en string, args ...any) Text {
	if len(args) == 0 { // a percent sign is written %% all the same, as vet asks
		return Text{ZH: strings.ReplaceAll(zh, "%%", "%"), EN: strings.ReplaceAll(en, "%%", "%")}
	}
	inZH, inEN := worded(args)
	if inZH == nil {
		return Text{ZH: some(zh, args), EN: fmt.Sprintf(en, args...)} // as vet knows it
	}
	return Text{ZH: some(zh, inZH), EN: fmt.Sprintf(en, inEN...)}
}

// worded is the arguments in each language, nil when none differs.
func worded(args []any) (zh, en []any) {
	for i, a := range args {
		if w, ok := a.(Worded); ok {
			if zh == nil {
				zh, en = slices.Clone(args), slices.Clone(args)
			}
			zh[i], en[i] = w.Words().ZH, w.Words().EN
		}
	}
	return zh, en
}

// some formats a sentence that need not name every argument, where Sprintf adds
// those left over in words of its own. vet holds the English to all of them.
func some(format string, args []any) string {
	end := len(args) + 1
	return fmt.Sprintf(fmt.Sprintf("%s%%[%d]s", format, end), append(args[:len(args):len(args)], "")...)
}

// In returns the sentence in a language, falling back to the one that is set.
func (t Text) In(l Lang) string {
	if (l == English && t.EN != "") || t.ZH == "" {
		return t.EN
	}
	return t.ZH
}

// IsZero reports whether neither language is set.
func (t Text) IsZero() bool { return t.ZH == "" && t.EN == "" }

// Lang is a language of the product.
type Lang string

// The languages of the product; Chinese is the default.
const (
	Chinese Lang = "zh-CN"
	English Lang = "en"
)

// FromHeader reads an Accept-Language value. Whichever of the two languages
// stands first wins; anything else is Chinese.
func FromHeader(accept string) Lang {
	for part := range strings.SplitSeq(accept, ",") {
		tag := strings.ToLower(strings.TrimSpace(strings.SplitN(part, ";", 2)[0]))
		switch {
		case strings.HasPrefix(tag, "zh"):
			return Chinese
		case strings.HasPrefix(tag, "en"):
			return English
		}
	}
	return Chinese
}

type langKey struct{}

// With returns a context that carries the reader's language.
func With(ctx context.Context, l Lang) context.Context {
	return context.WithValue(ctx, langKey{}, l)
}

// Of returns the reader's language, Chinese when none was set.
func Of(ctx context.Context) Lang {
	if l, ok := ctx.Value(langKey{}).(Lang); ok {
		return l
	}
	return Chinese
}
