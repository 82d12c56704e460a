package httpapi

import (
	"io"
	"net/url"

	"github.com/danielgtaylor/huma/v2"
)

// FileResponse describes an answer that is a file of some media type, of any
// when none is named.
func FileResponse(mediaTypes ...string) map[string]*huma.Response {
	if len(mediaTypes) == 0 {
		mediaTypes = []string{"*/*"}
	}
	content := map[string]*huma.MediaType{}
	for _, t := range mediaTypes {
		content[t] = &huma.MediaType{}
	}
	return map[string]*huma.Response{"200": {Description: "The file", Content: content}}
}

// File answers with a file's bytes and closes them. It is saved under its name,
// never shown in the page.
func File(name, mediaType string, r io.ReadCloser) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer r.Close()
		hc.SetHeader("Content-Type", mediaType)
		hc.SetHeader("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
		_, _ = io.Copy(hc.BodyWriter(), r) // a reader that left is no fault of ours
	}}
}
