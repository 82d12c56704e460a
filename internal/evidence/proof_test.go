package evidence_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// signed is a proof that a sandbox's log gave out, and the log's public key.
func signed(t testing.TB) (raw []byte, proof evidence.FactProof, key string) {
	raw, err := os.ReadFile("testdata/proof.json")
	if err != nil {
		t.Fatal(err)
	}
	var log struct{ Key string }
	if err := json.Unmarshal(raw, &log); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &proof); err != nil {
		t.Fatal(err)
	}
	if err := proof.Verify(log.Key); err != nil {
		t.Fatal(err)
	}
	return raw, proof, log.Key
}

// FuzzFactProof: no proof makes the verifier panic, and none passes that says
// anything but what was sealed.
func FuzzFactProof(f *testing.F) {
	raw, real, key := signed(f)
	f.Add(raw)
	f.Add([]byte(`{}`))
	f.Add(bytes.Replace(raw, []byte(`"index": 5`), []byte(`"index": 18446744073709551615`), 1))
	f.Add(bytes.Replace(raw, []byte(`312406.37`), []byte(`312406.38`), 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p evidence.FactProof
		if json.Unmarshal(data, &p) != nil {
			return
		}
		err := p.Verify(key)
		if err == nil && !bytes.Equal(p.Fact.Canonical(), real.Fact.Canonical()) {
			t.Fatalf("%s passes and was never sealed", p.Fact.Canonical())
		}
		if err != nil && !fault.Is(err, fault.CheckFailed) && !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	})
}

// FuzzParseCheckpoint: only what the key signed is taken.
func FuzzParseCheckpoint(f *testing.F) {
	_, proof, key := signed(f)
	want, err := evidence.ParseCheckpoint([]byte(proof.Checkpoint), key)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(proof.Checkpoint), key)
	f.Add([]byte(proof.Checkpoint), "")
	f.Add([]byte("a\n-1\nx\n\n— a b\n"), key)
	f.Add(bytes.Replace([]byte(proof.Checkpoint), []byte("\n7965\n"), []byte("\n7966\n"), 1), key)
	f.Fuzz(func(t *testing.T, raw []byte, by string) {
		got, err := evidence.ParseCheckpoint(raw, by)
		if err != nil && !fault.Is(err, fault.CheckFailed) && !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		if err == nil && by == key && (got.Size != want.Size || !bytes.Equal(got.Root, want.Root)) {
			t.Fatalf("size %d was taken and never signed", got.Size)
		}
	})
}
