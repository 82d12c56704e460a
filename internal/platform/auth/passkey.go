package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Passkeys signs people in with passkeys (W3C Web Authentication level 3). A
// passkey alone is enough, so the authenticator must verify its holder.
type Passkeys struct {
	db         *db.DB
	clock      clock.Clock
	ceremonies *ceremonies
	party      *webauthn.WebAuthn // nil where browsers allow no passkey: no host name
}

// Passkey is one registered passkey.
type Passkey struct {
	ID       string
	Name     string
	Created  time.Time
	LastUsed time.Time // zero: never
}

func newPasskeys(c Config, ceremonies *ceremonies) (*Passkeys, error) {
	p := &Passkeys{db: c.DB, clock: c.Clock, ceremonies: ceremonies}
	u, err := url.Parse(c.PublicURL)
	if err != nil {
		return nil, fault.Newf(fault.Invalid, "公开地址 %q 写法不对：请写成 https://ai.example.gov.cn 的形式。", "The public URL %q cannot be read: write scheme and host, such as https://ai.example.gov.cn.", c.PublicURL)
	}
	if u.Hostname() == "" || net.ParseIP(u.Hostname()) != nil {
		return p, nil
	}
	p.party, err = webauthn.New(&webauthn.Config{
		RPID:                  u.Hostname(),
		RPDisplayName:         c.Name,
		RPOrigins:             []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey:      protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired,
		},
	})
	if err != nil {
		return nil, fault.Newf(fault.Invalid, "公开地址 %q 不能用于通行密钥：请写成 https://ai.example.gov.cn 的形式。", "The public URL %q cannot be used for passkeys: write scheme and host, such as https://ai.example.gov.cn.", c.PublicURL).Because(err)
	}
	return p, nil
}

// Challenge is the first half of a ceremony: options for the browser's
// navigator.credentials, and a token for the second half.
type Challenge struct {
	Ceremony string
	Options  json.RawMessage // {"publicKey": …}
}

const (
	registering = "passkey registration"
	signingIn   = "passkey sign-in"
)

type registration struct {
	Subject string
	Session webauthn.SessionData
}

// BeginRegistration asks the subject's authenticator for a new passkey.
//
// Codes: conflict when the product is reached by a bare address.
func (p *Passkeys) BeginRegistration(ctx context.Context, subject, login, name string) (Challenge, error) {
	if p.party == nil {
		return Challenge{}, noHost()
	}
	holder, err := p.holder(ctx, subject)
	if err != nil {
		return Challenge{}, err
	}
	holder.login, holder.name = login, name
	options, session, err := p.party.BeginRegistration(holder, webauthn.WithExclusions(webauthn.Credentials(holder.credentials).CredentialDescriptors()))
	if err != nil {
		return Challenge{}, err
	}
	return p.challenge(ctx, registering, registration{subject, *session}, options)
}

// FinishRegistration keeps the passkey that the authenticator made.
//
// Codes: unauthorized when the ceremony is stale or another's; invalid when
// the answer does not verify; conflict when the passkey is registered already.
func (p *Passkeys) FinishRegistration(ctx context.Context, subject, ceremony, name string, answer []byte) (Passkey, error) {
	if p.party == nil {
		return Passkey{}, noHost()
	}
	var begun registration
	if err := p.ceremonies.finish(ctx, registering, ceremony, &begun); err != nil {
		return Passkey{}, err
	}
	if begun.Subject != subject {
		return Passkey{}, stale()
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Passkey{}, notVerified(err)
	}
	holder, err := p.holder(ctx, subject)
	if err != nil {
		return Passkey{}, err
	}
	credential, err := p.party.CreateCredential(holder, begun.Session, parsed)
	if err != nil {
		return Passkey{}, notVerified(err)
	}
	text, err := json.Marshal(credential)
	if err != nil {
		return Passkey{}, err
	}
	made := Passkey{ID: base64.RawURLEncoding.EncodeToString(credential.ID), Name: name, Created: p.clock.Now()}
	_, err = p.db.Q(ctx).ExecContext(ctx, `insert into auth_passkey (id, subject, name, credential, created) values ($1, $2, $3, $4, $5)`,
		made.ID, subject, name, string(text), clock.Micros(made.Created))
	if db.IsUnique(err) {
		return Passkey{}, fault.Newf(fault.Conflict, "这个通行密钥已经登记过。", "This passkey is registered already.")
	}
	return made, db.Fault(err)
}

