package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/message/webhook"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

var noon = time.Date(2025, 10, 22, 12, 0, 0, 0, clock.Shanghai)

// loopback is a network that an operator has opened; the tests' receivers are there.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

func receiver(t *testing.T, handle http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewTLSServer(handle)
	t.Cleanup(s.Close)
	return s
}

func client(s *httptest.Server, open []netip.Prefix) *webhook.Client {
	trust := s.Client().Transport.(*http.Transport).TLSClientConfig
	return webhook.New(webhook.Config{Clock: clock.NewManual(noon), Open: open, Timeout: 5 * time.Second, TLS: trust})
}

func call(url string) message.Call {
	return message.Call{ID: "push_1", URL: url, Secret: "qms_secret", Body: []byte(`{"title":{"zh":"已拨付"}}`)}
}

func refused(err error) bool {
	var r *message.Refusal
	return errors.As(err, &r)
}

// The receiver checks the signature as docs/operate.md tells it to.
func TestAPushIsSigned(t *testing.T) {
	s := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		stamp := r.Header.Get("X-Qianmo-Timestamp")
		h := hmac.New(sha256.New, []byte("qms_secret"))
		fmt.Fprintf(h, "%s.%s", stamp, body)
		if r.Method != "POST" || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("X-Qianmo-Id") != "push_1" ||
			stamp != fmt.Sprint(noon.Unix()) || r.Header.Get("X-Qianmo-Signature") != "v1="+hex.EncodeToString(h.Sum(nil)) {
			http.Error(w, fmt.Sprintf("%s %v", r.Method, r.Header), http.StatusBadRequest)
			return
		}
		_, _ = w.Write(body)
	})
	c := call(s.URL)
	got, err := client(s, loopback).Post(t.Context(), c)
	if err != nil || got.Status != 200 || got.Body != string(c.Body) {
		t.Errorf("got %+v, %v", got, err)
	}
	for name, other := range map[string]string{
		"secret": webhook.Sign("another", "1", c.Body), "time": webhook.Sign("qms_secret", "2", c.Body), "body": webhook.Sign("qms_secret", "1", []byte("x")),
	} {
		if other == webhook.Sign("qms_secret", "1", c.Body) {
			t.Errorf("the signature says nothing of the %s", name)
		}
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	var followed atomic.Int64
	s := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			followed.Add(1)
		}
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	got, err := client(s, loopback).Post(t.Context(), call(s.URL+"/"))
	if err != nil || got.Status != http.StatusTemporaryRedirect || followed.Load() != 0 {
		t.Errorf("got %+v, %v, followed %d times", got, err, followed.Load())
	}
}

func TestAnEndlessAnswerIsCut(t *testing.T) {
	var written atomic.Int64
	gone := make(chan struct{})
	s := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
		defer close(gone)
		for {
			n, err := w.Write([]byte(strings.Repeat("答\x00", 4096)))
			if written.Add(int64(n)); err != nil || written.Load() > 64<<20 {
				return
			}
		}
	})
	got, err := client(s, loopback).Post(t.Context(), call(s.URL))
	if err != nil || got.Status != 200 || len([]rune(got.Body)) > 500 || !strings.HasPrefix(got.Body, "答 答 ") {
		t.Errorf("got %+v, %v", got, err)
	}
	<-gone
	if written.Load() > 64<<20 {
		t.Error("everything was read")
	}
}

