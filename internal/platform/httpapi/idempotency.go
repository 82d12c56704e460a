package httpapi

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

const (
	keyHeader    = "Idempotency-Key"
	replayHeader = "Idempotency-Replayed"
	maxKey       = 200
	// keepAnswers is how long a repeat still gets the first answer.
	keepAnswers = 24 * time.Hour
	// inMemory bounds the part of a body that is held in memory to be hashed.
	inMemory = 1 << 20
)

// answers keeps the answer of each write that carried an Idempotency-Key, by
// principal and key. A try claims the key before it runs, so that two at once
// cannot both run; a try that fails wrote nothing and gives the key back; a
// try that the process did not survive leaves the key claimed, since nobody
// knows whether it wrote.
type answers struct {
	db    *db.DB
	clock clock.Clock
}

type answer struct {
	request string // SHA-256 of what was asked
	status  int    // 0 while the first try runs
	body    []byte
}

// claim takes the key for a request. first is true when it was free; else the
// stored answer comes back.
func (s *answers) claim(ctx context.Context, principal, key, request string) (stored answer, first bool, err error) {
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		now := s.clock.Now()
		q := s.db.Q(ctx)
		if _, err := q.ExecContext(ctx, `delete from idempotent_answer where principal = $1 and key = $2 and created < $3`, principal, key, clock.Micros(now.Add(-keepAnswers))); err != nil {
			return err
		}
		done, err := q.ExecContext(ctx, `insert into idempotent_answer (principal, key, request, status, body, created) values ($1, $2, $3, 0, $4, $5) on conflict do nothing`,
			principal, key, request, []byte{}, clock.Micros(now))
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil || n == 1 {
			first = n == 1
			return err
		}
		stored, _, err = db.One(ctx, q, func(scan func(...any) error) (a answer, err error) { return a, scan(&a.request, &a.status, &a.body) },
			`select request, status, body from idempotent_answer where principal = $1 and key = $2`, principal, key)
		return err
	})
	return stored, first, err
}

func (s *answers) keep(ctx context.Context, principal, key string, status int, body []byte) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `update idempotent_answer set status = $3, body = $4 where principal = $1 and key = $2`, principal, key, status, body)
	return err
}

func (s *answers) giveBack(ctx context.Context, principal, key string) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `delete from idempotent_answer where principal = $1 and key = $2 and status = 0`, principal, key)
	return err
}

// ForgetAnswers deletes the answers that are too old to be repeated; run it daily.
func (a *API) ForgetAnswers(ctx context.Context) error {
	_, err := a.config.DB.Q(ctx).ExecContext(ctx, `delete from idempotent_answer where created < $1`, clock.Micros(a.config.Clock.Now().Add(-keepAnswers)))
	return db.Fault(err)
}

// answerOnce is the middleware behind Idempotency-Key. It stands behind the
// access table, so a repeat by somebody who may no longer ask gets no answer.
func (a *API) answerOnce(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	key := r.Header.Get(keyHeader)
	if key == "" || r.Method == http.MethodGet || r.Method == http.MethodHead || a.config.Access[ctx.Operation().OperationID].Secret {
		next(ctx)
		return
	}
	if len(key) > maxKey || !storable(key) {
		a.refuse(ctx, fault.Newf(fault.Invalid, "Idempotency-Key 最长 %d 个字符。", "Idempotency-Key has at most %d characters.", maxKey))
		return
	}
	body, asked, err := hashRequest(r)
	if err != nil {
		a.refuse(ctx, err)
		return
	}
	defer body.Close()
	r.Body = body

	principal := clientKey(Client(ctx.Context()))
	if p := PrincipalOf(ctx.Context()); p.SignedIn() {
		principal = p.PersonID + "/" + p.Membership
	}
	stored, first, err := a.answers.claim(ctx.Context(), principal, key, asked)
	switch {
	case err != nil:
		a.refuse(ctx, err)
	case first:
		a.answerFirst(ctx, next, r, w, principal, key)
	case stored.request != asked:
		a.refuse(ctx, fault.Newf(fault.Conflict, "这个 Idempotency-Key 已用于另一个请求：请换一个。", "This Idempotency-Key was used for another request: take a new one."))
	case stored.status == 0:
		a.refuse(ctx, fault.Newf(fault.Conflict, "同一操作正在处理，或上次中断了：请先看结果，没有办成再重新提交（接口调用请换一个 Idempotency-Key）。", "The same request is running, or was cut off: look at the state, and if nothing was done send it again (with a new Idempotency-Key)."))
	default:
		w.Header().Set(replayHeader, "true")
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(stored.status)
		_, _ = w.Write(stored.body)
	}
}

