package test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/app"
	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/obs"
)

// TestKillMinusNine takes a call of sixty cases from acceptance to the last
// half paid, while the whole program is killed with SIGKILL again and again at
// seeded moments. After each kill the same person asks the same again, as the
// console would. In the end nothing was done twice, nothing is lost, and books,
// orders, files, returns, facts and messages say the same.
func TestKillMinusNine(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { killMinusNine(t, "", 2) })
	t.Run("postgres", func(t *testing.T) { killMinusNine(t, dbtest.PostgresDSN(t), 1) })
}

// serveOn is the program on a sandbox in PostgreSQL, which the command line
// refuses: a sandbox lives in its folder. It prints what `qianmo --json serve` does.
func serveOn() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	config := app.Config{Sandbox: true, Data: os.Args[1], DB: os.Args[2], Listen: "127.0.0.1:0", Log: obs.NewLogger(os.Stderr, obs.Text, nil)}
	err := app.Run(ctx, config, func(address, _ string) { fmt.Printf("{\"address\":%q}\n", address) })
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const killedCases = 60

// killMinusNine kills so many times in each step.
func killMinusNine(t *testing.T, dsn string, each int) {
	o := &ordeal{T: t, folder: t.TempDir(), dsn: dsn, each: each, moment: rand.New(rand.NewPCG(20251022, 9)), people: map[string]*http.Client{}}
	o.start()
	t.Cleanup(o.kill)
	for _, login := range []string{"office", "finance", "cashier", "auditor"} {
		o.signIn(login)
	}
	o.prepare()
	before := o.budget()
	o.decide()
	o.pay()
	o.sound(before)
	t.Logf("%d kills, %d of them cut a request off; %d answers came again as they were", o.kills, o.cut, o.replayed)
	if o.kills < 13*each || o.cut == 0 || o.replayed == 0 {
		t.Error("too little was interrupted: the test proves little")
	}
	o.stop()
}

// ordeal is a program that is killed, and the people who go on with it.
type ordeal struct {
	*testing.T
	folder, dsn string
	each        int
	moment      *rand.Rand
	program     *exec.Cmd
	died        chan error
	address     string
	people      map[string]*http.Client

	call, run            string
	kills, cut, replayed int
}

// start runs the program until it says that it answers.
func (o *ordeal) start() {
	o.Helper()
	o.program = exec.Command("qianmo", "--json", "serve", "--sandbox", "--data", o.folder, "--listen", "127.0.0.1:0")
	if o.dsn != "" {
		o.program = exec.Command("qianmo-on", o.folder, o.dsn)
	}
	var said bytes.Buffer
	o.program.Stderr = &said
	out, err := o.program.StdoutPipe()
	o.must(err)
	o.must(o.program.Start())
	var ready struct{ Address string }
	if err := json.NewDecoder(out).Decode(&ready); err != nil {
		_ = o.program.Process.Kill()
		_ = o.program.Wait()
		o.Fatalf("the program did not start: %v\n%s", err, said.String())
	}
	o.address = ready.Address
	o.died = make(chan error, 1)
	go func(program *exec.Cmd, died chan error) { died <- program.Wait() }(o.program, o.died)
}

func (o *ordeal) kill() {
	_ = o.program.Process.Kill()
	<-o.died
	o.died <- nil
}

// stop ends it as an operator does, and it must end well.
func (o *ordeal) stop() {
	o.Helper()
	o.must(o.program.Process.Signal(os.Interrupt))
	err := <-o.died
	o.died <- nil
	o.must(err)
}

func (o *ordeal) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// deed is one thing that somebody does, and how they see that it was done.
type deed struct {
	login, path string
	body        any // file content as []byte is uploaded
	done        func() bool
}

