package document

import (
	"strings"
	"testing"
	"time"
)

// TestParseIsLinear reads hostile texts that would make a square of any step
// that looks back over the whole. A linear reading takes well under a second;
// a square of 50,000 lines takes minutes, so the bound leaves a busy machine
// room and still tells the two apart.
func TestParseIsLinear(t *testing.T) {
	const size = 256 << 10
	for name, unit := range hostile {
		t.Run(name, func(t *testing.T) {
			text := []byte(strings.Repeat(unit, size/len(unit)))
			began := time.Now()
			if _, err := Parse(name, text, Options{}); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("1 MiB of %.20q took %v", unit, took)
			} else {
				t.Log(took)
			}
		})
	}
}

var hostile = map[string]string{
	"one long line":      "措",
	"lists never closed": "一、（责任单位：",
	"titles open":        "《",
	"titles nested":      "《<",
	"numbers touching":   "1",
	"ranges":             "1—",
	"document numbers":   "黔府办函〔2024〕",
	"explainers":         "导读\n一、甲\n附件\n一、乙\n",
	"first again":        "1.甲\n",
	"brackets":           "（1）甲\n①乙\n",
	"levels":             "第一编\n第一章\n第一节\n第一条\n（一）\n1.\n（1）\n①\n",
	"contents":           "目录\n",
	"dots":               "1.甲……………………",
	"dates":              "2024年3月25日\n省大数据局\n",
	"notices":            "印发",
	"bookmarks":          "[bookmark: ",
	"blank":              "a \u00a0\n\n",
}
