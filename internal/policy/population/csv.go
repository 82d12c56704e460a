package population

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"unicode/utf8"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// csvBlock is how many bytes one worker parses at a time.
const csvBlock = 8 << 20

// maxRecord bounds one record: a quote that is never closed must not swallow
// the file.
const maxRecord = 1 << 20

// csvFile reads RFC 4180 with a header: commas, double quotes, "" inside
// quotes, LF or CRLF, UTF-8 with or without a mark.
type csvFile struct {
	file   *os.File
	size   int64
	header []string
	start  int64 // first byte below the header
}

func openCSV(r *os.File, size int64) (*csvFile, []string, error) {
	head := make([]byte, min(size, maxRecord))
	if n, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, fault.Newf(fault.Invalid, "读不了这个文件：请检查权限和磁盘。", "The file cannot be read: check permissions and the disk.").Because(err)
	} else {
		head = head[:n]
	}
	body := bytes.TrimPrefix(head, []byte("\ufeff"))
	end := recordEnd(body)
	if end < 0 {
		if int64(len(head)) < size {
			return nil, nil, atLine(1, "太长，不是 CSV 表头：请检查换行和引号。", "Too long for a CSV header: check line ends and quotes.")
		}
		end = len(body)
	}
	f := &csvFile{file: r, size: size, start: int64(len(head) - len(body) + end)}
	p := csvParser{data: body[:end]}
	for !p.done() {
		cell, last, err := p.cell()
		if err != nil || !utf8.Valid(cell) {
			return nil, nil, atLine(1, "不是 UTF-8 编码的 CSV 表头（旧版软件多写成 GBK 或 UTF-16）：请另存为“CSV UTF-8”。", "No CSV header in UTF-8 (older software writes GBK or UTF-16): save the table as “CSV UTF-8”.")
		}
		if bytes.IndexByte(cell, '\r') >= 0 {
			return nil, nil, atLine(1, "行尾只有回车（旧式 Mac 换行）：请用 LF 或 CRLF 换行另存。", "Lines end in CR alone (old Mac style): save the table with LF or CRLF.")
		}
		f.header = append(f.header, string(cell))
		if last {
			break
		}
	}
	return f, f.header, nil
}

// recordEnd is the length of the first record with its line end, -1 when it
// does not end in data.
func recordEnd(data []byte) int {
	quoted := false
	for i, c := range data {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			return i + 1
		}
	}
	return -1
}

func (f *csvFile) pieces(want []want) (pieces, error) {
	b := &csvBlocks{file: f, at: f.start, line: 2, row: 1}
	place := map[string]int{}
	for i, w := range want {
		place[w.name] = i
	}
	for _, name := range f.header {
		at, wanted := place[name]
		if !wanted {
			at = -1
		}
		b.places = append(b.places, at)
	}
	b.want = want
	return b, nil
}

// csvBlocks cuts the file into blocks at record ends.
type csvBlocks struct {
	file    *csvFile
	want    []want
	places  []int // file column -> want, -1 skipped
	mu      sync.Mutex
	at      int64
	line    int64
	row     int64
	ordinal int
}

func (b *csvBlocks) next() (piece, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.at >= b.file.size {
		return nil, false, nil
	}
	data := make([]byte, min(csvBlock, b.file.size-b.at))
	if _, err := b.file.file.ReadAt(data, b.at); err != nil && !errors.Is(err, io.EOF) {
		return nil, false, fault.Newf(fault.Invalid, "读不了第 %d 行之后的内容。", "Nothing can be read after line %d.", b.line).Because(err)
	}
	if b.at+int64(len(data)) < b.file.size {
		end := lastRecordEnd(data)
		if end < 0 || len(data)-end > maxRecord {
			return nil, false, atLine(b.line, "从这一行起有一条记录太长：可能少了一个引号。", "From this line on a record is too long: a quote may be missing.")
		}
		data = data[:end]
	}
	p := &csvPiece{blocks: b, data: data, line: b.line, first: b.row, ordinal: b.ordinal}
	p.rows = countRecords(data)
	b.at += int64(len(data))
	b.line += int64(bytes.Count(data, []byte{'\n'}))
	b.row += int64(p.rows)
	b.ordinal++
	return p, true, nil
}

// lastRecordEnd is where the last whole record of a block ends, -1 none.
func lastRecordEnd(data []byte) int {
	if bytes.IndexByte(data, '"') < 0 {
		return bytes.LastIndexByte(data, '\n') + 1 - boolInt(bytes.LastIndexByte(data, '\n') < 0)
	}
	quoted, end := false, -1
	for i, c := range data {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			end = i + 1
		}
	}
	return end
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// countRecords counts records that are not blank lines.
func countRecords(data []byte) int {
	n := 0
	for len(data) > 0 {
		end := recordEnd(data)
		if end < 0 {
			end = len(data)
		}
		if !blank(data[:end]) {
			n++
		}
		data = data[end:]
	}
	return n
}

