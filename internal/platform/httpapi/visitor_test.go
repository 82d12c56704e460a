package httpapi_test

import (
	"testing"

	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// TestAVisitorIsNobody: whoever asks through it, it is the public that asks.
func TestAVisitorIsNobody(t *testing.T) {
	s := serve(t, dbtest.SQLite(t))
	visitor := s.api.Visitor()
	keeper := httpapi.WithPrincipal(t.Context(), httpapi.Principal{PersonID: "k", Role: "keeper"})
	var page struct {
		Items []struct{ Name string }
	}
	if err := visitor.Ask(keeper, "listPets", nil, nil, &page); err != nil {
		t.Fatal(err)
	}
	for _, closed := range []string{"createPet", "leak", "getOrgPets", "nothing"} {
		if err := visitor.Ask(keeper, closed, nil, nil, &page); err == nil || fault.From(err).Code != fault.Internal {
			t.Errorf("%s was asked: %v", closed, err)
		}
	}
	err := visitor.Ask(i18n.With(t.Context(), i18n.English), "listPets", httpapi.Params{"limit": {"100000"}}, nil, &page)
	if !fault.Is(err, fault.Invalid) || len(fault.From(err).Fields) == 0 {
		t.Errorf("a bad parameter gave %v", err)
	}
}
