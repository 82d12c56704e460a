// Package watch keeps the answer of every organisation to every measure
// (政策双找): which measures an organisation may get or lacks facts for, and
// which organisations a measure fits. Answers come from package rule, in bulk by
// columns, and one organisation at a time when its facts change. README.md has
// the whole.
package watch

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Watch (守望) holds all answers in memory. They hold under one plan, which is
// one year's; the day only decides what a verdict is called (rule.Survey.Outcome).
// It is safe for concurrent use: readers wait for the writing of an answer, never
// for its computing.
type Watch struct {
	survey *rule.Survey

	writing  sync.Mutex // one change at a time; guards surveyor
	surveyor *rule.Surveyor

	mu      sync.RWMutex // guards what follows
	places  map[ident.CreditCode]int
	codes   []ident.CreditCode
	blocks  []block
	crowded map[cell]rule.Tally
	totals  []totals
}

// cell is a measure's answer for the organisation at a place.
type cell struct{ org, measure int }

// Change is an answer that became another.
type Change struct {
	Org      ident.CreditCode
	Measure  string
	Was, Now rule.Tally
}

// New is a watch over nobody yet.
func New(survey *rule.Survey) *Watch {
	return &Watch{survey: survey, surveyor: survey.Surveyor(), places: map[ident.CreditCode]int{}, crowded: map[cell]rule.Tally{}, totals: make([]totals, len(survey.Measures()))}
}

// Build answers every measure for n organisations, on every core. organisation
// gives one of them, each once, and is called from several goroutines; codes
// must differ. The organisations whose amounts pass the range of money have no
// answers, and failed says why.
func Build(survey *rule.Survey, n int, organisation func(i int) rule.Input) (w *Watch, failed map[ident.CreditCode]error) {
	w = New(survey)
	w.codes, w.blocks = make([]ident.CreditCode, n), make([]block, (n+lane-1)/lane)
	failed = map[ident.CreditCode]error{}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (n+rule.SheetRoom-1)/rule.SheetRoom) {
		workers.Go(func() {
			b := &builder{watch: w, sheet: survey.Sheet(), totals: make([]totals, len(w.totals)), crowded: map[cell]rule.Tally{}, failed: map[ident.CreditCode]error{}}
			for from := int(next.Add(rule.SheetRoom)) - rule.SheetRoom; from < n; from = int(next.Add(rule.SheetRoom)) - rule.SheetRoom {
				b.build(from, min(n, from+rule.SheetRoom), organisation)
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			b.merge(failed)
		})
	}
	workers.Wait()
	for i, code := range w.codes {
		w.places[code] = i
	}
	return w, failed
}

// builder is one goroutine's part of a build: whole blocks, so that nobody
// writes where another does.
type builder struct {
	watch   *Watch
	sheet   *rule.Sheet
	totals  []totals
	crowded map[cell]rule.Tally
	failed  map[ident.CreditCode]error
}

func (b *builder) build(from, to int, organisation func(i int) rule.Input) {
	w := b.watch
	for i := from; i < to; i++ {
		in := organisation(i)
		w.codes[i] = in.Subject.Code
		if i%lane == 0 {
			w.blocks[i/lane] = make(block, lane*len(w.totals))
		}
		b.sheet.Add(in)
	}
	failed := b.sheet.Answers(func(measure int, tallies []rule.Tally) {
		for i, t := range tallies {
			at := cell{from + i, measure}
			short := answerOf(t)
			w.blocks[at.org/lane][measure*lane+at.org%lane] = short
			if short == crowded {
				b.crowded[at] = t
			}
			b.totals[measure].add(t, 1)
		}
	})
	for i, err := range failed {
		b.failed[w.codes[from+i]] = err
	}
}

func (b *builder) merge(failed map[ident.CreditCode]error) {
	for m := range b.totals {
		for v, t := range b.totals[m] {
			b.watch.totals[m][v].Results += t.Results
			b.watch.totals[m][v].Organisations += t.Organisations
		}
	}
	for at, t := range b.crowded {
		b.watch.crowded[at] = t
	}
	for code, err := range b.failed {
		failed[code] = err
	}
}

// Changed answers an organisation again, of which facts of some kinds were
// written, corrected or withdrawn: the input holds all that count now. Measures
// that read none of the kinds keep their answers; without kinds, and for an
// organisation that has no answers, all are answered. It returns what changed,
// by measure.
//
// Codes: too_large (an amount past the range of money: the organisation has no
// answers until its facts change).
func (w *Watch) Changed(in rule.Input, kinds ...string) ([]Change, error) {
	w.writing.Lock()
	defer w.writing.Unlock()
	if !w.answered(in.Subject.Code) {
		kinds = nil
	}
	now := make([]fresh, 0, len(w.totals))
	err := w.surveyor.Answer(in, kinds, func(measure int, t rule.Tally) { now = append(now, fresh{measure, t}) })
	if err != nil {
		return w.forget(in.Subject.Code), err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.write(w.admit(in.Subject.Code), now), nil
}

// answered reports whether an organisation has answers: to all measures or to none.
func (w *Watch) answered(code ident.CreditCode) bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	place, known := w.places[code]
	return known && len(w.totals) > 0 && w.blocks[place/lane][place%lane] != none
}

// Forget takes an organisation's answers out, of which no fact is left.
func (w *Watch) Forget(code ident.CreditCode) []Change {
	w.writing.Lock()
	defer w.writing.Unlock()
	return w.forget(code)
}

func (w *Watch) forget(code ident.CreditCode) []Change {
	w.mu.Lock()
	defer w.mu.Unlock()
	place, known := w.places[code]
	if !known {
		return nil
	}
	gone := make([]fresh, len(w.totals))
	for m := range gone {
		gone[m].measure = m
	}
	return w.write(place, gone)
}

// fresh is a new answer to a measure.
type fresh struct {
	measure int
	tally   rule.Tally
}

// admit is an organisation's place, the next one for a new organisation.
func (w *Watch) admit(code ident.CreditCode) int {
	if place, known := w.places[code]; known {
		return place
	}
	place := len(w.codes)
	w.codes = append(w.codes, code)
	w.places[code] = place
	if place%lane == 0 {
		w.blocks = append(w.blocks, make(block, lane*len(w.totals)))
	}
	return place
}

// write puts answers in place and returns those that are other than before.
func (w *Watch) write(place int, now []fresh) (changes []Change) {
	for _, a := range now {
		at := cell{place, a.measure}
		was := w.tally(at)
		if was == a.tally {
			continue
		}
		short := answerOf(a.tally)
		w.blocks[place/lane][a.measure*lane+place%lane] = short
		delete(w.crowded, at)
		if short == crowded {
			w.crowded[at] = a.tally
		}
		w.totals[a.measure].add(was, -1)
		w.totals[a.measure].add(a.tally, 1)
		changes = append(changes, Change{w.codes[place], w.survey.Measure(a.measure), was, a.tally})
	}
	return changes
}

func (w *Watch) tally(at cell) rule.Tally {
	short := w.blocks[at.org/lane][at.measure*lane+at.org%lane]
	if short == crowded {
		return w.crowded[at]
	}
	return tallies[short]
}
