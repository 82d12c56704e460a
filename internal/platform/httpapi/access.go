package httpapi

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Access says who may call one operation. Exactly one of Public, SignedIn and
// Roles is set. What depends on the thing itself (is this application mine?)
// is the domain's to check.
type Access struct {
	Public   bool   // anyone, signed in or not
	SignedIn bool   // any person, in whatever role
	Roles    []Role // a person who acts in one of these roles
	Own      bool   // {org} in the path must be the principal's own organisation, unless the role is region-wide
	Session  bool   // only from a signed-in browser, not with an API key: a leaked key must not breed
	Secret   bool   // the answer holds a secret or sets a cookie: it is never kept for a repeat (see Idempotency-Key)
}

// Table is the one list of who may call what, keyed by operation id.
type Table map[string]Access

// Permits decides whether p may call the operation on the path's organisation
// (empty when the path has none).
//
// Codes: unauthorized; forbidden; not_found for somebody else's organisation,
// which thereby looks the same as one that does not exist.
func (a Access) Permits(p Principal, org ident.CreditCode, regionWide []Role) error {
	if a.Public {
		return nil
	}
	if !p.SignedIn() {
		return fault.Newf(fault.Unauthorized, "请先登录。", "Sign in first.")
	}
	if !a.SignedIn && !slices.Contains(a.Roles, p.Role) {
		return fault.Newf(fault.Forbidden, "您当前的身份不能做这件事；如另有身份，请先切换。", "Your present role may not do this; switch to another of your roles if you have one.")
	}
	if a.Session && p.Key != "" {
		return fault.Newf(fault.Forbidden, "这件事不能用密钥做：请登录网页操作。", "This cannot be done with an API key: sign in to the console.")
	}
	if a.Own && p.Org != org && !slices.Contains(regionWide, p.Role) {
		return fault.Newf(fault.NotFound, "没有这个机构，或您无权查看它。", "There is no such organisation, or it is not yours to see.")
	}
	return nil
}

// check compares the table with what is registered; it lists every difference.
func (t Table) check(registered map[string]*huma.Operation) error {
	var errs []error
	for id, op := range registered {
		row, listed := t[id]
		if !listed {
			errs = append(errs, fmt.Errorf("operation %s (%s %s) has no row in the access table", id, op.Method, op.Path))
			continue
		}
		if ways := count(row.Public, row.SignedIn, len(row.Roles) > 0); ways != 1 {
			errs = append(errs, fmt.Errorf("access of %s: set exactly one of Public, SignedIn, Roles", id))
		}
		if row.Session && row.Public {
			errs = append(errs, fmt.Errorf("access of %s: Session needs a signed-in caller", id))
		}
		if row.Own && (row.Public || !strings.Contains(op.Path, "{org}")) {
			errs = append(errs, fmt.Errorf("access of %s: Own needs {org} in the path and a signed-in caller", id))
		}
	}
	for id := range t {
		if registered[id] == nil {
			errs = append(errs, fmt.Errorf("access table row %s has no operation", id))
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}

func count(conditions ...bool) (n int) {
	for _, c := range conditions {
		if c {
			n++
		}
	}
	return n
}

// authorise is the middleware that asks the table before any handler runs.
func (a *API) authorise(ctx huma.Context, next func(huma.Context)) {
	op := ctx.Operation()
	info := of(ctx.Context())
	info.operation = op.OperationID
	access, listed := a.config.Access[op.OperationID]
	if !listed { // Handler refuses such an API; nothing may slip through all the same
		a.refuse(ctx, fault.Newf(fault.Forbidden, "这个操作尚未开放。", "This operation is not open."))
		return
	}
	if err := access.Permits(info.principal, ident.CreditCode(ctx.Param("org")), a.config.RegionWide); err != nil {
		a.refuse(ctx, err)
		return
	}
	next(ctx)
}
