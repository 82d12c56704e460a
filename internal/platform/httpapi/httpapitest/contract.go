package httpapitest

import (
	"encoding/json"
	"net/http/httptest"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// differences compares an answer with the contract: status, content type and body.
func (w Walk) differences(op *huma.Operation, answer *httptest.ResponseRecorder) []string {
	response := op.Responses[strconv.Itoa(answer.Code)]
	if response == nil {
		if answer.Code < 300 {
			return []string{"status " + strconv.Itoa(answer.Code) + " is not in it"}
		}
		response = op.Responses["default"]
	}
	contentType, _, _ := strings.Cut(answer.Header().Get("Content-Type"), ";")
	media := response.Content[contentType]
	switch {
	case media == nil && len(response.Content) == 0:
		return nil
	case media == nil:
		return []string{"content type " + contentType + " is not in it"}
	case media.Schema == nil || !strings.HasSuffix(contentType, "json"):
		return nil
	}
	var body any
	if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil {
		return []string{err.Error()}
	}
	var result huma.ValidateResult
	huma.Validate(w.API.OpenAPI().Components.Schemas, media.Schema, huma.NewPathBuffer([]byte("body"), 0), huma.ModeReadFromServer, body, &result)
	var out []string
	for _, err := range result.Errors {
		out = append(out, err.Error())
	}
	return out
}
