package sheet

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// compact reads Apache Thrift's compact protocol, as far as Parquet's
// metadata uses it, for one purpose: to know sizes before a Parquet library
// allocates for them. A list or text that claims more than the bytes that are
// left is refused. Source: thrift-compact-protocol.md of Apache Thrift.
type compact struct {
	data  []byte
	at    int
	depth int
}

// fields are a struct's values by field id: int64, bool, []byte, []any or fields.
type fields map[int16]any

var errThrift = errors.New("malformed metadata")

const maxThriftDepth = 16

// The wire types.
const (
	wireTrue, wireFalse, wireByte, wireInt16, wireInt32, wireInt64 = 1, 2, 3, 4, 5, 6
	wireDouble, wireBinary, wireList, wireSet, wireStruct          = 7, 8, 9, 10, 12
)

func (c *compact) byte() (byte, error) {
	if c.at >= len(c.data) {
		return 0, errThrift
	}
	c.at++
	return c.data[c.at-1], nil
}

func (c *compact) uvarint() (uint64, error) {
	n, size := binary.Uvarint(c.data[c.at:])
	if size <= 0 {
		return 0, errThrift
	}
	c.at += size
	return n, nil
}

func (c *compact) varint() (int64, error) {
	n, err := c.uvarint()
	return int64(n>>1) ^ -int64(n&1), err
}

// length reads a length that cannot exceed what is left.
func (c *compact) length() (int, error) {
	n, err := c.uvarint()
	if err != nil || n > uint64(len(c.data)-c.at) {
		return 0, errThrift
	}
	return int(n), nil
}

func (c *compact) readStruct() (fields, error) {
	if c.depth++; c.depth > maxThriftDepth {
		return nil, errThrift
	}
	defer func() { c.depth-- }()
	out := fields{}
	for id := int16(0); ; {
		head, err := c.byte()
		if err != nil || head == 0 {
			return out, err
		}
		if delta := head >> 4; delta != 0 {
			id += int16(delta)
		} else {
			long, err := c.varint()
			if err != nil {
				return nil, err
			}
			id = int16(long)
		}
		wire := head & 0x0f
		switch wire {
		case wireTrue, wireFalse:
			out[id] = wire == wireTrue
		default:
			if out[id], err = c.value(wire); err != nil {
				return nil, err
			}
		}
	}
}

func (c *compact) value(wire byte) (any, error) {
	switch wire {
	case wireTrue, wireFalse, wireByte:
		b, err := c.byte()
		return int64(int8(b)), err
	case wireInt16, wireInt32, wireInt64:
		return c.varint()
	case wireDouble:
		_, err := c.take(8)
		return nil, err
	case wireBinary:
		n, err := c.length()
		if err != nil {
			return nil, err
		}
		return c.take(n)
	case wireList, wireSet:
		return c.list()
	case wireStruct:
		return c.readStruct()
	}
	return nil, fmt.Errorf("%w: wire type %d", errThrift, wire)
}

func (c *compact) take(n int) ([]byte, error) {
	if n > len(c.data)-c.at {
		return nil, errThrift
	}
	c.at += n
	return c.data[c.at-n : c.at], nil
}

func (c *compact) list() ([]any, error) {
	head, err := c.byte()
	if err != nil {
		return nil, err
	}
	n := int(head >> 4)
	if n == 15 {
		if n, err = c.length(); err != nil {
			return nil, err
		}
	}
	if n > len(c.data)-c.at { // every element takes a byte at least
		return nil, errThrift
	}
	if c.depth++; c.depth > maxThriftDepth {
		return nil, errThrift
	}
	defer func() { c.depth-- }()
	out := make([]any, 0, min(n, 1024))
	for range n {
		v, err := c.value(head & 0x0f)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// int64 of a field; 0 when it is not there.
func (f fields) int(id int16) int64 { n, _ := f[id].(int64); return n }

// sub is a struct field; nil when it is not there.
func (f fields) sub(id int16) fields { s, _ := f[id].(fields); return s }

// subs are the structs of a list field.
func (f fields) subs(id int16) []fields {
	list, _ := f[id].([]any)
	out := make([]fields, 0, len(list))
	for _, v := range list {
		s, _ := v.(fields)
		out = append(out, s)
	}
	return out
}
