// Package ident makes and checks identifiers: time-ordered ids of ours, and
// the unified social credit code that China's registries issue.
package ident

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"sync"
	"time"
)

// Source makes ids. Production uses Random; tests and the sandbox use Sequence,
// so that their output is the same on every run.
type Source interface {
	// New returns an id with a short prefix that names its kind ("app", "pay").
	New(prefix string) string
}

// Random makes ids of a 48-bit time and 72 random bits, written in
// lower-case base32: sortable by time, unguessable, safe in URLs.
type Random struct{}

// New implements Source.
func (Random) New(prefix string) string {
	var b [15]byte
	binary.BigEndian.PutUint64(b[:8], uint64(time.Now().UnixMilli())<<16)
	_, _ = rand.Read(b[6:]) // crypto/rand never fails on supported systems
	return prefix + "_" + strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}

// Sequence counts; it is for tests and the sandbox.
type Sequence struct {
	mu sync.Mutex
	n  uint64
}

// New implements Source.
func (s *Sequence) New(prefix string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	digits := "0000000000"
	n := s.n
	b := []byte(digits)
	for i := len(b) - 1; n > 0 && i >= 0; i, n = i-1, n/10 {
		b[i] = '0' + byte(n%10)
	}
	return prefix + "_" + string(b)
}

// Secret returns n random bytes as lower-case base32, for tokens and codes.
func Secret(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
}
