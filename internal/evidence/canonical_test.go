package evidence_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/qianmo/qianmo/internal/evidence"
)

// Canonical bytes are JSON that says exactly what the fact says, so that two
// facts that differ have bytes that differ.
func FuzzCanonical(f *testing.F) {
	f.Add("f1", "model-a", "16666667.03", "place", "520115")
	f.Add(`"`, `\`, "\b\f\n\r\t\x00\x1f\x7f", "模型", "\u2028\U00020bb7")
	f.Fuzz(func(t *testing.T, id, object, quantity, name, value string) {
		for _, s := range []string{id, object, quantity, name, value} {
			if !utf8.ValidString(s) {
				t.Skip("facts hold UTF-8 only")
			}
		}
		fact := evidence.Fact{ID: id, Object: object, Quantity: quantity, Attributes: map[string]string{name: value}}
		var got struct {
			ID         string            `json:"id"`
			Object     string            `json:"object"`
			Quantity   string            `json:"quantity"`
			Attributes map[string]string `json:"attributes"`
		}
		if err := json.Unmarshal(fact.Canonical(), &got); err != nil {
			t.Fatalf("%s: %v", fact.Canonical(), err)
		}
		if got.ID != id || got.Object != object || got.Quantity != quantity || len(got.Attributes) != 1 || got.Attributes[name] != value {
			t.Fatalf("%s says %+v", fact.Canonical(), got)
		}
	})
}
