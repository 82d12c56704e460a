package portal

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"go.yaml.in/yaml/v3"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// booth answers for the open API.
type booth struct {
	answers map[string]any // by operation: a value, or a func of the parameters
	asked   []string
}

// Ask implements Open.
func (b *booth) Ask(_ context.Context, operation string, params url.Values, _, out any) error {
	b.asked = append(b.asked, operation)
	v, known := b.answers[operation]
	if f, ok := v.(func(url.Values) any); ok {
		v = f(params)
	}
	if err, failed := v.(error); failed {
		return err
	}
	if !known {
		v = map[string]any{}
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, out)
}

func open(answers map[string]any) (*booth, *Site, *time.Time) {
	now := time.Unix(1_760_000_000, 0)
	if answers["getSession"] == nil {
		answers["getSession"] = map[string]any{"region": map[string]any{"name": i18n.Text{ZH: "某地", EN: "Somewhere"}}, "business_date": "2025-10-22"}
	}
	b := &booth{answers: answers}
	return b, New(b, "https://ai.example.gov.cn", func() time.Time { return now }), &now
}

func get(s *Site, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// awards makes some, each of odd amounts.
func awards(from, to int) []map[string]any {
	out := []map[string]any{}
	for n := from; n < to; n++ {
		out = append(out, map[string]any{"number": fmt.Sprintf("QM-2025-%04d", n), "code": "91520100MA6E00001X", "name": "甲\"公司\", 有限", "measure": "002-2",
			"measure_name": i18n.Text{ZH: "研发训练补助", EN: "Training"}, "clause": map[string]any{"label": i18n.Text{ZH: "贵阳措施 二", EN: "Guiyang M. 2"}},
			"object": "=1+1", "year": 2025, "decided_on": "2025-10-15", "state": "paid",
			"amount_fen": fmt.Sprint(int64(9_007_199_254_740_993) + int64(n)), "paid_fen": "1", "recovered_fen": "0"})
	}
	return out
}

// grantSchema is the part of the 360Giving Data Standard 1.1 that we publish
// in: which fields a grant must have, and of what type each is
// (schema/360-giving-schema.json, schema/360-giving-package-schema.json).
func grantSchema() *huma.Schema {
	text := &huma.Schema{Type: huma.TypeString}
	number := &huma.Schema{Type: huma.TypeNumber}
	organisations := &huma.Schema{Type: huma.TypeArray, MinItems: new(1), Items: &huma.Schema{Type: huma.TypeObject, Required: []string{"id", "name"},
		Properties: map[string]*huma.Schema{"id": text, "name": text}, AdditionalProperties: false}}
	grant := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: false,
		Required: []string{"id", "title", "description", "currency", "amountAwarded", "awardDate", "recipientOrganization", "fundingOrganization"},
		Properties: map[string]*huma.Schema{
			"id": text, "title": {Type: huma.TypeString, MaxLength: new(140)}, "description": text, "currency": {Type: huma.TypeString, Enum: []any{"CNY"}},
			"amountAwarded": number, "amountDisbursed": number, "awardDate": {Type: huma.TypeString, Pattern: `^[0-9]{4}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])$`},
			"url": {Type: huma.TypeString, Format: "uri"}, "recipientOrganization": organisations, "fundingOrganization": organisations,
			"grantProgramme": {Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{"code": text, "title": text, "url": text}, AdditionalProperties: false}},
			"fromOpenCall":   {Type: huma.TypeString, Enum: []any{"Yes", "No"}},
			// extensions of ours
			"amountCommitted": number, "amountPaid": number, "amountRecovered": number, "state": text, "budgetYear": {Type: huma.TypeInteger}, "publicNotice": text,
		}}
	file := &huma.Schema{Type: huma.TypeObject, Required: []string{"grants"}, AdditionalProperties: false, Properties: map[string]*huma.Schema{
		"version": {Type: huma.TypeString, Pattern: `^(\d+\.)(\d+)$`}, "issued": text, "publisher": {Type: huma.TypeObject, Required: []string{"name"}, Properties: map[string]*huma.Schema{"name": text}},
		"grants": {Type: huma.TypeArray, Items: grant},
	}}
	for _, s := range []*huma.Schema{text, number, organisations.Items, organisations, grant, file} {
		s.PrecomputeMessages()
	}
	return file
}

