package auth

import (
	"context"
	"net/http"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// A session ends when it was idle this long, and in any case at the end of a
// working day. NIST SP 800-63B section 4.2.3 asks for 12 hours at level 2.
const (
	sessionIdle     = 2 * time.Hour
	sessionAbsolute = 12 * time.Hour
	touchEvery      = time.Minute // how exactly idleness is known
	ahead           = time.Minute // how far the clocks of replicas may be apart
)

// Session is one signed-in browser.
type Session struct {
	ID      string
	Subject string
	Acting  string // the membership the subject acts in; empty for none
	Expires time.Time
}

// Sessions keeps sessions. Tokens are 256 random bits, kept as digests, always
// made here and never taken from a caller, so that nobody can fix one.
type Sessions struct {
	db    *db.DB
	clock clock.Clock
	ids   ident.Source
}

// Start begins a session and returns its token.
func (s *Sessions) Start(ctx context.Context, subject, acting string) (token string, _ Session, err error) {
	now := s.clock.Now()
	token = ident.Secret(32)
	session := Session{ID: s.ids.New("session"), Subject: subject, Acting: acting, Expires: now.Add(sessionAbsolute)}
	_, err = s.db.Q(ctx).ExecContext(ctx, `insert into auth_session (token, id, subject, acting, created, seen, expires) values ($1, $2, $3, $4, $5, $5, $6)`,
		digest(token), session.ID, subject, acting, clock.Micros(now), clock.Micros(session.Expires))
	return token, session, db.Fault(err)
}

// Find returns the live session of a token. One that was last seen in the
// future ends: the clock was set back since, and nobody knows its age.
func (s *Sessions) Find(ctx context.Context, token string) (_ Session, found bool, err error) {
	type row struct {
		session       Session
		seen, expires int64
	}
	r, found, err := db.One(ctx, s.db.Q(ctx), func(scan func(...any) error) (r row, err error) {
		return r, scan(&r.session.ID, &r.session.Subject, &r.session.Acting, &r.seen, &r.expires)
	}, `select id, subject, acting, seen, expires from auth_session where token = $1`, digest(token))
	if err != nil || !found {
		return Session{}, false, err
	}
	now := s.clock.Now()
	idle := now.Sub(clock.FromMicros(r.seen))
	r.session.Expires = clock.FromMicros(r.expires)
	if !now.Before(r.session.Expires) || idle >= sessionIdle || idle < -ahead {
		return Session{}, false, nil
	}
	if idle >= touchEvery {
		if _, err := s.db.Q(ctx).ExecContext(ctx, `update auth_session set seen = $2 where token = $1`, digest(token), clock.Micros(now)); err != nil {
			return Session{}, false, db.Fault(err)
		}
	}
	return r.session, true, nil
}

// Rotate gives the session a new token and another membership to act in. The
// old token is dead, and the absolute end stays where it was.
func (s *Sessions) Rotate(ctx context.Context, id, acting string) (token string, err error) {
	token = ident.Secret(32)
	_, err = s.db.Q(ctx).ExecContext(ctx, `update auth_session set token = $2, acting = $3 where id = $1`, id, digest(token), acting)
	return token, db.Fault(err)
}

// End ends one session.
func (s *Sessions) End(ctx context.Context, id string) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `delete from auth_session where id = $1`, id)
	return db.Fault(err)
}

// EndAll ends the subject's sessions except one (empty: none).
func (s *Sessions) EndAll(ctx context.Context, subject, except string) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `delete from auth_session where subject = $1 and id <> $2`, subject, except)
	return db.Fault(err)
}

// cookieName binds the cookie to this very host over https; the __Host- prefix
// asks for the Secure flag, which plain http on a loopback address lacks.
func cookieName(secure bool) string {
	if secure {
		return "__Host-qianmo_session"
	}
	return "qianmo_session"
}

// Cookie carries a session's token to the browser.
func Cookie(token string, secure bool) http.Cookie {
	return http.Cookie{Name: cookieName(secure), Value: token, Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode, MaxAge: int(sessionAbsolute.Seconds())}
}

// NoCookie takes the cookie away.
func NoCookie(secure bool) http.Cookie {
	c := Cookie("", secure)
	c.MaxAge = -1
	return c
}

// TokenOf reads the session's token from a request; empty when there is none.
func TokenOf(r *http.Request, secure bool) string {
	c, err := r.Cookie(cookieName(secure))
	if err != nil {
		return ""
	}
	return c.Value
}
