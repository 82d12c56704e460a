package population

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Query is which measures to run over a population, and under what.
type Query struct {
	Pack     *rule.Pack
	Measures []string // empty: all that compute money
	On       clock.Date
	Guide    int             // year of the guide; 0: no ruling holds
	Simulate bool            // ignore the measures' periods
	Set      []rule.Override // what-if
}

func (q Query) plan(set []rule.Override) (*rule.Plan, error) {
	if _, err := clock.ParseDate(string(q.On)); err != nil {
		return nil, err
	}
	year := q.Guide
	if year == 0 {
		year = q.On.Year()
	}
	return q.Pack.Plan(q.Guide, year, set...)
}

// pass is one run over the file: what is loaded and what each worker does.
type pass struct {
	population *Population
	want       []want
	first      int // wants before it are the scan's own columns
}

// identity columns beside the scan's: the code, and the objects that rows are about.
type identity struct {
	code    int            // place of the code column
	objects map[string]int // attribute (model, project, …) -> place of the column that names it
	joined  [][2]int       // places that must name the same object
	paid    []int          // places of payments' columns
	matter  int            // place of support.paid.matter, -1 none
}

// newPass adds the code and the object columns to a scan's columns.
func (p *Population) newPass(scan *rule.Scan) (*pass, identity) {
	ps := &pass{population: p, want: wants(scan.Columns())}
	ps.first = len(ps.want)
	id := identity{objects: map[string]int{}, matter: -1}
	id.code = ps.add("code", parseCode)
	vocabulary := evidence.CurrentVocabulary()
	for _, name := range p.columns {
		cut := strings.LastIndexByte(name, '.')
		if cut < 0 {
			continue
		}
		kind, err := vocabulary.Kind(name[:cut])
		if err != nil || kind.Object != name[cut+1:] {
			continue
		}
		at := ps.add(name, nil)
		if name == "support.paid.matter" {
			id.matter = at
		} else if first, there := id.objects[kind.Object]; there {
			id.joined = append(id.joined, [2]int{first, at})
		} else {
			id.objects[kind.Object] = at
		}
	}
	for i, w := range ps.want[:ps.first] {
		if strings.HasPrefix(w.name, "support.paid.") {
			id.paid = append(id.paid, i)
		}
	}
	return ps, id
}

func (ps *pass) add(name string, parse func(string) (string, error)) int {
	for i, w := range ps.want {
		if w.name == name {
			return i
		}
	}
	ps.want = append(ps.want, want{name: name, cell: keyCell, parse: parse})
	return len(ps.want) - 1
}

func parseCode(s string) (string, error) {
	code, err := ident.ParseCreditCode(s)
	return string(code), err
}

// each loads every piece and calls work with it. Workers run side by side, each
// with its own state; collect sees their answers in the file's order.
func each[S, A any](ps *pass, state func() S, work func(S, *chunk) (A, error), collect func(A)) error {
	pieces, err := ps.population.format.pieces(ps.want)
	if err != nil {
		return err
	}
	type answer struct {
		ordinal int
		a       A
		err     error
	}
	answers := make(chan answer)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			s, c := state(), &chunk{}
			for {
				p, more, err := pieces.next()
				if err == nil && !more {
					return
				}
				one := answer{ordinal: math.MaxInt, err: err}
				if err == nil {
					if one.err = p.load(c); one.err == nil {
						one.a, one.err = work(s, c)
					}
					one.ordinal = c.ordinal
				}
				answers <- one
				if one.err != nil {
					return
				}
			}
		})
	}
	go func() {
		workers.Wait()
		close(answers)
	}()
	return inOrder(answers, func(a answer) (int, error) { return a.ordinal, a.err }, func(a answer) { collect(a.a) })
}

// inOrder passes answers on in the order of their pieces and returns the first
// piece's error. Pieces are handed out in order and each is worked to its end,
// so the same file always gives the same error.
func inOrder[T any](answers <-chan T, of func(T) (int, error), collect func(T)) error {
	var failed error
	failedAt := math.MaxInt
	waiting, next := map[int]T{}, 0
	for a := range answers {
		ordinal, err := of(a)
		if err != nil {
			if failed == nil || ordinal < failedAt {
				failed, failedAt = err, ordinal
			}
			continue
		}
		waiting[ordinal] = a
		for {
			ready, there := waiting[next]
			if !there {
				break
			}
			delete(waiting, next)
			next++
			collect(ready)
		}
	}
	return failed
}