func faultsOf(t *testing.T, body []byte) []error {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v: %.300s", err, body)
	}
	var found huma.ValidateResult
	huma.Validate(huma.NewMapRegistry("#/", huma.DefaultSchemaNamer), grantSchema(), huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, v, &found)
	return found.Errors
}

// TestTheDownloadHasTheShapeOfTheStandard streams a few pages and holds them
// against the schema; the schema itself must refuse what is not right.
func TestTheDownloadHasTheShapeOfTheStandard(t *testing.T) {
	pages := 0
	answers := map[string]any{"listAwards": func(params url.Values) any {
		pages++
		if params.Get("cursor") == "" {
			return map[string]any{"items": awards(0, 200), "next": "more"}
		}
		return map[string]any{"items": awards(200, 203), "next": ""}
	}}
	_, s, _ := open(answers)
	w := get(s, "/open/data/awards.json")
	if faults := faultsOf(t, w.Body.Bytes()); len(faults) > 0 || pages != 2 {
		t.Fatalf("%d pages, %v", pages, faults)
	}
	for _, change := range [][2]string{{`"title":`, `"name":`}, {`"CNY"`, `"yuan"`}, {`"amountAwarded":90`, `"amountAwarded":"90`}, {`"2025-10-15"`, `"15 Oct 2025"`}} {
		wrong := bytes.Replace(w.Body.Bytes(), []byte(change[0]), []byte(change[1]), 1)
		if change[0] == `"amountAwarded":90` {
			wrong = bytes.Replace(wrong, []byte(`09.93,`), []byte(`09.93",`), 1)
		}
		if !json.Valid(wrong) || len(faultsOf(t, wrong)) == 0 {
			t.Errorf("the schema takes %s", change[1])
		}
	}
	// Beyond the exact integers of a float: the digits are those of the fen.
	if !bytes.Contains(w.Body.Bytes(), []byte(`"amountAwarded":90071992547409.93,`)) || !bytes.Contains(w.Body.Bytes(), []byte(`"amountPaid":0.01,`)) {
		t.Errorf("amounts: %.900s", w.Body)
	}
	if !bytes.Contains(w.Body.Bytes(), []byte(`"url":"https://ai.example.gov.cn/open/results/QM-2025-0000"`)) {
		t.Errorf("no address: %.900s", w.Body)
	}

	w = get(s, "/open/en/data/awards.csv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 204 || rows[0][4] != "Amount Awarded" || rows[1][4] != "90071992547409.93" || rows[1][9] != "甲\"公司\", 有限" || rows[1][1] != "Training: =1+1" {
		t.Fatalf("%v %d %v", err, len(rows), rows[:2])
	}
	if harmless("=1+1") != "'=1+1" || harmless("1+1") != "1+1" || harmless("") != "" {
		t.Error("a text is taken for a formula")
	}

	none := map[string]any{"listAwards": map[string]any{"items": []any{}, "next": ""}}
	_, s, _ = open(none)
	if faults := faultsOf(t, get(s, "/open/data/awards.json").Body.Bytes()); len(faults) > 0 {
		t.Error(faults)
	}
}

// TestHalfADownloadIsCutOff: what broke off must not look whole.
func TestHalfADownloadIsCutOff(t *testing.T) {
	_, s, _ := open(map[string]any{"listAwards": func(params url.Values) any {
		if params.Get("cursor") == "" {
			return map[string]any{"items": awards(0, 200), "next": "more"}
		}
		return fault.Newf(fault.Unavailable, "数据库不在。", "The database is away.")
	}})
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("half a file ended as a whole one")
		}
	}()
	get(s, "/open/data/awards.json")
}

