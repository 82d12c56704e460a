package messagetest

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
)

// Header decodes one of the mail's headers.
func (m Mail) Header(t testing.TB, name string) string {
	t.Helper()
	text, err := new(mime.WordDecoder).DecodeHeader(m.Message.Header.Get(name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return text
}

// Parts returns the mail's bodies by media type, lines ended by line feeds.
func (m Mail) Parts(t testing.TB) map[string]string {
	t.Helper()
	whole, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(whole.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %q: %v", m.Message.Header.Get("Content-Type"), err)
	}
	out := map[string]string{}
	for r := multipart.NewReader(whole.Body, params["boundary"]); ; {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if e := part.Header.Get("Content-Transfer-Encoding"); e != "quoted-printable" {
			t.Fatalf("a part is encoded as %q", e)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		out[kind] = strings.ReplaceAll(string(text), "\r\n", "\n")
	}
}
