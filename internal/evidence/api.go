package evidence

import (
	"context"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// API is evidence over HTTP. Which roles exist is party's business: app plugs
// in what they may do here.
type API struct {
	Service  *Service
	Log      Log
	Verifier Verifier
	// Readers are the roles that may read any organisation's facts; everybody
	// else reads those of the own organisation.
	Readers []httpapi.Role
	// Attests tells for whom a role may speak in an import.
	Attests func(httpapi.Role) []Attestor
	// Wake is called when facts were written, so that they are sealed soon.
	Wake func()
}

const (
	tagEvidence = "evidence"
	tagLog      = "log"
)

// Register adds the operations.
func (a API) Register(api huma.API) {
	httpapi.Register(api, op("listFacts", http.MethodGet, "/organisations/{org}/facts", "What is known of an organisation, newest first", tagEvidence), a.listFacts)
	httpapi.Register(api, op("getFact", http.MethodGet, "/facts/{id}", "One fact with its seal, opened for those who may read it", tagEvidence), a.getFact)
	httpapi.Register(api, op("getFactProof", http.MethodGet, "/facts/{id}/proof", "Everything with which an outsider verifies one fact", tagEvidence), a.getFactProof)
	httpapi.Register(api, op("listFactKinds", http.MethodGet, "/fact-kinds", "The vocabulary of facts", tagEvidence), a.listKinds)
	httpapi.Register(api, op("verifyEvidence", http.MethodPost, "/evidence/verify", "Recompute every fact, leaf and proof", tagEvidence), a.verify)
	a.registerLog(api)
	a.registerImports(api)
}

func op(id, method, path, summary, tag string) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tag}}
}

// factBody is a fact as people see it.
type factBody struct {
	ID          string           `json:"id"`
	Kind        string           `json:"kind"`
	KindVersion int              `json:"kind_version"`
	Label       *i18n.Text       `json:"label" doc:"The kind's name; null for a kind that this version does not know"`
	Subject     ident.CreditCode `json:"subject"`
	Object      string           `json:"object"`
	Quantity    string           `json:"quantity" doc:"Exact decimal in the unit"`
	Unit        string           `json:"unit"`
	Occurred    clock.Date       `json:"occurred"`
	Recorded    time.Time        `json:"recorded"`
	AttestedBy  Attestor         `json:"attested_by"`
	Attestor    string           `json:"attestor" doc:"Who in particular, where that is known"`
	Proof       string           `json:"proof" doc:"SHA-256 of the proving file, or empty"`
	Corrects    string           `json:"corrects" doc:"Id of the fact that this one replaces"`
	CorrectedBy string           `json:"corrected_by" doc:"Id of the fact that replaced this one"`
	Attributes  [][2]string      `json:"attributes" doc:"Pairs of name and value"`
	Labels      []attributeLabel `json:"attribute_labels" doc:"Names of the attributes in both languages"`
	Seal        sealBody         `json:"seal"`
	Salt        *string          `json:"salt" doc:"Hexadecimal; with canonical it opens the leaf"`
	Canonical   *string          `json:"canonical" doc:"The bytes that were sealed: the leaf is SHA-256(salt ‖ canonical)"`
}

type attributeLabel struct {
	Name  string     `json:"name"`
	Text  i18n.Text  `json:"text"`
	Value *i18n.Text `json:"value,omitempty" doc:"What the value means; left out where the vocabulary has no words for it"`
}

// sealBody is a fact's place in the log.
type sealBody struct {
	Fact     string     `json:"fact"`
	LeafHash string     `json:"leaf_hash" doc:"The log's entry, hexadecimal"`
	Index    *uint64    `json:"index" doc:"Null until sealed"`
	LogSize  *uint64    `json:"log_size" doc:"Of the newest checkpoint; null when that fails its check"`
	SealedAt *time.Time `json:"sealed_at"`
}

func factBodyOf(r Record, size *uint64) factBody {
	salt, canonical := hex.EncodeToString(r.Seal.Salt), string(r.Canonical())
	b := factBody{
		ID: r.ID, Kind: r.Kind, KindVersion: r.KindVersion, Subject: r.Subject, Object: r.Object, Quantity: r.Quantity, Unit: r.Unit, Occurred: r.Occurred,
		Recorded: r.Recorded, AttestedBy: r.Fact.Attestor, Proof: r.Proof, Corrects: r.Corrects, CorrectedBy: r.CorrectedBy,
		Seal: sealBody{Fact: r.ID, LeafHash: hex.EncodeToString(r.Seal.Leaf[:])}, Salt: &salt, Canonical: &canonical,
	}
	if r.Seal.Index != nil {
		b.Seal.Index, b.Seal.LogSize, b.Seal.SealedAt = r.Seal.Index, size, &r.Seal.Sealed
	}
	kind, err := CurrentVocabulary().Kind(r.Kind)
	if err == nil {
		b.Label = &kind.Text
	}
	for _, name := range sortedKeys(r.Attributes) {
		b.Attributes = append(b.Attributes, [2]string{name, r.Attributes[name]})
		if known, err := kind.Attribute(name); err == nil {
			b.Labels = append(b.Labels, attributeLabel{name, known.Text, known.Say(r.Attributes[name])})
		}
	}
	return b
}

