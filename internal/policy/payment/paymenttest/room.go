// Package paymenttest has the payment room's fakes and the conformance suite of
// its store.
package paymenttest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/payment"
	"github.com/qianmo/qianmo/internal/policy/payment/sqlstore"
)

// The people of these tests.
var (
	Consenter = payment.Actor{Person: "per_a", Name: "甲", Role: "finance"} // countersigns and makes files
	Releaser  = payment.Actor{Person: "per_b", Name: "乙", Role: "finance"}
	Office    = payment.Actor{Person: "per_o", Name: "丙", Role: "office"}
	Firm      = payment.Actor{Person: "per_f", Name: "丁", Role: "org_manager", Org: Org}
)

// Org is the organisation of these tests.
const Org = ident.CreditCode("91520100MA6E000012")

var (
	City     = ledger.Purse{Level: ledger.City, Code: "520100"}
	District = ledger.Purse{Level: ledger.District, Code: "520115"}
)

// Start is the first instant of these tests, noon of the sandbox's day.
var Start = time.Date(2025, 10, 22, 12, 0, 0, 0, clock.Shanghai)

// Room is the payment room on a migrated database.
type Room struct {
	*payment.Service
	DB    *db.DB
	Now   *clock.Manual
	Told  *Cases
	Acts  *Registry
	Banks *Payees
}

// OpenRoom opens a room whose case side is a Cases.
func OpenRoom(d *db.DB, facts payment.Facts, books payment.Books) *Room {
	r := &Room{DB: d, Now: clock.NewManual(Start), Told: &Cases{}, Acts: &Registry{}, Banks: &Payees{}}
	r.Service = &payment.Service{Store: sqlstore.New(d), Cases: r.Told, Registry: r.Acts, Payees: r.Banks, Facts: facts, Books: books, Files: NewFiles(),
		Clock: r.Now, IDs: &ident.Sequence{}, Wake: func() {}}
	return r
}

// Award is a case's award of a city and a district half.
func Award(id string, city, district money.Fen) payment.Award {
	return payment.Award{Case: id, Number: "QM-" + id, Round: 1, Org: Org, OrgName: "示例科技有限公司", Measure: "002-2", Matter: "模型-" + id, Year: 2025,
		City:     payment.Half{Purse: City, Name: i18n.T("市财政局", "City finance"), Amount: city},
		District: payment.Half{Purse: District, Name: i18n.T("区财政局", "District finance"), Amount: district},
		Payee:    payment.PayeeOf(Account), Consenter: Consenter.Person, Due: clock.DateOf(Start), Divisible: true}
}

// Account is where Org is paid.
var Account = party.PayeeAccount{ID: "payee_1", Org: Org, Holder: "示例科技有限公司", Bank: "示例银行贵阳支行", BankCode: "102701000018", Number: "6222020000001234567", State: party.Active}

// Cases is a case side that remembers what it was told. It must be told of an
// order's payment once.
type Cases struct {
	mu      sync.Mutex
	Awards  map[string]payment.Award
	Settles []payment.Settlement
	Fails   []payment.Order
	Cancels []payment.Order
	Stops   map[string]error // why no money goes out, by case
}

// Payable implements payment.Cases.
func (c *Cases) Payable(_ context.Context, o payment.Order) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Stops[o.Case]
}

// Grant makes an award known.
func (c *Cases) Grant(a payment.Award) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Awards == nil {
		c.Awards = map[string]payment.Award{}
	}
	c.Awards[a.Case] = a
}

// Award implements payment.Cases.
func (c *Cases) Award(_ context.Context, id string) (payment.Award, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, found := c.Awards[id]
	if !found {
		return a, fault.Newf(fault.NotFound, "没有这份申报。", "There is no such application.")
	}
	return a, nil
}

// Settled implements payment.Cases.
func (c *Cases) Settled(_ context.Context, s payment.Settlement) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Settles = append(c.Settles, s)
	return nil
}

// Failed implements payment.Cases.
func (c *Cases) Failed(_ context.Context, o payment.Order) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Fails = append(c.Fails, o)
	return nil
}

// Cancelled implements payment.Cases.
func (c *Cases) Cancelled(_ context.Context, o payment.Order) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Cancels = append(c.Cancels, o)
	return nil
}

// PaidTo adds up what a case was told of one half.
func (c *Cases) PaidTo(id string, level ledger.Level) (sum money.Fen) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.Settles {
		if s.Case == id && s.Purse.Level == level {
			sum += s.Amount
		}
	}
	return sum
}

// Registry remembers acts.
type Registry struct {
	mu   sync.Mutex
	Acts []party.Act
}

// Record implements payment.Registry.
func (r *Registry) Record(_ context.Context, act party.Act) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Acts = append(r.Acts, act)
	return nil
}

// Count counts acts of a kind.
func (r *Registry) Count(action string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.Acts {
		if a.Action == action {
			n++
		}
	}
	return n
}

// Payees has one account for everybody, Account, until it is replaced.
type Payees struct{ Replacement party.PayeeAccount }

// Account implements payment.Payees.
func (p *Payees) Account(_ context.Context, _ ident.CreditCode, id string) (party.PayeeAccount, error) {
	a := Account
	if p.Replacement.ID != "" {
		if a.State = party.Replaced; id == p.Replacement.ID {
			return p.Replacement, nil
		}
	}
	if id != a.ID {
		return a, fault.Newf(fault.NotFound, "没有这个账户。", "There is no such account.")
	}
	return a, nil
}

// Active implements payment.Payees.
func (p *Payees) Active(context.Context, ident.CreditCode) (party.PayeeAccount, bool, error) {
	if p.Replacement.ID != "" {
		return p.Replacement, true, nil
	}
	return Account, true, nil
}

// Files keeps bytes in memory.
type Files struct {
	mu   sync.Mutex
	kept map[string][]byte
}

// NewFiles returns an empty one.
func NewFiles() *Files { return &Files{kept: map[string][]byte{}} }

// Keep implements payment.Files.
func (f *Files) Keep(ctx context.Context, name string, r io.Reader) (payment.File, error) {
	content, err := io.ReadAll(r)
	if err != nil {
		return payment.File{}, err
	}
	sum, err := f.Put(ctx, content)
	return payment.File{Name: name, Type: "text/plain", Size: int64(len(content)), SHA256: sum}, err
}

// Put implements payment.Files.
func (f *Files) Put(_ context.Context, content []byte) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	sum := sha256.Sum256(content)
	id := hex.EncodeToString(sum[:])
	f.kept[id] = bytes.Clone(content)
	return id, nil
}

// Open implements payment.Files.
func (f *Files) Open(_ context.Context, sum string) (io.ReadCloser, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	content, found := f.kept[sum]
	if !found {
		return nil, fault.Newf(fault.NotFound, "没有这个文件。", "There is no such file.")
	}
	return io.NopCloser(bytes.NewReader(content)), nil
}

// ReturnCSV is a return file of these lines, each of six cells.
func ReturnCSV(lines ...[]string) string {
	var b bytes.Buffer
	b.WriteString("order,amount,result,reference,day,reason\n")
	for _, l := range lines {
		fmt.Fprintf(&b, "%s,%s,%s,%s,%s,%s\n", l[0], l[1], l[2], l[3], l[4], l[5])
	}
	return b.String()
}
