package app

import (
	"context"
	"io"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/blob"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy"
)

// registry is party as policy needs it.
type registry struct{ *party.Service }

// Payee implements policy.Registry.
func (r registry) Payee(ctx context.Context, org ident.CreditCode) (party.PayeeAccount, bool, error) {
	p, err := r.PayeeOf(ctx, org)
	if fault.Is(err, fault.NotFound) {
		return p, false, nil
	}
	return p, err == nil, err
}

// importTrail is party's audit trail as evidence needs it.
func (p *product) importTrail(ctx context.Context, act string, im evidence.Import) error {
	return p.party.Record(ctx, party.Act{Action: "evidence.import." + act, Kind: "import", Subject: im.ID, Org: ident.CreditCode(im.Org),
		Details: map[string]any{"file": im.Name, "sha256": im.SHA256, "good": im.Good, "bad": im.Bad, "written": im.Written}})
}

// files is the blob store as policy needs it.
type files struct{ blobs *blob.Store }

// Keep implements policy.Files.
func (f files) Keep(ctx context.Context, name string, r io.Reader) (policy.Attachment, error) {
	d, err := f.blobs.PutDocument(ctx, name, r)
	return policy.Attachment{Name: d.Name, Type: d.MediaType, Size: d.Size, SHA256: string(d.Digest)}, err
}

// Open implements policy.Files.
func (f files) Open(ctx context.Context, sha256 string) (io.ReadCloser, error) {
	digest, err := blob.ParseDigest(sha256)
	if err != nil {
		return nil, err
	}
	r, _, err := f.blobs.Open(ctx, digest)
	return r, err
}
