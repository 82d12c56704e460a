package httpapitest

import (
	"testing"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

func TestJudge(t *testing.T) {
	denied := fault.Newf(fault.Forbidden, "否", "no")
	for _, c := range []struct {
		denial    error
		status    int
		unknownID bool
		fine      bool
	}{
		{denied, 403, false, true},
		{denied, 200, false, false},
		{denied, 422, false, false},
		{denied, 401, false, false},
		{nil, 200, false, true},
		{nil, 422, false, true},
		{nil, 404, true, true},
		{nil, 404, false, false},
		{nil, 403, false, false},
		{nil, 401, true, false},
		{nil, 500, true, false},
		{nil, 503, false, false},
	} {
		if got := judge(c.denial, c.status, c.unknownID); (got == "") != c.fine {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
