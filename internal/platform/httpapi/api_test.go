package httpapi_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// byHeader signs in whoever X-Test-Role names, in the organisation of X-Test-Org.
type byHeader struct{}

func (byHeader) Authenticate(r *http.Request) (httpapi.Principal, error) {
	if r.Header.Get("Authorization") == "Bearer wrong" {
		return httpapi.Principal{}, fault.Newf(fault.Unauthorized, "密钥无效。", "The key is not valid.")
	}
	role := r.Header.Get("X-Test-Role")
	if role == "" {
		return httpapi.Principal{}, nil
	}
	return httpapi.Principal{PersonID: "person_" + role, Membership: "m", Role: httpapi.Role(role), Org: ident.CreditCode(r.Header.Get("X-Test-Org"))}, nil
}

type pet struct {
	Name   string         `json:"name" minLength:"2" maxLength:"10"`
	Price  money.Fen      `json:"price"`
	Born   clock.Date     `json:"born"`
	Tags   []string       `json:"tags,omitempty"`
	Kind   string         `json:"kind" enum:"cat,dog"`
	Called i18n.Text      `json:"called"`
	Kin    []pet          `json:"kin,omitempty"`
	Deep   *[]pet         `json:"deep,omitempty"`
	Since  time.Time      `json:"since"`
	Lists  [][]string     `json:"lists"`
	Extra  map[string]any `json:"extra"`
	Owner  *i18n.Text     `json:"owner"`
	Paid   *money.Fen     `json:"paid"`
	Left   *clock.Date    `json:"left,omitempty"`
}

type server struct {
	*httptest.Server
	t     *testing.T
	api   *httpapi.API
	calls int
	log   *bytes.Buffer
}

const (
	orgA = "91520100MA6DNB1T30"
	orgB = "91520100MA6E8XQ21U"
)

var table = httpapi.Table{
	"listPets":   {Public: true},
	"createPet":  {Roles: []httpapi.Role{"keeper"}},
	"getOrgPets": {Roles: []httpapi.Role{"keeper", "office"}, Own: true},
	"panic":      {Public: true},
	"leak":       {SignedIn: true},
	"upload":     {SignedIn: true},
	"secret":     {SignedIn: true, Secret: true},
}

func config(d *db.DB, log io.Writer) httpapi.Config {
	return httpapi.Config{
		DB: d, Clock: clock.System{}, IDs: &ident.Sequence{}, Log: slog.New(slog.NewTextHandler(log, nil)),
		Auth: byHeader{}, Access: table, RegionWide: []httpapi.Role{"office"},
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
	}
}

