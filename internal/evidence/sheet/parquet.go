package sheet

import (
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// openParquet reads a flat table. Money is text or DECIMAL; a float column is
// refused, since a float cannot say what it was before it was rounded.
func (s *Sheet) openParquet(r io.ReaderAt, size int64) (err error) {
	s.Format = Parquet
	if err := boundParquet(r, size, s.limits); err != nil {
		return err
	}
	defer recovered(&err)
	file, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return notParquet(err)
	}
	columns := file.Root().Columns()
	readers := make([]cellReader, len(columns))
	var bad fault.Collector
	for i, c := range columns {
		s.Columns = append(s.Columns, c.Name())
		if readers[i], err = readerOf(c); err != nil {
			bad.Merge(c.Name(), err)
		}
	}
	s.next = (&parquetRows{groups: file.RowGroups(), readers: readers}).next
	return bad.Err()
}

// recovered turns a panic of the Parquet library over a broken file into a fault.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = notParquet(fmt.Errorf("panic: %v", p))
	}
}

// cellReader prints one value that is not null.
type cellReader func(v parquet.Value) (string, error)

func readerOf(c *parquet.Column) (cellReader, error) {
	if !c.Leaf() || c.Repeated() {
		return nil, fault.Newf(fault.Invalid, "嵌套或重复的列不能导入：请展平成普通列。", "A nested or repeated column cannot be imported: flatten it.")
	}
	logical := c.Type().LogicalType()
	if logical != nil {
		switch t := logical.Value.(type) {
		case *format.DecimalType:
			if t.Scale < 0 || t.Scale > 38 {
				return nil, fault.Newf(fault.Invalid, "DECIMAL 的小数位数 %d 不合理。", "A DECIMAL with %d decimals makes no sense.", t.Scale)
			}
			return decimalReader(int(t.Scale)), nil
		case *format.DateType:
			return func(v parquet.Value) (string, error) {
				return time.Unix(int64(v.Int32())*86400, 0).UTC().Format(time.DateOnly), nil
			}, nil
		case *format.TimestampType, *format.TimeType:
			return nil, fault.Newf(fault.Invalid, "时间类型的列不能导入：日期请用 DATE 或文字 2025-10-22。", "A time column cannot be imported: write dates as DATE or as text, 2025-10-22.")
		}
	}
	switch c.Type().Kind() {
	case parquet.Boolean:
		return func(v parquet.Value) (string, error) { return strconv.FormatBool(v.Boolean()), nil }, nil
	case parquet.Int32:
		return func(v parquet.Value) (string, error) { return strconv.FormatInt(int64(v.Int32()), 10), nil }, nil
	case parquet.Int64:
		return func(v parquet.Value) (string, error) { return strconv.FormatInt(v.Int64(), 10), nil }, nil
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return textCell, nil
	}
	return nil, fault.Newf(fault.Invalid, "浮点列不能导入：金额和数量请用 DECIMAL 或文字，浮点数会丢精度。", "A float column cannot be imported: use DECIMAL or text for money and quantities, since floats lose precision.")
}

func textCell(v parquet.Value) (string, error) {
	text := string(v.ByteArray())
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return "", fault.Newf(fault.Invalid, "不是 UTF-8 文字。", "Not UTF-8 text.")
	}
	return text, nil
}

// decimalReader prints the unscaled integer with its decimals; bytes are
// big-endian two's complement.
func decimalReader(scale int) cellReader {
	return func(v parquet.Value) (string, error) {
		var n big.Int
		switch v.Kind() {
		case parquet.Int32:
			n.SetInt64(int64(v.Int32()))
		case parquet.Int64:
			n.SetInt64(v.Int64())
		case parquet.ByteArray, parquet.FixedLenByteArray:
			raw := v.ByteArray()
			if len(raw) > 16 {
				return "", fault.Newf(fault.Invalid, "DECIMAL 超过 128 位。", "The DECIMAL exceeds 128 bits.")
			}
			n.SetBytes(raw)
			if len(raw) > 0 && raw[0] >= 0x80 {
				n.Sub(&n, new(big.Int).Lsh(big.NewInt(1), uint(len(raw)*8)))
			}
		}
		sign, digits := "", n.String()
		if digits[0] == '-' {
			sign, digits = "-", digits[1:]
		}
		if scale == 0 {
			return sign + digits, nil
		}
		if len(digits) <= scale {
			digits = strings.Repeat("0", scale-len(digits)+1) + digits
		}
		return sign + digits[:len(digits)-scale] + "." + digits[len(digits)-scale:], nil
	}
}

// parquetRows reads one row group after the other.
type parquetRows struct {
	groups  []parquet.RowGroup
	readers []cellReader
	rows    parquet.Rows
	buffer  [64]parquet.Row
	ready   []parquet.Row
	line    int64
}

func (p *parquetRows) next() (row Row, err error) {
	defer recovered(&err)
	for len(p.ready) == 0 {
		if err := p.fill(); err != nil {
			return Row{}, err
		}
	}
	values := p.ready[0]
	p.ready = p.ready[1:]
	p.line++
	row = Row{Line: p.line, Cells: make([]string, len(p.readers))}
	for _, v := range values {
		i := v.Column()
		if i < 0 || i >= len(p.readers) {
			return Row{}, notParquet(fmt.Errorf("column %d", i))
		}
		if v.IsNull() {
			continue
		}
		if row.Cells[i], err = p.readers[i](v); err != nil {
			return Row{}, brokenAt(p.line, i+1, fault.From(err).Message)
		}
	}
	return row, nil
}

// fill reads some rows, or io.EOF behind the last group.
func (p *parquetRows) fill() error {
	if p.rows == nil {
		if len(p.groups) == 0 {
			return io.EOF
		}
		p.rows, p.groups = p.groups[0].Rows(), p.groups[1:]
	}
	n, err := p.rows.ReadRows(p.buffer[:])
	p.ready = p.buffer[:n]
	if err == nil && n == 0 {
		err = io.ErrNoProgress
	}
	if errors.Is(err, io.EOF) {
		err = p.rows.Close()
		p.rows = nil
	}
	if err != nil {
		return notParquet(err)
	}
	return nil
}
