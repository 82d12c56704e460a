package search_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/search"
)

var everything = []string{"measure", "dataset", "model"}

// library is what most tests search: kind, id, title, body.
var library = [][4]string{
	{"measure", "m1", "算力券", "按实际使用的算力发放，凭券结算。"},
	{"measure", "m2", "大模型备案奖励", "通过备案的AI大模型，按建设费用的比例给予奖励；算力另计。"},
	{"measure", "m3", "数据采购补贴", "采购训练数据的企业。大规模数据与模型公司均可。"},
	{"dataset", "d1", "贵阳公交刷卡记录", "Bus card records, 2024. 模型训练可用。"},
	{"dataset", "d2", "医疗影像ＣＴ集", "已脱敏；Café 合作方提供，DeepSeek-R1 标注。"},
	{"model", "q1", "Qwen2.5-7B", "通用模型，deepseek 蒸馏版另见。"},
	{"model", "q2", "deep", "A tiny model for tests."},
}

func put(t testing.TB, x search.Index, entries ...[4]string) {
	t.Helper()
	for _, e := range entries {
		if err := x.Put(context.Background(), e[0], e[1], e[2], e[3]); err != nil {
			t.Fatal(err)
		}
	}
}

func query(t testing.TB, x search.Index, text string, kinds ...string) []search.Hit {
	t.Helper()
	hits, err := x.Query(context.Background(), text, kinds, 50)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return hits
}

func ids(hits []search.Hit) string {
	var out []string
	for _, h := range hits {
		out = append(out, h.ID)
	}
	return strings.Join(out, " ")
}

