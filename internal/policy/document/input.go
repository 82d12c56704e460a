package document

import (
	"bytes"
	"unicode/utf8"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// MaxBytes bounds one document. The longest of the five is 26 kB; a yearbook
// fits as well, a mistaken archive does not.
const MaxBytes = 4 << 20

// checkText refuses what is not plain UTF-8 text and says how to make it so.
func checkText(text []byte) error {
	switch {
	case len(text) > MaxBytes:
		return fault.Newf(fault.TooLarge, "文件有 %d 字节，超过 %d 字节的上限；请只保留政策正文后重试。",
			"The file has %d bytes, above the limit of %d; keep only the policy text and try again.", len(text), MaxBytes)
	case len(bytes.TrimSpace(text)) == 0:
		return fault.Newf(fault.Invalid, "文件是空的；请提供政策文件的文字。", "The file is empty; give it the words of a policy document.")
	case container(text) != "":
		return fault.Newf(fault.Invalid, "文件是 %s，不是纯文本；请另存为 UTF-8 编码的文本文件后重试。",
			"The file is %s, not plain text; save it as a UTF-8 text file and try again.", container(text))
	case !utf8.Valid(text):
		return notUTF8(text)
	case bytes.IndexByte(text, 0) >= 0:
		return fault.Newf(fault.Invalid, "第 %d 字节是空字符，文件不是纯文本；请另存为 UTF-8 编码的文本文件后重试。",
			"Byte %d is a NUL, so the file is not plain text; save it as a UTF-8 text file and try again.", bytes.IndexByte(text, 0))
	}
	return nil
}

// container names the formats that people upload instead of text.
func container(text []byte) string {
	for _, f := range []struct{ magic, name string }{
		{"%PDF-", "PDF"},
		{"PK\x03\x04", "DOCX/ZIP"},
		{"\xd0\xcf\x11\xe0", "DOC/WPS"},
		{"{\\rtf", "RTF"},
		{"\xff\xfe", "UTF-16"},
		{"\xfe\xff", "UTF-16"},
		{"\x89PNG", "PNG"},
		{"\xff\xd8\xff", "JPEG"},
	} {
		if bytes.HasPrefix(text, []byte(f.magic)) {
			return f.name
		}
	}
	return ""
}

func notUTF8(text []byte) error {
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	if looksGBK(text) {
		return fault.Newf(fault.Invalid, "第 %d 字节起不是 UTF-8，看上去是 GBK/GB18030 编码；请转为 UTF-8（如 iconv -f GB18030 -t UTF-8）后重试。",
			"From byte %d on this is not UTF-8; it looks like GBK/GB18030. Convert it (for example iconv -f GB18030 -t UTF-8) and try again.", at)
	}
	return fault.Newf(fault.Invalid, "第 %d 字节起不是 UTF-8；请把文件另存为 UTF-8 编码的文本后重试。",
		"From byte %d on this is not UTF-8; save the file as UTF-8 text and try again.", at)
}

// looksGBK reports whether nearly all high bytes stand in GBK pairs.
func looksGBK(text []byte) bool {
	pairs, stray := 0, 0
	for i := 0; i < len(text); i++ {
		if text[i] < 0x80 {
			continue
		}
		if i+1 < len(text) && text[i] >= 0x81 && text[i] <= 0xfe && text[i+1] >= 0x40 && text[i+1] != 0x7f && text[i+1] != 0xff {
			pairs++
			i++
			continue
		}
		stray++
	}
	return pairs > 0 && stray*20 <= pairs
}
