package target_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/evidence"
	evidencesql "github.com/qianmo/qianmo/internal/evidence/sqlstore"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/target"
	"github.com/qianmo/qianmo/internal/target/sqlstore"
)

const firm = ident.CreditCode("91520100MA6E000012")

var office = target.Actor{Person: "per_1", Name: "程向南", Role: "office"}

// room is the domain on a real database with real facts; the trail and the
// post are lists.
type room struct {
	*target.Service
	facts *evidence.Service
	clock *clock.Manual
	acts  []string
	sent  []target.Message
}

func (r *room) Organisation(_ context.Context, code ident.CreditCode) (party.Organisation, error) {
	if code != firm {
		return party.Organisation{}, fault.Newf(fault.NotFound, "没有", "none")
	}
	return party.Organisation{Code: code}, nil
}

func (r *room) Record(_ context.Context, act party.Act) error {
	r.acts = append(r.acts, act.Action)
	return nil
}

type outbox struct{ r *room }

func (o outbox) Post(_ context.Context, m target.Message) error {
	o.r.sent = append(o.r.sent, m)
	return nil
}

// shelf keeps every file as three bytes.
type shelf struct{}

func (shelf) Keep(_ context.Context, name string, _ io.Reader) (target.File, error) {
	return target.File{Name: name, Type: "application/pdf", Size: 3, SHA256: strings.Repeat("ab", 32)}, nil
}

func (shelf) Open(context.Context, string) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("pdf")), nil
}

type anyClause struct{}

func (anyClause) Clause(document, path string) (i18n.Text, bool) {
	return i18n.Text{ZH: document + path, EN: document + path}, true
}
func (anyClause) Draft(document string) bool { return document == "000" }

func open(t *testing.T, d *db.DB) *room {
	t.Helper()
	files := os.DirFS("../../regions/guizhou")
	text, err := fs.ReadFile(files, "units.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var units []target.Unit
	for _, line := range strings.Split(string(text), "\n") {
		if id, found := strings.CutPrefix(line, "- id: "); found {
			units = append(units, target.Unit{ID: id, Name: i18n.Text{ZH: id, EN: id}})
		}
	}
	plan, err := target.LoadPlan(target.Region{Files: files, Units: units, Documents: anyClause{}})
	if err != nil {
		t.Fatal(err)
	}
	now := clock.NewManual(time.Date(2025, 10, 22, 2, 0, 0, 0, time.UTC))
	ids := &ident.Sequence{}
	r := &room{facts: &evidence.Service{Store: evidencesql.New(d), Clock: now, IDs: ids, Random: rand.Reader}, clock: now}
	r.Service = &target.Service{Plan: plan, Store: sqlstore.New(d), Facts: r.facts, Registry: r, Archive: shelf{}, Post: outbox{r}, Clock: now, IDs: ids}
	return r
}

func TestService(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := open(t, d)
		t.Run("figures", func(t *testing.T) { figures(t, r) })
		t.Run("claims", func(t *testing.T) { claims(t, r) })
		t.Run("reports", func(t *testing.T) { reports(t, r) })
		t.Run("key list", func(t *testing.T) { keyList(t, r) })
		t.Run("reminders", func(t *testing.T) { reminders(t, r) })
		t.Run("meetings", func(t *testing.T) { meetings(t, r) })
		t.Run("yearly report", func(t *testing.T) { yearly(t, r) })
	})
}

func wants(t *testing.T, err error, code fault.Code, path string) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Fatalf("got %v, want %s", err, code)
	}
	if path != "" && !slices.ContainsFunc(fault.From(err).Fields, func(f fault.Field) bool { return f.Path == path }) {
		t.Fatalf("%v does not name %s", err, path)
	}
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func light(t *testing.T, r *room, id string) target.TargetView {
	t.Helper()
	return must[target.TargetDetail](t)(r.Detail(t.Context(), id, 2025)).TargetView
}