func TestPagesAreKeptForAMomentAndAskedAgainByTheirTag(t *testing.T) {
	b, s, now := open(map[string]any{})
	first := get(s, "/open/questions")
	asked := len(b.asked)
	tag := first.Header().Get("ETag")
	if again := get(s, "/open/questions", "If-None-Match", tag); again.Code != http.StatusNotModified || again.Body.Len() != 0 || len(b.asked) != asked {
		t.Errorf("status %d, %d bytes, asked %d times", again.Code, again.Body.Len(), len(b.asked))
	}
	*now = now.Add(shelfTime + 1)
	if get(s, "/open/questions").Code != 200 || len(b.asked) == asked {
		t.Error("an old page was served")
	}
	if english := get(s, "/open/en/questions"); english.Header().Get("ETag") == tag || english.Header().Get("Content-Language") != "en" || !strings.Contains(english.Body.String(), `<html lang="en">`) {
		t.Error("a page in another language has the same tag")
	}
	for i := range 3 * shelfPages {
		get(s, fmt.Sprintf("/open/questions?q=%d", i))
	}
	if n := len(s.kept.pages); n > shelfPages {
		t.Errorf("%d pages are kept", n)
	}
}

// TestASearchLooksThroughAllPages: the words go to the operation, and on to
// the next page.
func TestASearchLooksThroughAllPages(t *testing.T) {
	var params url.Values
	answer := func(p url.Values) any {
		params = p
		return map[string]any{"items": []any{}, "next": "more"}
	}
	_, s, _ := open(map[string]any{"listCalls": answer, "listNotices": answer})
	for path, more := range map[string]url.Values{"calls": {"measure": {"002-6"}}, "notices": {}} {
		more.Set("q", "第三批 & co")
		page := html.UnescapeString(get(s, "/open/en/"+path+"?"+more.Encode()).Body.String())
		for name := range more {
			if params.Get(name) != more.Get(name) {
				t.Errorf("%s asks for %v", path, params)
			}
		}
		more.Set("cursor", "more")
		if next := "/open/en/" + path + "?" + more.Encode(); !strings.Contains(page, `href="`+next+`"`) {
			t.Errorf("%s does not lead to %s", path, next)
		}
	}
}

func TestFaultsHavePagesOfTheirOwn(t *testing.T) {
	_, s, _ := open(map[string]any{
		"getCall":    fault.Newf(fault.NotFound, "没有这个批次。", "No such call."),
		"getAward":   fmt.Errorf("sesame"),
		"getTargets": fault.Newf(fault.Unavailable, "数据库不在。", "The database is away."),
	})
	for path, want := range map[string]struct {
		status int
		say    string
	}{
		"/open/calls/x": {404, "没有这个批次"}, "/open/en/calls/x": {404, "No such call"}, "/open/results/x": {500, "系统内部错误"}, "/open/en/targets": {503, "away"},
		"/open/nothing": {404, "这里没有页面"}, "/open/en": {301, ""}, "/open/data?lang=en": {302, ""},
	} {
		w := get(s, path)
		if w.Code != want.status || !strings.Contains(w.Body.String(), want.say) || strings.Contains(w.Body.String(), "sesame") || w.Header().Get("ETag") != "" {
			t.Errorf("%s: %d %.300s", path, w.Code, w.Body)
		}
	}
	if to := get(s, "/open//evil.example/x?lang=en").Header().Get("Location"); strings.HasPrefix(to, "//") || !strings.HasPrefix(to, "/open/") {
		t.Errorf("the switch of language leads to %q", to)
	}
}

