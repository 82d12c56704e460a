package app

import (
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/web"
)

// mountPages serves the embedded console: files as they are, every other path
// as its index page, since the console routes by itself.
func mountPages(api *httpapi.API) {
	files := web.Dist()
	index, err := fs.ReadFile(files, "index.html")
	if err != nil { // a program built without its console still serves the API
		index = []byte(`<!doctype html><meta charset="utf-8"><title>Qianmo</title><p>本程序构建时没有包含页面：请运行 make build。This program was built without its pages: run make build.`)
	}
	server := http.FileServerFS(files)
	api.Handle("/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if info, err := fs.Stat(files, name); err == nil && !info.IsDir() {
			if strings.HasPrefix(name, "assets/") { // their names carry a hash of their content
				w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			}
			server.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(index)
	}))
}
