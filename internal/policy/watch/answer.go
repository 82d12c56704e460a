package watch

import "github.com/qianmo/qianmo/internal/policy/rule"

// lane is how many organisations stand side by side: their answers to one
// measure are one line of the processor's cache.
const lane = 64

// block holds the answers of a lane of organisations, measure by measure.
type block []answer

// answer is a tally as a byte. There are 210 ways in which up to six results
// can share the four verdicts; they are numbered, 0 being none at all. A tally
// of more results is crowded and stands in Watch.crowded.
type answer byte

const (
	none    answer = 0
	crowded answer = 255
	most           = 6 // results in a tally that is not crowded
)

// tallies and answers number the ways, and find their numbers.
var tallies, answers = func() (tallies [256]rule.Tally, answers [most + 1][most + 1][most + 1][most + 1]answer) {
	n := 0
	for out := range most + 1 {
		for lacking := range most + 1 - out {
			for open := range most + 1 - out - lacking {
				for fits := range most + 1 - out - lacking - open {
					tallies[n] = rule.Tally{uint32(out), uint32(lacking), uint32(open), uint32(fits)}
					answers[out][lacking][open][fits] = answer(n)
					n++
				}
			}
		}
	}
	return tallies, answers
}()

// answerOf numbers a tally.
func answerOf(t rule.Tally) answer {
	if t[0]+t[1]+t[2]+t[3] > most {
		return crowded
	}
	return answers[t[0]][t[1]][t[2]][t[3]]
}

// verdicts is a set of them, a bit each.
type verdicts uint8

func (set verdicts) has(v rule.Verdict) bool { return set>>v&1 == 1 }

// count adds up the results whose verdict is in a set.
func (set verdicts) count(t rule.Tally) (n int) {
	for v := range t {
		if set.has(rule.Verdict(v)) {
			n += int(t[v])
		}
	}
	return n
}

// Total counts the answers to one measure over all organisations.
type Total struct {
	Results       int // one an organisation and object
	Organisations int // with at least one such result
}

// totals are a measure's, by verdict.
type totals [rule.Verdicts]Total

// add counts a tally in, or out again.
func (t *totals) add(tally rule.Tally, sign int) {
	for v, n := range tally {
		if n > 0 {
			t[v].Results += sign * int(n)
			t[v].Organisations += sign
		}
	}
}
