// Package webhook posts messages to an organisation's own system: signed, over
// https, and never to an address inside our own walls.
package webhook

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// The headers of a push.
const (
	// HeaderID is the same at each attempt of one push: receivers drop repeats by it.
	HeaderID = "X-Qianmo-Id"
	// HeaderTimestamp is when the attempt was signed, in Unix seconds; receivers refuse old ones.
	HeaderTimestamp = "X-Qianmo-Timestamp"
	// HeaderSignature is "v1=" and the HMAC-SHA256 of timestamp, a dot and the body, in hex.
	HeaderSignature = "X-Qianmo-Signature"
)

// Bounds of one attempt.
const (
	wholeAttempt = 10 * time.Second
	readAnswer   = 64 << 10 // bytes
	keptAnswer   = 500      // characters
	urlLimit     = 500      // bytes
)

// Config of a Client. Clock must be set.
type Config struct {
	Clock clock.Clock
	// Open are networks that pushes may go to although they are no part of the
	// open internet: a government's own, or loopback in the sandbox.
	Open []netip.Prefix
	// Plain lets http through beside https; for the sandbox and for tests.
	Plain   bool
	Timeout time.Duration // of one attempt; ten seconds when zero
	TLS     *tls.Config   // nil for the machine's own certificates; tests bring theirs
}

// Client implements message.Poster.
type Client struct {
	config Config
	http   *http.Client
}

var _ message.Poster = (*Client)(nil)

// New returns a client.
func New(config Config) *Client {
	config.Timeout = cmp.Or(config.Timeout, wholeAttempt)
	c := &Client{config: config}
	dialer := &net.Dialer{Timeout: config.Timeout, ControlContext: c.control}
	c.http = &http.Client{
		Timeout: config.Timeout,
		Transport: &http.Transport{ // without a proxy: what is dialled is what was asked for
			DialContext: dialer.DialContext, TLSClientConfig: config.TLS, TLSHandshakeTimeout: config.Timeout,
			DisableKeepAlives: true, MaxResponseHeaderBytes: 16 << 10, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// errForbidden refuses an address when it is dialled. It does not name it: what
// our own name servers say is not for a receiver to learn.
var errForbidden = errors.New("the name stands for a private or reserved address")

// control looks at the address that is really dialled, after the name was
// resolved: a name that changes between the check and the call gains nothing.
func (c *Client) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !c.permits(to.Addr()) {
		return errForbidden
	}
	return nil
}

// Check implements message.Poster. A name is not resolved here: what it stands
// for is looked at with each attempt.
//
// Codes: invalid.
func (c *Client) Check(address string) error {
	u, err := url.Parse(address)
	if err != nil || len(address) > urlLimit || u.Hostname() == "" || u.User != nil || u.Fragment != "" || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || unicode.IsControl(r) }) {
		return fault.Newf(fault.Invalid, "不是可推送的网址：应如 https://oa.example.cn/qianmo，不带用户名和 #，最长 %d 个字符。",
			"Not an address to push to: write it as https://oa.example.cn/qianmo, without user name or #, at most %d characters.", urlLimit)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !c.config.Plain) {
		return fault.Newf(fault.Invalid, "推送只走 https：请给以 https:// 开头的网址。", "Pushes go over https only: give an address that begins with https://.")
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !c.permits(ip) {
		return fault.Newf(fault.Invalid, "不能推送到内网或保留地址：请给互联网上能访问的网址；确有需要，请系统管理员开放该网段。",
			"Pushes do not go to private or reserved addresses: give one of the open internet, or ask the administrator to open the network.")
	}
	return nil
}

// Post implements message.Poster: one attempt, without redirects.
func (c *Client) Post(ctx context.Context, call message.Call) (message.Answer, error) {
	if err := c.Check(call.URL); err != nil { // the rules may have been tightened since it was added
		return message.Answer{}, &message.Refusal{Reason: err.Error()}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, call.URL, bytes.NewReader(call.Body))
	if err != nil {
		return message.Answer{}, &message.Refusal{Reason: err.Error()}
	}
	at := strconv.FormatInt(c.config.Clock.Now().Unix(), 10)
	h := request.Header
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", "Qianmo-Webhook/1")
	h.Set(HeaderID, call.ID)
	h.Set(HeaderTimestamp, at)
	h.Set(HeaderSignature, Sign(call.Secret, at, call.Body))
	response, err := c.http.Do(request)
	if errors.Is(err, errForbidden) {
		return message.Answer{}, &message.Refusal{Reason: errForbidden.Error()}
	}
	if err != nil {
		return message.Answer{}, err
	}
	defer response.Body.Close()
	// The status is the answer; a body that breaks off is shown as far as it came.
	body, _ := io.ReadAll(io.LimitReader(response.Body, readAnswer))
	return message.Answer{Status: response.StatusCode, Body: printable(body)}, nil
}

// Sign is the signature of a push: what HeaderSignature holds.
func Sign(secret, timestamp string, body []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(timestamp + "."))
	h.Write(body)
	return "v1=" + hex.EncodeToString(h.Sum(nil))
}

// printable is the beginning of an answer, fit to be stored and shown.
func printable(body []byte) string {
	text := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(body), "?")))
	return strings.TrimSpace(string(text[:min(len(text), keptAnswer)]))
}
