package httpapitest

import (
	"fmt"
	"net/http"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// judge says what is wrong with a status, or nothing. denial is what the table
// decided; unknownID tells that the path names a thing that does not exist.
func judge(denial error, status int, unknownID bool) string {
	if denial != nil {
		if want := fault.From(denial).Code.HTTPStatus(); status != want {
			return fmt.Sprintf("denied by the table, which wants %d, but got %d", want, status)
		}
		return ""
	}
	switch {
	case status >= http.StatusInternalServerError:
		return fmt.Sprintf("permitted, but failed with %d", status)
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fmt.Sprintf("permitted by the table, but refused with %d", status)
	case status == http.StatusNotFound && !unknownID:
		return "permitted, but not found"
	}
	return ""
}
