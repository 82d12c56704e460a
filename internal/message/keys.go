package message

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Keys signs what comes back to us by another way, and derives the secrets of
// endpoints, from one key of the installation. Who changes that key changes all
// secrets, and links in older e-mails end.
type Keys struct{ key []byte }

// NewKeys takes the installation's key, 32 random bytes or more; fewer are a
// mistake in the wiring and panic.
func NewKeys(key []byte) Keys {
	if len(key) < 32 {
		panic(fmt.Sprintf("message: the key has %d bytes and needs 32", len(key)))
	}
	return Keys{key}
}

// mac is the HMAC-SHA256 of parts, for one purpose. Parts hold no line feed.
func (k Keys) mac(purpose string, parts ...string) []byte {
	h := hmac.New(sha256.New, k.key)
	h.Write([]byte("qianmo message " + purpose + "\n" + strings.Join(parts, "\n")))
	return h.Sum(nil)
}

// secret is the one that an endpoint's pushes are signed with.
func (k Keys) secret(e Endpoint) string {
	return fmt.Sprintf("qms_%x", k.mac("endpoint", e.ID, fmt.Sprint(e.Version)))
}

// claim is what a link in an e-mail says; whoever has the link may do that and
// nothing else.
type claim struct {
	Do      string   `json:"d"` // confirmAddress or stopTopic
	Person  string   `json:"p"`
	Topics  []string `json:"t,omitempty"`
	Address string   `json:"a,omitempty"`
	Until   int64    `json:"u,omitempty"` // Unix seconds; 0 for ever
}

const (
	confirmAddress = "confirm"
	stopTopic      = "stop"
)

func (k Keys) sign(c claim) string {
	text, _ := json.Marshal(c) // strings and numbers always marshal
	body := base64.RawURLEncoding.EncodeToString(text)
	return body + "." + base64.RawURLEncoding.EncodeToString(k.mac("link", body))
}

// open reads a signed claim.
//
// Codes: invalid, the same for a token that was changed, is for another
// purpose, or is too old.
func (k Keys) open(token, do string, now time.Time) (c claim, err error) {
	body, signature, _ := strings.Cut(token, ".")
	given, errSignature := base64.RawURLEncoding.DecodeString(signature)
	text, errBody := base64.RawURLEncoding.DecodeString(body)
	genuine := errSignature == nil && errBody == nil && hmac.Equal(given, k.mac("link", body))
	if !genuine || json.Unmarshal(text, &c) != nil || c.Do != do || (c.Until != 0 && now.Unix() > c.Until) {
		return claim{}, fault.Newf(fault.Invalid, "链接不完整或已过期：请登录后在“消息设置”里操作。", "The link is incomplete or too old: sign in and use the message settings.")
	}
	return c, nil
}
