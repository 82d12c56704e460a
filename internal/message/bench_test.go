package message_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/message/email"
	"github.com/qianmo/qianmo/internal/message/messagetest"
	"github.com/qianmo/qianmo/internal/message/sqlstore"
	"github.com/qianmo/qianmo/internal/message/webhook"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/work"
)

// morning is a quarter past the digest hour.
var morning = time.Date(2025, 10, 22, 8, 15, 0, 0, clock.Shanghai)

const (
	firm  = ident.CreditCode("91520100000000000A")
	other = ident.CreditCode("91520100000000001B")
)

// bench is the room on a database, with a real mail server and a real receiver.
type bench struct {
	*message.Service
	t      *testing.T
	db     *db.DB
	clock  *clock.Manual
	mail   *messagetest.MailServer
	people directory
	acts   []message.Act
	pushes *receiver
	events chan work.Event
}

// directory has people by id, and who they are by organisation or role.
type directory map[string]person

type person struct {
	name string
	of   string // an organisation's code, or a role
}

func (d directory) Expand(_ context.Context, to message.Recipient) (out []message.Person, _ error) {
	for _, id := range slices.Sorted(maps.Keys(d)) {
		p := d[id]
		if id == to.Person || (to.Org != "" && p.of == string(to.Org)) || (to.Org == "" && len(to.Roles) > 0 && p.of == string(to.Roles[0])) {
			out = append(out, message.Person{ID: id, Name: p.name})
		}
	}
	return out, nil
}

func (d directory) Person(_ context.Context, id string) (message.Person, bool, error) {
	p, found := d[id]
	return message.Person{ID: id, Name: p.name}, found, nil
}

var topics = message.NewTopics(
	message.Topic{ID: "returned", Name: i18n.T("退回补正", "Returned"), Duty: true, Email: message.On},
	message.Topic{ID: "paid", Name: i18n.T("已拨付", "Paid"), Email: message.On},
	message.Topic{ID: "fits", Name: i18n.T("新的申报批次", "A call fits"), Email: message.InDigest},
	message.Topic{ID: "quiet", Name: i18n.T("规则变化", "A rule changed"), Email: message.Off},
)

func each(t *testing.T, run func(t *testing.T, b *bench)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { run(t, newBench(t, d)) })
}

func newBench(t *testing.T, d *db.DB) *bench {
	t.Helper()
	b := &bench{t: t, db: d, clock: clock.NewManual(morning), mail: messagetest.StartMail(t, messagetest.MailOptions{}), pushes: startReceiver(t), events: make(chan work.Event, 1000),
		people: directory{"luo": {"罗晓禾", string(firm)}, "shi": {"Shi Qingchuan", string(firm)}, "yang": {"杨知微", "finance"}, "far": {"远", string(other)}}}
	sender, err := email.New(email.Config{Server: b.mail.Address, Security: email.StartTLS, From: "黔模 <no-reply@example.gov.cn>", TLS: b.mail.Client, Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	ids := ident.Random{}
	b.Service = &message.Service{
		Store: sqlstore.New(d), Tx: d, Queue: work.Queue{DB: d, Clock: b.clock, IDs: ids}, Clock: b.clock, IDs: ids, Topics: topics, Directory: b.people, Mailer: sender,
		Poster: webhook.New(webhook.Config{Clock: b.clock, Open: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, TLS: b.pushes.trust()}),
		Keys:   message.NewKeys(bytes.Repeat([]byte{7}, 32)), Product: i18n.T("黔模", "Qianmo"), PublicURL: "https://ai.example.gov.cn", Hour: 8, Keep: 365 * 24 * time.Hour,
		Trail: func(_ context.Context, act message.Act) error { b.acts = append(b.acts, act); return nil },
	}
	return b
}

// reachable gives people confirmed addresses: "luo@example.cn".
func (b *bench) reachable(people ...string) {
	b.t.Helper()
	for _, p := range people {
		c := message.Contact{Person: p, Address: p + "@example.cn", Language: i18n.Chinese, Confirmed: b.clock.Now()}
		if p == "shi" {
			c.Language = i18n.English
		}
		if err := b.Store.PutContact(b.t.Context(), c); err != nil {
			b.t.Fatal(err)
		}
	}
}

func told(key, topic string) message.Message {
	return message.Message{Key: key, Topic: topic, Title: i18n.Text{ZH: "申报 QM-1 " + key, EN: "Application QM-1 " + key}, Body: i18n.Text{ZH: "第一行\n<b>第二行</b>", EN: "first line\n<b>second</b>"},
		Link: "/applications/app_1", About: message.About{Kind: "application", ID: "app_1"}}
}

func (b *bench) post(key, topic string, to ...message.Recipient) string {
	b.t.Helper()
	id, err := b.Post(b.t.Context(), told(key, topic), to...)
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

// work runs the background work until n items have ended a run, each done,
// failed or to be tried again, and returns how.
func (b *bench) work(n int) map[string]int {
	b.t.Helper()
	var kinds work.Kinds
	b.Work(&kinds)
	runner := work.NewRunner(b.Queue, &kinds, work.Config{Holder: ident.Random{}.New("r"), Poll: 5 * time.Millisecond, Observe: func(e work.Event) { b.events <- e },
		Jitter: func(time.Duration) time.Duration { return 0 }})
	ctx, stop := context.WithCancel(b.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(ctx) }()
	how := map[string]int{}
	for n > 0 {
		select {
		case e := <-b.events:
			if e.Name != "started" && e.Name != "rescued" {
				how[e.Name]++
				n--
			}
		case <-time.After(30 * time.Second):
			b.t.Fatalf("the work did not end: %v, %d more expected", how, n)
		}
	}
	stop()
	if err := <-ended; err != nil {
		b.t.Fatal(err)
	}
	return how
}

// inbox is what a person has in the console.
func (b *bench) inbox(person string) []message.Delivery {
	b.t.Helper()
	all, err := b.Inbox(b.t.Context(), message.InboxFilter{Person: person, Limit: 100})
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}

// to returns the mails that went to an address.
func (b *bench) to(address string) (out []messagetest.Mail) {
	for _, m := range b.mail.All() {
		if m.To == address {
			out = append(out, m)
		}
	}
	return out
}

// receiver is an organisation's own system.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	answer int
	got    []pushed
}

type pushed struct {
	header http.Header
	body   []byte
}

func startReceiver(t *testing.T) *receiver {
	r := &receiver{answer: http.StatusOK}
	r.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got = append(r.got, pushed{req.Header.Clone(), body})
		w.WriteHeader(r.answer)
		_, _ = w.Write([]byte("收到"))
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answers(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = status
}

func (r *receiver) all() []pushed {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}
func (r *receiver) trust() *tls.Config { return r.Client().Transport.(*http.Transport).TLSClientConfig }

var discard = slog.New(slog.DiscardHandler)
