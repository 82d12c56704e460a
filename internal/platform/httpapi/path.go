package httpapi

import "github.com/qianmo/qianmo/internal/platform/ident"

// OrgPath is embedded in the input of operations on an organisation's things.
// (huma overlooks embedded structs with lower-case names.)
type OrgPath struct {
	Org ident.CreditCode `path:"org"`
}

// IDPath is embedded in the input of operations on one thing.
type IDPath struct {
	ID string `path:"id" maxLength:"200"`
}