func TestAnObjectionIsTakenOrSentBackWithWhatWasTyped(t *testing.T) {
	var refusal error
	answers := map[string]any{
		"getNotice":      map[string]any{"id": "n1", "number": "GS-2025-001", "title": i18n.Text{ZH: "拟支持名单", EN: "Proposed awards"}, "workdays_left": 3, "ends_on": "2025-10-28"},
		"listNoticeRows": map[string]any{"items": []map[string]any{{"row": 1, "name": "甲公司", "measure": "002-2", "amount_fen": "100"}}},
		"listNoticeAnswers": func(p url.Values) any {
			if n := p.Get("number"); p.Get("cursor") != "" || n != "" && n != "YY-2025-0009" {
				return map[string]any{"items": []any{}}
			}
			return map[string]any{"next": "second", "items": []map[string]any{{"number": "YY-2025-0009", "row": 1, "verdict": "dismissed", "answer": "<i>属实</i>", "answered_on": "2025-10-21"}}}
		},
		"objectToNotice": func(url.Values) any {
			if refusal != nil {
				return refusal
			}
			return map[string]any{"number": "YY-2025-0001"}
		},
	}
	_, s, _ := open(answers)
	post := func(form url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/open/notices/n1", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	form := url.Values{"row": {"1"}, "name": {"<b>张三</b>"}, "contact": {"13900000000"}, "body": {"与另一项目是同一张发票。"}}
	if w := post(form); w.Code != 200 || !strings.Contains(w.Body.String(), "YY-2025-0001") || strings.Contains(w.Body.String(), "张三") || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	var bad fault.Collector
	bad.Add("body.contact", "要写，最多 120 字。", "Needed.")
	refusal = bad.Err()
	w := post(form)
	if body := w.Body.String(); w.Code != 422 || !strings.Contains(body, "要写，最多 120 字") || !strings.Contains(body, "&lt;b&gt;张三&lt;/b&gt;") || !strings.Contains(body, "同一张发票") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	refusal = fault.Newf(fault.Conflict, "公示已结束。", "The notice is over.")
	if w := post(form); w.Code != 409 || !strings.Contains(w.Body.String(), "公示已结束") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := post(url.Values{"body": {strings.Repeat("长", 30_000)}}); w.Code != 422 {
		t.Errorf("an endless form gave %d", w.Code)
	}
	page := get(s, "/open/notices/n1").Body.String()
	if strings.Contains(page, "张三") {
		t.Error("another visitor sees who objected")
	}
	for _, part := range []string{"YY-2025-0009", "异议不成立", "&lt;i&gt;属实&lt;/i&gt;", `href="/open/notices/n1?answers=second#answers"`} {
		if !strings.Contains(page, part) {
			t.Errorf("the notice does not show %s:\n%s", part, page)
		}
	}
	if w := post(form); w.Code != 409 || strings.Contains(w.Body.String(), "objection=YY") {
		t.Errorf("%d: a refused objection has no address", w.Code)
	}
	refusal = nil
	if body := post(form).Body.String(); !strings.Contains(body, `href="/open/notices/n1?objection=YY-2025-0001#answers"`) {
		t.Errorf("whoever objected is not told where the answer will be:\n%s", body)
	}
	for number, want := range map[string]string{"YY-2025-0009": "&lt;i&gt;属实&lt;/i&gt;", "YY-2025-0001": "这个编号还没有答复", "%22%3E%3Cb%3E": "这个编号还没有答复"} {
		if found := get(s, "/open/notices/n1?objection="+number).Body.String(); !strings.Contains(found, want) || strings.Contains(found, "<b>\"") {
			t.Errorf("%s: %s", number, found)
		}
	}
	if next := get(s, "/open/en/notices/n1?answers=second").Body.String(); strings.Contains(next, "YY-2025-0009") {
		t.Error("the second page of answers is the first")
	}
}

// TestTheHomeIsOneAnswer: on 400 kbit/s and 400 ms a page has a second when it
// comes whole in the first flight of packets, about 14 kB; the browser story
// measures it packed.
func TestTheHomeIsOneAnswer(t *testing.T) {
	_, s, _ := open(map[string]any{})
	body := get(s, "/open/").Body.String()
	for _, more := range []string{"<script", "<link rel=\"style", "<img", "url(", "@import", "@font-face"} {
		if strings.Contains(strings.ReplaceAll(body, "url(#hem)", ""), more) {
			t.Errorf("the home page needs more than itself: %s", more)
		}
	}
}

func TestFiguresAreExact(t *testing.T) {
	zh, en := (&visit{lang: i18n.Chinese}), (&visit{lang: i18n.English})
	for fen, want := range map[money.Fen]string{0: "¥0.00", 999_999: "¥9,999.99", 1_000_000: "1.00 万元", 627_316_000: "627.32 万元", 9_999_999_999: "10,000.00 万元", 10_300_000_000: "1.03 亿元"} {
		if got := zh.about(fen); got != want {
			t.Errorf("%d is %s, want %s", fen, got, want)
		}
	}
	if got := en.about(10_300_000_000); got != "¥103,000,000.00" {
		t.Error(got)
	}
	for _, c := range [][3]string{{"138.6", "150", "924"}, {"200", "100", "1000"}, {"", "100", ""}, {"5", "", ""}, {"5", "0", ""}, {"-1", "5", ""}, {"1e400", "1", "1000"}} {
		if got := bar(c[0], c[1]); got != c[2] {
			t.Errorf("%s of %s is %q", c[0], c[1], got)
		}
	}
	if plainYuan("¥8,600,000.50 元") != "8600000.50" || plainYuan("￥１") == "1" {
		t.Error("an amount as people write it")
	}
}

// TestTheAPIHasWhatThePortalReads holds each field of answers.go against the
// API's description, so that neither drifts from the other in silence.
func TestTheAPIHasWhatThePortalReads(t *testing.T) {
	text, err := os.ReadFile("../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Paths map[string]map[string]struct {
			OperationID string `yaml:"operationId"`
			Responses   map[string]struct {
				Content map[string]struct{ Schema node }
			}
		}
		Components struct{ Schemas map[string]node }
	}
	if err := yaml.Unmarshal(text, &spec); err != nil {
		t.Fatal(err)
	}
	reads := map[string]any{
		"getSession": session{}, "listDocuments": listOf[documentRow]{}, "getDocument": documentFull{}, "searchPolicy": listOf[found]{}, "listMeasures": listOf[measureHead]{},
		"getMeasure": measureFull{}, "listQuestions": listOf[openQuestion]{}, "getEstimateForm": estimateForm{}, "estimate": estimated{}, "listCalls": listOf[callView]{},
		"getCall": callView{}, "listNotices": listOf[noticeView]{}, "getNotice": noticeView{}, "listNoticeRows": listOf[noticeRow]{}, "listNoticeAnswers": listOf[answerView]{}, "objectToNotice": receipt{},
		"listAwards": listOf[awardView]{}, "getAward": awardView{}, "getAwardProof": proofView{}, "getAwardTotals": listOf[total]{}, "getTargets": board{}, "getLog": logView{},
	}
	seen := 0
	for _, methods := range spec.Paths {
		for _, op := range methods {
			out, wanted := reads[op.OperationID]
			if !wanted {
				continue
			}
			seen++
			for status, answer := range op.Responses {
				if strings.HasPrefix(status, "2") {
					holdsFields(t, op.OperationID, reflect.TypeOf(out), answer.Content["application/json"].Schema, spec.Components.Schemas)
				}
			}
		}
	}
	if seen != len(Operations()) || len(reads) != len(Operations()) {
		t.Errorf("%d of %d operations found", seen, len(Operations()))
	}
}

