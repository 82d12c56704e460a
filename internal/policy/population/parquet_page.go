package population

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/bits"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Pages are taken apart here and not by parquet-go, whose footer, types, codecs
// and value encodings are used: its pages spread definition levels to a byte and
// indexes to four bytes a row before anybody may look, while a bitmap and codes
// of a byte are what columns hold.

// page is one page of values as the file has it, decompressed.
type page struct {
	values   int // with the missing ones
	encoding format.Encoding
	levels   []byte // definition levels; nil when every value is there
	reversed bool   // levels in the old packing, from the highest bit down
	data     []byte
}

// plainDictionary is what older writers call a dictionary's pages
// (PLAIN_DICTIONARY in the Parquet format); the library's name is deprecated.
const plainDictionary format.Encoding = 2

func (p *page) indexed() bool {
	return p.encoding == format.RLEDictionary || p.encoding == plainDictionary
}

// pageMemory is what one worker reads pages into, one after another.
type pageMemory struct {
	window   []byte // bytes of the file, from start on
	start    int64
	inflated []byte
	decoded  []byte
	offsets  []uint32
	codes    []uint8
	spread   []uint8
	indexes  []int32
	ints     []int64
}

// chunkPages reads the pages of one column chunk.
type chunkPages struct {
	*pageMemory
	file     io.ReaderAt
	codec    compress.Codec // nil: none
	optional bool
	at, end  int64 // in the file
	rows     int   // of the chunk
	name     string
}

const (
	// readAhead is how much of a file one read takes: neighbouring columns
	// come with it, and it stays in the cache until they are decoded.
	readAhead = 512 << 10
	// headerAhead is more than a page's header has but for long statistics.
	headerAhead = 4 << 10
)

func newChunkPages(memory *pageMemory, file io.ReaderAt, size int64, chunk *format.ColumnChunk, leaf *parquet.Column, rows int) (*chunkPages, error) {
	m := &chunk.MetaData
	c := &chunkPages{pageMemory: memory, file: file, optional: leaf.Optional(), at: m.DataPageOffset, rows: rows, name: leaf.Name()}
	if m.DictionaryPageOffset != 0 {
		c.at = m.DictionaryPageOffset
	}
	if c.at < 0 || m.TotalCompressedSize < 0 || m.TotalCompressedSize > size-c.at {
		return nil, corrupt(fmt.Errorf("column %s lies outside the file", c.name))
	}
	c.end = c.at + m.TotalCompressedSize
	if m.Codec != format.Uncompressed {
		c.codec = parquet.LookupCompressionCodec(m.Codec)
	}
	return c, nil
}

// peek is the next n bytes of the chunk, fewer at its end. They stand until the
// next call.
func (c *chunkPages) peek(n int) ([]byte, error) {
	n = int(min(int64(n), c.end-c.at))
	from := c.at - c.start
	if from < 0 || from > int64(len(c.window)) {
		from, c.window = 0, c.window[:0]
	}
	if have := c.window[from:]; len(have) >= n {
		return have[:n], nil
	}
	rest := copy(c.window, c.window[from:])
	if cap(c.window) < max(n, readAhead) {
		grown := make([]byte, max(n, readAhead))
		copy(grown, c.window[:rest])
		c.window = grown
	}
	c.start = c.at
	c.window = c.window[:cap(c.window)]
	read, err := c.file.ReadAt(c.window[rest:], c.at+int64(rest))
	c.window = c.window[:rest+read]
	if len(c.window) < n {
		return nil, corrupt(fmt.Errorf("column %s: %w", c.name, err))
	}
	return c.window[:n], nil
}

// next reads a page: its header and its body. more is false at the chunk's end.
func (c *chunkPages) next() (header *format.PageHeader, body []byte, more bool, err error) {
	if c.at == c.end {
		return nil, nil, false, nil
	}
	header, err = c.header()
	if err != nil {
		return nil, nil, false, err
	}
	if header.CompressedPageSize < 0 || int64(header.CompressedPageSize) > c.end-c.at {
		return nil, nil, false, corrupt(fmt.Errorf("column %s: a page of %d bytes", c.name, header.CompressedPageSize))
	}
	body, err = c.peek(int(header.CompressedPageSize))
	if err != nil {
		return nil, nil, false, err
	}
	c.at += int64(len(body))
	if header.CRC != 0 && uint32(header.CRC) != crc32.ChecksumIEEE(body) {
		return nil, nil, false, corrupt(fmt.Errorf("column %s: a page's checksum is wrong", c.name))
	}
	return header, body, true, nil
}