func blank(record []byte) bool { return len(bytes.TrimRight(record, "\r\n")) == 0 }

type csvPiece struct {
	blocks  *csvBlocks
	data    []byte
	line    int64
	first   int64
	rows    int
	ordinal int
}

func (p *csvPiece) load(c *chunk) error {
	b := p.blocks
	c.ordinal, c.first, c.rows = p.ordinal, p.first, p.rows
	c.columns, c.keys = resize(c.columns, len(b.want)), resize(c.keys, len(b.want))
	builders := make([]*columnBuilder, len(b.places))
	read := make([]bool, len(b.want))
	for i, at := range b.places {
		if at >= 0 {
			builders[i] = newColumnBuilder(b.want[at], p.rows, c.columns[at])
			builders[i].blank(0, len(builders[i].out.Known)*64)
			c.columns[at], c.keys[at], read[at] = builders[i].out, builders[i].keys, true
		}
	}
	for at, there := range read {
		if !there {
			c.columns[at], c.keys[at] = nil, nil
		}
	}
	parser := csvParser{data: p.data, line: p.line}
	for row := 0; row < p.rows; row++ {
		parser.skipBlank()
		line := parser.line
		for i := range builders {
			cell, last, err := parser.cell()
			if err != nil {
				return err
			}
			if last != (i == len(builders)-1) {
				return atLine(line, "列数与表头的 %d 列不同：请检查逗号和引号。", "Another number of columns than the header's %d: check commas and quotes.", len(builders))
			}
			if builders[i] == nil {
				continue
			}
			if err := builders[i].text(row, cell); err != nil {
				var bad fault.Collector
				bad.Merge(fmt.Sprintf("line %d, %s", line, builders[i].name), err)
				return bad.Err()
			}
		}
	}
	for _, b := range builders {
		if b != nil && b.keys != nil {
			b.pad(p.rows)
		}
	}
	return nil
}

// atLine is a fault of one line, the header being line 1.
func atLine(line int64, zh, en string, args ...any) error {
	var bad fault.Collector
	bad.Add(fmt.Sprintf("line %d", line), zh, en, args...)
	return bad.Err()
}

// csvParser reads cells one after another.
type csvParser struct {
	data []byte
	at   int
	line int64
	room []byte // a quoted cell with its "" undone
}

func (p *csvParser) done() bool { return p.at >= len(p.data) }

func (p *csvParser) skipBlank() {
	for p.at < len(p.data) && (p.data[p.at] == '\n' || p.data[p.at] == '\r') {
		if p.data[p.at] == '\n' {
			p.line++
		}
		p.at++
	}
}

// cell returns the next cell and whether it ends its record. It is valid until
// the next call.
func (p *csvParser) cell() (cell []byte, last bool, err error) {
	if p.at < len(p.data) && p.data[p.at] == '"' {
		return p.quoted()
	}
	start := p.at
	for i, c := range p.data[start:] {
		switch c {
		case ',':
			p.at = start + i + 1
			return p.data[start : start+i], false, nil
		case '\n':
			p.at = start + i + 1
			p.line++
			end := start + i
			if end > start && p.data[end-1] == '\r' {
				end--
			}
			return p.data[start:end], true, nil
		case '"':
			return nil, false, atLine(p.line, "引号只能包住整个单元格，格内的引号写两个。", "Quotes enclose a whole cell; a quote inside is written twice.")
		}
	}
	p.at = len(p.data)
	return p.data[start:], true, nil
}

func (p *csvParser) quoted() ([]byte, bool, error) {
	line := p.line
	p.room = p.room[:0]
	p.at++
	for p.at < len(p.data) {
		c := p.data[p.at]
		p.at++
		if c == '\n' {
			p.line++
		}
		if c != '"' {
			p.room = append(p.room, c)
			continue
		}
		if p.at < len(p.data) && p.data[p.at] == '"' {
			p.room = append(p.room, '"')
			p.at++
			continue
		}
		switch {
		case p.at == len(p.data):
			return p.room, true, nil
		case p.data[p.at] == ',':
			p.at++
			return p.room, false, nil
		case p.data[p.at] == '\n':
			p.at++
			p.line++
			return p.room, true, nil
		case p.data[p.at] == '\r' && (p.at+1 == len(p.data) || p.data[p.at+1] == '\n'):
			p.at = min(p.at+2, len(p.data))
			p.line++
			return p.room, true, nil
		}
		return nil, false, atLine(line, "引号后面应是逗号或行尾，格内的引号写两个。", "A comma or the line's end follows a closing quote; a quote inside is written twice.")
	}
	return nil, false, atLine(line, "引号没有关上：请补上。", "The quote is never closed: close it.")
}
