package allocation

import (
	"cmp"
	"slices"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// key is something that binds one applicant's applications: a matter, or the
// number of a paper.
type key struct {
	code, kind, name string // kind is empty for a matter, else the paper's attribute
}

// keys calls each for what binds an entry under the ruling on A6.
func (r SameMatter) keys(code, matter string, papers []evidence.Paper, each func(key)) {
	if matter != "" && r != SameEvidence {
		each(key{code: code, name: matter})
	}
	if r == SameObject {
		return
	}
	for _, p := range papers {
		each(key{code, p.Attribute, p.Number})
	}
}

// paidBefore is what each application's matter was paid: before the snapshot,
// and by its applicant's exceptions for the same matter or paper.
func paidBefore(in *Input) []money.Fen {
	before := make([]money.Fen, len(in.Applications))
	granted := map[key][]int{}
	for x := range in.Exceptions {
		e := &in.Exceptions[x]
		in.SameMatter.keys(e.Code, e.Matter, e.Papers, func(k key) { granted[k] = append(granted[k], x) })
	}
	for i := range in.Applications {
		a := &in.Applications[i]
		before[i] = a.Paid
		if len(granted) == 0 {
			continue
		}
		counted := map[int]bool{}
		in.SameMatter.keys(a.Code, a.Matter, a.Papers, func(k key) {
			for _, x := range granted[k] {
				if !counted[x] {
					counted[x] = true
					before[i] += in.Exceptions[x].Amount
				}
			}
		})
	}
	return before
}

// Ground is why two applications of one applicant are one matter.
type Ground string

// The grounds.
const (
	ByMatter Ground = "matter"
	ByPaper  Ground = "paper"
)

// Conflict names an application that pays for the same matter.
type Conflict struct {
	ID      string           `json:"id"`
	Number  string           `json:"number,omitempty" doc:"What people quote of it"`
	Measure string           `json:"measure"`
	Ground  Ground           `json:"ground" enum:"matter,paper"`
	Matter  string           `json:"matter,omitempty"`
	Papers  []evidence.Paper `json:"papers" doc:"Invoices, contracts and filing numbers that both stand on"`
}

// conflict is why two applications are one matter; ok is false when they are not.
func (r SameMatter) conflict(a, b *Application) (c Conflict, ok bool) {
	c = Conflict{ID: b.ID, Number: b.Number, Measure: b.Measure, Papers: []evidence.Paper{}}
	if a.Code != b.Code {
		return c, false
	}
	for i, k := 0, 0; i < len(a.Papers) && k < len(b.Papers); {
		switch order := comparePapers(a.Papers[i], b.Papers[k]); {
		case order < 0:
			i++
		case order > 0:
			k++
		default:
			c.Papers = append(c.Papers, a.Papers[i])
			i, k = i+1, k+1
		}
	}
	switch {
	case r != SameEvidence && a.Matter != "" && a.Matter == b.Matter:
		c.Ground, c.Matter = ByMatter, a.Matter
	case r != SameObject && len(c.Papers) > 0:
		c.Ground = ByPaper
	default:
		return c, false
	}
	return c, true
}

// knot is a set of one applicant's applications that bind one another,
// directly or by way of others.
type knot struct {
	members []int32  // in the snapshot's order; where every two are one matter, the largest due first
	edges   []uint64 // of each member, as a set of members; nil when every two are one matter
}

// oneMatter reports whether every two members are one matter, so that one of
// them is taken.
func (k *knot) oneMatter() bool { return k.edges == nil }

// maxKnot is how many applications one knot may have unless all of them are
// one matter. What real papers join stays below ten.
const maxKnot = 64

// knots finds what binds the standing applications. of says in which knot an
// application is, -1 for none.
func (f *field) knots() (knots []knot, of []int32, err error) {
	of = make([]int32, len(f.in.Applications))
	for i := range of {
		of[i] = -1
	}
	seen := map[key]int32{}
	var binds union
	f.applicants(func(members []int32) {
		clear(seen)
		binds.reset(len(members))
		for n, i := range members {
			a := &f.in.Applications[i]
			f.in.SameMatter.keys("", a.Matter, a.Papers, func(k key) {
				if first, known := seen[k]; known {
					binds.join(int32(n), first)
				} else {
					seen[k] = int32(n)
				}
			})
		}
		for n, i := range members {
			root := binds.root(int32(n))
			if binds.size[root] == 1 {
				continue
			}
			if of[members[root]] < 0 {
				of[members[root]], knots = int32(len(knots)), append(knots, knot{})
			}
			of[i] = of[members[root]]
			knots[of[i]].members = append(knots[of[i]].members, i)
		}
	})
	for k := range knots {
		if err := f.tie(&knots[k]); err != nil {
			return nil, nil, err
		}
	}
	return knots, of, nil
}

// applicants calls each with the standing applications of everybody who has
// several, in the snapshot's order.
func (f *field) applicants(each func(members []int32)) {
	latest, before := make(map[string]int32, len(f.in.Applications)), make([]int32, len(f.in.Applications))
	later := make([]bool, len(f.in.Applications)) // its applicant has one behind it
	for i := range f.in.Applications {
		if f.out[i] != stands {
			continue
		}
		code := f.in.Applications[i].Code
		before[i] = -1
		if j, known := latest[code]; known {
			before[i], later[j] = j, true
		}
		latest[code] = int32(i)
	}
	var members []int32
	for i := range f.in.Applications {
		if f.out[i] != stands || later[i] || before[i] < 0 {
			continue
		}
		members = members[:0]
		for j := int32(i); j >= 0; j = before[j] {
			members = append(members, j)
		}
		slices.Reverse(members)
		each(members)
	}
}

// tie finds which members of a knot are one matter two by two.
func (f *field) tie(k *knot) error {
	if f.oneKey(k) {
		slices.SortFunc(k.members, func(i, j int32) int { return cmp.Or(cmp.Compare(f.due[j], f.due[i]), cmp.Compare(i, j)) })
		return nil
	}
	if len(k.members) > maxKnot {
		return f.tooTangled(k)
	}
	k.edges = make([]uint64, len(k.members))
	for x, i := range k.members {
		for y, j := range k.members[:x] {
			if _, ok := f.in.SameMatter.conflict(&f.in.Applications[i], &f.in.Applications[j]); ok {
				k.edges[x] |= 1 << y
				k.edges[y] |= 1 << x
			}
		}
	}
	return nil
}

// oneKey reports whether one key binds all members.
func (f *field) oneKey(k *knot) bool {
	shared := map[key]int{}
	most := 0
	for _, i := range k.members {
		a := &f.in.Applications[i]
		f.in.SameMatter.keys("", a.Matter, a.Papers, func(k key) {
			shared[k]++
			most = max(most, shared[k])
		})
	}
	return most == len(k.members)
}

// union joins applications that bind one another.
type union struct{ parent, size []int32 }

// reset makes n sets of one.
func (u *union) reset(n int) {
	u.parent, u.size = u.parent[:0], u.size[:0]
	for i := range n {
		u.parent, u.size = append(u.parent, int32(i)), append(u.size, 1)
	}
}

func (u *union) root(i int32) int32 {
	for u.parent[i] != i {
		u.parent[i] = u.parent[u.parent[i]]
		i = u.parent[i]
	}
	return i
}

func (u *union) join(i, j int32) {
	i, j = u.root(i), u.root(j)
	if i == j {
		return
	}
	if u.size[i] < u.size[j] {
		i, j = j, i
	}
	u.parent[j] = i
	u.size[i] += u.size[j]
}
