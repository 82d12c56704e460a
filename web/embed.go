// Package web holds the built console, so that one file is the whole product.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Dist returns the built console, rooted at its index.html. Without a console
// build it holds only a placeholder, and the server says so instead of a page.
func Dist() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("web: dist is embedded, so it is there: " + err.Error())
	}
	return sub
}