// BeginSignIn asks for any passkey of this product; the authenticator knows whose it is.
//
// Codes: conflict when the product is reached by a bare address.
func (p *Passkeys) BeginSignIn(ctx context.Context) (Challenge, error) {
	if p.party == nil {
		return Challenge{}, noHost()
	}
	options, session, err := p.party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Challenge{}, err
	}
	return p.challenge(ctx, signingIn, *session, options)
}

// FinishSignIn returns whose passkey answered. A counter that went backwards
// means that the passkey was copied, and is refused (Web Authentication
// section 6.1.1).
//
// Codes: unauthorized, the same whatever is wrong.
func (p *Passkeys) FinishSignIn(ctx context.Context, ceremony string, answer []byte) (subject string, err error) {
	if p.party == nil {
		return "", noHost()
	}
	var session webauthn.SessionData
	if err := p.ceremonies.finish(ctx, signingIn, ceremony, &session); err != nil {
		return "", err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return "", notRecognised(err)
	}
	find := func(_, userHandle []byte) (webauthn.User, error) { return p.holder(ctx, string(userHandle)) }
	user, credential, err := p.party.ValidatePasskeyLogin(find, session, parsed)
	if err != nil {
		return "", notRecognised(err)
	}
	if credential.Authenticator.CloneWarning {
		return "", notRecognised(nil)
	}
	text, err := json.Marshal(credential)
	if err != nil {
		return "", err
	}
	_, err = p.db.Q(ctx).ExecContext(ctx, `update auth_passkey set credential = $2, last_used = $3 where id = $1`,
		base64.RawURLEncoding.EncodeToString(credential.ID), string(text), clock.Micros(p.clock.Now()))
	return string(user.WebAuthnID()), db.Fault(err)
}

// List returns the subject's passkeys, newest first.
func (p *Passkeys) List(ctx context.Context, subject string) ([]Passkey, error) {
	return db.All(ctx, p.db.Q(ctx), func(scan func(...any) error) (k Passkey, err error) {
		var created, used int64
		err = scan(&k.ID, &k.Name, &created, &used)
		k.Created, k.LastUsed = clock.FromMicros(created), clock.FromMicros(used)
		return k, err
	}, `select id, name, created, last_used from auth_passkey where subject = $1 order by created desc, id`, subject)
}

// Remove forgets a passkey of the subject.
//
// Codes: not_found.
func (p *Passkeys) Remove(ctx context.Context, subject, id string) error {
	done, err := p.db.Q(ctx).ExecContext(ctx, `delete from auth_passkey where subject = $1 and id = $2`, subject, id)
	if err != nil {
		return db.Fault(err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return fault.Newf(fault.NotFound, "您没有这个通行密钥。", "You have no such passkey.")
	}
	return nil
}

func (p *Passkeys) challenge(ctx context.Context, kind string, data, options any) (Challenge, error) {
	token, err := p.ceremonies.begin(ctx, kind, data)
	if err != nil {
		return Challenge{}, err
	}
	text, err := json.Marshal(options)
	return Challenge{Ceremony: token, Options: text}, err
}

// holder is a subject as the webauthn library wants it.
type holder struct {
	subject, login, name string
	credentials          []webauthn.Credential
}

func (h *holder) WebAuthnID() []byte                         { return []byte(h.subject) }
func (h *holder) WebAuthnName() string                       { return h.login }
func (h *holder) WebAuthnDisplayName() string                { return h.name }
func (h *holder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }

func (p *Passkeys) holder(ctx context.Context, subject string) (*holder, error) {
	credentials, err := db.All(ctx, p.db.Q(ctx), func(scan func(...any) error) (c webauthn.Credential, err error) {
		var text string
		if err := scan(&text); err != nil {
			return c, err
		}
		return c, json.Unmarshal([]byte(text), &c)
	}, `select credential from auth_passkey where subject = $1 order by id`, subject)
	return &holder{subject: subject, login: subject, name: subject, credentials: credentials}, err
}

func noHost() error {
	return fault.Newf(fault.Conflict, "用 IP 地址访问时浏览器不支持通行密钥：请改用域名或 localhost 访问。", "Browsers allow no passkeys at a bare IP address: use a host name or localhost.")
}

func notVerified(cause error) error {
	return fault.Newf(fault.Invalid, "通行密钥没有通过验证，请重新登记。", "The passkey did not verify; register it again.").Because(cause)
}

func notRecognised(cause error) error {
	return fault.Newf(fault.Unauthorized, "通行密钥没有通过验证，请重试或用密码登录。", "The passkey was not recognised; try again or use your password.").Because(cause)
}