type node struct {
	Ref        string `yaml:"$ref"`
	Properties map[string]node
	Items      *node
	OneOf      []node `yaml:"oneOf"`
	AnyOf      []node `yaml:"anyOf"`
}

func holdsFields(t *testing.T, at string, typ reflect.Type, n node, all map[string]node) {
	t.Helper()
	for n.Ref != "" || len(n.OneOf)+len(n.AnyOf) > 0 {
		if n.Ref != "" {
			n = all[n.Ref[strings.LastIndexByte(n.Ref, '/')+1:]]
		} else {
			n = append(n.OneOf, n.AnyOf...)[0]
		}
	}
	switch typ.Kind() {
	case reflect.Pointer:
		holdsFields(t, at, typ.Elem(), n, all)
	case reflect.Slice:
		if n.Items != nil {
			holdsFields(t, at+"[]", typ.Elem(), *n.Items, all)
		}
	case reflect.Struct:
		for i := range typ.NumField() {
			f := typ.Field(i)
			name := f.Tag.Get("json")
			if f.Anonymous {
				holdsFields(t, at, f.Type, n, all)
				continue
			}
			inner, there := n.Properties[name]
			if !there && !(name == "next" && n.Properties["items"].Items != nil) {
				t.Errorf("%s has no %q", at, name)
				continue
			}
			holdsFields(t, at+"."+name, f.Type, inner, all)
		}
	}
}