func (a *API) answerFirst(ctx huma.Context, next func(huma.Context), r *http.Request, w http.ResponseWriter, principal, key string) {
	// The bookkeeping must outlive a caller that hangs up.
	lasting := context.WithoutCancel(ctx.Context())
	recorded := &recorder{header: w.Header()}
	settled := false
	defer func() {
		if !settled { // failed, or a panic passes through
			if err := a.answers.giveBack(lasting, principal, key); err != nil {
				a.config.Log.ErrorContext(lasting, "idempotency key was not given back", "request_id", RequestID(lasting), "error", err)
			}
		}
	}()
	next(humago.NewContext(ctx.Operation(), r, recorded))
	status := cmp.Or(recorded.status, http.StatusOK)
	if status < 300 {
		settled = true // it wrote: the key stays claimed even if the answer cannot be kept
		if err := a.answers.keep(lasting, principal, key, status, recorded.body.Bytes()); err != nil {
			a.config.Log.ErrorContext(lasting, "answer was not kept for repeats", "request_id", RequestID(lasting), "error", err)
		}
	}
	w.WriteHeader(status)
	_, _ = w.Write(recorded.body.Bytes())
}

// recorder holds back an answer until it is kept. Headers go straight to the
// real ones.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

// SetReadDeadline lets huma bound slow bodies; the body is read already.
func (r *recorder) SetReadDeadline(time.Time) error { return nil }

// hashRequest reads the body and returns it anew with the digest of what is
// asked: method, address and body; of a form, its parts, since each try has
// its own boundary.
//
// Codes: too_large; invalid when the body breaks off.
func hashRequest(r *http.Request) (io.ReadCloser, string, error) {
	digest := sha256.New()
	fmt.Fprintf(digest, "%s %s\n", r.Method, r.URL.RequestURI())
	body, err := spool(r.Body)
	if err != nil {
		return nil, "", err
	}
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "multipart/form-data" {
		err = hashParts(digest, multipart.NewReader(body, params["boundary"]))
	} else {
		_, err = io.Copy(digest, body)
	}
	if err == nil {
		_, err = body.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = body.Close()
		return nil, "", fault.Newf(fault.Invalid, "请求正文不完整，请重新上传。", "The request body is incomplete; send it again.").Because(err)
	}
	return body, hex.EncodeToString(digest.Sum(nil)), nil
}

func hashParts(digest hash.Hash, form *multipart.Reader) error {
	for {
		part, err := form.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(digest, "%q %q\n", part.FormName(), part.FileName())
		n, err := io.Copy(digest, part)
		if err != nil {
			return err
		}
		fmt.Fprintf(digest, "\n%d\n", n)
	}
}

// spool holds a body in memory, or in a temporary file when it is large.
func spool(r io.Reader) (io.ReadSeekCloser, error) {
	head, err := io.ReadAll(io.LimitReader(r, inMemory+1))
	if err != nil {
		return nil, bodyFault(err)
	}
	if len(head) <= inMemory {
		return inMemoryBody{bytes.NewReader(head)}, nil
	}
	file, err := os.CreateTemp("", "qianmo-body-*")
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(file, io.MultiReader(bytes.NewReader(head), r))
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	body := fileBody{file}
	if err != nil {
		_ = body.Close()
		return nil, bodyFault(err)
	}
	return body, nil
}

type inMemoryBody struct{ *bytes.Reader }

func (inMemoryBody) Close() error { return nil }

type fileBody struct{ *os.File }

// Close removes the file; it may be called twice, by huma and by us.
func (f fileBody) Close() error {
	_ = f.File.Close()
	_ = os.Remove(f.Name())
	return nil
}

func bodyFault(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return fault.Newf(fault.TooLarge, "请求正文超过 %d 字节的上限。", "The request body exceeds %d bytes.", tooLarge.Limit)
	}
	return fault.Newf(fault.Invalid, "请求正文不完整，请重新发送。", "The request body is incomplete; send it again.").Because(err)
}
