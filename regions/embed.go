// Package regions ships the region packs inside the program: documents,
// measures, guides, questions and worked cases, one folder a region.
package regions

import (
	"embed"
	"io/fs"
)

//go:embed guizhou
var packs embed.FS

// Names lists the packs that the program ships.
func Names() []string { return []string{"guizhou"} }

// Open returns a shipped pack's folder.
func Open(name string) (fs.FS, error) { return fs.Sub(packs, name) }