// under does a deed while the program is killed: each try has its own moment,
// drawn from four times as long a span as the one before, so that some fall
// into the request and some into what follows from it. Whoever got no answer
// looks first, and asks again with the same key; told that the key was cut off,
// with a new one. What was answered before the kill must be answered the same
// after it, and not be done again.
func (o *ordeal) under(d deed) {
	o.Helper()
	key, before := o.key(), ""
	for n := range o.each {
		asks := before != "" || !d.done() // whoever sees that it is done asks no more
		killed := o.killWithin(150 * time.Millisecond << (2 * n))
		if asks {
			key, before = o.try(d, key, before)
		}
		ended := <-o.died
		if !killed.Load() {
			o.Fatalf("the program ended by itself: %v", ended)
		}
		o.kills++
		o.start()
	}
	for before == "" && !d.done() {
		was := key
		if key, before = o.try(d, key, before); before == "" && key == was {
			o.Fatalf("%s got no answer", d.path)
		}
	}
	if before != "" {
		o.try(d, key, before) // once more: the same answer, and nothing happens
	}
	if !d.done() {
		o.Fatalf("%s was answered and is not done: %s", d.path, before)
	}
}

// killWithin sends SIGKILL after a drawn delay: the delay is the fault itself.
func (o *ordeal) killWithin(span time.Duration) *atomic.Bool {
	var killed atomic.Bool
	process, after := o.program.Process, time.Duration(o.moment.Int64N(int64(span)))
	o.Logf("kill %d after %v", o.kills+1, after.Round(time.Millisecond))
	time.AfterFunc(after, func() {
		killed.Store(true)
		_ = process.Kill()
	})
	return &killed
}

// try asks once. It returns the key to ask with next, and what was answered.
func (o *ordeal) try(d deed, key, before string) (next, answered string) {
	o.Helper()
	status, raw, replayed, err := o.ask(d.login, http.MethodPost, d.path, d.body, key)
	switch {
	case err != nil:
		o.cut++
		return key, before
	case before != "" && (!replayed || string(raw) != before):
		o.Fatalf("%s was answered %s, and the repeat %d %s", d.path, before, status, raw)
	case cutOff(status, raw): // the first try of this key did not live to keep its answer
		return o.key(), ""
	case status >= 300:
		o.Fatalf("%s: %d %s", d.path, status, raw)
	case before != "":
		o.replayed++
	}
	return key, string(raw)
}

// cutOff reports the answer to a key whose first try did not survive.
func cutOff(status int, raw []byte) bool {
	return status == http.StatusConflict && bytes.Contains(raw, []byte("cut off"))
}

func (o *ordeal) key() string { return fmt.Sprintf("%d-%d", o.kills, o.moment.Uint64()) }

// ask sends one request and reads the whole answer.
func (o *ordeal) ask(login, method, path string, body any, key string) (status int, raw []byte, replayed bool, err error) {
	o.Helper()
	kind, content := "application/json", []byte(nil)
	switch b := body.(type) {
	case nil:
	case []byte:
		kind, content = o.form(b)
	default:
		content, err = json.Marshal(b)
		o.must(err)
	}
	req, err := http.NewRequestWithContext(o.Context(), method, o.address+"/api/v1"+path, bytes.NewReader(content))
	o.must(err)
	req.Header.Set("Accept-Language", "en")
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	res, err := o.people[login].Do(req)
	if err != nil {
		return 0, nil, false, err
	}
	defer res.Body.Close()
	raw, err = io.ReadAll(res.Body)
	return res.StatusCode, raw, res.Header.Get("Idempotency-Replayed") == "true", err
}

func (o *ordeal) form(content []byte) (kind string, body []byte) {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "return.csv")
	o.must(err)
	_, err = part.Write(content)
	o.must(errors.Join(err, w.Close()))
	return w.FormDataContentType(), form.Bytes()
}

// signIn begins a session, which outlives every kill.
func (o *ordeal) signIn(login string) {
	o.Helper()
	jar, err := cookiejar.New(nil)
	o.must(err)
	o.people[login] = &http.Client{Jar: jar, Timeout: 2 * time.Minute}
	o.post(login, "/session", map[string]string{"login": login, "password": sandbox.Password})
}

func (o *ordeal) post(login, path string, body any) answer {
	o.Helper()
	return o.answered(login, http.MethodPost, path, body)
}

func (o *ordeal) get(login, path string) answer {
	o.Helper()
	return o.answered(login, http.MethodGet, path, nil)
}