func TestASilentReceiverEndsAtTheTimeout(t *testing.T) {
	release := make(chan struct{})
	s := receiver(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	trust := s.Client().Transport.(*http.Transport).TLSClientConfig
	c := webhook.New(webhook.Config{Clock: clock.NewManual(noon), Open: loopback, Timeout: 50 * time.Millisecond, TLS: trust})
	if got, err := c.Post(t.Context(), call(s.URL)); err == nil || refused(err) || got.Status != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAReceiverMustProveWhoItIs(t *testing.T) {
	s := receiver(t, func(w http.ResponseWriter, _ *http.Request) { t.Error("an unproved receiver was told") })
	s.Config.ErrorLog = nil
	c := webhook.New(webhook.Config{Clock: clock.NewManual(noon), Open: loopback, TLS: &tls.Config{MinVersion: tls.VersionTLS12}})
	if _, err := c.Post(t.Context(), call(s.URL)); err == nil || refused(err) {
		t.Errorf("got %v", err)
	}
}

// What a name stands for is looked at when it is dialled, so it does not matter
// what it stood for before: "localhost" passes the check of the address.
func TestNoPushGoesInsideOurWalls(t *testing.T) {
	s := receiver(t, func(http.ResponseWriter, *http.Request) { t.Error("the receiver inside was called") })
	port := s.URL[strings.LastIndexByte(s.URL, ':'):]
	c := client(s, nil)
	t.Setenv("HTTPS_PROXY", s.URL) // and no proxy of the machine is a way around
	t.Setenv("HTTP_PROXY", s.URL)
	if err := c.Check("https://localhost" + port); err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"} {
		if _, err := c.Post(t.Context(), call("https://"+host+port)); !refused(err) {
			t.Errorf("%s: %v", host, err)
		} else if strings.Contains(err.Error(), "127.0.0.1") {
			t.Errorf("the refusal tells what our name servers say: %v", err)
		}
	}
	// Other spellings of 127.0.0.1 are names, which stand for it with some resolvers.
	for _, host := range []string{"2130706433", "0x7f000001", "127.1", "0177.0.0.1"} {
		if _, err := c.Post(t.Context(), call("https://"+host+port)); err == nil {
			t.Errorf("%s was reached", host)
		}
	}
}

func TestAddressesThatAreClosed(t *testing.T) {
	c := webhook.New(webhook.Config{Clock: clock.NewManual(noon), Open: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")}})
	for host, open := range map[string]bool{
		"93.184.216.34": true, "1.1.1.1": true, "223.5.5.5": true, "[2400:3200::1]": true, "10.20.3.4": true,
		"10.21.0.1": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "127.0.0.1": false, "0.0.0.0": false, "0.1.2.3": false,
		"169.254.169.254": false, "100.64.0.1": false, "100.100.100.200": false, "168.63.129.16": false, "192.0.0.192": false, "198.18.0.1": false,
		"224.0.0.1": false, "239.1.1.1": false, "240.0.0.1": false, "255.255.255.255": false, "192.0.2.1": false, "203.0.113.9": false,
		"[::]": false, "[::1]": false, "[fe80::1]": false, "[fc00::1]": false, "[fd00:ec2::254]": false, "[ff02::1]": false, "[fec0::1]": false,
		"[::ffff:10.0.0.1]": false, "[::ffff:10.20.0.1]": true, "[::10.0.0.1]": false, "[64:ff9b::a00:1]": false, "[2002:a00:1::1]": false, "[2001:0:a00:1::1]": false,
		"[2001:db8::1]": false,
	} {
		if err := c.Check("https://" + host + "/x"); (err == nil) != open {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestAddressesThatAreNoAddresses(t *testing.T) {
	c := webhook.New(webhook.Config{Clock: clock.NewManual(noon)})
	for _, bad := range []string{"", "x", "http://oa.example.cn", "ftp://oa.example.cn", "https://", "https:///x", "https://user:pass@oa.example.cn", "https://oa.example.cn/#x",
		"https://oa.example.cn/\r\nX: y", "https://oa.example.cn/ x", "//oa.example.cn", "javascript:alert(1)", "https://oa.example.cn/" + strings.Repeat("x", 500)} {
		if err := c.Check(bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, good := range []string{"https://oa.example.cn", "https://oa.example.cn:8443/qianmo?x=1"} {
		if err := c.Check(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	plain := webhook.New(webhook.Config{Clock: clock.NewManual(noon), Plain: true})
	if err := plain.Check("http://oa.example.cn"); err != nil {
		t.Error(err)
	}
	rapid.Check(t, func(t *rapid.T) { // never a panic, and never a yes to what is no https address
		text := rapid.String().Draw(t, "url")
		if err := c.Check(text); err == nil && !strings.HasPrefix(strings.ToLower(text), "https://") {
			t.Fatalf("%q passes", text)
		}
	})
}
