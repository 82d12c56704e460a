package sheet

import (
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// maxFooter is ample for a flat table within Limits.
const maxFooter = 512 << 10

// maxPageHeader is ample for a header with statistics of cells within Limits.
const maxPageHeader = 64 << 10

// boundParquet walks the footer and every page header of a Parquet file and
// refuses what would make its reading cost more than the limits: footers and
// lists that claim to be huge, pages that decompress to more than they say,
// counts beyond the rows, and encodings by which few bytes make long texts.
// Field ids are those of parquet-format's parquet.thrift.
//
// Codes: invalid; too_large.
func boundParquet(r io.ReaderAt, size int64, limits Limits) error {
	footer, err := readFooter(r, size)
	if err != nil {
		return err
	}
	b := &bound{file: r, size: size, limits: limits, decoded: limits.Decoded}
	if footer.int(3) > limits.Rows {
		return fault.Newf(fault.TooLarge, "超过 %d 行：请拆成几个文件。", "There are more than %d rows: split the file.", limits.Rows)
	}
	for _, group := range footer.subs(4) {
		for _, column := range group.subs(1) {
			if err := b.column(column.sub(3)); err != nil {
				return err
			}
		}
	}
	return nil
}

func readFooter(r io.ReaderAt, size int64) (fields, error) {
	tail := make([]byte, 8)
	if size < 12 {
		return nil, notParquet(io.ErrUnexpectedEOF)
	}
	if _, err := r.ReadAt(tail, size-8); err != nil {
		return nil, notParquet(err)
	}
	length := int64(binary.LittleEndian.Uint32(tail))
	if string(tail[4:]) != "PAR1" || length > size-12 {
		return nil, notParquet(errThrift)
	}
	if length > maxFooter {
		return nil, fault.Newf(fault.TooLarge, "Parquet 文件的元数据超过 %d KiB：请减少列数或行组数。", "The Parquet file's metadata exceeds %d KiB: use fewer columns or row groups.", maxFooter>>10)
	}
	data := make([]byte, length)
	if _, err := r.ReadAt(data, size-8-length); err != nil {
		return nil, notParquet(err)
	}
	footer, err := (&compact{data: data}).readStruct()
	if err != nil {
		return nil, notParquet(err)
	}
	return footer, nil
}

func notParquet(cause error) error {
	return fault.Newf(fault.Invalid, "Parquet 文件损坏或不完整：请重新导出。", "The Parquet file is damaged or incomplete: export it again.").Because(cause)
}

// bound walks the pages of one file.
type bound struct {
	file    io.ReaderAt
	size    int64
	limits  Limits
	decoded int64 // bytes that may still be decompressed
	values  int64 // of the column in hand
}

// column walks the pages of one column chunk (ColumnMetaData).
func (b *bound) column(meta fields) error {
	start := meta.int(9)
	if dictionary := meta.int(11); dictionary > 0 && dictionary < start {
		start = dictionary
	}
	end := start + meta.int(7)
	if start < 4 || end < start || end > b.size {
		return notParquet(errThrift)
	}
	b.values = 0
	for at := start; at < end; {
		header, length, err := b.pageHeader(at, end)
		if err != nil {
			return err
		}
		at += length
		compressed := header.int(3)
		if compressed < 0 || compressed > end-at {
			return notParquet(errThrift)
		}
		if err := b.page(header, at, compressed, format.CompressionCodec(meta.int(4))); err != nil {
			return err
		}
		at += compressed
	}
	return nil
}

func (b *bound) pageHeader(at, end int64) (fields, int64, error) {
	data := make([]byte, min(maxPageHeader, end-at))
	if _, err := b.file.ReadAt(data, at); err != nil {
		return nil, 0, notParquet(err)
	}
	c := &compact{data: data}
	header, err := c.readStruct()
	if err != nil {
		return nil, 0, notParquet(err)
	}
	return header, int64(c.at), nil
}

// readable are the encodings whose output is bounded by their input and the
// number of values. DELTA_BYTE_ARRAY is not: it repeats prefixes.
//
//lint:ignore SA1019 writers of version 1 pages still use PlainDictionary
var readable = []format.Encoding{format.Plain, format.PlainDictionary, format.RLE, format.BitPacked, format.DeltaBinaryPacked, format.DeltaLengthByteArray, format.RLEDictionary}

func (b *bound) page(header fields, at, compressed int64, codec format.CompressionCodec) error {
	plain := header.int(2)
	if plain < 0 || plain > b.decoded {
		return tooMuch(b.limits.Decoded)
	}
	b.decoded -= plain
	for id, encodingField := range map[int16]int16{5: 2, 7: 2, 8: 4} { // data page, dictionary page, data page v2
		page := header.sub(id)
		if page == nil {
			continue
		}
		if encoding := format.Encoding(page.int(encodingField)); !slices.Contains(readable, encoding) {
			return fault.Newf(fault.Invalid, "Parquet 编码 %s 不支持：请用默认设置导出。", "The Parquet encoding %s is not supported: export with default settings.", encoding)
		}
		if b.values += page.int(1); page.int(1) < 0 || b.values > 2*b.limits.Rows { // a dictionary may add as many again
			return fault.Newf(fault.TooLarge, "超过 %d 行：请拆成几个文件。", "There are more than %d rows: split the file.", b.limits.Rows)
		}
	}
	skip := int64(0)
	if v2 := header.sub(8); v2 != nil { // levels come first and are never compressed
		skip = v2.int(5) + v2.int(6)
		if uncompressed, said := v2[7].(bool); said && !uncompressed {
			codec = format.Uncompressed
		}
	}
	if skip < 0 || skip > compressed || skip > plain {
		return notParquet(errThrift)
	}
	return b.decompresses(io.NewSectionReader(b.file, at+skip, compressed-skip), plain-skip, codec)
}

// decompresses checks that a page has no more bytes than its header says.
func (b *bound) decompresses(page *io.SectionReader, plain int64, codec format.CompressionCodec) error {
	var n int64
	var err error
	switch codec {
	case format.Uncompressed:
		n = page.Size()
	case format.Snappy: // a block begins with its decompressed length, which the decoder trusts
		head := make([]byte, min(binary.MaxVarintLen64, page.Size()))
		_, err = io.ReadFull(page, head)
		length, size := binary.Uvarint(head)
		if n = int64(length); size <= 0 || n < 0 {
			err = errors.Join(err, errThrift)
		}
	case format.Gzip:
		n, err = count(plain, func() (io.Reader, error) { return gzip.NewReader(page) })
	case format.Zstd:
		n, err = count(plain, func() (io.Reader, error) {
			d, err := zstd.NewReader(page, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(b.limits.Decoded)))
			if err != nil {
				return nil, err
			}
			return d.IOReadCloser(), nil
		})
	default:
		return fault.Newf(fault.Invalid, "Parquet 压缩方式 %s 不支持：请用 Snappy、Zstd、Gzip 或不压缩。", "The Parquet compression %s is not supported: use Snappy, Zstd, Gzip or none.", codec)
	}
	if err != nil {
		return notParquet(err)
	}
	if n > plain {
		return notParquet(fmt.Errorf("a page of %d bytes says it has %d", n, plain))
	}
	return nil
}

// count decompresses into nothing, one byte beyond what is allowed at most.
func count(allowed int64, open func() (io.Reader, error)) (int64, error) {
	r, err := open()
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(io.Discard, io.LimitReader(r, allowed+1))
	if c, ok := r.(io.Closer); ok {
		err = errors.Join(err, c.Close())
	}
	return n, err
}

func tooMuch(limit int64) error {
	return fault.Newf(fault.TooLarge, "解压后超过 %d MiB：请拆成几个文件。", "It decompresses to more than %d MiB: split the file.", limit>>20)
}
