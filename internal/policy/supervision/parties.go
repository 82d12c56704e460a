package supervision

import (
	"slices"

	"github.com/qianmo/qianmo/internal/platform/ident"
)

// parties knows organisations by code and by name. A seller may be given by
// name, and misspelt by a character; where that leaves a doubt each that it may
// be is considered, and what they did decides.
type parties struct {
	names  map[string]string   // code -> name
	folded map[string][]string // folded name -> codes, sorted
	near   map[string][]string // folded name with a gap, or less a character -> codes, sorted
}

func newParties() parties {
	return parties{names: map[string]string{}, folded: map[string][]string{}, near: map[string][]string{}}
}

// add reports whether the name is new.
func (p *parties) add(code ident.CreditCode, name string) bool {
	old := p.names[string(code)]
	if old == name {
		return false
	}
	if old != "" {
		folded := foldName(old)
		p.folded[folded] = withoutID(p.folded[folded], string(code))
		for _, part := range nearby(folded) {
			p.near[part] = withoutID(p.near[part], string(code))
		}
	}
	folded := foldName(name)
	p.names[string(code)] = name
	p.folded[folded] = withID(p.folded[folded], string(code))
	for _, part := range nearby(folded) {
		p.near[part] = withID(p.near[part], string(code))
	}
	return true
}

// nearby are the places under which a name is found by one that differs.
func nearby(folded string) []string {
	gapped, shorter := withoutOne(folded)
	return slices.Concat(gapped, shorter)
}

// mostDoubts bounds whom a misspelt name may mean; past it, it means nobody.
const mostDoubts = 12

// whom lists the credit codes that a text may mean, the text's own when it is
// one; a name that means nobody known stands for itself, folded. sure is false
// for a guess.
func (p *parties) whom(text string) (keys []string, sure bool) {
	if _, err := ident.ParseCreditCode(text); err == nil {
		return []string{text}, true
	}
	folded := foldName(text)
	if codes := p.folded[folded]; len(codes) > 0 {
		return codes, len(codes) == 1
	}
	gapped, shorter := withoutOne(folded)
	near := slices.Clone(p.near[folded]) // a character is missing here
	for _, part := range gapped {
		near = append(near, p.near[part]...) // one is another
	}
	for _, part := range shorter {
		near = append(near, p.folded[part]...) // one is too many
	}
	slices.Sort(near)
	if near = slices.Compact(near); len(near) == 0 || len(near) > mostDoubts {
		return []string{folded}, false
	}
	return near, false
}

// name is how a party is called.
func (p *parties) name(key string) string {
	if name := p.names[key]; name != "" {
		return name
	}
	return key
}
