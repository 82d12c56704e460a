package evidence

import (
	"context"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// registerLog adds what the public may fetch: the files of the log in the
// layout of C2SP tlog-tiles, and proofs for those who do not compute them
// from tiles.
func (a API) registerLog(api huma.API) {
	httpapi.Register(api, op("getLog", http.MethodGet, "/log", "Size, root and public key of the evidence log", tagLog), a.getLog)
	httpapi.Register(api, file("getCheckpoint", "/log/checkpoint", "The signed checkpoint (C2SP tlog-checkpoint)", "text/plain"), a.getCheckpoint)
	httpapi.Register(api, file("getTile", "/log/tile/{path...}", "A tile or entry bundle (C2SP tlog-tiles)", "application/octet-stream"), a.getTile)
	httpapi.Register(api, op("proveInclusion", http.MethodGet, "/log/proof/inclusion", "Inclusion proof (RFC 6962 section 2.1.1)", tagLog), a.proveInclusion)
	httpapi.Register(api, op("proveConsistency", http.MethodGet, "/log/proof/consistency", "Consistency proof (RFC 6962 section 2.1.2)", tagLog), a.proveConsistency)
}

func file(id, path, summary, mediaType string) huma.Operation {
	o := op(id, http.MethodGet, path, summary, tagLog)
	o.Responses = map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{mediaType: {}}}}
	return o
}

type logBody struct {
	Size         uint64     `json:"size"`
	Root         string     `json:"root" doc:"Hexadecimal"`
	CheckpointAt *time.Time `json:"checkpoint_at" doc:"When the newest checkpoint was published; null before the first"`
	Origin       string     `json:"origin"`
	PublicKey    string     `json:"public_key" doc:"Verifier key of a C2SP signed note"`
	Pending      int64      `json:"pending" doc:"Entries that wait to be sealed"`
}

type logOutput struct{ Body logBody }

func (a API) getLog(ctx context.Context, _ *struct{}) (*logOutput, error) {
	checkpoint, err := a.Log.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	pending, _, err := a.Service.Store.Backlog(ctx)
	if err != nil {
		return nil, err
	}
	origin, _, _ := strings.Cut(a.Log.Key(), "+")
	b := logBody{Size: checkpoint.Size, Root: hex.EncodeToString(checkpoint.Root), Origin: origin, PublicKey: a.Log.Key(), Pending: pending}
	if checkpoint.Raw != nil {
		b.CheckpointAt = &checkpoint.Published
	}
	return &logOutput{b}, nil
}

type fileOutput struct {
	ContentType  string `header:"Content-Type"`
	CacheControl string `header:"Cache-Control"`
	Body         []byte
}

func (a API) getCheckpoint(ctx context.Context, _ *struct{}) (*fileOutput, error) {
	raw, err := a.Log.Resource(ctx, "checkpoint")
	return &fileOutput{"text/plain; charset=utf-8", "no-cache", raw}, err
}

type tileInput struct {
	Path string `path:"path" maxLength:"80" doc:"As in 0/000, 0/000.p/5 or entries/000"`
}

func (a API) getTile(ctx context.Context, in *tileInput) (*fileOutput, error) {
	raw, err := a.Log.Resource(ctx, "tile/"+in.Path)
	return &fileOutput{"application/octet-stream", "public, max-age=31536000, immutable", raw}, err
}

type inclusionInput struct {
	Index uint64 `query:"index" required:"true" doc:"Of the leaf"`
	Size  uint64 `query:"size" doc:"Of the tree; without it, the newest checkpoint's"`
}

type inclusionBody struct {
	Index  uint64   `json:"index"`
	Size   uint64   `json:"size"`
	Hashes []string `json:"hashes" doc:"From the leaf upwards, hexadecimal"`
}

type inclusionOutput struct{ Body inclusionBody }

func (a API) proveInclusion(ctx context.Context, in *inclusionInput) (*inclusionOutput, error) {
	size, err := a.sizeOr(ctx, in.Size)
	if err != nil {
		return nil, err
	}
	path, err := a.Log.Inclusion(ctx, in.Index, size)
	return &inclusionOutput{inclusionBody{in.Index, size, hexes(path)}}, err
}

type consistencyInput struct {
	From uint64 `query:"from" required:"true" minimum:"1" doc:"Size of the older tree"`
	To   uint64 `query:"to" doc:"Size of the newer tree; without it, the newest checkpoint's"`
}

type consistencyBody struct {
	From   uint64   `json:"from"`
	To     uint64   `json:"to"`
	Hashes []string `json:"hashes" doc:"Hexadecimal"`
}

type consistencyOutput struct{ Body consistencyBody }

func (a API) proveConsistency(ctx context.Context, in *consistencyInput) (*consistencyOutput, error) {
	to, err := a.sizeOr(ctx, in.To)
	if err != nil {
		return nil, err
	}
	path, err := a.Log.Consistency(ctx, in.From, to)
	return &consistencyOutput{consistencyBody{in.From, to, hexes(path)}}, err
}

func (a API) sizeOr(ctx context.Context, size uint64) (uint64, error) {
	if size != 0 {
		return size, nil
	}
	checkpoint, err := a.Log.Checkpoint(ctx)
	if err == nil && checkpoint.Size == 0 {
		err = fault.Newf(fault.NotFound, "日志还是空的。", "The log is still empty.")
	}
	return checkpoint.Size, err
}
