package sheet

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

var small = Limits{Bytes: 1 << 20, Decoded: 1 << 20, Rows: 100, Columns: 8, Cell: 1000}

// readAll returns the number of rows, or the first fault.
func readAll(data []byte, limits Limits) (rows int, err error) {
	s, err := Open(bytes.NewReader(data), int64(len(data)), limits)
	if err != nil {
		return 0, err
	}
	for {
		row, err := s.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		if len(row.Cells) != len(s.Columns) {
			return rows, errors.New("a row has not as many cells as there are columns")
		}
		rows++
	}
}

type textRow struct {
	A string `parquet:"a"`
	B int64  `parquet:"b,decimal(2:18)"`
}

func parquetBytes[T any](t testing.TB, rows []T, options ...parquet.WriterOption) []byte {
	t.Helper()
	var file bytes.Buffer
	w := parquet.NewGenericWriter[T](&file, options...)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestParquetWithinLimitsIsRead(t *testing.T) {
	rows := make([]textRow, 100)
	for name, codec := range map[string]parquet.WriterOption{
		"none": parquet.Compression(&parquet.Uncompressed), "snappy": parquet.Compression(&parquet.Snappy),
		"gzip": parquet.Compression(&parquet.Gzip), "zstd": parquet.Compression(&parquet.Zstd),
	} {
		for _, version := range []int{1, 2} {
			if n, err := readAll(parquetBytes(t, rows, codec, parquet.DataPageVersion(version)), small); err != nil || n != 100 {
				t.Errorf("%s, pages v%d: %d %v", name, version, n, err)
			}
		}
	}
}

func TestParquetBeyondLimitsIsRefused(t *testing.T) {
	type delta struct {
		A string `parquet:"a,delta"`
	}
	type nested struct {
		A struct {
			B string `parquet:"b"`
		} `parquet:"a"`
	}
	long := strings.Repeat("x", 900)
	many := make([]textRow, 101)
	for i := range many {
		many[i].A = long
	}
	bomb := make([]textRow, 90)
	for i := range bomb {
		bomb[i].A = strings.Repeat("x", 15_000)
	}
	huge := parquetBytes(t, bomb, parquet.Compression(&parquet.Zstd))
	if len(huge) > 200_000 {
		t.Fatalf("the bomb has %d bytes and is none", len(huge))
	}
	footerSays := func(n uint32) []byte {
		data := bytes.Clone(parquetBytes(t, many[:1]))
		binary.LittleEndian.PutUint32(data[len(data)-8:], n)
		return data
	}
	for name, c := range map[string]struct {
		data []byte
		code fault.Code
	}{
		"a decompression bomb": {huge, fault.TooLarge},
		"too many rows":        {parquetBytes(t, many), fault.TooLarge},
		"a long cell":          {parquetBytes(t, []textRow{{A: long + long}}), fault.Invalid},
		"prefix encoding":      {parquetBytes(t, []delta{{long}, {long}}), fault.Invalid},
		"another compression":  {parquetBytes(t, many[:1], parquet.Compression(&parquet.Brotli)), fault.Invalid},
		"a nested column":      {parquetBytes(t, make([]nested, 1)), fault.Invalid},
		"a footer of 4 GiB":    {footerSays(1<<32 - 1), fault.Invalid},
		"a footer of nothing":  {footerSays(0), fault.Invalid},
		"cut short":            {huge[:len(huge)-1], fault.Invalid},
		"the magic only":       {[]byte("PAR1"), fault.Invalid},
		"too many bytes":       {make([]byte, 1<<20+1), fault.TooLarge},
	} {
		if _, err := readAll(c.data, small); !fault.Is(err, c.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A page that decompresses to more than its header says would be decompressed
// in full by a library that trusts the header.
func TestPagesThatLieAreRefused(t *testing.T) {
	plain := make([]byte, 100_000)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := z.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &bound{limits: small}
	for codec, page := range map[format.CompressionCodec][]byte{
		format.Uncompressed: plain, format.Snappy: snappy.Encode(nil, plain), format.Gzip: zipped.Bytes(), format.Zstd: encoder.EncodeAll(plain, nil),
	} {
		section := func() *io.SectionReader { return io.NewSectionReader(bytes.NewReader(page), 0, int64(len(page))) }
		if err := b.decompresses(section(), 100_000, codec); err != nil {
			t.Errorf("%s, honest: %v", codec, err)
		}
		if err := b.decompresses(section(), 99_999, codec); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s, lying: %v", codec, err)
		}
	}
}

func TestThriftListsCannotClaimMoreThanThereIs(t *testing.T) {
	for name, data := range map[string][]byte{
		"a list":   {0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0x00},
		"a text":   {0x18, 0xff, 0xff, 0xff, 0xff, 0x07, 0x00},
		"nesting":  bytes.Repeat([]byte{0x1c}, 1000),
		"no end":   {0x15, 0x02},
		"nothing":  {},
		"bad type": {0x1f, 0x00},
	} {
		if _, err := (&compact{data: data}).readStruct(); !errors.Is(err, errThrift) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDecimals(t *testing.T) {
	for _, c := range []struct {
		scale int
		raw   []byte
		want  string
	}{{2, []byte{0x00}, "0.00"}, {2, []byte{0x7f}, "1.27"}, {2, []byte{0xff}, "-0.01"}, {0, []byte{0x01, 0x00}, "256"}, {3, []byte{0xff, 0x00}, "-0.256"}} {
		if got, err := decimalReader(c.scale)(parquet.ByteArrayValue(c.raw)); err != nil || got != c.want {
			t.Errorf("%x with %d decimals: %q %v", c.raw, c.scale, got, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("kind,subject\norg.credit,\"a \"\"b\"\"\"\n"))
	f.Add([]byte("\xef\xbb\xbfa,b\r\n1,2\r\n"))
	f.Add([]byte("a\n\"open"))
	f.Add(parquetBytes(f, []textRow{{"x", 1}, {"y", -1}}))
	f.Add(parquetBytes(f, []textRow{{"x", 1}}, parquet.Compression(&parquet.Zstd), parquet.DataPageVersion(1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := readAll(data, small)
		if err != nil && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooLarge) {
			t.Fatalf("a refusal without a code: %v", err)
		}
	})
}
