package party

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// CreateKey makes an API key that acts as the caller does now; expires may be
// zero. The secret is shown once.
//
// Codes: invalid; conflict when the caller acts in no role or has too many keys.
func (s *Service) CreateKey(ctx context.Context, name string, expires time.Time) (secret string, key auth.Key, err error) {
	p := httpapi.PrincipalOf(ctx)
	var c fault.Collector
	checkName(&c, "name", name, 60)
	if now := s.clock.Now(); !expires.IsZero() && (!expires.After(now) || expires.After(now.AddDate(5, 0, 0))) {
		c.Add("expires", "应在将来五年之内", "must be within the next five years")
	}
	if err := c.Err(); err != nil {
		return "", auth.Key{}, err
	}
	if p.Membership == "" {
		return "", auth.Key{}, fault.Newf(fault.Conflict, "您当前没有任何身份，密钥无从代表。", "You act in no role that a key could act in.")
	}
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		held, err := s.auth.Keys.List(ctx, p.PersonID)
		if err != nil {
			return err
		}
		if len(held) >= maxKeys {
			return fault.Newf(fault.Conflict, "最多 %d 个密钥：请先撤销不用的。", "At most %d keys: revoke those out of use first.", maxKeys)
		}
		if secret, key, err = s.auth.Keys.Create(ctx, p.PersonID, p.Membership, name, expires); err != nil {
			return err
		}
		return s.Record(ctx, Act{Action: "party.key.add", Kind: "api_key", Subject: key.ID, Org: p.Org, Details: map[string]string{"name": name, "hint": key.Hint}})
	})
	return secret, key, err
}

// ListKeys lists the caller's API keys, newest first.
func (s *Service) ListKeys(ctx context.Context) ([]auth.Key, error) {
	return s.auth.Keys.List(ctx, httpapi.PrincipalOf(ctx).PersonID)
}

// RevokeKey ends one of the caller's API keys.
//
// Codes: not_found.
func (s *Service) RevokeKey(ctx context.Context, id string) error {
	p := httpapi.PrincipalOf(ctx)
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.auth.Keys.Revoke(ctx, p.PersonID, id); err != nil {
			return err
		}
		return s.Record(ctx, Act{Action: "party.key.revoke", Kind: "api_key", Subject: id, Org: p.Org})
	})
}

// BeginPasskeySignIn begins signing anybody in.
//
// Codes: conflict where browsers allow no passkeys.
func (s *Service) BeginPasskeySignIn(ctx context.Context) (auth.Challenge, error) {
	return s.auth.Passkeys.BeginSignIn(ctx)
}

// BeginPasskey begins to register a passkey of the caller.
//
// Codes: conflict where browsers allow no passkeys.
func (s *Service) BeginPasskey(ctx context.Context) (auth.Challenge, error) {
	person, err := s.store.Person(ctx, httpapi.PrincipalOf(ctx).PersonID)
	if err != nil {
		return auth.Challenge{}, err
	}
	return s.auth.Passkeys.BeginRegistration(ctx, person.ID, person.Login, person.Name)
}

// AddPasskey keeps the passkey that the caller's authenticator made.
//
// Codes: invalid; unauthorized when the ceremony is stale; conflict when it is registered.
func (s *Service) AddPasskey(ctx context.Context, ceremony, name string, answer []byte) (key auth.Passkey, err error) {
	p := httpapi.PrincipalOf(ctx)
	var c fault.Collector
	checkName(&c, "name", name, 60)
	if err := c.Err(); err != nil {
		return auth.Passkey{}, err
	}
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		if key, err = s.auth.Passkeys.FinishRegistration(ctx, p.PersonID, ceremony, name, answer); err != nil {
			return err
		}
		return s.Record(ctx, Act{Action: "party.passkey.add", Kind: "passkey", Subject: key.ID, Details: map[string]string{"name": name}})
	})
	return key, err
}

// ListPasskeys lists the caller's passkeys, newest first.
func (s *Service) ListPasskeys(ctx context.Context) ([]auth.Passkey, error) {
	return s.auth.Passkeys.List(ctx, httpapi.PrincipalOf(ctx).PersonID)
}

// RemovePasskey forgets one of the caller's passkeys.
//
// Codes: not_found.
func (s *Service) RemovePasskey(ctx context.Context, id string) error {
	return s.tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.auth.Passkeys.Remove(ctx, httpapi.PrincipalOf(ctx).PersonID, id); err != nil {
			return err
		}
		return s.Record(ctx, Act{Action: "party.passkey.remove", Kind: "passkey", Subject: id})
	})
}
