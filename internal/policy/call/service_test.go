package call_test

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/call/calltest"
	"github.com/qianmo/qianmo/internal/policy/call/sqlstore"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/regions"
)

// desk is the service with what a test watches.
type desk struct {
	*call.Service
	pending int64
	revised []string // reasons that reached applicants
	acts    []string
}

func (d *desk) Record(_ context.Context, act party.Act) error {
	d.acts = append(d.acts, act.Action)
	return nil
}
func (d *desk) Pending(context.Context, string) (int64, error)           { return d.pending, nil }
func (d *desk) Funnel(context.Context, string) (map[string]int64, error) { return nil, nil }
func (d *desk) Revised(_ context.Context, _ call.Call, reason i18n.Text) error {
	d.revised = append(d.revised, reason.EN)
	return nil
}

func newDesk(t *testing.T) *desk {
	d := &desk{}
	d.Service = &call.Service{Store: sqlstore.New(dbtest.SQLite(t)), Registry: d, Cases: d, Pack: guizhou(t, nil), Clock: clock.OnDay{Day: "2025-10-22"}, IDs: ident.Random{}}
	return d
}

// guizhou is the shipped pack with some lines of its 2025 guide replaced.
func guizhou(t *testing.T, replace *strings.Replacer) *rule.Pack {
	t.Helper()
	files, err := regions.Open("guizhou")
	if err != nil {
		t.Fatal(err)
	}
	copied := fstest.MapFS{}
	const guide = "guides/2025.yaml"
	for _, name := range []string{"region.yaml", "questions.yaml", "units.yaml", "targets.yaml", "industries.yaml"} {
		copied[name] = read(t, files, name)
	}
	for _, folder := range []string{"documents", "measures", "guides", "cases"} {
		for _, name := range list(t, files, folder) {
			copied[name] = read(t, files, name)
		}
	}
	if replace != nil {
		copied[guide] = &fstest.MapFile{Data: []byte(replace.Replace(string(copied[guide].Data)))}
	}
	pack, err := rule.LoadPack(copied)
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

func TestTermsAreGrounded(t *testing.T) {
	for name, check := range map[string]struct {
		change func(*call.Terms)
		wrong  string // path of the one fault; "" when it is allowed
	}{
		"as it is":                  {func(*call.Terms) {}, ""},
		"no guide":                  {func(t *call.Terms) { t.Guide = 2031 }, "guide"},
		"an unknown measure":        {func(t *call.Terms) { t.Offers[0].Measure = "002-99" }, "offers.0.measure"},
		"a referral":                {func(t *call.Terms) { t.Offers[0].Measure = "002-7" }, "offers.0.measure"},
		"a draft's measure":         {func(t *call.Terms) { t.Offers[0].Measure = "003-21"; t.Offers[0].WhenShort = "" }, "offers.0.measure"},
		"another way than ruled":    {func(t *call.Terms) { t.Offers[0].WhenShort = "cut_off" }, "offers.0.when_short"},
		"more than the year has":    {func(t *call.Terms) { t.Offers[0].Budget = 300_000_001 }, "offers.0.budget_fen"},
		"selected one by one":       {func(t *call.Terms) { t.Offers[0].Together = false }, "offers.0.together"},
		"another application year":  {func(t *call.Terms) { t.Offers[0].Years = call.Years{2024, 2024, 2025, 2025} }, "offers.0.years.application"},
		"last year's deals":         {func(t *call.Terms) { t.Offers[0].Years.Transaction = 2024 }, ""},
		"a factor nobody measures":  {func(t *call.Terms) { rank(t, "beauty") }, "offers.0.rank.by.0.factor"},
		"a review without experts":  {func(t *call.Terms) { rank(t, call.Reviewed) }, "offers.0.rank.by.0.factor"},
		"a review with three":       {func(t *call.Terms) { rank(t, call.Reviewed); t.Offers[0].Review.Scores = 3 }, ""},
		"scenes without a quota":    {func(t *call.Terms) { scenes(t, 0) }, "offers.0.quota"},
		"eleven scenes of ten":      {func(t *call.Terms) { scenes(t, 11) }, "offers.0.quota"},
		"ten scenes":                {func(t *call.Terms) { scenes(t, 10) }, ""},
		"data supply by two":        {func(t *call.Terms) { supply(t) }, ""},
		"a formula needs no shares": {func(t *call.Terms) { t.Offers[0].Share = call.Equally }, "offers.0.share"},
	} {
		terms := calltest.Terms()
		check.change(&terms)
		err := terms.Validate()
		if err == nil {
			err = terms.Grounded(guizhou(t, nil))
		}
		if got := paths(err); got != check.wrong {
			t.Errorf("%s: faults at %q, want %q (%v)", name, got, check.wrong, err)
		}
	}
}

// A guide that has not ruled A2 lets nobody set weights, and a call without
// weights may be opened all the same: it will show ranges and pay nobody.
func TestWeightsNeedARuling(t *testing.T) {
	silent := guizhou(t, strings.NewReplacer("{question: A2, choice: by_call,", "{question: A14, choice: listed_only,"))
	terms := calltest.Terms()
	supply(&terms)
	if got := paths(terms.Grounded(silent)); got != "offers.0.rank" {
		t.Errorf("weights without a ruling: faults at %q", got)
	}
	terms.Offers[0].Rank = nil
	if err := terms.Grounded(silent); err != nil {
		t.Errorf("without weights: %v", err)
	}
}

func TestTermsValidate(t *testing.T) {
	for name, check := range map[string]struct {
		change func(*call.Terms)
		wrong  string
	}{
		"no name":               {func(t *call.Terms) { t.Name.ZH = " " }, "name.zh"},
		"no English name":       {func(t *call.Terms) { t.Name.EN = "" }, "name.en"},
		"a day that is none":    {func(t *call.Terms) { t.Opens = "2025-02-30" }, "opens"},
		"closes before":         {func(t *call.Terms) { t.Closes = "2025-08-31" }, "closes"},
		"closes years later":    {func(t *call.Terms) { t.Closes = "2026-09-03" }, "closes"},
		"no promise":            {func(t *call.Terms) { t.Promise = 0 }, "promise"},
		"a negative notice":     {func(t *call.Terms) { t.Notice = -1 }, "notice"},
		"cash":                  {func(t *call.Terms) { t.Channel = "cash" }, "channel"},
		"nothing offered":       {func(t *call.Terms) { t.Offers = nil }, "offers"},
		"twice the same":        {func(t *call.Terms) { t.Offers = append(t.Offers, t.Offers[0]) }, "offers.1.measure"},
		"years out of order":    {func(t *call.Terms) { t.Offers[0].Years.Award = 2024 }, "offers.0.years.award"},
		"no budget":             {func(t *call.Terms) { t.Offers[0].Budget = 0 }, "offers.0.budget_fen"},
		"two experts":           {func(t *call.Terms) { t.Offers[0].Review.Scores = 2 }, "offers.0.review.scores"},
		"weights of nothing":    {func(t *call.Terms) { rank(t, "usage"); t.Offers[0].Rank.By[0].Weight = "0" }, "offers.0.rank.by"},
		"a weight in percent":   {func(t *call.Terms) { rank(t, "usage"); t.Offers[0].Rank.By[0].Weight = "60%" }, "offers.0.rank.by.0.weight"},
		"a paper without an id": {func(t *call.Terms) { t.Offers[0].Evidence[0].ID = "A B" }, "offers.0.evidence.0.id"},
	} {
		terms := calltest.Terms()
		check.change(&terms)
		if got := paths(terms.Validate()); got != check.wrong {
			t.Errorf("%s: faults at %q, want %q", name, got, check.wrong)
		}
	}
}

func TestACallsLife(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	c, err := d.Create(ctx, calltest.Terms())
	if err != nil || c.Number != "ZJ-2025-001" {
		t.Fatalf("got %s, %v", c.Number, err)
	}
	if _, found, err := d.Taking(ctx, "002-6", "2025-10-22"); found || err != nil {
		t.Fatalf("a draft takes applications: %v", err)
	}
	terms := c.Terms
	terms.Closes = "2025-10-30"
	if c, err = d.Edit(ctx, c.ID, c.Version, terms); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Publish(ctx, c.ID, 1); !fault.Is(err, fault.Conflict) {
		t.Fatalf("publishing what somebody changed meanwhile gave %v", err)
	}
	if c, err = d.Publish(ctx, c.ID, c.Version); err != nil || c.GuideDigest == "" {
		t.Fatalf("got %+v, %v", c, err)
	}
	if _, found, err := d.Taking(ctx, "002-6", "2025-10-22"); !found || err != nil {
		t.Fatalf("nothing takes applications: %v", err)
	}
	if _, err := d.Edit(ctx, c.ID, c.Version, terms); !fault.Is(err, fault.Conflict) {
		t.Fatalf("editing what is published gave %v", err)
	}
	terms.Closes = "2025-11-14"
	if _, err := d.Revise(ctx, c.ID, c.Version, terms, " "); paths(err) != "reason" {
		t.Fatalf("a revision without a reason gave %v", err)
	}
	if c, err = d.Revise(ctx, c.ID, c.Version, terms, "延长两周。"); err != nil || !slices.Equal(d.revised, []string{"延长两周。"}) {
		t.Fatalf("told %q, %v", d.revised, err)
	}
	d.pending = 3
	if _, err := d.Close(ctx, c.ID, c.Version, "办结。"); !fault.Is(err, fault.Conflict) {
		t.Fatalf("ending a call with pending applications gave %v", err)
	}
	d.pending = 0
	if c, err = d.Close(ctx, c.ID, c.Version, "办结。"); err != nil || c.State != call.Closed {
		t.Fatalf("got %s, %v", c.State, err)
	}
	events, err := d.Store.Events(ctx, c.ID)
	if err != nil || len(events) != 5 || events[1].Terms.Closes != "2025-10-30" || events[3].Terms.Closes != "2025-11-14" {
		t.Fatalf("history %+v, %v", events, err)
	}
	want := []string{"policy.call.open", "policy.call.edit", "policy.call.publish", "policy.call.revise", "policy.call.close"}
	if !slices.Equal(d.acts, want) {
		t.Fatalf("audit %v, want %v", d.acts, want)
	}
}

// A ruling that changes mid-call is refused, unless the guide says that it is
// a new version: then everybody is told.
func TestRulingsDoNotChangeQuietly(t *testing.T) {
	d, ctx := newDesk(t), t.Context()
	c, err := d.Create(ctx, calltest.Terms())
	if err == nil {
		c, err = d.Publish(ctx, c.ID, c.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := d.CheckPack(ctx, guizhou(t, nil)); err != nil {
		t.Fatalf("the same pack: %v", err)
	}
	other := []string{"A7, choice: any_level", "A7, choice: same_measure"}
	if err := d.CheckPack(ctx, guizhou(t, strings.NewReplacer(other...))); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), c.Number) {
		t.Fatalf("another ruling: %v", err)
	}
	next := guizhou(t, strings.NewReplacer(append(other, "version: 1\n", "version: 9\n")...))
	if err := d.CheckPack(ctx, next); err != nil {
		t.Fatalf("a new version: %v", err)
	}
	d.Pack = next
	for range 2 { // the second time nothing is left to do
		if err := d.Repin(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if c, err = d.Call(ctx, c.ID); err != nil || c.GuideVersion != 9 || len(d.revised) != 1 {
		t.Fatalf("pinned version %d, told %q, %v", c.GuideVersion, d.revised, err)
	}
}

func TestPhases(t *testing.T) {
	c := call.Call{State: call.Published, Terms: calltest.Terms()} // closes on Friday 31 October, three working days late at most
	for day, want := range map[clock.Date]call.Phase{
		"2025-08-31": call.Announced, "2025-09-01": call.Open, "2025-10-31": call.Open, "2025-11-01": call.Late, "2025-11-05": call.Late, "2025-11-06": call.Over,
	} {
		if got := c.PhaseOn(day); got != want {
			t.Errorf("%s is %s, want %s", day, got, want)
		}
	}
}

func rank(t *call.Terms, factor string) {
	t.Offers[0].Rank = &call.Rank{By: []call.Weight{{Factor: factor, Weight: "1"}}, Normalise: "min_max", Ties: "share"}
}

func scenes(t *call.Terms, quota int) {
	t.Offers[0] = call.Offer{Measure: "002-3", Years: t.Offers[0].Years, Together: true, Budget: 1_000_000_000, Quota: quota, WhenShort: "cut_off"}
}

func supply(t *call.Terms) {
	t.Offers[0] = call.Offer{Measure: "002-5", Years: t.Offers[0].Years, Together: true, Budget: 500_000_000, Quota: 20, Share: call.ByScore,
		Rank: &call.Rank{By: []call.Weight{{Factor: "usage", Weight: "0.6"}, {Factor: "quality", Weight: "0.4"}}, Normalise: "min_max", Ties: "share"}}
}

// paths joins where the faults of an error are.
func paths(err error) string {
	if err == nil {
		return ""
	}
	var all []string
	for _, f := range fault.From(err).Fields {
		all = append(all, f.Path)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func read(t *testing.T, files fs.FS, name string) *fstest.MapFile {
	t.Helper()
	data, err := fs.ReadFile(files, name)
	if err != nil {
		t.Fatal(err)
	}
	return &fstest.MapFile{Data: data}
}

func list(t *testing.T, files fs.FS, folder string) []string {
	t.Helper()
	names, err := fs.Glob(files, folder+"/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("%s: %v", folder, err)
	}
	return names
}
