package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
)

// tag gives every answer that a cache may keep a strong tag, which is the
// SHA-256 of its content, and answers 304 to whoever has it already (RFC 9110
// section 13.1.2). The answer waits until it is whole, so that the tag is of
// what is sent and of nothing that changed meanwhile; a long one waits on disk.
// What says no-store, or brings a tag of its own, passes through.
func (a *API) tag(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet { // the head of an answer may lack what only its content tells (section 9.3.2)
			next.ServeHTTP(w, r)
			return
		}
		held := &heldWriter{ResponseWriter: w}
		defer held.drop()
		next.ServeHTTP(held, r)
		held.send(r)
	})
}

// heldInMemory is how much of an answer waits in memory.
const heldInMemory = 1 << 20

// heldWriter holds an answer back until it is whole.
type heldWriter struct {
	http.ResponseWriter
	decided bool
	sum     hash.Hash // nil while nothing is held back
	size    int64
	memory  bytes.Buffer
	disk    *os.File // nil while it fits into memory
}

// WriteHeader decides by the headers whether the answer is held back.
func (w *heldWriter) WriteHeader(status int) {
	if !w.decided && status >= http.StatusOK {
		w.decided = true
		if status == http.StatusOK && keeps(w.Header()) {
			w.sum = sha256.New()
		}
	}
	if w.sum == nil {
		w.ResponseWriter.WriteHeader(status)
	}
}

// keeps reports whether a cache may keep an answer that has no tag yet.
func keeps(h http.Header) bool {
	control := h.Get("Cache-Control")
	return control != "" && !strings.Contains(control, "no-store") && h.Get("ETag") == ""
}

func (w *heldWriter) Write(b []byte) (int, error) {
	if !w.decided {
		w.WriteHeader(http.StatusOK)
	}
	if w.sum == nil {
		return w.ResponseWriter.Write(b)
	}
	w.sum.Write(b)
	w.size += int64(len(b))
	if w.disk == nil && w.size <= heldInMemory {
		return w.memory.Write(b)
	}
	if w.disk == nil {
		f, err := os.CreateTemp("", "qianmo-answer-")
		if err != nil {
			return 0, err
		}
		w.disk = f
	}
	return w.disk.Write(b)
}

// Flush serves http.ResponseController: what is held back stays so.
func (w *heldWriter) Flush() {
	if w.sum == nil {
		_ = http.NewResponseController(w.ResponseWriter).Flush()
	}
}

// Unwrap serves http.ResponseController.
func (w *heldWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// send answers with what was held back, or that the reader has it.
func (w *heldWriter) send(r *http.Request) {
	if w.sum == nil {
		return
	}
	h, tag := w.Header(), `"`+hex.EncodeToString(w.sum.Sum(nil)[:16])+`"`
	h.Set("ETag", tag)
	if Has(r, tag) {
		h.Del("Content-Type")
		h.Del("Content-Length")
		w.ResponseWriter.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.FormatInt(w.size, 10))
	w.ResponseWriter.WriteHeader(http.StatusOK)
	whole := io.Reader(&w.memory)
	if w.disk != nil {
		if _, err := w.disk.Seek(0, io.SeekStart); err != nil {
			panic(http.ErrAbortHandler) // half an answer must not look like a whole one
		}
		whole = io.MultiReader(&w.memory, w.disk)
	}
	_, _ = io.Copy(w.ResponseWriter, whole) // a reader that left is no fault of ours
}

// drop gives the disk back.
func (w *heldWriter) drop() {
	if w.disk != nil {
		_ = errors.Join(w.disk.Close(), os.Remove(w.disk.Name())) // a temporary file
	}
}

// Has reports whether the reader named a tag as one that it has. Tags compare
// weakly, as If-None-Match asks.
func Has(r *http.Request, tag string) bool {
	tag = strings.TrimPrefix(tag, "W/")
	for _, line := range r.Header.Values("If-None-Match") {
		for one := range strings.SplitSeq(line, ",") { // ours have no comma
			if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == tag {
				return true
			}
		}
	}
	return false
}
