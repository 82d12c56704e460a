package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Lengths of a password in characters. NIST SP 800-63B section 5.1.1.2 asks
// for at least 8 and for at least 64 to be allowed.
const (
	MinPassword = 10
	MaxPassword = 256
)

// cost are the parameters of argon2id (RFC 9106). They travel in every hash,
// so that raising them takes effect as people sign in.
type cost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// present is the first choice of the OWASP password storage cheat sheet.
var present = cost{memory: 19 * 1024, passes: 2, threads: 1}

const saltLength, hashLength = 16, 32

// Passwords keeps and checks passwords.
type Passwords struct {
	db    *db.DB
	clock clock.Clock
	cost  cost
	slots chan struct{} // bounds the memory that hashing takes at once
}

func newPasswords(d *db.DB, c clock.Clock) *Passwords {
	return &Passwords{db: d, clock: c, cost: present, slots: make(chan struct{}, 2*runtime.GOMAXPROCS(0))}
}

// Hashed is a password hash, ready to be kept.
type Hashed string

// Hash hashes a password without keeping it: do this before a transaction
// begins, since it takes tens of milliseconds on purpose.
//
// Codes: unavailable when the caller gives up waiting.
func (p *Passwords) Hash(ctx context.Context, password Secret) (Hashed, error) {
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // crypto/rand never fails on supported systems
	key, err := p.key(ctx, password, salt, p.cost, hashLength)
	if err != nil {
		return "", err
	}
	return Hashed(fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.cost.memory, p.cost.passes, p.cost.threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))), nil
}

func (p *Passwords) key(ctx context.Context, password Secret, salt []byte, c cost, length int) ([]byte, error) {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return nil, fault.Newf(fault.Unavailable, "系统正忙，请稍后重试。", "The system is busy; try again shortly.").Because(ctx.Err())
	}
	// NFKC, so that the same characters typed on two keyboards agree (NIST SP 800-63B 5.1.1.2).
	text := norm.NFKC.Bytes([]byte(password))
	return argon2.IDKey(text, salt, c.passes, c.memory, c.threads, uint32(length)), nil
}

// Keep stores a hash as the subject's password, in the caller's transaction.
func (p *Passwords) Keep(ctx context.Context, subject string, hash Hashed) error {
	_, err := p.db.Q(ctx).ExecContext(ctx, `insert into auth_password (subject, hash, changed) values ($1, $2, $3)
		on conflict (subject) do update set hash = $2, changed = $3`, subject, string(hash), clock.Micros(p.clock.Now()))
	return db.Fault(err)
}

// Check reports whether the password is the subject's. An unknown subject (or
// none) takes as long as a wrong password, so that time does not tell which
// logins exist.
//
// Codes: unavailable.
func (p *Passwords) Check(ctx context.Context, subject string, password Secret) (bool, error) {
	stored, found, err := db.One(ctx, p.db.Q(ctx), func(scan func(...any) error) (s string, err error) { return s, scan(&s) },
		`select hash from auth_password where subject = $1`, subject)
	if err != nil {
		return false, err
	}
	c, salt, want, readable := parseHash(stored)
	if !found || !readable || utf8.RuneCountInString(string(password)) > MaxPassword {
		_, err := p.key(ctx, "nobody", make([]byte, saltLength), p.cost, hashLength)
		return false, err
	}
	got, err := p.key(ctx, password, salt, c, len(want))
	if err != nil || subtle.ConstantTimeCompare(got, want) != 1 {
		return false, err
	}
	if c != p.cost {
		if hash, err := p.Hash(ctx, password); err == nil {
			return true, p.Keep(ctx, subject, hash)
		}
	}
	return true, nil
}

func parseHash(s string) (c cost, salt, key []byte, ok bool) {
	var version int
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return c, nil, nil, false
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return c, nil, nil, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.threads); err != nil {
		return c, nil, nil, false
	}
	salt, saltErr := base64.RawStdEncoding.DecodeString(parts[4])
	key, keyErr := base64.RawStdEncoding.DecodeString(parts[5])
	return c, salt, key, saltErr == nil && keyErr == nil && len(key) > 0
}
