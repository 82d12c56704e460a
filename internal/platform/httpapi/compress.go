package httpapi

import (
	"compress/gzip"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// leastToCompress is below what one packet carries anyway.
const leastToCompress = 1200

// texts are the media types that shrink; pictures and archives are packed already.
var texts = []string{"text/html", "text/css", "text/javascript", "text/csv", "text/plain", "application/javascript", "application/json", "image/svg+xml"}

var packers = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(io.Discard, 6) // a level that exists
	return w
}}

// compress packs pages and the console's files for those who take gzip. The
// API's answers stay as they are: one may hold a secret beside what its caller
// typed, and the length of the two packed together tells about both (BREACH).
func (a *API) compress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/") {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Add("Vary", "Accept-Encoding")
		if r.Method == http.MethodHead || r.Header.Get("Range") != "" || !takesGzip(r.Header.Get("Accept-Encoding")) {
			next.ServeHTTP(w, r)
			return
		}
		packed := &packedWriter{ResponseWriter: w}
		next.ServeHTTP(packed, r)
		packed.close()
	})
}

// takesGzip reads an Accept-Encoding value (RFC 9110 section 12.5.3).
func takesGzip(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
			return err != nil || q > 0
		}
	}
	return false
}

// packedWriter decides at the first byte whether an answer is packed.
type packedWriter struct {
	http.ResponseWriter
	decided bool
	gzip    *gzip.Writer
}

func (w *packedWriter) WriteHeader(status int) {
	if !w.decided && status >= http.StatusOK {
		w.decided = true
		if h := w.Header(); status != http.StatusNoContent && status != http.StatusNotModified && status != http.StatusPartialContent && packs(h) {
			h.Set("Content-Encoding", "gzip")
			h.Del("Content-Length")
			h.Del("Accept-Ranges")
			if tag := h.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") {
				h.Set("ETag", "W/"+tag) // the same content in other bytes
			}
			w.gzip, _ = packers.Get().(*gzip.Writer)
			w.gzip.Reset(w.ResponseWriter)
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

func packs(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	length, errLength := strconv.Atoi(h.Get("Content-Length"))
	return err == nil && slices.Contains(texts, kind) && h.Get("Content-Encoding") == "" && (errLength != nil || length >= leastToCompress)
}

func (w *packedWriter) Write(b []byte) (int, error) {
	if !w.decided {
		w.WriteHeader(http.StatusOK)
	}
	if w.gzip != nil {
		return w.gzip.Write(b)
	}
	return w.ResponseWriter.Write(b)
}

// Flush serves http.ResponseController: what was written so far goes out.
func (w *packedWriter) Flush() {
	if w.gzip != nil {
		_ = w.gzip.Flush()
	}
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap serves http.ResponseController.
func (w *packedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *packedWriter) close() {
	if w.gzip == nil {
		return
	}
	_ = w.gzip.Close() // a reader that left is no fault of ours
	w.gzip.Reset(io.Discard)
	packers.Put(w.gzip)
	w.gzip = nil
}
