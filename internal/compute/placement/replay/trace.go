// Package replay plays a trace of tasks against a placement strategy and measures
// how much of the devices it gets allocated.
package replay

import (
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/compute/placement"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Request is one row of a list of tasks.
type Request struct {
	placement.Task
	Lifetime int64 // seconds from its start, or its creation, to its deletion; 0 when the list does not say
}

// MaxRows is how many rows a list has at most.
const MaxRows = 1_000_000

// ReadNodes reads a list of nodes as CSV with the columns sn, cpu_milli,
// memory_mib, gpu and model (openb, the trace of Weng et al., USENIX ATC 2023).
// Its devices are split as finely as tasks ask. name is the file's, for messages.
//
// Codes: invalid, too_large.
func ReadNodes(name string, r io.Reader) ([]placement.Node, error) {
	var out []placement.Node
	err := rows(name, r, []string{"sn", "cpu_milli", "memory_mib", "gpu", "model"}, func(row row) error {
		n := placement.Node{Name: row.text("sn"), Model: row.text("model"), Parts: placement.Whole}
		n.CPU, n.Memory, n.Devices = row.number("cpu_milli"), row.number("memory_mib"), int(row.number("gpu"))
		if n.Devices > 0 && n.Model == "" {
			row.fail("model", "有加速卡的节点须写型号。", "A node with devices needs their model.")
		}
		out = append(out, n)
		return row.err()
	})
	return out, err
}

// ReadRequests reads a list of tasks as CSV with the columns cpu_milli,
// memory_mib, num_gpu and gpu_milli and, where there are any, gpu_spec,
// creation_time, deletion_time and scheduled_time. name is the file's, for
// messages.
//
// Codes: invalid, too_large.
func ReadRequests(name string, r io.Reader) ([]Request, error) {
	var out []Request
	err := rows(name, r, []string{"cpu_milli", "memory_mib", "num_gpu", "gpu_milli"}, func(row row) error {
		q := Request{Task: placement.Task{CPU: row.number("cpu_milli"), Memory: row.number("memory_mib"), Devices: int(row.number("num_gpu")), Share: row.number("gpu_milli")}}
		if spec := row.text("gpu_spec"); spec != "" {
			q.Models = strings.Split(spec, "|")
		}
		if row.text("deletion_time") != "" {
			from := "scheduled_time"
			if row.text(from) == "" {
				from = "creation_time"
			}
			q.Lifetime = max(row.number("deletion_time")-row.number(from), 0)
		}
		row.faults.Merge("", q.Validate())
		out = append(out, q)
		return row.err()
	})
	return out, err
}

// row is one row of a list, with what is wrong in it.
type row struct {
	file    string
	line    int
	columns map[string]int
	cells   []string
	faults  *fault.Collector
}

// rows visits the rows of a CSV file whose first line names the columns.
func rows(name string, r io.Reader, needed []string, visit func(row) error) error {
	file := csv.NewReader(r)
	file.ReuseRecord = true
	head, err := file.Read()
	if err != nil {
		return unreadable(name, err)
	}
	columns := map[string]int{}
	for i, column := range head {
		columns[strings.TrimSpace(strings.TrimPrefix(column, "\ufeff"))] = i
	}
	for _, column := range needed {
		if _, there := columns[column]; !there {
			return fault.Newf(fault.Invalid, "%[2]s 第 1 行缺少列 %[1]s。", "Line 1 of %[2]s lacks the column %[1]s.", column, name)
		}
	}
	for n := 0; ; n++ {
		cells, err := file.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unreadable(name, err)
		}
		if n == MaxRows {
			return fault.Newf(fault.TooLarge, "%s 最多 %d 行。", "%s may have at most %d rows.", name, MaxRows)
		}
		line, _ := file.FieldPos(0)
		if err := visit(row{file: name, line: line, columns: columns, cells: cells, faults: new(fault.Collector)}); err != nil {
			return err
		}
	}
}

func unreadable(name string, err error) error {
	if errors.Is(err, io.EOF) {
		return fault.Newf(fault.Invalid, "%s 是空的：第一行应是列名。", "%s is empty: its first line should name the columns.", name)
	}
	return fault.Newf(fault.Invalid, "%s 不是有效的 CSV：%v", "%s is not valid CSV: %v", name, err)
}

func (r row) text(column string) string {
	if i, there := r.columns[column]; there {
		return strings.Clone(strings.TrimSpace(r.cells[i]))
	}
	return ""
}

// number is a whole number, 0 for an empty cell.
func (r row) number(column string) int64 {
	text := r.text(column)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > maxNumber {
		r.fail(column, "应是 0 至 %[2]d 的整数，写的是 %[1]s。", "Must be a whole number from 0 to %[2]d, not %[1]s.", text, int64(maxNumber))
		return 0
	}
	return n
}

// maxNumber keeps products of two numbers of a row below 2^63.
const maxNumber = 1 << 40

func (r row) fail(column, zh, en string, args ...any) { r.faults.Add(column, zh, en, args...) }

// err names the line beside each column.
func (r row) err() error {
	if r.faults.Len() == 0 {
		return nil
	}
	var c fault.Collector
	c.Merge(r.file+":"+strconv.Itoa(r.line), r.faults.Err())
	return c.Err()
}
