// Package authtest has the other sides of auth: a software authenticator for
// passkeys, and a small OpenID provider that speaks the real protocol.
package authtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// Authenticator is a software passkey of one credential (ES256, user verified,
// attestation "none"). Its fields may be changed between calls, to misbehave.
type Authenticator struct {
	Origin  string // what the browser reports
	RPID    string
	Counter uint32
	Skip    byte // flags to leave out

	id         []byte
	userHandle []byte
	key        *ecdsa.PrivateKey
}

// Flags of authenticator data (Web Authentication section 6.1).
const (
	UserPresent  byte = 1 << 0
	UserVerified byte = 1 << 2
	attested     byte = 1 << 6
)

var b64 = base64.RawURLEncoding

// Create answers navigator.credentials.create: options is {"publicKey": …}.
func (a *Authenticator) Create(t testing.TB, options []byte) map[string]any {
	t.Helper()
	var o struct {
		PublicKey struct {
			Challenge string
			User      struct{ ID string }
		}
	}
	decode(t, options, &o)
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	if a.userHandle, err = b64.DecodeString(o.PublicKey.User.ID); err != nil {
		t.Fatal(err)
	}
	a.id = make([]byte, 16)
	_, _ = rand.Read(a.id)

	data := a.data(UserPresent | UserVerified | attested)
	data = append(data, make([]byte, 16)...) // AAGUID: none
	data = binary.BigEndian.AppendUint16(data, uint16(len(a.id)))
	data = append(data, a.id...)
	data = append(data, a.publicKey(t)...)
	object, err := cbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	if err != nil {
		t.Fatal(err)
	}
	return a.credential(map[string]any{
		"clientDataJSON":    b64.EncodeToString(a.clientData(t, "webauthn.create", o.PublicKey.Challenge)),
		"attestationObject": b64.EncodeToString(object),
		"transports":        []string{"internal"},
	})
}

// Get answers navigator.credentials.get.
func (a *Authenticator) Get(t testing.TB, options []byte) map[string]any {
	t.Helper()
	var o struct{ PublicKey struct{ Challenge string } }
	decode(t, options, &o)
	a.Counter++
	client := a.clientData(t, "webauthn.get", o.PublicKey.Challenge)
	data := a.data(UserPresent | UserVerified)
	hash := sha256.Sum256(client)
	signed := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, signed[:])
	if err != nil {
		t.Fatal(err)
	}
	return a.credential(map[string]any{
		"clientDataJSON":    b64.EncodeToString(client),
		"authenticatorData": b64.EncodeToString(data),
		"signature":         b64.EncodeToString(signature),
		"userHandle":        b64.EncodeToString(a.userHandle),
	})
}

func (a *Authenticator) credential(response map[string]any) map[string]any {
	return map[string]any{
		"id": b64.EncodeToString(a.id), "rawId": b64.EncodeToString(a.id), "type": "public-key",
		"authenticatorAttachment": "platform", "clientExtensionResults": map[string]any{}, "response": response,
	}
}

func (a *Authenticator) clientData(t testing.TB, kind, challenge string) []byte {
	t.Helper()
	b, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.Origin, "crossOrigin": false})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (a *Authenticator) data(flags byte) []byte {
	rp := sha256.Sum256([]byte(a.RPID))
	return binary.BigEndian.AppendUint32(append(rp[:], flags&^a.Skip), a.Counter)
}

// publicKey is the COSE form of an ES256 key (RFC 9053 section 2.1).
func (a *Authenticator) publicKey(t testing.TB) []byte {
	t.Helper()
	point, err := a.key.PublicKey.Bytes() // 4, then x and y
	if err != nil {
		t.Fatal(err)
	}
	b, err := cbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func decode(t testing.TB, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}