func (o *ordeal) answered(login, method, path string, body any) (out answer) {
	o.Helper()
	for {
		status, raw, _, err := o.ask(login, method, path, body, "")
		o.must(err)
		if status == http.StatusTooManyRequests { // faster than people ask
			<-time.After(time.Second)
			continue
		}
		if status >= 300 {
			o.Fatalf("%s %s as %s: %d %s", method, path, login, status, raw)
		}
		o.must(json.Unmarshal(raw, &out))
		return out
	}
}

// pages reads a whole list.
func (o *ordeal) pages(login, path string) (all []answer) {
	o.Helper()
	for cursor := ""; ; {
		page := o.get(login, path+"&limit=100&cursor="+cursor)
		all = append(all, page.list("items")...)
		if cursor = page.text("next"); cursor == "" {
			return all
		}
	}
}

// answer is a JSON object of the API.
type answer map[string]any

func (a answer) text(name string) string { s, _ := a[name].(string); return s }
func (a answer) in(name string) answer   { m, _ := a[name].(map[string]any); return m }
func (a answer) number(name string) int  { f, _ := a[name].(float64); return int(f) }

func (a answer) list(name string) (out []answer) {
	all, _ := a[name].([]any)
	for _, one := range all {
		if m, ok := one.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// fen reads an amount.
func (a answer) fen(name string) int64 {
	n, err := strconv.ParseInt(a.text(name), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// prepare publishes a call that sixty apply in, and whose money cannot pay all in full.
func (o *ordeal) prepare() {
	o.Helper()
	terms := map[string]any{
		"name":  map[string]string{"zh": "研发训练补助（断电）", "en": "Model training (power cuts)"},
		"guide": 2025, "opens": "2025-10-22", "closes": "2025-10-31", "late_by": 0, "promise": 60, "notice": 0, "channel": "bank_file",
		"offers": []any{map[string]any{"measure": "002-2", "years": map[string]int{"transaction": 2025, "application": 2025, "award": 2025, "budget": 2025},
			"together": true, "budget_fen": "400000001", "quota": 0, "when_short": "pro_rata", "rank": nil, "share": "",
			"review": map[string]any{"departments": false, "scores": 0}, "evidence": []any{}}},
	}
	o.call = o.post("office", "/calls", terms).text("id")
	o.post("office", "/calls/"+o.call+"/publish", map[string]any{"revision": 1})
	if got := o.post("office", "/sandbox/calls/"+o.call+"/applications", map[string]any{"count": killedCases}); got.number("applied") != killedCases {
		o.Fatalf("%v applied", got)
	}
}

// cases says how many cases of the call are in a state.
func (o *ordeal) cases(state string) int {
	return o.get("office", "/calls/"+o.call).in("funnel").number(state)
}

func (o *ordeal) all(state string) func() bool {
	return func() bool { return o.cases(state) == killedCases }
}

// until waits for what the background does.
func (o *ordeal) until(what string, so func() bool) {
	o.Helper()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for range 1200 {
		if so() {
			return
		}
		<-again.C
	}
	o.Fatalf("%s did not come", what)
}

func (o *ordeal) allocations() []answer {
	return o.get("office", "/calls/"+o.call+"/allocations").list("items")
}

// decide accepts, allocates, settles and approves.
func (o *ordeal) decide() {
	o.Helper()
	opinion := map[string]string{"opinion": "同意"}
	o.under(deed{"office", "/calls/" + o.call + "/acceptances", opinion, o.all("accepted")})
	o.post("office", "/sandbox/date", map[string]string{"day": "2025-11-03"})
	o.under(deed{"office", "/calls/" + o.call + "/allocations", nil, func() bool {
		runs := o.allocations()
		return len(runs) > 0 && runs[0].text("state") == "computed"
	}})
	o.run = o.allocations()[0].text("id")
	o.under(deed{"finance", "/allocations/" + o.run + "/settle", map[string]int{"revision": 1}, o.all("proposed")})
	o.under(deed{"office", "/calls/" + o.call + "/approvals", opinion, func() bool { return o.cases("proposed") == 0 }})
	o.until("the holds", o.all("held"))
	o.under(deed{"finance", "/calls/" + o.call + "/countersignatures", opinion, o.all("paying")})
}

// pay takes the orders of each purse to its bank and back. The city's purse and
// one district's are killed at; the others just follow.
func (o *ordeal) pay() {
	o.Helper()
	purses := map[string]bool{}
	var names []string
	for _, order := range o.orders() {
		if name := purseOf(order); !purses[name] {
			purses[name] = true
			names = append(names, name)
		}
	}
	slices.Sort(names) // city-520100 first
	if len(names) < 2 || names[0] != "city-520100" {
		o.Fatalf("the orders are of %v", names)
	}
	for i, name := range names {
		act := o.under
		if i > 1 {
			act = o.simply
		}
		o.payPurse(name, act)
	}
	o.until("the last payment", o.all("paid"))
}

// simply does a deed unharmed.
func (o *ordeal) simply(d deed) {
	o.Helper()
	if o.post(d.login, d.path, d.body); !d.done() {
		o.Fatalf("%s was not done", d.path)
	}
}

func (o *ordeal) payPurse(purse string, act func(deed)) {
	o.Helper()
	waiting := func() (ids []string) {
		for _, order := range o.orders() {
			if purseOf(order) == purse && order.text("state") == "waiting" {
				ids = append(ids, order.text("id"))
			}
		}
		return ids
	}
	// The same choice gives the same file, so the person names the orders.
	act(deed{"finance", "/payment/files", map[string]any{"purse": purse, "orders": waiting()}, func() bool { return len(waiting()) == 0 }})
	file := o.newest("/payment/files", purse)
	act(deed{"cashier", "/payment/files/" + file.text("id") + "/release", map[string]string{"note": "核对无误"}, func() bool {
		return o.get("finance", "/payment/files/"+file.text("id")).text("state") == "released"
	}})
	_, content, _, err := o.ask("finance", http.MethodGet, "/payment/files/"+file.text("id")+"/content", nil, "")
	o.must(err)
	ret := func() answer { return o.newest("/payment/returns", purse) }
	act(deed{"finance", "/payment/purses/" + purse + "/returns", o.bankAnswers(content), func() bool { return ret().text("sha256") != "" && ret().text("state") == "previewed" }})
	act(deed{"finance", "/payment/returns/" + ret().text("id") + "/accept", nil, func() bool { return ret().text("state") == "accepted" }})
}

// newest is the newest of a purse's files or returns since the call was paid.
func (o *ordeal) newest(path, purse string) answer {
	o.Helper()
	for _, one := range o.ours(path) {
		if purseOf(one) == purse {
			return one
		}
	}
	return nil
}

// ours are the files or returns of this call's payment, the newest first; the
// sandbox has older ones.
func (o *ordeal) ours(path string) (out []answer) {
	o.Helper()
	for _, one := range o.pages("finance", path+"?") {
		if max(one.text("made_at"), one.text("at")) >= "2025-11-03" {
			out = append(out, one)
		}
	}
	slices.SortFunc(out, func(a, b answer) int { return strings.Compare(b.text("number"), a.text("number")) })
	return out
}

// orders are the payment orders of the call's cases.
func (o *ordeal) orders() (out []answer) {
	o.Helper()
	cases := map[string]bool{}
	for _, a := range o.applications() {
		cases[a.text("id")] = true
	}
	for _, order := range o.pages("finance", "/payment/orders?") {
		if cases[order.text("case")] {
			out = append(out, order)
		}
	}
	return out
}

func (o *ordeal) applications() []answer {
	o.Helper()
	return o.pages("office", "/applications?call="+o.call)
}

func purseOf(a answer) string { return a.in("purse").text("level") + "-" + a.in("purse").text("place") }

// bankAnswers is the return in which the bank paid every line of a file.
func (o *ordeal) bankAnswers(file []byte) []byte {
	o.Helper()
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	o.must(w.Write([]string{"order", "amount", "result", "reference", "day", "reason"}))
	for _, row := range o.lines(file) {
		o.must(w.Write([]string{row[0], row[6], "paid", "B" + row[0], "2025-11-03", ""}))
	}
	w.Flush()
	return out.Bytes()
}

// lines are a bank file's orders, between header and trailer.
func (o *ordeal) lines(file []byte) [][]string {
	o.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\ufeff")))).ReadAll()
	o.must(err)
	return rows[1 : len(rows)-1]
}