type listFactsInput struct {
	httpapi.PageInput
	Org       ident.CreditCode `path:"org"`
	Q         string           `query:"q" maxLength:"100" doc:"Part of an object or of a kind's name, or an id"`
	Kind      []string         `query:"kind,explode" maxItems:"30" doc:"Only these kinds"`
	From      clock.Date       `query:"from" doc:"First day"`
	To        clock.Date       `query:"to" doc:"Last day, included"`
	Effective bool             `query:"effective" doc:"Without what was corrected or withdrawn"`
}

type listFactsOutput struct{ Body httpapi.Page[factBody] }

func (a API) listFacts(ctx context.Context, in *listFactsInput) (*listFactsOutput, error) {
	key, err := httpapi.After(in.Cursor, 2)
	if err != nil {
		return nil, err
	}
	q := Query{Subject: in.Org, Kinds: in.Kind, Text: strings.TrimSpace(in.Q), From: in.From, To: in.To, Effective: in.Effective, Limit: in.Limit}
	if key[1] != "" {
		q.After = &Position{clock.Date(key[0]), key[1]}
	}
	records, next, err := a.Service.List(ctx, q)
	if err != nil {
		return nil, err
	}
	size, err := a.logSize(ctx)
	if err != nil {
		return nil, err
	}
	page := httpapi.Page[factBody]{Items: make([]factBody, len(records))}
	for i, r := range records {
		page.Items[i] = factBodyOf(r, size)
	}
	if next != nil {
		page.Next = httpapi.Cursor(string(next.Occurred), next.ID)
	}
	return &listFactsOutput{page}, nil
}

type factInput struct {
	ID string `path:"id" maxLength:"64"`
}

type factOutput struct{ Body factBody }

func (a API) getFact(ctx context.Context, in *factInput) (*factOutput, error) {
	r, err := a.readable(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	size, err := a.logSize(ctx)
	if err != nil {
		return nil, err
	}
	return &factOutput{factBodyOf(r, size)}, nil
}

// logSize is nil when the log fails its check: the facts are shown all the same.
func (a API) logSize(ctx context.Context) (*uint64, error) {
	checkpoint, err := a.Log.Checkpoint(ctx)
	if fault.Is(err, fault.CheckFailed) {
		return nil, nil
	}
	return &checkpoint.Size, err
}

// readable returns a fact that the caller may read; another's looks like none.
func (a API) readable(ctx context.Context, id string) (Record, error) {
	r, err := a.Service.Get(ctx, id)
	if err != nil {
		return Record{}, err
	}
	p := httpapi.PrincipalOf(ctx)
	if p.Org != r.Subject && !slices.Contains(a.Readers, p.Role) {
		return Record{}, noFact(id)
	}
	return r, nil
}

type factProofOutput struct{ Body factProofBody }

type factProofBody struct {
	FactProof
	Key string `json:"key" doc:"The log's public key; compare it with one that you got elsewhere"`
}

func (a API) getFactProof(ctx context.Context, in *factInput) (*factProofOutput, error) {
	r, err := a.readable(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	proof, err := Prove(ctx, a.Log, r)
	if err != nil {
		return nil, err
	}
	return &factProofOutput{factProofBody{proof, a.Log.Key()}}, nil
}

type kindsOutput struct{ Body *Vocabulary }

func (a API) listKinds(context.Context, *struct{}) (*kindsOutput, error) {
	return &kindsOutput{CurrentVocabulary()}, nil
}

type reportOutput struct{ Body Report }

func (a API) verify(ctx context.Context, _ *struct{}) (*reportOutput, error) {
	report, err := a.Verifier.Verify(ctx)
	if err != nil {
		return nil, err
	}
	return &reportOutput{report}, nil
}

func noFact(id string) error {
	return fault.Newf(fault.NotFound, "没有编号为“%s”的事实。", "There is no fact %q.", clip(id))
}