// header decodes a page's header, whose length nobody tells beforehand.
func (c *chunkPages) header() (*format.PageHeader, error) {
	var protocol thrift.CompactProtocol
	for ahead := headerAhead; ; ahead *= 16 {
		bytes, err := c.peek(ahead)
		if err != nil {
			return nil, err
		}
		header := &format.PageHeader{}
		r := protocol.NewReaderFromBytes(bytes)
		err = thrift.NewDecoder(r).Decode(header)
		switch {
		case err == nil:
			c.at += int64(r.BytesRead())
			return header, nil
		case len(bytes) < ahead || !(errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)):
			return nil, corrupt(fmt.Errorf("column %s: %w", c.name, err))
		}
	}
}

// dictionary decompresses a dictionary page.
func (c *chunkPages) dictionary(header *format.PageHeader, body []byte) (page, error) {
	h := header.DictionaryPageHeader
	if !h.Valid || (h.V.Encoding != format.Plain && h.V.Encoding != plainDictionary) {
		return page{}, corrupt(fmt.Errorf("column %s: a dictionary in encoding %s", c.name, h.V.Encoding))
	}
	p := page{values: int(h.V.NumValues), encoding: format.Plain}
	var err error
	p.data, err = c.inflate(p.values, int(header.UncompressedPageSize), body)
	return p, err
}

// values decompresses a page of values, version 1 or 2, and cuts its levels off.
func (c *chunkPages) values(header *format.PageHeader, body []byte) (p page, err error) {
	size := int(header.UncompressedPageSize)
	switch v1, v2 := header.DataPageHeader, header.DataPageHeaderV2; {
	case header.Type == format.DataPage && v1.Valid:
		p = page{values: int(v1.V.NumValues), encoding: v1.V.Encoding, reversed: v1.V.DefinitionLevelEncoding == format.BitPacked}
		if p.data, err = c.inflate(p.values, size, body); err != nil || !c.optional {
			return p, err
		}
		length, skip := (p.values+7)/8, 0
		if !p.reversed {
			if len(p.data) < 4 {
				return p, c.short()
			}
			length, skip = int(binary.LittleEndian.Uint32(p.data)), 4
		}
		if length > len(p.data)-skip {
			return p, c.short()
		}
		p.levels, p.data = p.data[skip:skip+length], p.data[skip+length:]
		return p, nil
	case header.Type == format.DataPageV2 && v2.Valid:
		p = page{values: int(v2.V.NumValues), encoding: v2.V.Encoding}
		repetition, definition := int(v2.V.RepetitionLevelsByteLength), int(v2.V.DefinitionLevelsByteLength)
		if repetition < 0 || definition < 0 || repetition > len(body) || definition > len(body)-repetition {
			return p, c.short()
		}
		if c.optional {
			p.levels = body[repetition : repetition+definition]
		}
		size, body = size-repetition-definition, body[repetition+definition:]
		if v2.V.IsCompressed.Valid && !v2.V.IsCompressed.V {
			p.data = body
			return p, nil
		}
		p.data, err = c.inflate(p.values, size, body)
		return p, err
	}
	return p, corrupt(fmt.Errorf("column %s: a page of type %s", c.name, header.Type))
}

func (c *chunkPages) short() error {
	return corrupt(fmt.Errorf("column %s: a page ends in its levels", c.name))
}

// inflate decompresses a page's body. What the header claims is checked against
// the rows that there are before memory is set aside for it.
func (c *chunkPages) inflate(values, size int, body []byte) ([]byte, error) {
	if values < 0 || values > c.rows || size < 0 || size > 1<<20+values*2*maxKey {
		return nil, corrupt(fmt.Errorf("column %s: a page of %d values in %d bytes", c.name, values, size))
	}
	if c.codec == nil || len(body) == 0 {
		return body, nil
	}
	c.inflated = room(c.inflated, size)
	out, err := c.codec.Decode(c.inflated, body)
	if err != nil || len(out) != size {
		return nil, corrupt(fmt.Errorf("column %s: %d bytes for %d: %w", c.name, len(out), size, err))
	}
	return out, nil
}