// figures reports, corrects, and never has two for a day.
func figures(t *testing.T, r *room) {
	ctx := t.Context()
	in := target.FigureInput{Target: "compute-investment", Year: 2025, AsOf: "2025-09-30", Value: "96.2", Source: "省发展改革委 9 月月报"}
	if v := light(t, r, in.Target); v.Light != target.NoData || v.Readings[0].Value != "" {
		t.Fatalf("before: %+v", v)
	}
	for path, spoil := range map[string]func(*target.FigureInput){
		"value": func(in *target.FigureInput) { in.Value = "96,2" }, "source": func(in *target.FigureInput) { in.Source = " " },
		"as_of": func(in *target.FigureInput) { in.AsOf = "2025-11-30" }, "target": func(in *target.FigureInput) { in.Target = "scenes" },
		"file": func(in *target.FigureInput) { in.File = "nobody" },
	} {
		bad := in
		spoil(&bad)
		_, err := r.ReportFigure(ctx, office, bad)
		wants(t, err, fault.Invalid, path)
	}
	first := must[evidence.Fact](t)(r.ReportFigure(ctx, office, in))
	if first.Attestor != evidence.Department || first.Attributes["source"] != in.Source || first.Unit != "亿元" {
		t.Fatalf("%+v", first)
	}
	v := light(t, r, in.Target) // 96.2 × 365/273 = 128.6 < 130
	if v.Light != target.Behind || v.Readings[0].Value != "96.2" || v.Readings[0].Forecast.Value != "128.6" || v.Readings[0].Forecast.Gap != "1.4" || v.Readings[0].Gap != "33.8" {
		t.Fatalf("%+v", v.Readings[0])
	}
	_, err := r.ReportFigure(ctx, office, in)
	wants(t, err, fault.Conflict, "")
	fix := in
	fix.Value, fix.Corrects = "97.3", first.ID
	must[evidence.Fact](t)(r.ReportFigure(ctx, office, fix)) // × 365/273 = 130.09
	if v := light(t, r, in.Target); v.Light != target.OnPace || v.Readings[0].Facts != 1 {
		t.Fatalf("corrected: %+v", v.Readings[0])
	}
	_, err = r.ReportFigure(ctx, office, fix)
	wants(t, err, fault.Conflict, "")

	in.AsOf = "2025-10-15" // eight at once: one figure
	var wg sync.WaitGroup
	var mu sync.Mutex
	written := 0
	for range 8 {
		wg.Go(func() {
			_, err := r.ReportFigure(ctx, office, in)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				written++
			} else if !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if written != 1 {
		t.Fatalf("%d figures for one day", written)
	}
}

func claims(t *testing.T, r *room) {
	ctx := t.Context()
	in := target.ClaimInput{Target: "broadcast-projects", Object: "甲场景", Org: firm}
	must[evidence.Fact](t)(r.Claim(ctx, office, in))
	_, err := r.Claim(ctx, office, in)
	wants(t, err, fault.Conflict, "")
	in.Target = "qdn-scenes" // a second plan may claim the same scene
	must[evidence.Fact](t)(r.Claim(ctx, office, in))
	in.Target = "scenes"
	_, err = r.Claim(ctx, office, in)
	wants(t, err, fault.Invalid, "target")
	in.Target, in.Org = "qdn-scenes", "91520100MA6E000025"
	_, err = r.Claim(ctx, office, in)
	wants(t, err, fault.NotFound, "")
	if _, err := r.facts.Append(ctx, []evidence.Fact{{Kind: "scenario.accepted", Subject: firm, Object: "甲场景", Occurred: "2025-05-01", Attestor: evidence.Department, Attributes: map[string]string{"industry": "tourism"}},
		{Kind: "scenario.accepted", Subject: firm, Object: "乙场景", Occurred: "2025-05-01", Attestor: evidence.Applicant, Attributes: map[string]string{"industry": "tourism"}}}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"scenes", "qdn-scenes", "broadcast-projects"} {
		if v := light(t, r, id); v.Readings[0].Value != "1" { // the applicant's own word does not count
			t.Errorf("%s: %+v", id, v.Readings)
		}
	}
}

func reports(t *testing.T, r *room) {
	ctx := t.Context()
	half, over := 50, 101
	file := must[target.File](t)(r.Upload(ctx, office, "照片.pdf", strings.NewReader("pdf")))
	in := target.ReportInput{Task: "001-1", Unit: "gz-data", Percent: &half, Text: "主体完工。", Files: []string{file.ID}}
	for path, spoil := range map[string]func(*target.ReportInput){
		"percent": func(in *target.ReportInput) { in.Percent = &over }, "milestone": func(in *target.ReportInput) { in.Percent = nil }, "text": func(in *target.ReportInput) { in.Text = "" },
		"unit": func(in *target.ReportInput) { in.Unit = "kaili" }, "files": func(in *target.ReportInput) { in.Files = []string{"nobody"} },
		"facts": func(in *target.ReportInput) { in.Facts = []string{"nobody"} }, "corrects": func(in *target.ReportInput) { in.Corrects = "nobody" },
	} {
		bad := in
		spoil(&bad)
		_, err := r.Report(ctx, office, bad)
		wants(t, err, fault.Invalid, path)
	}
	in.Task = "no-task"
	_, err := r.Report(ctx, office, in)
	wants(t, err, fault.NotFound, "")
	in.Task = "001-1"
	first := must[target.Report](t)(r.Report(ctx, office, in))
	all := 100
	in.Percent, in.Corrects = &all, first.ID
	must[target.Report](t)(r.Report(ctx, office, in))
	_, err = r.Report(ctx, office, in)
	wants(t, err, fault.Conflict, "")
	other := in
	other.Unit, other.Corrects = "gz-reform", first.ID
	_, err = r.Report(ctx, office, other)
	wants(t, err, fault.Invalid, "corrects")
	task := must[target.TaskDetail](t)(r.Task(ctx, "001-1", 2025))
	if task.State != target.TaskDone || len(task.Reports) != 2 || task.Reports[1].CorrectedBy != task.Reports[0].ID || task.Reports[0].Files[0].Name != "照片.pdf" {
		t.Fatalf("%+v", task)
	}
	if !slices.Contains(r.acts, "target.report.add") {
		t.Error("no audit entry")
	}
	tasks := must[[]target.TaskView](t)(r.Tasks(ctx, target.TaskFilter{Lead: "gz-data", State: target.TaskDone}))
	if len(tasks) != 1 || tasks[0].ID != "001-1" {
		t.Errorf("%+v", tasks)
	}
	_, err = r.Tasks(ctx, target.TaskFilter{State: "late"})
	wants(t, err, fault.Invalid, "query.state")
}

// keyList puts a project on the list, which is the fact that measure 004-4.2
// reads, takes it off, and puts it there again.
func keyList(t *testing.T, r *room) {
	ctx := t.Context()
	in := target.ListInput{List: "qdn-key", Year: 2025, Project: "蓝莓大模型", Org: firm, Reason: "带动作用强"}
	gate := func() (open bool) {
		known := must[[]evidence.Fact](t)(r.facts.Known(ctx, firm, "2025-12-31"))
		return slices.ContainsFunc(known, func(f evidence.Fact) bool {
			return f.Kind == "scenario.selected" && f.Object == in.Project && f.Attributes["measure"] == "004-4.2" && f.Attributes["year"] == "2025" && f.Attestor == evidence.Department
		})
	}
	line := must[target.Listing](t)(r.ListProject(ctx, office, in))
	if !gate() {
		t.Fatal("the gate stays shut")
	}
	_, err := r.ListProject(ctx, office, in)
	wants(t, err, fault.Conflict, "")
	_, err = r.UnlistProject(ctx, office, line.ID, "")
	wants(t, err, fault.Invalid, "note")
	must[target.Listing](t)(r.UnlistProject(ctx, office, line.ID, "项目终止"))
	if gate() {
		t.Fatal("the gate stays open")
	}
	_, err = r.UnlistProject(ctx, office, line.ID, "再来一次")
	wants(t, err, fault.Conflict, "")
	must[target.Listing](t)(r.ListProject(ctx, office, in))
	if !gate() {
		t.Fatal("a second time the gate stays shut")
	}
	lines := must[[]target.Listing](t)(r.Store.Listings(ctx, "qdn-key", 2025))
	if len(lines) != 2 || lines[0].Removed == nil || lines[0].Removed.Note != "项目终止" || lines[0].By.Name != "程向南" || lines[1].Removed != nil {
		t.Fatalf("%+v", lines)
	}
	in.Org = "91520100MA6E000025"
	_, err = r.ListProject(ctx, office, in)
	wants(t, err, fault.NotFound, "")
}

func reminders(t *testing.T, r *room) {
	ctx := t.Context()
	must[target.Assignment](t)(r.Assign(ctx, office, target.AssignInput{Year: 2025, Task: "001-2", Unit: "gz-data", Goal: "平台上线", Due: "2025-10-31"}))
	_, err := r.Assign(ctx, office, target.AssignInput{Year: 2025, Task: "001-2", Unit: "nobody", Goal: "x", Due: "2025-10-31"})
	wants(t, err, fault.Invalid, "unit")
	_, err = r.Assign(ctx, office, target.AssignInput{Year: 2025, Task: "001-2", Unit: "gz-data", Goal: "x", Due: "2026-10-31"})
	wants(t, err, fault.Invalid, "due")
	told := func(days int) (kinds []string) {
		t.Helper()
		r.sent = nil
		r.clock.Advance(time.Duration(days) * 24 * time.Hour)
		must[int](t)(r.Remind(ctx))
		again := must[int](t)(r.Remind(ctx))
		if again != 0 {
			t.Errorf("%d told twice", again)
		}
		for _, m := range r.sent {
			if m.Task == "001-2" {
				if strings.Contains(m.Text.ZH+m.Text.EN, "%!") || !strings.Contains(m.Text.EN, "2025-10-31") || !strings.Contains(m.Text.ZH, "gz-data：") {
					t.Errorf("%+v", m)
				}
				kinds = append(kinds, m.Kind)
			}
		}
		return kinds
	}
	for _, step := range []struct {
		days int
		want []string
	}{{0, []string{"target.due_soon"}}, {9, nil}, {1, []string{}}, {2, []string{"target.overdue"}}, {1, nil}, {6, []string{"target.overdue"}}} {
		if got := told(step.days); strings.Join(got, " ") != strings.Join(step.want, " ") {
			t.Errorf("on %s: told %v, want %v", r.clock.Today(), got, step.want)
		}
	}
}

// meetings decides and carries over what is not closed.
func meetings(t *testing.T, r *room) {
	ctx := t.Context()
	meet := func(day clock.Date) target.Meeting {
		return must[target.Meeting](t)(r.Meet(ctx, office, target.MeetingInput{Body: "qdn-joint", Day: day, Title: "联席会议", Agenda: []string{"场景"}}))
	}
	first := meet("2025-06-01")
	in := target.DecisionInput{Meeting: first.ID, Item: 1, Text: "补两个场景", Task: "004-9", Unit: "qdn-culture", Due: "2025-12-31"}
	for path, spoil := range map[string]func(*target.DecisionInput){
		"task": func(in *target.DecisionInput) { in.Task = "" }, "item": func(in *target.DecisionInput) { in.Item = 2 }, "due": func(in *target.DecisionInput) { in.Due = "2025-01-01" }, "unit": func(in *target.DecisionInput) { in.Unit = "x" },
	} {
		bad := in
		spoil(&bad)
		_, err := r.Decide(ctx, office, bad)
		wants(t, err, fault.Invalid, path)
	}
	d := must[target.Decision](t)(r.Decide(ctx, office, in))
	second := meet("2025-09-01")
	if s := must[target.Sitting](t)(r.Sitting(ctx, second.ID)); len(s.Carried) != 1 || s.Carried[0].ID != d.ID || len(s.Decisions) != 0 {
		t.Fatalf("%+v", s)
	}
	if err := r.CloseDecision(ctx, office, d.ID, "办完"); err != nil {
		t.Fatal(err)
	}
	wants(t, r.CloseDecision(ctx, office, d.ID, "办完"), fault.Conflict, "")
	third := meet("2026-01-10")
	if s := must[target.Sitting](t)(r.Sitting(ctx, third.ID)); len(s.Carried) != 0 {
		t.Fatalf("%+v", s)
	}
	_, err := r.Meet(ctx, office, target.MeetingInput{Body: "gz-data", Day: "2025-06-01", Title: "x", Agenda: []string{"x"}})
	wants(t, err, fault.Invalid, "body")
}

// yearly prints the year twice: the same bytes, with the ids of the facts under
// each figure in the workbook.
func yearly(t *testing.T, r *room) {
	y := must[target.Yearly](t)(r.Yearly(t.Context(), 2025))
	print := func(f target.Format) []byte {
		t.Helper()
		var out bytes.Buffer
		if err := y.Write(&out, f); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	if first := print(target.PDF); !bytes.HasPrefix(first, []byte("%PDF")) || !bytes.Equal(first, print(target.PDF)) {
		t.Error("the same report is not the same PDF")
	}
	book := print(target.XLSX)
	files, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	sheets, err := fs.Glob(files, "xl/worksheets/*.xml")
	if err != nil {
		t.Fatal(err)
	}
	var text []byte
	for _, name := range sheets {
		text = append(text, must[[]byte](t)(fs.ReadFile(files, name))...)
	}
	investment := must[target.TargetDetail](t)(r.Detail(t.Context(), "compute-investment", 2025))
	for _, want := range []string{investment.Series[0].Facts[0], "人工智能核心产业规模", "待报数", "004-12", "探索"} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the workbook lacks %s", want)
		}
	}
	if _, err := target.FormatOf("报告.docx"); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	wants(t, y.Write(io.Discard, "docx"), fault.Invalid, "")
}
