package review

import (
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// Register adds this room's operations to the API. Who may call them stands in
// the product's access table.
func (s *Service) Register(api huma.API) {
	s.registerPool(api)
	s.registerPanels(api)
	s.registerReviews(api)
	s.registerCases(api)
}

// body is an output that is only a body.
type body[T any] struct{ Body T }

func op(id, method, path, summary, tag string) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tag}}
}

// answer wraps what a use case gave.
func answer[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{v}, nil
}

// stream answers with a file's bytes.
func stream(f File, r io.ReadCloser, err error) (*huma.StreamResponse, error) {
	if err != nil {
		return nil, err
	}
	return httpapi.File(f.Name, f.Type, r), nil
}

// streamed says what a download answers with.
func streamed(o huma.Operation) huma.Operation {
	o.Responses = httpapi.FileResponse()
	return o
}

// uploadInput is a form with one file for a case.
type uploadInput struct {
	ID      string `path:"id" maxLength:"64"`
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true"`
	}]
}

// maxUpload bounds an upload with its multipart frame; the blob store bounds
// the file.
const maxUpload = 52 << 20

// chosen refuses a form without its file.
func chosen(file huma.FormFile) error {
	var c fault.Collector
	if !file.IsSet {
		c.Add("file", "请选择文件。", "Choose a file.")
	}
	return c.Err()
}

const (
	tagPool    = "experts"
	tagPanels  = "panels"
	tagReviews = "reviews"
)

// post is an operation that makes something and answers 201.
func post(id, path, summary, tag string) huma.Operation {
	o := op(id, http.MethodPost, path, summary, tag)
	o.DefaultStatus = http.StatusCreated
	return o
}
