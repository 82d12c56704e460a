package httpapitest

import (
	"context"
	"net/http/httptest"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

type thing struct {
	Names []string `json:"names"`
	Size  int      `json:"size"`
}

func TestDifferences(t *testing.T) {
	api := httpapi.New(httpapi.Config{})
	httpapi.Register(api, huma.Operation{OperationID: "getThing", Method: "GET", Path: "/thing"},
		func(context.Context, *struct{}) (*struct{ Body thing }, error) { return nil, nil })
	if _, err := api.YAML(); err != nil {
		t.Fatal(err)
	}
	problem := `{"type":"x","title":"x","status":404,"detail":"x","code":"not_found","request_id":"x"}`
	for _, c := range []struct {
		status            int
		contentType, body string
		fine              bool
	}{
		{200, "application/json", `{"names":[],"size":1}`, true},
		{200, "application/json", `{"names":null,"size":1}`, false},
		{200, "application/json", `{"names":[],"size":"1"}`, false},
		{200, "application/json", `{"names":[]}`, false},
		{200, "application/json", `{`, false},
		{200, "text/plain", `x`, false},
		{201, "application/json", `{"names":[],"size":1}`, false},
		{404, "application/problem+json", problem, true},
		{404, "text/plain; charset=utf-8", "404 page not found", false},
	} {
		answer := httptest.NewRecorder()
		answer.Header().Set("Content-Type", c.contentType)
		answer.WriteHeader(c.status)
		_, _ = answer.WriteString(c.body)
		if got := (Walk{API: api}).differences(api.Operations()["getThing"], answer); (len(got) == 0) != c.fine {
			t.Errorf("%d %s: %v", c.status, c.body, got)
		}
	}
}
