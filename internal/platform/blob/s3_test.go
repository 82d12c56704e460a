package blob

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// objectStore starts a server that speaks S3 and returns the address of an
// empty bucket there, as an operator writes it.
func objectStore(t *testing.T) string {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("qianmo"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	return addressOn(t, server.URL)
}

func addressOn(t *testing.T, endpoint string) string {
	t.Helper()
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"} {
		t.Setenv(name, value)
	}
	return "s3://qianmo?region=cn-south-1&use_path_style=true&endpoint=" + url.QueryEscape(endpoint)
}

func TestAnObjectStoreThatIsAwayIsSaidSo(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "the store is down", http.StatusServiceUnavailable)
	}))
	t.Cleanup(server.Close)
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	s, err := Open(context.Background(), addressOn(t, server.URL), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, _, err := s.Put(context.Background(), strings.NewReader("合同"), 1<<20); !fault.Is(err, fault.Unavailable) {
		t.Errorf("put: %v", err)
	}
	if _, _, err := s.Open(context.Background(), sum([]byte("合同"))); !fault.Is(err, fault.Unavailable) {
		t.Errorf("open: %v", err)
	}
}
