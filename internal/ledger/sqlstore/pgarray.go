package sqlstore

import (
	"encoding/binary"
	"slices"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/qianmo/qianmo/internal/ledger"
)

// appendParams are the parameters of appendSQL in PostgreSQL's binary form: one
// array a column. They are written here, value behind value, because handing
// pgx seventeen slices costs more than deciding the entries does.
func appendParams(after int64, entries []*ledger.Entry) [][]byte {
	ints := func(of func(*ledger.Entry) int64) []byte {
		a := newArray(pgtype.Int8OID, len(entries), 8)
		for _, e := range entries {
			a = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(a, 8), uint64(of(e)))
		}
		return a
	}
	texts := func(of func(*ledger.Entry) string) []byte {
		a := newArray(pgtype.TextOID, len(entries), 16)
		for _, e := range entries {
			text := of(e)
			a = append(binary.BigEndian.AppendUint32(a, uint32(len(text))), text...)
		}
		return a
	}
	hashes := newArray(pgtype.ByteaOID, len(entries), len(ledger.Hash{}))
	for _, e := range entries {
		hashes = append(binary.BigEndian.AppendUint32(hashes, uint32(len(e.Hash))), e.Hash[:]...)
	}
	return [][]byte{
		binary.BigEndian.AppendUint64(nil, uint64(after)),
		ints(func(e *ledger.Entry) int64 { return e.Seq }),
		texts(func(e *ledger.Entry) string { return e.ID }),
		texts(func(e *ledger.Entry) string { return string(e.Kind) }),
		ints(func(e *ledger.Entry) int64 { return e.From }),
		ints(func(e *ledger.Entry) int64 { return e.To }),
		ints(func(e *ledger.Entry) int64 { return int64(e.Amount) }),
		ints(func(e *ledger.Entry) int64 { return e.Hold }),
		ints(func(e *ledger.Entry) int64 { return e.Corrects }),
		ints(func(e *ledger.Entry) int64 { return e.Link }),
		texts(func(e *ledger.Entry) string { return e.Party }),
		texts(func(e *ledger.Entry) string { return e.Ref }),
		texts(func(e *ledger.Entry) string { return string(e.Until) }),
		texts(func(e *ledger.Entry) string { return string(e.Outcome) }),
		texts(func(e *ledger.Entry) string { return e.Detail }),
		ints(func(e *ledger.Entry) int64 { return int64(e.Free) }),
		ints(func(e *ledger.Entry) int64 { return e.At }),
		hashes,
	}
}

// binaryFormats says of each parameter that it is in binary form.
var binaryFormats = slices.Repeat([]int16{1}, 18)

// newArray begins a one-dimensional array without nulls: the number of
// dimensions, whether there are nulls, the type, the length and the lower bound
// (PostgreSQL's array_recv), with room for values of about so many bytes.
func newArray(oid uint32, length, each int) []byte {
	a := make([]byte, 0, 20+length*(4+each))
	for _, n := range [...]uint32{1, 0, oid, uint32(length), 1} {
		a = binary.BigEndian.AppendUint32(a, n)
	}
	return a
}
