package evidencetest

import (
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// VerifyConsistency checks, as an outsider does, that a newer checkpoint extends
// an older one: no sealed leaf was changed or removed between them.
//
// Codes: check_failed; invalid when a key cannot be read.
func VerifyConsistency(key string, older, newer []byte, path [][]byte) error {
	a, err := evidence.ParseCheckpoint(older, key)
	if err != nil {
		return err
	}
	b, err := evidence.ParseCheckpoint(newer, key)
	if err != nil {
		return err
	}
	if err := proof.VerifyConsistency(rfc6962.DefaultHasher, a.Size, b.Size, path, a.Root, b.Root); err != nil {
		return fault.Newf(fault.CheckFailed, "大小为 %d 的日志不是大小为 %d 的日志的开头：历史被改写过。", "The log of size %d is not the beginning of the log of size %d: history was rewritten.", a.Size, b.Size).Because(err)
	}
	return nil
}
