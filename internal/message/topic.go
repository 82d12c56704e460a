package message

import (
	"fmt"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Topic is a kind of message that people set their preferences for. The list
// is closed and given by the product.
type Topic struct {
	ID   string
	Name i18n.Text
	// Duty says that the reader must act or must know, as a term may begin to run:
	// nobody may opt out of it; by e-mail it may come in the digest.
	Duty  bool
	Email Mode           // until a person chooses
	For   []httpapi.Role // who is ever told of it; empty for everybody
}

// Topics is the product's list of topics, in the order in which people see it.
type Topics []Topic

// NewTopics checks the list; a mistake in it is one of the wiring and panics.
func NewTopics(all ...Topic) Topics {
	for i, t := range all {
		twice := slices.ContainsFunc(all[:i], func(o Topic) bool { return o.ID == t.ID })
		if t.ID == "" || twice || t.Name.ZH == "" || t.Name.EN == "" || t.mayBe(Email, t.Email) != nil {
			panic(fmt.Sprintf("message: topic %q is incomplete, stands twice, or has a default that it does not allow", t.ID))
		}
	}
	return all
}

// forRole lists the topics that somebody in a role may be told of.
func (all Topics) forRole(role httpapi.Role) (out Topics) {
	for _, t := range all {
		if len(t.For) == 0 || slices.Contains(t.For, role) {
			out = append(out, t)
		}
	}
	return out
}

// find returns a topic of the list.
func (all Topics) find(id string) (Topic, bool) {
	i := slices.IndexFunc(all, func(t Topic) bool { return t.ID == id })
	if i < 0 {
		return Topic{}, false
	}
	return all[i], true
}
