package evidence

import (
	"encoding/hex"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// FactProof is all that somebody needs, beside the log's public key, to see
// that a fact was sealed and not changed since.
type FactProof struct {
	Fact       Fact     `json:"fact"`
	Salt       string   `json:"salt"`       // hexadecimal
	Index      uint64   `json:"index"`      // of the leaf in the log
	Path       []string `json:"path"`       // inclusion proof of RFC 6962 section 2.1.1, hexadecimal, from the leaf upwards
	Checkpoint string   `json:"checkpoint"` // signed note that the path leads to
}

// Verify recomputes the fact's leaf and follows the path to the signed root.
// It needs no database and no log: an outsider can run it.
//
// Codes: check_failed naming the step that fails; invalid when the proof
// itself cannot be read.
func (p FactProof) Verify(key string) error {
	salt, err := hex.DecodeString(p.Salt)
	if err != nil || len(salt) != SaltSize {
		return fault.Newf(fault.Invalid, "盐应为 %d 位十六进制。", "The salt has %d hexadecimal digits.", SaltSize*2)
	}
	path := make([][]byte, len(p.Path))
	for i, step := range p.Path {
		if path[i], err = hex.DecodeString(step); err != nil || len(path[i]) != rfc6962.DefaultHasher.Size() {
			return fault.Newf(fault.Invalid, "包含证明第 %d 步不是 64 位十六进制。", "Step %d of the inclusion proof is not 64 hexadecimal digits.", i+1)
		}
	}
	checkpoint, err := ParseCheckpoint([]byte(p.Checkpoint), key)
	if err != nil {
		return err
	}
	leaf := LeafOf(salt, p.Fact.Canonical())
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, p.Index, checkpoint.Size, rfc6962.DefaultHasher.HashLeaf(leaf[:]), path, checkpoint.Root); err != nil {
		return fault.Newf(fault.CheckFailed, "事实 %s 与封存的记录对不上：内容、盐、序号或证明被改动过。", "Fact %s does not match what was sealed: its content, salt, index or proof was altered.", p.Fact.ID).Because(err)
	}
	return nil
}

func hexes(path [][]byte) []string {
	out := make([]string, len(path))
	for i, step := range path {
		out[i] = hex.EncodeToString(step)
	}
	return out
}
