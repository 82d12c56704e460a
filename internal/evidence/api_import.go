package evidence

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/evidence/sheet"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// multipartFrame is room for the frame around an uploaded file.
const multipartFrame = 64 << 10

func (a API) registerImports(api huma.API) {
	upload := op("uploadImport", http.MethodPost, "/imports", "Upload a file of facts and preview it", tagEvidence)
	upload.MaxBodyBytes = sheet.DefaultLimits.Bytes + multipartFrame
	upload.DefaultStatus = http.StatusCreated
	httpapi.Register(api, upload, a.uploadImport)
	httpapi.Register(api, op("getImport", http.MethodGet, "/imports/{id}", "An import and where it stands", tagEvidence), a.getImport)
	httpapi.Register(api, op("listImportProblems", http.MethodGet, "/imports/{id}/problems", "Every wrong row by line, column and reason", tagEvidence), a.listProblems)
	httpapi.Register(api, op("acceptImport", http.MethodPost, "/imports/{id}/accept", "Write the good rows; accepting again changes nothing", tagEvidence), a.acceptImport)
	httpapi.Register(api, op("discardImport", http.MethodDelete, "/imports/{id}", "Drop a preview", tagEvidence), a.discardImport)
}

type uploadInput struct {
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true"`
	}]
}

type importBody struct {
	Import
	Rows     int64           `json:"rows"`
	Problems []ImportProblem `json:"problems" doc:"The first of them; see /imports/{id}/problems"`
}

type importOutput struct{ Body importBody }

// firstProblems is how many problems stand in the preview itself.
const firstProblems = 20

func (a API) uploadImport(ctx context.Context, in *uploadInput) (*importOutput, error) {
	file := in.RawBody.Data().File
	defer file.Close()
	p := httpapi.PrincipalOf(ctx)
	im, err := a.Service.Preview(ctx, Upload{
		File: file, Size: file.Size, Name: file.Filename, Person: p.PersonID, Org: p.Org,
		Attestors: a.Attests(p.Role), OnlyOwn: slices.Equal(a.Attests(p.Role), []Attestor{Applicant}),
	})
	if err != nil {
		return nil, err
	}
	return a.importBody(ctx, im)
}

func (a API) importBody(ctx context.Context, im Import) (*importOutput, error) {
	problems, err := a.Service.Store.ImportProblems(ctx, im.ID, 0, firstProblems)
	return &importOutput{importBody{im, im.Good + im.Bad, problems}}, err
}

type importInput struct {
	ID string `path:"id" maxLength:"64"`
}

// mine returns an import of the caller or the caller's organisation; another's
// looks like none.
func (a API) mine(ctx context.Context, id string) (Import, error) {
	im, err := a.Service.FindImport(ctx, id)
	if err != nil {
		return Import{}, err
	}
	p := httpapi.PrincipalOf(ctx)
	if im.Person != p.PersonID && (p.Org == "" || im.Org != string(p.Org)) {
		return Import{}, fault.Newf(fault.NotFound, "没有这次导入。", "There is no such import.")
	}
	return im, nil
}

func (a API) getImport(ctx context.Context, in *importInput) (*importOutput, error) {
	im, err := a.mine(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return a.importBody(ctx, im)
}

type listProblemsInput struct {
	httpapi.PageInput
	ID string `path:"id" maxLength:"64"`
}

type listProblemsOutput struct {
	Body httpapi.Page[ImportProblem]
}

func (a API) listProblems(ctx context.Context, in *listProblemsInput) (*listProblemsOutput, error) {
	key, err := httpapi.After(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	from, err := strconv.Atoi(cmp.Or(key[0], "0"))
	if err != nil || from < 0 {
		return nil, fieldFault("query.cursor", i18n.T("不是本列表给出的游标，请从第一页重新开始", "not a cursor of this list: begin at its first page"))
	}
	im, err := a.mine(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	problems, err := a.Service.Store.ImportProblems(ctx, im.ID, from, in.Limit+1)
	if err != nil {
		return nil, err
	}
	next := strconv.Itoa(from + in.Limit)
	return &listProblemsOutput{httpapi.NewPage(problems, in.Limit, func(ImportProblem) []string { return []string{next} })}, nil
}

func (a API) acceptImport(ctx context.Context, in *importInput) (*importOutput, error) {
	if _, err := a.mine(ctx, in.ID); err != nil {
		return nil, err
	}
	im, err := a.Service.Accept(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	a.Wake()
	return a.importBody(ctx, im)
}

func (a API) discardImport(ctx context.Context, in *importInput) (*struct{}, error) {
	if _, err := a.mine(ctx, in.ID); err != nil {
		return nil, err
	}
	return nil, a.Service.Discard(ctx, in.ID)
}
