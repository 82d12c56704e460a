package blob

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// office builds an archive of the named parts.
func office(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range parts {
		p, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(p, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func workbook(t testing.TB, more map[string]string) []byte {
	parts := map[string]string{"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}
	for k, v := range more {
		parts[k] = v
	}
	return office(t, parts)
}

// lyingArchive declares a part as small and packs size zero bytes.
func lyingArchive(t testing.TB, size int) []byte {
	t.Helper()
	var packed bytes.Buffer
	f, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, size)
	if _, err := f.Write(zeros); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml"} {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := w.CreateRaw(&zip.FileHeader{Name: "xl/big.xml", Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(zeros),
		CompressedSize64: uint64(packed.Len()), UncompressedSize64: 10})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.Write(packed.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gb18030(t testing.TB, s string) []byte {
	t.Helper()
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDocumentsAreKnownByTheirContent(t *testing.T) {
	pdf, png, jpg := []byte("%PDF-1.7\n..."), []byte("\x89PNG\r\n\x1a\n...."), []byte("\xff\xd8\xff\xe0....")
	manyParts := map[string]string{}
	for i := range maxZipEntries {
		manyParts["xl/"+strings.Repeat("x", i%50)+string(rune('0'+i%10))+strings.Repeat("y", i/50)] = ""
	}
	truncated := workbook(t, map[string]string{"xl/a.xml": strings.Repeat("abc", 1000)})
	corrupt := bytes.Replace(workbook(t, map[string]string{"xl/a.xml": "hello"}), []byte("PK\x07\x08"), []byte("PK\x07\x09"), 1)
	binary.LittleEndian.PutUint32(corrupt[len(corrupt)-6:], 1) // the directory's offset

	for _, c := range []struct {
		name    string
		content []byte
		media   string // "" when it is refused
	}{
		{"发票.pdf", pdf, PDF},
		{"scan.PNG", png, PNG},
		{"photo.jpeg", jpg, JPEG},
		{"没有后缀", pdf, PDF},
		{"账.xlsx", workbook(t, nil), XLSX},
		{"合同.docx", office(t, map[string]string{"[Content_Types].xml": "", "word/document.xml": ""}), DOCX},
		{"表.csv", []byte("名称,金额\r\n算力,1.00\r\n"), CSV},
		{"bom.csv", []byte("\ufeff名称\n"), CSV},
		{"gbk.csv", gb18030(t, "名称,金额\r\n贵州数据,1.00\r\n"), CSV},
		{"说明.txt", []byte("你好\tworld\n"), Text},

		{"empty.txt", nil, ""},
		{"really-png.pdf", png, ""},
		{"photo.exe", pdf, ""},
		{"page.html", []byte("<!DOCTYPE html><script>alert(1)</script>"), ""},
		{"page.txt", []byte("<!DOCTYPE html><script>alert(1)</script>"), ""},
		{"drawing.txt", []byte(`<?xml version="1.0"?><svg/>`), ""},
		{"drawing.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), ""},
		{"drawing.txt", []byte("\ufeff <SVG><script>alert(1)</script></SVG>"), ""},
		{"report.pdf.exe", []byte("%PDF-1.4\n"), ""},
		{"nul.txt", []byte("abc\x00def"), ""},
		{"late-nul.txt", append(bytes.Repeat([]byte("文"), 600), 0), ""},
		{"escape.txt", append(bytes.Repeat([]byte("a"), 600), "\x1b[2J"...), ""},
		{"utf16.txt", []byte("\xff\xfea\x00b\x00"), ""},
		{"program.txt", []byte("\x7fELF\x02\x01\x01"), ""},
		{"any.zip", office(t, map[string]string{"a.txt": "a"}), ""},
		{"any.xlsx", office(t, map[string]string{"a.txt": "a"}), ""},
		{"macro.xlsx", workbook(t, map[string]string{"xl/vbaProject.bin": "x"}), ""},
		{"climb.xlsx", workbook(t, map[string]string{"../../etc/cron.d/x": "x"}), ""},
		{"climb2.xlsx", workbook(t, map[string]string{"xl/../../x": "x"}), ""},
		{"climb3.xlsx", workbook(t, map[string]string{`xl\..\..\x`: "x"}), ""},
		{"root.xlsx", workbook(t, map[string]string{"/etc/passwd": "x"}), ""},
		{"many.xlsx", workbook(t, manyParts), ""},
		{"lying.xlsx", lyingArchive(t, 1<<20), ""},
		{"cut.xlsx", truncated[:len(truncated)-30], ""},
		{"corrupt.xlsx", corrupt, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := folderStore(t)
			doc, err := s.PutDocument(context.Background(), c.name, bytes.NewReader(c.content))
			if c.media == "" {
				if !fault.Is(err, fault.Invalid) {
					t.Fatalf("got %+v, %v; want a refusal", doc, err)
				}
				if left := all(t, s); len(left) != 0 {
					t.Fatalf("a refused file was kept: %v", left)
				}
				return
			}
			want := Document{Digest: sum(c.content), Size: int64(len(c.content)), MediaType: c.media, Name: c.name}
			if err != nil || doc != want {
				t.Fatalf("got %+v, %v; want %+v", doc, err, want)
			}
		})
	}
}

func TestZipBombIsRefusedByWhatItDeclares(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml"} {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if _, err := w.CreateRaw(&zip.FileHeader{Name: "xl/bomb.xml", Method: zip.Deflate, UncompressedSize64: maxZipUnpacked / 2}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s, _ := folderStore(t)
	_, err := s.PutDocument(context.Background(), "bomb.xlsx", &b)
	if want := fault.From(bomb()).Message; !fault.Is(err, fault.Invalid) || fault.From(err).Message != want {
		t.Fatalf("got %v", err)
	}
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		" 2025年度报告（终稿）.pdf ": "2025年度报告（终稿）.pdf",
		`a<b>:"c|d?*.txt`:    "a_b___c_d__.txt",
		"Cafe\u0301.txt":     "Café.txt",
		".hidden":            ".hidden",
		"..and more":         "..and more",
	} {
		if got, err := CleanName(in); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
	for _, bad := range []string{"", " ", ".", "..", "../x", "a/b.pdf", `C:\x.pdf`, `..\x`, "a\x00.pdf", "a\r\nSet-Cookie: x", "invoice\u202efdp.exe", "zero\u200bwidth", "\xff\xfe", strings.Repeat("长", 121)} {
		if got, err := CleanName(bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q gave %q, %v", bad, got, err)
		}
	}
}

func TestACleanNameIsClean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once, err := CleanName(rapid.String().Draw(t, "name"))
		if err != nil {
			return
		}
		if strings.ContainsAny(once, "/\\\x00\r\n<>:\"|?*") || strings.Trim(once, ".") == "" {
			t.Fatalf("%q", once)
		}
		if twice, err := CleanName(once); err != nil || twice != once {
			t.Fatalf("%q became %q, %v", once, twice, err)
		}
	})
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte("%PDF-1.4"))
	f.Add([]byte("名称,金额"))
	f.Add(workbook(f, map[string]string{"xl/a.xml": "x"}))
	f.Add(lyingArchive(f, 1000))
	f.Fuzz(func(t *testing.T, content []byte) {
		s, _ := folderStore(t)
		if _, err := s.PutDocument(context.Background(), "x", bytes.NewReader(content)); err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	})
}