// room is a slice of length n in the memory of an old one, whatever it held.
func room[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// known marks the rows of a page, from row at on, that have a value, and counts
// them.
func (p *page) known(known []uint64, at int) (int, error) {
	switch {
	case p.levels == nil:
		setBits(known, at, p.values)
		return p.values, nil
	case p.reversed:
		turned := make([]byte, len(p.levels))
		for i, b := range p.levels {
			turned[i] = bits.Reverse8(b)
		}
		putBits(known, at, turned, p.values)
	default:
		if err := hybridBits(known, at, p.values, p.levels); err != nil {
			return 0, err
		}
	}
	count := 0
	for i := 0; i < p.values; i += 64 {
		count += bits.OnesCount64(bitsAt(known, at+i) & lowBits(p.values-i))
	}
	return count, nil
}

// hybridBits decodes n levels of a bit to bit at on: runs of one value, and bits
// as they are. Writers change between the two every eight values or so, so bits
// gather in a word before they are written.
func hybridBits(out []uint64, at, n int, src []byte) error {
	w, filled, word := at>>6, at&63, uint64(0)
	for n > 0 {
		head := uint64(0x80)
		if len(src) > 8 {
			head = uint64(src[0])
		}
		if run, packed := head>>1, head&1; head < 0x80 && run<<(3*packed) <= uint64(min(n, 56)) { // the usual run, without a branch on its kind
			count := run << (3 * packed)
			next := binary.LittleEndian.Uint64(src[1:9])
			if next&0xfe&(packed-1) != 0 {
				return fmt.Errorf("a level above 1")
			}
			bits := (next&-packed | -(next&1)&(packed-1)) & (1<<count - 1)
			word |= bits << filled
			n, filled = n-int(count), filled+int(count)
			src = src[2+(run-1)&-packed:]
			if filled >= 64 {
				out[w] |= word
				filled -= 64
				w, word = w+1, bits>>(int(count)-filled)
			}
			continue
		}
		run, packed, rest, err := hybridRun(src)
		if err != nil {
			return err
		}
		length, count := 1, min(run, n) // in bytes, in levels
		if packed {
			length, count = run, min(run*8, n)
		}
		if len(rest) < min(length, (count+7)/8) || len(rest) == 0 || !packed && rest[0] > 1 {
			return fmt.Errorf("a run of %d levels in %d bytes", count, len(rest))
		}
		same := -uint64(rest[0] & 1)
		for i := 0; i < count; {
			some, bits := min(count-i, 64-filled), same
			if packed {
				some = min(some, 56)
				bits = load64(rest, i>>3) >> (i & 7)
			}
			word |= bits & lowBits(some) << filled
			i, filled = i+some, filled+some
			if filled == 64 {
				out[w] |= word
				w, filled, word = w+1, 0, 0
			}
		}
		n, src = n-count, rest[min(length, len(rest)):]
	}
	if filled > 0 {
		out[w] |= word
	}
	return nil
}

// hybridRun reads the head of a run: so many equal values, or so many groups of
// eight packed ones.
func hybridRun(src []byte) (run int, packed bool, rest []byte, err error) {
	head, size := uint64(0), 1
	if len(src) > 0 && src[0] < 0x80 {
		head = uint64(src[0])
	} else if head, size = binary.Uvarint(src); size <= 0 {
		return 0, false, nil, io.ErrUnexpectedEOF
	}
	return int(min(head>>1, 1<<32)), head&1 == 1, src[size:], nil
}

// hybridCodes decodes the indexes of a page, of at most 8 bits, to a byte each.
// out has 8 bytes of room behind its length, which it may scribble on.
func hybridCodes(out []uint8, width int, src []byte) error {
	for at := 0; at < len(out); {
		run, packed, rest, err := hybridRun(src)
		if err != nil {
			return err
		}
		length, count := (width+7)/8, min(run, len(out)-at) // in bytes, in codes
		need := length
		if packed {
			length, count = run*width, min(run*8, len(out)-at)
			need = (count*width + 7) / 8
		}
		if len(rest) < need {
			return fmt.Errorf("a run of %d codes in %d bytes", count, len(rest))
		}
		switch codes := out[at : at+count]; {
		case packed:
			unpack(codes, width, rest)
		case width == 0:
			clear(codes)
		default:
			for i := range codes {
				codes[i] = rest[0]
			}
		}
		at, src = at+count, rest[min(length, len(rest)):]
	}
	return nil
}