func marked(spans []search.Span) string {
	var b strings.Builder
	for _, s := range spans {
		if s.Hit {
			b.WriteString("[" + s.Text + "]")
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func each(t *testing.T, run func(t *testing.T, x search.Index)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { run(t, search.Index{DB: d}) })
}

func TestQueryFindsAndRanks(t *testing.T) {
	each(t, func(t *testing.T, x search.Index) {
		put(t, x, library...)
		for text, want := range map[string]string{
			"算力":          "m1 m2",       // two characters; in the title first
			"算力券":         "m1",          // three, and the whole title
			"AI大模型":       "m2",          // mixed
			"ai 大模型":      "m2",          // the same with a space
			"ＡＩ大模型":       "m2",          // full width
			"大模型":         "m2",          // not m3, whose pairs 大规 and 模型 stand apart
			"券":           "m1",          // one character, last of a run
			"备":           "m2",          // one character, inside
			"模型":          "m2 d1 m3 q1", // title, then bodies by kind
			"模型 训练":       "d1 m3",       // both terms, any order
			"训练模型":        "",            // not as written anywhere
			"CT":          "d2",          // full-width text, half-width query
			"café":        "d2",
			"cafe\u0301":  "d2",
			"qwen":        "q1", // a word by its beginning
			"wen":         "",   // and not by its middle
			"qwen2.5":     "q1",
			"deep":        "q2 d2 q1", // the whole title first, then beginnings
			"DEEPSEEK r1": "d2",
			"2024":        "d1",
			"无此词":         "",
		} {
			if got := ids(query(t, x, text, everything...)); got != want {
				t.Errorf("%q found %q, want %q", text, got, want)
			}
		}
	})
}

func TestQueryMarksAndKeepsToItsKindsAndLimit(t *testing.T) {
	each(t, func(t *testing.T, x search.Index) {
		put(t, x, library...)
		hits := query(t, x, "AI大模型", "measure")
		if len(hits) != 1 || marked(hits[0].Title) != "[大模型]备案奖励" || !strings.HasPrefix(marked(hits[0].Snippet), "通过备案的[AI大模型]，按") {
			t.Fatalf("%+v", hits)
		}
		if hits := query(t, x, "deep", "model"); ids(hits) != "q2 q1" || marked(hits[1].Snippet) != "通用模型，[deep]seek 蒸馏版另见。" {
			t.Fatalf("%+v", hits)
		}
		if hits := query(t, x, "CT", "dataset"); marked(hits[0].Title) != "医疗影像[ＣＴ]集" {
			t.Fatalf("%+v", hits)
		}
		if got := ids(query(t, x, "模型", "dataset", "model")); got != "d1 q1" {
			t.Fatalf("by kind: %s", got)
		}
		if hits := query(t, x, "模型"); hits != nil {
			t.Fatalf("no kinds found %v", hits)
		}
		for limit, want := range map[int]int{-1: 0, 0: 0, 1: 1, 3: 3, 1000: 4} {
			if hits, err := x.Query(context.Background(), "模型", everything, limit); err != nil || len(hits) != want {
				t.Errorf("limit %d: %d hits, %v", limit, len(hits), err)
			}
		}
	})
}

func TestASnippetStartsNearTheFirstMatch(t *testing.T) {
	each(t, func(t *testing.T, x search.Index) {
		put(t, x, [4]string{"measure", "long", "长文", strings.Repeat("甲", 5000) + "算力" + strings.Repeat("乙", 5000)})
		got := marked(query(t, x, "算力", "measure")[0].Snippet)
		want := strings.Repeat("甲", 20) + "[算力]" + strings.Repeat("乙", 98)
		if got != want {
			t.Fatalf("got %s", got)
		}
	})
}

func TestPutReplacesAndJoinsTheTransaction(t *testing.T) {
	each(t, func(t *testing.T, x search.Index) {
		ctx := context.Background()
		put(t, x, [4]string{"model", "a", "旧名", "旧文"}, [4]string{"model", "b", "旧名", ""}, [4]string{"model", "a", "新名", "新文"})
		if got := ids(query(t, x, "旧名", "model")) + "|" + ids(query(t, x, "新名", "model")); got != "b|a" {
			t.Fatalf("after replacing: %s", got)
		}
		boom := errors.New("boom")
		err := x.DB.InTx(ctx, func(ctx context.Context) error {
			return errors.Join(x.Put(ctx, "model", "c", "旧名", ""), boom)
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if got := ids(query(t, x, "旧名", "model")); got != "b" {
			t.Fatalf("after a rollback: %s", got)
		}
	})
}

func TestHostileTextIsOnlyText(t *testing.T) {
	each(t, func(t *testing.T, x search.Index) {
		put(t, x, library...)
		for _, text := range []string{"", " ", "\x00", "\xff\xfe", `"`, `'`, `"算力`, `算力" OR "1`, `算力') | ('x`, "title : 算力", "NEAR(a b)", "a AND", "*", "算力*", "-算力", "!算力", "a:*A", "<->", `\`, `'; drop table search_entry; --`, "^", "{title}", "(((((", "𠀀𠀁", "😀", strings.Repeat("算", 5000), strings.Repeat("a ", 5000)} {
			query(t, x, text, "measure', 'x", `"`, "measure")
		}
		put(t, x, [4]string{"model", "odd", "nul\x00 '" + `"\`, "\xff 😀 𠀀𠀁"})
		if got := ids(query(t, x, "𠀀𠀁", "model")) + ids(query(t, x, "nul", "model")); got != "oddodd" {
			t.Fatalf("got %s", got)
		}
		if got := ids(query(t, x, "算力", everything...)); got != "m1 m2" {
			t.Fatalf("the library is damaged: %s", got)
		}
	})
}

func TestAVeryLongTextIsKept(t *testing.T) {
	each(t, func(t *testing.T, x search.Index) {
		var body strings.Builder
		for i := range 200_000 {
			fmt.Fprintf(&body, "w%07d ", i)
		}
		put(t, x, [4]string{"model", "huge", "长文", body.String()})
		if got := ids(query(t, x, "w0000001", "model")); got != "huge" {
			t.Fatalf("got %q", got)
		}
	})
}

// Both databases give the same hits in the same order, marks included.
func TestBothDatabasesAgree(t *testing.T) {
	lite := search.Index{DB: dbtest.SQLite(t)}
	var pg search.Index
	t.Run("with", func(t *testing.T) {
		each(t, func(t *testing.T, x search.Index) {
			if pg = x; x.DB.Dialect == db.SQLite {
				return
			}
			alphabet := rapid.StringOfN(rapid.RuneFrom([]rune("算力大模型AIai2 ，.'\"éＡ")), 0, 12, -1)
			n := 0
			rapid.Check(t, func(r *rapid.T) {
				n++
				kind := fmt.Sprint("k", n)
				for i := range rapid.IntRange(1, 6).Draw(r, "entries") {
					e := [4]string{kind, fmt.Sprint(i), alphabet.Draw(r, "title"), alphabet.Draw(r, "body")}
					put(t, lite, e)
					put(t, pg, e)
				}
				text := alphabet.Draw(r, "query")
				if diff := cmp.Diff(query(t, lite, text, kind), query(t, pg, text, kind), cmpopts.IgnoreUnexported(search.Hit{})); diff != "" {
					r.Fatalf("%q: %s", text, diff)
				}
			})
		})
	})
}

// Whatever stands in an entry's text is found by its entry's words.
func TestEveryHanPartIsFound(t *testing.T) {
	x := search.Index{DB: dbtest.SQLite(t)}
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		n++
		kind := fmt.Sprint("k", n)
		body := []rune(rapid.StringOfN(rapid.RuneFrom([]rune("贵州算力券数据模型，")), 1, 20, -1).Draw(r, "body"))
		from := rapid.IntRange(0, len(body)-1).Draw(r, "from")
		to := rapid.IntRange(from+1, len(body)).Draw(r, "to")
		part := string(body[from:to])
		put(t, x, [4]string{kind, "e", "", string(body)})
		if strings.Trim(part, "，") != "" && ids(query(t, x, part, kind)) != "e" {
			r.Fatalf("%q not found in %q", part, string(body))
		}
	})
}
