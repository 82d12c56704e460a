package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy"
)

// TestQuestionsInPeoplesWords: what the documents speak of is answered with its
// clause, whatever words ask for it; what they do not speak of is refused.
func TestQuestionsInPeoplesWords(t *testing.T) {
	s := &policy.Service{Pack: guizhou(t), Clock: clock.OnDay{Day: "2025-10-22"}}
	for question, want := range map[string]string{ // the measure or clause that is shown first
		"训练大模型能补多少钱？":                    "measure/002-2",
		"大模型备案以后有什么补助":                   "measure/002-2",
		"外地企业能不能领智算券？":                   "measure/002-1",
		"算力券能给多少钱？":                      "measure/002-1",
		"公司采购数据有补贴吗":                     "measure/002-6",
		"黔东南要落地几个场景":                     "measure/004-3.3",
		"what for buying data?":          "measure/002-6",
		"我公司注册在外地能不能拿智算券":                "measure/002-1",
		"人才有什么待遇":                        "measure/000-3",
		"数据供给怎么奖励":                       "measure/002-5",
		"购买数据有补贴吗":                       "measure/002-6",
		"我们建了公共服务平台，最高补多少？":              "measure/002-4",
		"示范应用场景一年选几个":                    "measure/002-3",
		"企业上市奖励多少":                       "measure/003-21",
		"担保代偿怎么分担":                       "measure/003-20",
		"弄虚作假会追回资金吗":                     "measure/003-24",
		"中试平台的设备补多少":                     "measure/000-5",
		"how much for training a model?": "measure/002-2",
		"May we get a compute voucher":   "measure/002-1",
		"Is there an award for listing?": "measure/003-21",
		"Who shares guarantee losses?":   "measure/003-20",
	} {
		reply, err := s.Ask(t.Context(), question)
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, p := range reply.Places {
			keys = append(keys, p.Key)
			if p.Clause.Document == "" || p.Reading.ZH == "" || p.Reading.EN == "" || p.Status == "" {
				t.Errorf("%s: a place without clause, reading or status: %+v", question, p)
			}
		}
		if reply.State == policy.NotTold || len(keys) == 0 || keys[0] != want {
			t.Errorf("%s: %s %v, unknown %v; want %s", question, reply.State, keys, reply.Unknown, want)
		}
	}
	for _, question := range []string{"明天天气怎么样", "房价会涨吗", "买房补贴有多少", "总统是谁", "贵阳有什么好吃的", "股票能涨吗", "怎么减肥", "生育补贴怎么申请", "新能源汽车补贴", "租办公室有补贴吗", "社保怎么交", "你好", "？？？",
		"What is the weather tomorrow?", "Who is the president", "Tell me a joke", "housing subsidy", "2+2"} {
		reply, err := s.Ask(t.Context(), question)
		if err != nil {
			t.Fatal(err)
		}
		if reply.State != policy.NotTold || len(reply.Places) != 0 || reply.Note.ZH == "" || reply.Note.EN == "" {
			t.Errorf("%s: %s with %d places, first %+v", question, reply.State, len(reply.Places), reply.Places[:min(1, len(reply.Places))])
		}
	}
}

// TestAnAnswerSaysWhatItIsNot: readings bind nobody, an explainer is no source,
// a draft is told as one, and what only part of the texts knows is named.
func TestAnAnswerSaysWhatItIsNot(t *testing.T) {
	s := &policy.Service{Pack: guizhou(t), Clock: clock.OnDay{Day: "2025-10-22"}}
	partly, err := s.Ask(t.Context(), "外星企业能不能领智算券？")
	if err != nil || partly.State != policy.PartlyTold || !slices.Contains(partly.Unknown, "外星") || !strings.Contains(partly.Note.ZH, "外星") {
		t.Errorf("%+v, %v", partly, err)
	}
	draft, err := s.Ask(t.Context(), "企业上市奖励多少")
	if err != nil || draft.Places[0].Status != policy.LawDraft || draft.Places[0].Formula == nil || !strings.Contains(draft.Note.ZH, "不作依据") {
		t.Errorf("%+v, %v", draft, err)
	}
	if f := draft.Places[0].Formula; !strings.Contains(f.ZH, "主板 4,000,000.00") || strings.Contains(f.ZH, "chinext") || !strings.Contains(f.EN, "main board 4,000,000.00") {
		t.Errorf("the formula says its tiers in codes: %v", f)
	}
	for _, q := range []string{"人工智能是什么", "智算券", "大模型", "起草原则"} {
		reply, err := s.Ask(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range reply.Places {
			if strings.Contains(p.Path, "导读") {
				t.Errorf("%s is answered by an explainer: %s", q, p.Path)
			}
		}
	}
	for _, q := range []string{"", "  ", strings.Repeat("问", 201)} {
		if _, err := s.Ask(t.Context(), q); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.9q: %v", q, err)
		}
	}
}
