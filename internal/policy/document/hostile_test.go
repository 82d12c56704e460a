package document

import (
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestParseIsLinear reads hostile texts that would make a square of any step
// that looks back over the whole: four times the bytes may take about four
// times as long, a square would take sixteen.
func TestParseIsLinear(t *testing.T) {
	const size = 8 << 10
	for name, unit := range hostile {
		t.Run(name, func(t *testing.T) {
			one, four := quickest(t, unit, size), quickest(t, unit, 4*size)
			if four > 9*one+30*time.Millisecond {
				t.Errorf("%d bytes took %v, %d bytes %v", size, one, 4*size, four)
			}
		})
	}
}

// quickest is the best of a few readings, in time of the processor, which
// leaves out what else the machine does.
func quickest(t *testing.T, unit string, size int) time.Duration {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	text := []byte(strings.Repeat(unit, size/len(unit)))
	best := time.Hour
	for range 3 {
		began := worked(t)
		if _, err := Parse("hostile", text, Options{}); err != nil {
			t.Fatal(err)
		}
		best = min(best, worked(t)-began)
	}
	return best
}

// worked is how long the calling thread has run on a processor.
func worked(t *testing.T) time.Duration {
	const thisThread = 1 // RUSAGE_THREAD of Linux
	var usage syscall.Rusage
	if err := syscall.Getrusage(thisThread, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
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
