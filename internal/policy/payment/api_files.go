package payment

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// FileView is a bank file.
type FileView struct {
	ID       string      `json:"id"`
	Number   string      `json:"number" doc:"FK-2025-0001"`
	Purse    PurseView   `json:"purse"`
	Count    int64       `json:"count"`
	Total    money.Fen   `json:"total_fen"`
	SHA256   string      `json:"sha256" doc:"Of the whole file"`
	Digest   string      `json:"digest" doc:"Of the lines before the trailer, which repeats it"`
	State    FileState   `json:"state" enum:"made,released,withdrawn"`
	Made     time.Time   `json:"made_at"`
	MadeBy   string      `json:"made_by"`
	Released *clock.Date `json:"released_on" doc:"Null until it went to the bank"`
	ClosedBy string      `json:"closed_by" doc:"Who released or withdrew it"`
	Note     string      `json:"note"`
	Allowed  []string    `json:"allowed" enum:"release,withdraw,download" doc:"What the signed-in person may do now"`
}

func fileView(by Actor, f BankFile) FileView {
	v := FileView{ID: f.ID, Number: f.Number, Purse: purseView(f.Purse, f.PurseName), Count: f.Count, Total: f.Total, SHA256: f.SHA256, Digest: f.Digest, State: f.State,
		Made: f.Made, MadeBy: f.MadeName, Released: dayOrNull(f.Released), ClosedBy: f.ClosedName, Note: f.Note, Allowed: []string{}}
	switch {
	case by.Role != "finance":
	case f.State == FileReleased:
		v.Allowed = append(v.Allowed, "download")
	case f.State == FileMade && by.Person == f.MadeBy:
		v.Allowed = append(v.Allowed, "withdraw")
	case f.State == FileMade:
		v.Allowed = append(v.Allowed, "release", "withdraw")
	}
	return v
}

// MadeFile is a new bank file, and what is not in it.
type MadeFile struct {
	FileView
	LeftOut []LeftOut `json:"left_out" doc:"Orders that wait and may not be paid now; only when all that wait were meant"`
}

// LeftOut is an order for which no money may go out now.
type LeftOut struct {
	ID     string    `json:"id"`
	Number string    `json:"number" doc:"ZF-2025-0001"`
	Why    i18n.Text `json:"why"`
}

type makeFileInput struct {
	Body struct {
		Purse  string   `json:"purse" maxLength:"40" doc:"city-520100, district-520115"`
		Orders []string `json:"orders" maxItems:"1000" doc:"Ids; none for all that wait"`
	}
}

type noteInput struct {
	httpapi.IDPath
	Body struct {
		Note string `json:"note" maxLength:"4000"`
	}
}

func (s *Service) registerFiles(api huma.API) {
	httpapi.Register(api, op("listBankFiles", http.MethodGet, "/payment/files", "List bank files", tagPayment),
		func(ctx context.Context, in *httpapi.PageInput) (*body[httpapi.Page[FileView]], error) {
			after, err := httpapi.After(in.Cursor, 1)
			if err != nil {
				return nil, err
			}
			list, err := s.Store.BankFiles(ctx, after[0], in.Limit+1)
			page := httpapi.NewPage(list, in.Limit, func(f BankFile) []string { return []string{f.Number} })
			return &body[httpapi.Page[FileView]]{httpapi.Map(page, func(f BankFile) FileView { return fileView(party.ActorOf(ctx), f) })}, err
		})
	httpapi.Register(api, op("getBankFile", http.MethodGet, "/payment/files/{id}", "One bank file", tagPayment),
		func(ctx context.Context, in *httpapi.IDPath) (*body[FileView], error) {
			f, err := s.Store.File(ctx, in.ID)
			return &body[FileView]{fileView(party.ActorOf(ctx), f)}, err
		})
	httpapi.Register(api, acting("makeBankFile", "/payment/files", "Put waiting orders of a purse into a file; the same choice gives the same file", tagPayment),
		func(ctx context.Context, in *makeFileInput) (*body[MadeFile], error) {
			purse, err := ledger.ParsePurse(in.Body.Purse)
			if err != nil {
				var c fault.Collector
				c.Merge("purse", err)
				return nil, c.Err()
			}
			f, left, err := s.MakeFile(ctx, party.ActorOf(ctx), FileInput{Purse: purse, Orders: in.Body.Orders})
			made := MadeFile{FileView: fileView(party.ActorOf(ctx), f), LeftOut: make([]LeftOut, len(left))}
			for i, l := range left {
				made.LeftOut[i] = LeftOut{ID: l.Order.ID, Number: l.Order.Number, Why: fault.From(l.Why).Message}
			}
			return &body[MadeFile]{made}, err
		})
	for _, closing := range []struct {
		id, verb, summary string
		do                func(context.Context, Actor, string, string) (BankFile, error)
	}{
		{"releaseBankFile", "release", "Let a file go to the bank: a second person's act", s.ReleaseFile},
		{"withdrawBankFile", "withdraw", "Take a file back that was not released", s.WithdrawFile},
	} {
		httpapi.Register(api, acting(closing.id, "/payment/files/{id}/"+closing.verb, closing.summary, tagPayment),
			func(ctx context.Context, in *noteInput) (*body[FileView], error) {
				f, err := closing.do(ctx, party.ActorOf(ctx), in.ID, in.Body.Note)
				return &body[FileView]{fileView(party.ActorOf(ctx), f)}, err
			})
	}
	download := op("downloadBankFile", http.MethodGet, "/payment/files/{id}/content", "The released file, as the bank gets it", tagPayment)
	download.Responses = httpapi.FileResponse("text/csv")
	httpapi.Register(api, download, func(ctx context.Context, in *httpapi.IDPath) (*huma.StreamResponse, error) {
		f, r, err := s.OpenFile(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return httpapi.File(f.Number+".csv", "text/csv; charset=utf-8", r), nil
	})
}
