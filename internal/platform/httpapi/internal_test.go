package httpapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

func TestCallerBelievesOnlyTrustedProxies(t *testing.T) {
	a := &API{config: Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	for _, c := range []struct {
		peer, forwarded, proto, want string
		secure                       bool
	}{
		{"203.0.113.9:1", "198.51.100.1", "https", "203.0.113.9", false},
		{"10.1.1.1:1", "198.51.100.1", "https", "198.51.100.1", true},
		{"10.1.1.1:1", "1.2.3.4, 198.51.100.1, 10.2.2.2", "http", "198.51.100.1", false},
		{"10.1.1.1:1", "nonsense", "", "10.1.1.1", false},
		{"10.1.1.1:1", "", "", "10.1.1.1", false},
		{"[::ffff:10.1.1.1]:1", "198.51.100.1", "", "198.51.100.1", false},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		r.Header.Set("X-Forwarded-For", c.forwarded)
		r.Header.Set("X-Forwarded-Proto", c.proto)
		if got, secure := a.caller(r); got.String() != c.want || secure != c.secure {
			t.Errorf("%+v: got %s, secure %v", c, got, secure)
		}
	}
	if a, b := clientKey(netip.MustParseAddr("2001:db8::1")), clientKey(netip.MustParseAddr("2001:db8::ffff")); a != b {
		t.Errorf("one /64 counts as two callers: %s, %s", a, b)
	}
}

func TestLimiterMemoryIsBounded(t *testing.T) {
	l := newLimiter(Rate{1, 1}, clock.NewManual(clock.Date("2025-10-22").Time()))
	l.allow("first")
	for i := range 3 * limiterKeys {
		l.allow(fmt.Sprint(i))
		if i < limiterKeys && l.allow("first") {
			t.Fatalf("a spent key was filled again after %d others", i)
		}
	}
	if n := len(l.young) + len(l.old); n > 2*limiterKeys {
		t.Errorf("%d keys held", n)
	}
}

func TestFillCopiesWhatItChanges(t *testing.T) {
	type node struct {
		Tags  []string
		Kids  []*node
		Named map[string]node
		Any   any
		inner []byte
	}
	shared := &node{Kids: []*node{{Tags: []string{"x"}}}, Named: map[string]node{"a": {}}, Any: node{}, inner: []byte("x")}
	out := withoutNulls(shared).(*node)
	if string(out.inner) != "x" || out.Tags == nil || out.Kids[0].Kids == nil || out.Named["a"].Tags == nil || out.Any.(node).Tags == nil {
		t.Errorf("got %+v", out)
	}
	if shared.Tags != nil || shared.Kids[0].Kids != nil || shared.Named["a"].Tags != nil {
		t.Error("what others may read was written to")
	}
	full := []string{"x"}
	if same := withoutNulls(full).([]string); &same[0] != &full[0] {
		t.Error("a value without nils was copied")
	}
	if withoutNulls(nil) != nil {
		t.Error("nil is nil")
	}
}

// deadlines is a connection that notes its read deadlines.
type deadlines struct {
	http.ResponseWriter
	all []time.Time
}

func (d *deadlines) SetReadDeadline(at time.Time) error {
	d.all = append(d.all, at)
	return nil
}

func TestABodyMayTakeItsTimeAsLongAsItComes(t *testing.T) {
	now := clock.NewManual(clock.Date("2025-10-22").Time())
	start, d := now.Now(), &deadlines{}
	body := &patientBody{ReadCloser: io.NopCloser(strings.NewReader("ab")), connection: http.NewResponseController(d), clock: now, end: start.Add(bodyTime)}
	for range 3 {
		_, _ = body.Read(make([]byte, 1))
		now.Advance(bodyTime - stallTime/2)
	}
	want := []time.Time{start.Add(stallTime), start.Add(bodyTime), start.Add(bodyTime), {}} // the last: the handler may work on
	if !slices.EqualFunc(d.all, want, time.Time.Equal) {
		t.Errorf("the deadlines were %v, want %v", d.all, want)
	}
}

// FuzzCheckJSON: whatever passes is JSON to encoding/json too, and every
// refusal is one of the sentences that are translated.
func FuzzCheckJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"x",null,true]}`, `{"a":1,"a":2}`, `[`, `{} {}`, "\xff", `1e999`, `{"\u0061":1,"a":2}`, `"\ud800"`, strings.Repeat("[", 200)} {
		f.Add([]byte(seed))
	}
	words := newTranslator()
	f.Fuzz(func(t *testing.T, data []byte) {
		err := checkJSON(data)
		var tree any
		if err == nil && json.Unmarshal(data, &tree) != nil {
			t.Fatalf("%q passed and cannot be read", data)
		}
		if err != nil && strings.HasPrefix(words.text(err.Error()).ZH, "内容不符合要求") {
			t.Fatalf("%q: no words for %v", data, err)
		}
	})
}

// FuzzAfter: a cursor gives as many parts as asked or is refused, and one of
// ours comes back whole.
func FuzzAfter(f *testing.F) {
	for _, seed := range []string{"", "x", "W10", "WyJhIl0", "bnVsbA", "WyJcdTAwMDAiXQ", Cursor("a", "b"), Cursor("\xff")} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		for n := range 4 {
			key, err := After(cursor, n)
			if err != nil && !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			if err == nil && len(key) != n {
				t.Fatalf("%q gave %q for %d parts", cursor, key, n)
			}
		}
		if hasNUL(cursor) || !utf8.ValidString(cursor) {
			return
		}
		if key, err := After(Cursor(cursor, "b"), 2); err != nil || key[0] != cursor {
			t.Fatalf("%q came back as %q, %v", cursor, key, err)
		}
	})
}
