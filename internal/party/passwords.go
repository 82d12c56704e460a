package party

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// IssueReset lets a person who lost their password choose a new one, with a
// one-time token that an administrator hands over.
//
// Codes: not_found.
func (s *Service) IssueReset(ctx context.Context, person string) (once OneTime, err error) {
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.store.Person(ctx, person); err != nil {
			return err
		}
		if once.Token, once.Expires, err = s.auth.Tokens.Issue(ctx, forPassword, person, resetLife); err != nil {
			return err
		}
		return s.Record(ctx, Act{Action: "party.password.issue_reset", Kind: "person", Subject: person})
	})
	return once, err
}

// ResetPassword sets a password with a one-time token. All sessions and API
// keys of the person end, since somebody else may have them.
//
// Codes: invalid, also for a wrong token; rate_limited.
func (s *Service) ResetPassword(ctx context.Context, token, password auth.Secret) error {
	if err := auth.Acceptable("password", password); err != nil {
		return err
	}
	gates := auth.TokenGates(httpapi.Client(ctx))
	if err := s.auth.Throttle.Try(ctx, gates); err != nil {
		return err
	}
	hash, err := s.auth.Passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		subject, err := s.auth.Tokens.Redeem(ctx, forPassword, token)
		if err != nil {
			return err
		}
		person, err := s.store.Person(ctx, subject)
		if err != nil {
			return err
		}
		if err := auth.Acceptable("password", password, person.Login, person.Name); err != nil {
			return err
		}
		if err := s.auth.Passwords.Keep(ctx, subject, hash); err != nil {
			return err
		}
		if err := s.shutOut(ctx, subject); err != nil {
			return err
		}
		return s.record(ctx, httpapi.Principal{PersonID: person.ID, Name: person.Name}, Act{Action: "party.password.reset", Kind: "person", Subject: subject})
	})
	if err != nil {
		return err
	}
	return s.auth.Throttle.Succeeded(ctx, gates)
}

// ChangePassword sets the caller's password, who must know the old one. Other
// sessions end and this one gets a new token.
//
// Codes: invalid; rate_limited.
func (s *Service) ChangePassword(ctx context.Context, old, password auth.Secret) (token string, err error) {
	p := httpapi.PrincipalOf(ctx)
	person, err := s.store.Person(ctx, p.PersonID)
	if err != nil {
		return "", err
	}
	if err := auth.Acceptable("password", password, person.Login, person.Name); err != nil {
		return "", err
	}
	gates := auth.SignInGates(person.Login, httpapi.Client(ctx))
	if err := s.auth.Throttle.Try(ctx, gates); err != nil {
		return "", err
	}
	right, err := s.auth.Passwords.Check(ctx, person.ID, old)
	if err != nil {
		return "", err
	}
	if !right {
		var c fault.Collector
		c.Add("old", "原密码不对", "not your present password")
		return "", c.Err()
	}
	if err := s.auth.Throttle.Succeeded(ctx, gates); err != nil {
		return "", err
	}
	hash, err := s.auth.Passwords.Hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		if err := s.auth.Passwords.Keep(ctx, person.ID, hash); err != nil {
			return err
		}
		if err := s.auth.Sessions.EndAll(ctx, person.ID, p.Session); err != nil {
			return err
		}
		if token, err = s.auth.Sessions.Rotate(ctx, p.Session, p.Membership); err != nil {
			return err
		}
		return s.Record(ctx, Act{Action: "party.password.change", Kind: "person", Subject: person.ID})
	})
	return token, err
}