// batch is a chunk's columns as a scan reads them.
func (c *chunk) batch(columns int) *rule.Batch {
	return &rule.Batch{Rows: c.rows, Columns: c.columns[:columns]}
}

// cell reads a text or key cell.
func (c *chunk) cell(place, row int) (string, bool) {
	col := c.columns[place]
	if col == nil || col.Known[row>>6]>>(row&63)&1 == 0 {
		return "", false
	}
	if k := c.keys[place]; k != nil {
		return string(k.at(row)), true
	}
	if col.Bytes != nil {
		return col.Dict[col.Bytes[row]], true
	}
	return col.Dict[col.Codes[row]], true
}

// check refuses rows without a code or about two objects of one class, and
// sets payments aside that are for another matter.
func (id identity) check(c *chunk) error {
	for row := range c.rows {
		if _, there := c.cell(id.code, row); !there {
			return rowFault(c, row, "code", "缺少统一社会信用代码。", "The unified social credit code is missing.")
		}
		for _, pair := range id.joined {
			a, one := c.cell(pair[0], row)
			b, two := c.cell(pair[1], row)
			if one && two && a != b {
				return rowFault(c, row, "", "一行只讲一个对象，这里有“%.40s”和“%.40s”。", "A row is about one object; this one names %.40q and %.40q.", a, b)
			}
		}
		if id.matter >= 0 {
			id.setAside(c, row)
		}
	}
	return nil
}

func (id identity) setAside(c *chunk, row int) {
	matter, there := c.cell(id.matter, row)
	if !there {
		return
	}
	about := false
	named := false
	for _, at := range id.objects {
		object, there := c.cell(at, row)
		named = named || there
		about = about || (there && object == matter)
	}
	if named && !about {
		for _, at := range id.paid {
			if col := c.columns[at]; col != nil {
				col.Known[row>>6] &^= 1 << (row & 63)
				if col.Ints != nil {
					col.Ints[row] = 0
				}
			}
		}
	}
}

func rowFault(c *chunk, row int, column, zh, en string, args ...any) error {
	var bad fault.Collector
	place := fmt.Sprintf("row %d", c.first+int64(row))
	if column != "" {
		place += ", " + column
	}
	bad.Add(place, zh, en, args...)
	return bad.Err()
}

// object names what a row is about, for a measure's class.
func (id identity) object(c *chunk, class string, row int) string {
	at, there := id.objects[class]
	if !there {
		return ""
	}
	object, _ := c.cell(at, row)
	if object == "" {
		for _, pair := range id.joined {
			if pair[0] == at {
				if object, _ = c.cell(pair[1], row); object != "" {
					break
				}
			}
		}
	}
	return object
}

// Evaluate runs the query's measures over every row and hands keep the answers
// of some thousand rows at a time, from row first (1 is the file's first).
// Workers call keep side by side and in no order, each with rows of its own;
// the answers are overwritten when it returns. Evaluate reads only the columns
// that the measures need, not codes or objects: rows of one firm are not added
// up. Match is for answers about organisations.
//
// Codes: invalid, not_found, too_large.
func Evaluate(p *Population, q Query, keep func(first int64, rows int, answers []rule.BlockAnswers)) error {
	plan, err := q.plan(q.Set)
	if err != nil {
		return err
	}
	scan, err := plan.Scan(q.Measures)
	if err != nil {
		return err
	}
	ps := &pass{population: p, want: wants(scan.Columns())}
	workers := func() []*rule.Worker {
		out := make([]*rule.Worker, runtime.GOMAXPROCS(0))
		for i := range out {
			out[i] = scan.Worker()
		}
		return out
	}
	return each(ps, workers, func(w []*rule.Worker, c *chunk) (struct{}, error) {
		batch, parts := c.batch(len(c.columns)), max(c.parts, 1)
		return struct{}{}, c.share(parts, func(_, part int) error {
			return w[part].Blocks(batch, part, parts, func(from, rows int, answers []rule.BlockAnswers) {
				keep(c.first+int64(from), rows, answers)
			})
		})
	}, func(struct{}) {})
}
