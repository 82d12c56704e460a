// Package intent carries transfers from a domain's transaction to the ledger.
// A domain never opens one transaction across itself and the ledger: it writes
// an intent beside its own state, the queue applies it, and the domain's
// handler moves the state on with the ledger's answer. A crash anywhere
// between leaves an intent that is applied once, because its ids are fixed.
package intent

import (
	"encoding/json"
	"fmt"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Intent is a group of transfers that stands or falls together, with the
// accounts that it needs and the limits that change with it.
type Intent struct {
	ID        string            `json:"-"`                  // derived from the domain's own id: "pay/app_…"
	Kind      string            `json:"-"`                  // names the handler of the answer: "award.pay"
	Accounts  []ledger.Account  `json:"accounts,omitempty"` // opened first where they are not open
	Transfers []ledger.Transfer `json:"transfers"`          // an empty id becomes "<intent>/<n>", counted from 1
	// Limits change after the transfers were accepted and before the handler is
	// called. Whoever writes values sees to it that no other intent changes the
	// same limit meanwhile.
	Limits []ledger.LimitChange `json:"limits,omitempty"`
}

// Validate checks all that does not need the books.
//
// Codes: invalid.
func (in Intent) Validate() error {
	var c fault.Collector
	if in.ID == "" || len(in.ID) > 180 {
		c.Add("id", "编号须为 1 至 180 个字节。", "An id has 1 to 180 bytes.")
	}
	if in.Kind == "" {
		c.Add("kind", "须写明由谁处理答复。", "Name the handler of the answer.")
	}
	if len(in.Transfers) == 0 {
		c.Add("transfers", "至少要有一笔转账。", "There must be at least one transfer.")
	}
	for i, a := range in.Accounts {
		c.Merge(fmt.Sprintf("accounts[%d]", i), a.Validate())
	}
	for i, t := range in.group() {
		c.Merge(fmt.Sprintf("transfers[%d]", i), t.Validate())
	}
	for i, l := range in.Limits {
		c.Merge(fmt.Sprintf("limits[%d]", i), l.Limit.Validate())
	}
	return c.Err()
}

// group is the transfers as the ledger gets them: with ids, and linked.
func (in Intent) group() []ledger.Transfer {
	all := append([]ledger.Transfer(nil), in.Transfers...)
	for i := range all {
		if all[i].ID == "" {
			all[i].ID = fmt.Sprintf("%s/%d", in.ID, i+1)
		}
		all[i].Linked = i < len(all)-1
	}
	return all
}

// Refused returns the fault that refused an answered intent, nil when it was
// accepted: of a group, the one that made the others fall.
func Refused(answers []ledger.Answer) error {
	var first error
	for _, a := range answers {
		if a.Err != nil && (first == nil || a.Outcome != ledger.LinkRefused) {
			first = a.Err
			if a.Outcome != ledger.LinkRefused {
				break
			}
		}
	}
	return first
}

// encode writes the intent's content; equal intents give equal text.
func (in Intent) encode() (string, error) {
	b, err := json.Marshal(in)
	return string(b), err
}

func decode(id, kind, body string) (Intent, error) {
	in := Intent{ID: id, Kind: kind}
	if err := json.Unmarshal([]byte(body), &in); err != nil {
		return in, fmt.Errorf("ledger intent %s cannot be read: %w", id, err)
	}
	return in, nil
}