func serve(t *testing.T, d *db.DB, change ...func(*httpapi.Config)) *server {
	t.Helper()
	s := &server{t: t, log: &bytes.Buffer{}}
	c := config(d, s.log)
	for _, f := range change {
		f(&c)
	}
	s.api = httpapi.New(c)
	s.register()
	h, err := s.api.Handler()
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func (s *server) register() {
	httpapi.Register(s.api, huma.Operation{OperationID: "listPets", Method: "GET", Path: "/pets", Summary: "List", Tags: []string{"pets"}},
		func(_ context.Context, in *struct {
			httpapi.PageInput
			Born clock.Date `query:"born"`
		}) (*struct{ Body httpapi.Page[pet] }, error) {
			if _, err := httpapi.After(in.Cursor, 1); err != nil {
				return nil, err
			}
			if in.Limit == 8 {
				return &struct{ Body httpapi.Page[pet] }{httpapi.Page[pet]{Items: []pet{{Since: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}}}}, nil // JSON cannot say this
			}
			if in.Limit == 7 {
				return &struct{ Body httpapi.Page[pet] }{}, nil // a nil list
			}
			rows := []pet{{Name: "a"}, {Name: "b"}, {Name: "c"}}
			return &struct{ Body httpapi.Page[pet] }{httpapi.NewPage(rows[:min(len(rows), in.Limit+1)], in.Limit, func(p pet) []string { return []string{p.Name} })}, nil
		})
	httpapi.Register(s.api, huma.Operation{OperationID: "createPet", Method: "POST", Path: "/pets", Summary: "Create", DefaultStatus: 201},
		func(_ context.Context, in *struct{ Body pet }) (*struct{ Body pet }, error) {
			s.calls++
			if in.Body.Name == "taken" {
				return nil, fault.New(fault.Conflict, i18n.T("这个名字已有。", "The name is taken."), fault.Field{Path: "name", Message: i18n.T("已有", "taken")})
			}
			return &struct{ Body pet }{in.Body}, nil
		})
	httpapi.Register(s.api, huma.Operation{OperationID: "getOrgPets", Method: "GET", Path: "/organisations/{org}/pets", Summary: "Of an organisation"},
		func(context.Context, *struct {
			Org ident.CreditCode `path:"org"`
		}) (*struct{}, error) {
			return nil, nil
		})
	httpapi.Register(s.api, huma.Operation{OperationID: "panic", Method: "GET", Path: "/panic", Summary: "Panic"},
		func(context.Context, *struct{}) (*struct{}, error) { panic("sesame") })
	httpapi.Register(s.api, huma.Operation{OperationID: "leak", Method: "GET", Path: "/leak", Summary: "Leak"},
		func(context.Context, *struct{}) (*struct{}, error) { return nil, errors.New("password is sesame") })
	httpapi.Register(s.api, huma.Operation{OperationID: "upload", Method: "POST", Path: "/upload", Summary: "Upload", MaxBodyBytes: 3 << 20},
		func(_ context.Context, in *struct {
			RawBody huma.MultipartFormFiles[struct {
				File huma.FormFile `form:"file" required:"true"`
			}]
		}) (*struct{ Body int64 }, error) {
			s.calls++
			return &struct{ Body int64 }{in.RawBody.Data().File.Size}, nil
		})
	httpapi.Register(s.api, huma.Operation{OperationID: "secret", Method: "POST", Path: "/secret", Summary: "Secret"},
		func(context.Context, *struct{}) (*struct{ Body string }, error) {
			s.calls++
			return &struct{ Body string }{"sesame"}, nil
		})
}

type reply struct {
	*http.Response
	text string
}

func (r reply) problem(t *testing.T) httpapi.Problem {
	t.Helper()
	var p httpapi.Problem
	if ct := r.Header.Get("Content-Type"); ct != "application/problem+json" {
		t.Fatalf("status %d, content type %q: %s", r.StatusCode, ct, r.text)
	}
	if err := json.Unmarshal([]byte(r.text), &p); err != nil {
		t.Fatal(err)
	}
	if p.Status != r.StatusCode || p.RequestID == "" || p.RequestID != r.Header.Get("X-Request-Id") || p.Title == "" {
		t.Errorf("status %d, header id %q, problem %+v", r.StatusCode, r.Header.Get("X-Request-Id"), p)
	}
	return p
}

func (s *server) call(method, path, body string, headers ...string) reply {
	s.t.Helper()
	req, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := s.Client().Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return reply{res, string(b)}
}

const cat = `{"name":"mimi","price":"12","born":"2025-01-02","kind":"cat","called":{"zh":"咪","en":"Mimi"},"since":"2025-01-02T00:00:00Z","lists":[],"extra":{},"owner":null,"paid":null}`

func TestFaultsBecomeProblemsInTheReadersLanguage(t *testing.T) {
	s := serve(t, dbtest.SQLite(t))
	keeper := []string{"X-Test-Role", "keeper"}
	for _, c := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		code                     fault.Code
		detail                   string
		field, message           string
	}{
		{"domain fault", "POST", "/api/v1/pets", strings.Replace(cat, "mimi", "taken", 1), []string{"X-Test-Role", "keeper"}, 409, fault.Conflict, "这个名字已有。", "name", "已有"},
		{"domain fault in English", "POST", "/api/v1/pets", strings.Replace(cat, "mimi", "taken", 1), []string{"X-Test-Role", "keeper", "Accept-Language", "en-GB,zh;q=0.5"}, 409, fault.Conflict, "The name is taken.", "name", "taken"},
		{"too short", "POST", "/api/v1/pets", strings.Replace(cat, "mimi", "m", 1), []string{"X-Test-Role", "keeper"}, 422, fault.Invalid, "内容不正确，请按提示修改后重试。", "name", "至少 2 个字符"},
		{"not in the set", "POST", "/api/v1/pets", strings.Replace(cat, `"cat"`, `"cow"`, 1), []string{"X-Test-Role", "keeper"}, 422, fault.Invalid, "内容不正确，请按提示修改后重试。", "kind", "只能是以下之一：cat, dog"},
		{"money as a number", "POST", "/api/v1/pets", strings.Replace(cat, `"12"`, `12`, 1), []string{"X-Test-Role", "keeper"}, 422, fault.Invalid, "内容不正确，请按提示修改后重试。", "price", "应为文字"},
		{"money beyond 64 bits", "POST", "/api/v1/pets", strings.Replace(cat, `"12"`, `"9999999999999999999"`, 1), []string{"X-Test-Role", "keeper"}, 422, fault.Invalid, "内容不正确，请按提示修改后重试。", "body", `"9999999999999999999" 不是以分为单位的整数，或超出 64 位`},
		{"missing", "POST", "/api/v1/pets", `{}`, []string{"X-Test-Role", "keeper"}, 422, fault.Invalid, "内容不正确，请按提示修改后重试。", "", ""},
		{"null list", "POST", "/api/v1/pets", strings.Replace(cat, `"lists":[]`, `"lists":null`, 1), []string{"X-Test-Role", "keeper"}, 422, fault.Invalid, "内容不正确，请按提示修改后重试。", "lists", "应为列表"},
		{"null text", "POST", "/api/v1/pets", strings.Replace(cat, `"called":{`, `"called":null,"x":{`, 1), []string{"X-Test-Role", "keeper"}, 422, fault.Invalid, "内容不正确，请按提示修改后重试。", "", ""},
		{"an owner of another shape", "POST", "/api/v1/pets", strings.Replace(cat, `"owner":null`, `"owner":7`, 1), []string{"X-Test-Role", "keeper"}, 422, fault.Invalid, "内容不正确，请按提示修改后重试。", "owner", "不符合任何一种允许的写法"},
		{"no JSON", "POST", "/api/v1/pets", "{\n \"name\": mimi}", keeper, 400, fault.Invalid, "内容不正确，请按提示修改后重试。", "body", "第 2 行第 10 列起不是有效的 JSON：请检查括号、引号和逗号"},
		{"half a JSON", "POST", "/api/v1/pets", `{"name":"mi`, keeper, 400, fault.Invalid, "内容不正确，请按提示修改后重试。", "body", "JSON 在第 1 行第 12 列中断：请发送完整内容"},
		{"more than JSON", "POST", "/api/v1/pets", cat + " x", keeper, 400, fault.Invalid, "内容不正确，请按提示修改后重试。", "body", ""},
		{"two values", "POST", "/api/v1/pets", "{} {}", keeper, 400, fault.Invalid, "内容不正确，请按提示修改后重试。", "body", "第 1 行第 5 列起，JSON 之后还有多余内容：只发送一个值"},
		{"a doubled key", "POST", "/api/v1/pets", `{"extra":{"a":1,"a":2}}`, keeper, 400, fault.Invalid, "内容不正确，请按提示修改后重试。", "body", `第 1 行第 20 列的键 "a" 写了两次：请只留一个`},
		{"nested 100,000 deep", "POST", "/api/v1/pets", strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), keeper, 400, fault.Invalid, "内容不正确，请按提示修改后重试。", "body", "第 1 行第 102 列嵌套超过 100 层"},
		{"a number beyond every type", "POST", "/api/v1/pets", `{"name":1e99999}`, keeper, 400, fault.Invalid, "内容不正确，请按提示修改后重试。", "body", "第 1 行第 16 列的数 1e99999 超出范围"},
		{"broken UTF-8", "POST", "/api/v1/pets", "{\"name\":\"\xff\"}", keeper, 400, fault.Invalid, "内容不正确，请按提示修改后重试。", "body", "第 1 行第 10 列不是 UTF-8：请用 UTF-8 编码"},
		{"UTF-16", "POST", "/api/v1/pets", "\xff\xfe{\x00", keeper, 400, fault.Invalid, "内容不正确，请按提示修改后重试。", "body", "第 1 行第 1 列不是 UTF-8：请用 UTF-8 编码"},
		{"in English", "POST", "/api/v1/pets", `{"name":"mi`, []string{"X-Test-Role", "keeper", "Accept-Language", "en"}, 400, fault.Invalid, "Some values are wrong: correct them as told and try again.", "body", "the JSON ends in the middle, at line 1, column 12: send all of it"},
		{"a form without its file", "POST", "/api/v1/upload", "--b--\r\n", []string{"X-Test-Role", "keeper", "Content-Type", "multipart/form-data; boundary=b"}, 422, fault.Invalid, "内容不正确，请按提示修改后重试。", "file", "缺少文件，请选择一个文件"},
		{"a broken form", "POST", "/api/v1/upload", "--b\r\nContent-Disp", []string{"X-Test-Role", "keeper", "Content-Type", "multipart/form-data; boundary=b"}, 422, fault.Invalid, "内容不正确，请按提示修改后重试。", "body", "无法读取上传的表单，请用 multipart/form-data 重新上传"},
		{"no form", "POST", "/api/v1/upload", "{}", keeper, 422, fault.Invalid, "内容不正确，请按提示修改后重试。", "body", "无法读取上传的表单，请用 multipart/form-data 重新上传"},
		{"NUL", "POST", "/api/v1/pets", strings.Replace(cat, "mimi", `mi\u0000`, 1), []string{"X-Test-Role", "keeper"}, 400, fault.Invalid, "内容不正确，请按提示修改后重试。", "body", "不能含有空字符（U+0000）"},
		{"no body", "POST", "/api/v1/pets", "", []string{"X-Test-Role", "keeper"}, 400, fault.Invalid, "请求缺少正文", "", ""},
		{"unknown parameter", "GET", "/api/v1/pets?statue=1", "", nil, 422, fault.Invalid, "内容不正确，请按提示修改后重试。", "query.statue", "不认识这个查询参数，请删去"},
		{"limit", "GET", "/api/v1/pets?limit=1000", "", nil, 422, fault.Invalid, "内容不正确，请按提示修改后重试。", "query.limit", "不能大于 200"},
		{"a day that is not", "GET", "/api/v1/pets?born=2025-02-30", "", nil, 422, fault.Invalid, "内容不正确，请按提示修改后重试。", "query.born", "应为日期，例如 2025-10-22"},
		{"foreign cursor", "GET", "/api/v1/pets?cursor=abc", "", nil, 422, fault.Invalid, "有 1 处内容不正确，请按提示修改后重试。", "query.cursor", "不是本列表给出的游标，请从第一页重新开始"},
		{"NUL in the query", "GET", "/api/v1/pets?cursor=%00", "", nil, 422, fault.Invalid, "地址或查询参数不是有效的 UTF-8 文字：请去掉空字符和乱码。", "", ""},
		{"nobody signed in", "POST", "/api/v1/pets", cat, nil, 401, fault.Unauthorized, "请先登录。", "", ""},
		{"wrong key", "GET", "/api/v1/pets", "", []string{"Authorization", "Bearer wrong"}, 401, fault.Unauthorized, "密钥无效。", "", ""},
		{"wrong role", "POST", "/api/v1/pets", cat, []string{"X-Test-Role", "office"}, 403, fault.Forbidden, "您当前的身份不能做这件事；如另有身份，请先切换。", "", ""},
		{"no such path", "GET", "/api/v1/dragons", "", nil, 404, fault.NotFound, "没有这个地址。", "", ""},
		{"no such method", "DELETE", "/api/v1/pets", "", nil, 405, fault.Invalid, "这个地址不支持 DELETE，只支持 GET, HEAD, POST。", "", ""},
		{"panic", "GET", "/api/v1/panic", "", []string{"Accept-Language", "en"}, 500, fault.Internal, "Internal error; nothing was written. Give the request id to your administrator.", "", ""},
		{"an answer that cannot be written", "GET", "/api/v1/pets?limit=8", "", []string{"Accept-Language", "en"}, 500, fault.Internal, "Internal error; nothing was written. Give the request id to your administrator.", "", ""},
		{"unknown error", "GET", "/api/v1/leak", "", []string{"Accept-Language", "en", "X-Test-Role", "keeper"}, 500, fault.Internal, "Internal error; nothing was written. Give the request id to your administrator.", "", ""},
		{"too large", "POST", "/api/v1/pets", `"` + strings.Repeat("x", 1<<20) + `"`, []string{"X-Test-Role", "keeper"}, 413, fault.TooLarge, "请求正文超过 1048576 字节的上限。", "", ""},
		{"other site", "POST", "/api/v1/pets", cat, []string{"X-Test-Role", "keeper", "Sec-Fetch-Site", "cross-site"}, 403, fault.Forbidden, "请求来自别的网站，已拒绝：请在本系统页面内操作。", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := s.call(c.method, c.path, c.body, c.headers...)
			p := res.problem(t)
			if res.StatusCode != c.status || p.Code != c.code || p.Detail != c.detail {
				t.Errorf("got %d %s %q", res.StatusCode, p.Code, p.Detail)
			}
			if strings.Contains(res.text, "sesame") {
				t.Errorf("the cause leaked: %s", res.text)
			}
			if c.field != "" && (len(p.Errors) != 1 || p.Errors[0].Path != c.field || (c.message != "" && p.Errors[0].Message != c.message)) {
				t.Errorf("got fields %+v", p.Errors)
			}
		})
	}
	if !strings.Contains(s.log.String(), "password is sesame") {
		t.Error("the log lacks the cause of an internal error")
	}
	if allow := s.call("DELETE", "/api/v1/pets", "").Header.Get("Allow"); allow != "GET, HEAD, POST" {
		t.Errorf("Allow: %q", allow)
	}
}

