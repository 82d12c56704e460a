package evidence_test

import (
	"testing"

	"github.com/cockroachdb/apd/v3"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// FuzzParseDecimal: what is taken is the same number, not negative, and its
// normal form is taken as it stands.
func FuzzParseDecimal(f *testing.F) {
	for _, seed := range []string{"0", "0.6", "007.10", "-0", "1e3", "１２", "+1", "NaN", "1.", ".5", "999999999999999999999999.999999999999", "1,000"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := evidence.ParseDecimal(s)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			return
		}
		given, _, err := apd.NewFromString(s)
		if err != nil {
			t.Fatalf("%q was taken and is no decimal: %v", s, err)
		}
		normal, _, err := apd.NewFromString(got)
		if err != nil || normal.Cmp(given) != 0 || normal.Negative {
			t.Fatalf("%q became %q, %v", s, got, err)
		}
		if again, err := evidence.ParseDecimal(got); err != nil || again != got {
			t.Fatalf("%q became %q became %q, %v", s, got, again, err)
		}
	})
}
