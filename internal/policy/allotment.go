package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Allotment is one allocation of a call (统一分配): the frozen snapshot, what
// the engine made of it, who computed and who settled it. Both are kept as
// bytes: the same snapshot gives the same result, whoever runs it again.
type Allotment struct {
	ID         string
	Number     string // what people quote: FP-2025-001
	Call       string
	State      AllotmentState
	Version    int64
	InputHash  string // SHA-256 of the canonical snapshot
	ResultHash string // SHA-256 of Result
	Snapshot   []byte
	Result     []byte

	By, ByName               string // who computed it; may not settle it
	At                       time.Time
	SettledBy, SettledByName string
	Settled                  time.Time
}

// AllotmentState is where an allocation stands.
type AllotmentState string

// The states.
const (
	Computed    AllotmentState = "computed" // shown, and nothing follows from it
	SettledRun  AllotmentState = "settled"  // its awards were proposed
	Overwritten AllotmentState = "replaced" // another was computed for the call
)

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
