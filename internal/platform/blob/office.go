package blob

import (
	"archive/zip"
	"io"
	"os"
	"path"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Bounds of a zip-based office file. A real workbook of 50 MiB unpacks to a
// few hundred; a bomb unpacks to as much as its maker likes.
const (
	maxZipEntries  = 5000
	maxZipUnpacked = 512 << 20
)

// inspectZip tells XLSX from DOCX and refuses what is neither: other archives,
// bombs, names that climb out of the archive, macros, damage. Sizes are first
// those that the archive declares, then those that unpacking really gives.
//
// Source: ISO/IEC 29500-2 (open packaging), part names of 29500-1.
func inspectZip(f *os.File, size int64) (string, error) {
	archive, err := zip.NewReader(f, size)
	if err != nil {
		return "", damaged(err)
	}
	if len(archive.File) > maxZipEntries {
		return "", bomb()
	}
	parts := map[string]bool{}
	left := uint64(maxZipUnpacked)
	for _, part := range archive.File {
		if !localName(part.Name) {
			return "", fault.Newf(fault.Invalid, "压缩包里有指向外部的路径“%.80s”，已拒收。", "The archive holds a path that leads out of it, %.80q; it was refused.", part.Name)
		}
		if part.UncompressedSize64 > left {
			return "", bomb()
		}
		left -= part.UncompressedSize64
		parts[part.Name] = true
	}
	for name := range parts {
		if strings.EqualFold(path.Base(name), "vbaProject.bin") {
			return "", fault.Newf(fault.Invalid, "文件含宏：请另存为不含宏的 .xlsx 或 .docx。", "The file holds macros: save it as .xlsx or .docx without them.")
		}
	}
	kind := ""
	switch {
	case !parts["[Content_Types].xml"]:
	case parts["xl/workbook.xml"]:
		kind = XLSX
	case parts["word/document.xml"]:
		kind = DOCX
	}
	if kind == "" {
		return "", fault.Newf(fault.Invalid, "这个压缩包不是 XLSX 或 DOCX：请上传文件本身而不是压缩包。", "This archive is neither XLSX nor DOCX: upload the files themselves.")
	}
	return kind, unpackAll(archive)
}

// unpackAll reads every part to the end, which checks its size and checksum.
func unpackAll(archive *zip.Reader) error {
	left := int64(maxZipUnpacked)
	for _, part := range archive.File {
		r, err := part.Open()
		if err != nil {
			return damaged(err)
		}
		n, err := io.Copy(io.Discard, io.LimitReader(r, left+1))
		_ = r.Close()
		if n > left {
			return bomb()
		}
		if err != nil {
			return damaged(err)
		}
		left -= n
	}
	return nil
}

// localName reports whether a part's name stays inside the archive on every
// system.
func localName(name string) bool {
	return name != "" && !strings.ContainsAny(name, "\\:\x00") && !path.IsAbs(name) &&
		name != ".." && !strings.HasPrefix(name, "../") && !strings.Contains(name, "/../") && !strings.HasSuffix(name, "/..")
}

func damaged(cause error) error {
	return fault.Newf(fault.Invalid, "文件已损坏，打不开：请重新导出后上传。", "The file is damaged and cannot be opened: export it again.").Because(cause)
}

func bomb() error {
	return fault.Newf(fault.Invalid, "文件解压后过大（上限 512 MiB、5000 个部件），已拒收。", "The file unpacks to too much (at most 512 MiB and 5000 parts); it was refused.")
}
