package policy

import (
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/policy/document"
)

const tagPolicy = "policy"

// page of everything: the pack's lists are short and come whole.
type listOutput[T any] struct{ Body httpapi.Page[T] }

func listed[T any](items []T) *listOutput[T] {
	return &listOutput[T]{httpapi.Page[T]{Items: items}}
}

func policyOperation(id, method, path, summary string) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tagPolicy}}
}

type documentInput struct {
	ID string `path:"id" maxLength:"40" example:"002"`
}

type documentOutput struct{ Body Document }

type importDocumentInput struct {
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true"`
	}]
}

type importDocumentOutput struct{ Body Imported }

type searchPolicyInput struct {
	Q     string `query:"q" maxLength:"200" doc:"Words to find; two Han characters are enough"`
	Limit int    `query:"limit" minimum:"1" maximum:"50" default:"50"`
}

type askPolicyInput struct {
	Q string `query:"q" maxLength:"200" doc:"A question in Chinese or English"`
}

type askPolicyOutput struct{ Body Reply }

// RegisterLibrary adds the operations on documents and the search over them.
func (s *Service) RegisterLibrary(api huma.API) {
	httpapi.Register(api, policyOperation("listDocuments", http.MethodGet, "/policy/documents", "List policy documents"),
		func(ctx context.Context, _ *struct{}) (*listOutput[DocumentRow], error) {
			rows, err := s.Documents(ctx)
			return listed(rows), err
		})
	httpapi.Register(api, policyOperation("getDocument", http.MethodGet, "/policy/documents/{id}", "A document's clauses, readings and rules"),
		func(ctx context.Context, in *documentInput) (*documentOutput, error) {
			d, err := s.Document(ctx, in.ID)
			return &documentOutput{d}, err
		})
	bring := policyOperation("importDocument", http.MethodPost, "/policy/documents", "Bring a document's own words")
	bring.Description = "A UTF-8 text file of one of the pack's documents. Clauses whose bytes are those that the pack was written from are shown beside their rules from then on; the answer lists the others."
	bring.MaxBodyBytes = document.MaxBytes + 64<<10 // the form's frame
	httpapi.Register(api, bring, func(ctx context.Context, in *importDocumentInput) (*importDocumentOutput, error) {
		file := in.RawBody.Data().File
		if err := chosen(file); err != nil {
			return nil, err
		}
		defer file.Close()
		text, err := io.ReadAll(file)
		if err != nil {
			return nil, fault.Newf(fault.Invalid, "文件没有传完，请重新上传。", "The file is incomplete; upload it again.").Because(err)
		}
		imported, err := s.Import(ctx, party.ActorOf(ctx), file.Filename, text)
		return &importDocumentOutput{imported}, err
	})
	httpapi.Register(api, policyOperation("searchPolicy", http.MethodGet, "/policy/search", "Search documents, measures and questions"),
		func(ctx context.Context, in *searchPolicyInput) (*listOutput[Found], error) {
			found, err := s.Find(ctx, in.Q, in.Limit)
			return listed(found), err
		})
	answers := policyOperation("askPolicy", http.MethodGet, "/policy/answers", "What the documents say to a question in people's own words")
	answers.Description = "Nothing is composed: the answer is readings of clauses that bind, measures and open questions, each cited. What the documents do not speak of is refused."
	httpapi.Register(api, answers, func(ctx context.Context, in *askPolicyInput) (*askPolicyOutput, error) {
		reply, err := s.Ask(ctx, in.Q)
		return &askPolicyOutput{reply}, err
	})
}