// TestBrokenBodiesAreTheSendersFault: huma answers 500 when chunks are broken
// or the sender hangs up in the middle.
func TestBrokenBodiesAreTheSendersFault(t *testing.T) {
	s := serve(t, dbtest.SQLite(t))
	for name, c := range map[string]struct{ headers, body string }{
		"a broken chunk":        {"Transfer-Encoding: chunked\r\n", "ZZ\r\nabc\r\n"},
		"fewer bytes than told": {"Content-Length: 100\r\n", `{"name":`},
	} {
		connection, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(connection, "POST /api/v1/pets HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Test-Role: keeper\r\n"+c.headers+"\r\n"+c.body); err != nil {
			t.Fatal(err)
		}
		if err := connection.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(bufio.NewReader(connection), nil)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(res.Body)
		if p := (reply{res, string(text)}).problem(t); err != nil || p.Status != 422 || p.Code != fault.Invalid || p.Detail != "请求正文不完整，请重新发送。" {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
		_ = connection.Close()
	}
	if s.calls != 0 {
		t.Errorf("%d half requests were handled", s.calls)
	}
}

func TestListsAreNeverNullAndPage(t *testing.T) {
	s := serve(t, dbtest.SQLite(t))
	if got := s.call("GET", "/api/v1/pets?limit=7", ""); got.text != `{"items":[],"next":""}`+"\n" {
		t.Errorf("got %s", got.text)
	}
	var page httpapi.Page[pet]
	first := s.call("GET", "/api/v1/pets?limit=2", "")
	if err := json.Unmarshal([]byte(first.text), &page); err != nil || len(page.Items) != 2 || page.Items[0].Lists == nil {
		t.Fatalf("%v: %s", err, first.text)
	}
	key, err := httpapi.After(page.Next, 1)
	if err != nil || key[0] != "b" {
		t.Errorf("the cursor holds %q, %v", key, err)
	}
}

func TestAccessIsByRoleAndOrganisation(t *testing.T) {
	s := serve(t, dbtest.SQLite(t))
	for _, c := range []struct {
		role, own, asked string
		status           int
	}{
		{"", "", orgA, 401},
		{"keeper", orgA, orgA, 204},
		{"keeper", orgA, orgB, 404},
		{"keeper", "", orgA, 404},
		{"office", "", orgA, 204},
		{"reviewer", orgA, orgA, 403},
	} {
		if got := s.call("GET", "/api/v1/organisations/"+c.asked+"/pets", "", "X-Test-Role", c.role, "X-Test-Org", c.own); got.StatusCode != c.status {
			t.Errorf("%+v: got %d", c, got.StatusCode)
		}
	}
}

func TestHandlerRefusesHolesInTheTable(t *testing.T) {
	d := dbtest.SQLite(t)
	for name, c := range map[string]struct {
		change func(httpapi.Table)
		want   string
	}{
		"missing row":     {func(t httpapi.Table) { delete(t, "createPet") }, "operation createPet (POST /pets) has no row"},
		"stale row":       {func(t httpapi.Table) { t["ride"] = httpapi.Access{Public: true} }, "row ride has no operation"},
		"empty row":       {func(t httpapi.Table) { t["leak"] = httpapi.Access{} }, "exactly one of"},
		"own without org": {func(t httpapi.Table) { t["leak"] = httpapi.Access{SignedIn: true, Own: true} }, "needs {org}"},
	} {
		t.Run(name, func(t *testing.T) {
			rows := httpapi.Table{}
			for k, v := range table {
				rows[k] = v
			}
			c.change(rows)
			conf := config(d, io.Discard)
			conf.Access = rows
			s := &server{t: t, api: httpapi.New(conf)}
			s.register()
			if _, err := s.api.Handler(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
	s := &server{t: t, api: httpapi.New(config(d, io.Discard))}
	s.register()
	httpapi.Register(s.api, huma.Operation{OperationID: "hidden", Method: "GET", Path: "/hidden/{id}"}, func(context.Context, *struct{ lower }) (*struct{}, error) { return nil, nil })
	if _, err := s.api.Handler(); err == nil || !strings.Contains(err.Error(), `no path parameter "id"`) {
		t.Errorf("got %v", err)
	}
	huma.Get(s.api, "/naked", func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
	if _, err := s.api.Handler(); err == nil || !strings.Contains(err.Error(), "not registered with httpapi.Register") {
		t.Errorf("got %v", err)
	}
}

type lower struct {
	ID string `path:"id"`
}

func TestContract(t *testing.T) {
	s := serve(t, dbtest.SQLite(t))
	spec := s.call("GET", "/api/v1/openapi.yaml", "").text
	for _, want := range []string{
		"openapi: 3.1.0", "url: /api/v1", "$ref: \"#/components/schemas/Problem\"", `^-?[0-9]{1,19}$`, "format: date",
		"PagePet:", "Text:", `type: "null"`, `- "null"`,
	} {
		if !strings.Contains(spec, want) {
			t.Errorf("the contract lacks %s:\n%s", want, spec)
		}
	}
	for _, unwanted := range []string{"$schema", "ErrorModel", "- array"} {
		if strings.Contains(spec, unwanted) {
			t.Errorf("the contract has %s", unwanted)
		}
	}
	again, err := s.api.YAML()
	if err != nil || string(again) != spec {
		t.Errorf("the contract is not the same twice: %v", err)
	}
}

func TestTheRestOfAPathIsAParameterInTheContract(t *testing.T) {
	c := config(dbtest.SQLite(t), io.Discard)
	c.Access = httpapi.Table{"getTile": {Public: true}}
	api := httpapi.New(c)
	httpapi.Register(api, huma.Operation{OperationID: "getTile", Method: "GET", Path: "/tile/{path...}", Summary: "Tile", Tags: []string{"tile"}},
		func(context.Context, *struct {
			Path string `path:"path"`
		}) (*struct{}, error) {
			return nil, nil
		})
	text, err := api.YAML()
	if err != nil || !strings.Contains(string(text), "\n  /tile/{path}:\n") || strings.Contains(string(text), "...}") {
		t.Fatalf("%v\n%s", err, text)
	}
}
