package payment

import (
	"context"
	"io"
	"time"
)

// File is something that a person uploaded; the bytes are a blob under its digest.
type File struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Type     string    `json:"media_type"`
	Size     int64     `json:"size" doc:"Bytes"`
	SHA256   string    `json:"sha256"`
	Uploader string    `json:"uploader"`
	At       time.Time `json:"at"`
}

// Files keeps bytes under their digest.
type Files interface {
	// Keep stores what a person uploads. Codes: too_large; invalid for a type
	// that is not allowed; unavailable.
	Keep(ctx context.Context, name string, r io.Reader) (File, error)
	// Put stores bytes of ours. Codes: unavailable.
	Put(ctx context.Context, content []byte) (sha256 string, err error)
	// Open returns the bytes of a digest. Codes: not_found.
	Open(ctx context.Context, sha256 string) (io.ReadCloser, error)
}

// maxFiles bounds the files of one report or milestone.
const maxFiles = 20
