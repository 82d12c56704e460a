package app

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/ledger"
)

// ledgerHead names the ledger's heads in the evidence log; a value is "seq:hash".
const ledgerHead = "ledger.head"

// headsCompared is how many sealed heads a verification compares: the newest.
const headsCompared = 200

// sealHead puts the head of the ledger's hash chain into the evidence log when
// it has moved, so that even a consistent rewriting of the books is found.
func (p *product) sealHead(ctx context.Context) error {
	head, err := p.ledger.Head(ctx)
	if err != nil || head.Seq == 0 {
		return err
	}
	value := fmt.Sprintf("%d:%s", head.Seq, head.Hash)
	err = p.db.InTx(ctx, func(ctx context.Context) error { // compared and written in one, or two callers would seal it twice
		last, err := p.facts.Store.Digests(ctx, ledgerHead, 1)
		if err != nil || (len(last) == 1 && last[0].Value == value) {
			return err
		}
		return p.facts.SealDigest(ctx, ledgerHead, value)
	})
	p.sealer.Wake()
	return err
}

// sealedHeads returns the newest heads that the log holds.
func (p *product) sealedHeads(ctx context.Context) ([]ledger.Head, error) {
	return sealedHeads(ctx, p.facts.Store)
}

func sealedHeads(ctx context.Context, store evidence.Store) ([]ledger.Head, error) {
	digests, err := store.Digests(ctx, ledgerHead, headsCompared)
	if err != nil {
		return nil, err
	}
	heads := make([]ledger.Head, 0, len(digests))
	for _, d := range digests {
		seq, hash, _ := strings.Cut(d.Value, ":")
		n, errSeq := strconv.ParseInt(seq, 10, 64)
		raw, errHash := hex.DecodeString(hash)
		h := ledger.Head{Seq: n}
		if errSeq != nil || errHash != nil || copy(h.Hash[:], raw) != len(h.Hash) {
			h = ledger.Head{Seq: n} // an altered digest matches no entry, and evidence verify names it
		}
		heads = append(heads, h)
	}
	return heads, nil
}
