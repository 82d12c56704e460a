package blob

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/unicode/norm"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// DocumentLimit is the largest document a person may upload.
const DocumentLimit = 50 << 20

// Document is an uploaded file that was looked into.
type Document struct {
	Digest    Digest `json:"sha256"`
	Size      int64  `json:"size"`
	MediaType string `json:"media_type"`
	Name      string `json:"name"`
}

// The media types that people may upload.
const (
	PDF  = "application/pdf"
	PNG  = "image/png"
	JPEG = "image/jpeg"
	XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	CSV  = "text/csv"
	Text = "text/plain"
)

var extensions = map[string]string{
	".pdf": PDF, ".png": PNG, ".jpg": JPEG, ".jpeg": JPEG, ".xlsx": XLSX, ".docx": DOCX, ".csv": CSV, ".txt": Text,
}

// plainNames are what people call the types.
var plainNames = map[string]string{PDF: "PDF", PNG: "PNG", JPEG: "JPG", XLSX: "XLSX", DOCX: "DOCX", CSV: "CSV", Text: "TXT"}

// PutDocument keeps an upload: PDF, PNG, JPEG, XLSX, DOCX, CSV or plain text.
// The content decides the type and the name's ending must agree with it.
//
// Codes: invalid (name, type, damaged, macros, zip bomb); too_large; unavailable.
func (s *Store) PutDocument(ctx context.Context, name string, r io.Reader) (Document, error) {
	name, err := CleanName(name)
	if err != nil {
		return Document{}, err
	}
	doc := Document{Name: name}
	doc.Digest, doc.Size, err = s.put(ctx, r, DocumentLimit, func(f *os.File, size int64) (err error) {
		doc.MediaType, err = mediaType(name, f, size)
		return err
	})
	if err != nil {
		return Document{}, err
	}
	return doc, nil
}

// CleanName returns a file name that is safe to show and to download under:
// NFC, without the characters that file systems refuse. A path, a control or
// a direction-changing character (which can hide an ending) is refused.
//
// Codes: invalid.
func CleanName(name string) (string, error) {
	name = strings.TrimSpace(norm.NFC.String(name))
	switch {
	case name == "" || !utf8.ValidString(name):
		return "", fault.Newf(fault.Invalid, "文件名为空或编码不对：请给文件起一个名字。", "The file name is empty or wrongly encoded: give the file a name.")
	case strings.ContainsAny(name, `/\`) || strings.Trim(name, ".") == "":
		return "", fault.Newf(fault.Invalid, "文件名里不能有路径：请只写文件名。", "A file name must not hold a path: give the name alone.")
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }):
		return "", fault.Newf(fault.Invalid, "文件名里有不可见字符：请改名后重试。", "The file name holds invisible characters: rename the file.")
	case utf8.RuneCountInString(name) > 120:
		return "", fault.Newf(fault.Invalid, "文件名超过 120 个字：请改短。", "The file name has more than 120 characters: shorten it.")
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"|?*`, r) {
			return '_'
		}
		return r
	}, name), nil
}

// mediaType looks into the content and compares it with the name.
func mediaType(name string, f *os.File, size int64) (string, error) {
	found, err := sniff(f, size)
	if err != nil {
		return "", err
	}
	ending := strings.ToLower(filepath.Ext(name))
	named, known := extensions[ending]
	if ending != "" && !known {
		return "", unaccepted()
	}
	if found == Text && named == CSV {
		found = CSV // the same bytes may be either
	}
	if known && named != found {
		return "", fault.Newf(fault.Invalid, "文件名以 %s 结尾而内容是 %s：请改成真实的后缀再上传。", "The name ends in %s and the content is %s: use the ending that fits.", ending, plainNames[found])
	}
	return found, nil
}

func sniff(f *os.File, size int64) (string, error) {
	head := make([]byte, 512)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", storageFault(err)
	}
	head = head[:n]
	switch {
	case n == 0:
		return "", fault.Newf(fault.Invalid, "文件是空的。", "The file is empty.")
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return PDF, nil
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return PNG, nil
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return JPEG, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return inspectZip(f, size)
	case looksLikeSVG(head):
	case strings.HasPrefix(http.DetectContentType(head), "text/plain") && isText(io.NewSectionReader(f, 0, size)):
		return Text, nil
	}
	return "", unaccepted()
}

func unaccepted() error {
	return fault.Newf(fault.Invalid, "不接受这种文件：可上传 PDF、PNG、JPG、XLSX、DOCX、CSV 和 TXT（UTF-8 或 GB18030）。", "This kind of file is not accepted: upload PDF, PNG, JPG, XLSX, DOCX, CSV or TXT (UTF-8 or GB18030).")
}

// looksLikeSVG catches drawings with neither of the heads by which the standard
// library tells XML and HTML: they may hold scripts.
func looksLikeSVG(head []byte) bool {
	return bytes.HasPrefix(bytes.ToLower(bytes.TrimLeft(head, "\ufeff \t\r\n")), []byte("<svg"))
}

// isText reports whether all of r is UTF-8, or GB18030 as Chinese spreadsheets
// export it, without control characters.
func isText(r io.ReadSeeker) bool {
	if onlyText(r) {
		return true
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return false
	}
	return onlyText(simplifiedchinese.GB18030.NewDecoder().Reader(r))
}

func onlyText(r io.Reader) bool {
	for in := bufio.NewReader(r); ; {
		c, _, err := in.ReadRune()
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil || c == utf8.RuneError || (unicode.IsControl(c) && c != '\n' && c != '\r' && c != '\t') {
			return false
		}
	}
}
