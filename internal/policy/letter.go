package policy

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/paper"
	"github.com/qianmo/qianmo/internal/policy/exception"
	"github.com/qianmo/qianmo/internal/policy/letter"
)

// IssuedLetter is a decision letter as it went out. It is never changed; a new
// decision has a letter of its own.
type IssuedLetter struct {
	ID       string
	Number   string // QM-2025-0387-决1
	Decision letter.Decision
	Round    int // of the approvals; a refusal has the last one's
	Decided  clock.Date
	SHA256   string // of its bytes, sealed in the log
	Size     int64
	Person   string
	Name     string // of who issued it
	At       time.Time
}

// sealedLetters names the digests of letters in the log.
const sealedLetters = "policy.letter"

// concluding are the steps that decide a case, and what each comes to.
var concluding = map[Action]letter.Decision{ActionApprove: letter.Supported, ActionRefuse: letter.Refused, ActionStop: letter.Refused, ActionPassOver: letter.Unchosen}

// IssueLetter writes the letter of a case's decision, freezes its bytes and
// seals their digest. A decision has one letter, however often it is asked for.
// A support is told once a second person has consented to its payment.
//
// Codes: not_found; conflict before the decision, or where the region pack does
// not say who signs; check_failed when the halves are not the amount.
func (s *Service) IssueLetter(ctx context.Context, by Actor, id string, version int64) (Application, error) {
	a, err := s.mine(ctx, by, id)
	if err != nil {
		return a, err
	}
	if !a.Can(ActionLetter) {
		return a, a.Move(ActionLetter)
	}
	issued, err := s.Store.Letters(ctx, id)
	if err != nil {
		return a, err
	}
	l, err := s.letterOf(ctx, &a)
	if err != nil {
		return a, err
	}
	if slices.ContainsFunc(issued, func(old IssuedLetter) bool {
		return old.Decision == l.Decision && old.Round == a.Round && old.Decided == l.Decided
	}) {
		return a, nil
	}
	l.Number = fmt.Sprintf("%s-决%d", a.Number, len(issued)+1)
	file, err := l.PDF()
	if err != nil {
		return a, err
	}
	kept, err := s.Files.Keep(ctx, l.Number+".pdf", bytes.NewReader(file))
	if err != nil {
		return a, err
	}
	return s.change(ctx, by, id, version, ActionLetter, said(l.Number), func(ctx context.Context, a *Application) error {
		out := IssuedLetter{ID: s.IDs.New("let"), Number: l.Number, Decision: l.Decision, Round: a.Round, Decided: l.Decided, SHA256: kept.SHA256, Size: kept.Size, Person: by.Person, Name: by.Name, At: s.Clock.Now()}
		if err := s.Store.InsertLetter(ctx, a.ID, out); err != nil {
			return err
		}
		return s.Facts.SealDigest(ctx, sealedLetters, out.Number+":"+out.SHA256)
	})
}

// letterOf is what a case's letter says, but for its number.
func (s *Service) letterOf(ctx context.Context, a *Application) (*letter.Letter, error) {
	signs := s.Pack.Region.Decisions
	if signs.Office.IsZero() || signs.Remedy.IsZero() {
		return nil, fault.Newf(fault.Conflict, "地区包的 region.yaml 没有写明决定书由谁出具、如何提出异议（decisions）：请补上后再出具。", "The pack's region.yaml does not say who signs decisions and how to object (decisions): add it first.")
	}
	events, err := s.Store.Events(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	var last Event
	for _, e := range events {
		if _, concludes := concluding[e.Action]; concludes {
			last = e
		}
	}
	names, err := s.Registry.Organisation(ctx, a.Org)
	if err != nil {
		return nil, err
	}
	m, err := s.Pack.Measure(a.Measure)
	if err != nil {
		return nil, err
	}
	l := &letter.Letter{Issuer: signs.Office.ZH, Sample: signs.Example, Org: names.Name, Code: a.Org, Application: a.Number, Submitted: a.Submitted, Measure: m.Name.ZH, Clause: s.Pack.Label(m.Ref("")).ZH, Object: a.Object,
		Decision: concluding[last.Action], Decided: clock.DateOf(last.At), Guide: a.Guide, Digest: a.Hash, Remedy: signs.Objecting()}
	if l.Decision.Pays() {
		l.Amount, l.Entitled, l.Carried = a.Amount, a.Entitled, a.Carried
		if a.Amount < a.Entitled {
			l.Decision = letter.Partial
		}
		for _, h := range s.halves(*a) {
			l.Halves = append(l.Halves, letter.Half{Purse: s.PurseName(h.programme.Purse).ZH, Amount: h.amount})
		}
		l.Proof = strings.TrimSuffix(s.Address, "/") + "/evidence/facts/" + a.DecisionFact()
	} else {
		l.Reason = last.Note.ZH
	}
	if a.Exception != "" {
		if l.Exception, err = s.exceptionOf(ctx, a); err != nil {
			return nil, err
		}
	}
	return l, s.circumstances(ctx, a, l)
}

// exceptionOf is what a letter says of the exception on which a case stands.
//
// Codes: not_found, conflict, check_failed as exception.CheckApproved.
func (s *Service) exceptionOf(ctx context.Context, a *Application) (*letter.Exception, error) {
	x, err := s.Exceptions.Granted(ctx, a.Exception)
	if err != nil {
		return nil, err
	}
	m, err := s.Pack.Measure(x.Rule)
	if err != nil {
		return nil, err
	}
	out := &letter.Exception{Number: x.Number, Clause: s.Pack.Label(m.Ref("")).ZH, Ground: exceptedGrounds[x.Kind], Departure: departures[x.Departure], Reason: x.Reason}
	for _, o := range x.Opinions {
		out.Approvals = append(out.Approvals, letter.Approval{Seat: seatNames[o.Seat].ZH, Name: o.Name, On: clock.DateOf(o.At)})
	}
	return out, nil
}

// exceptedGrounds are the two that document 002 clause 8(4) names.
var exceptedGrounds = map[exception.Kind]string{exception.KeyEnterprise: "重点企业", exception.MajorProject: "重大项目"}

var departures = map[exception.Departure]string{
	exception.OtherAmount: "不按措施的公式，另定金额", exception.WaivedCondition: "措施的条件有一项不具备", exception.NoMeasure: "没有措施覆盖这一事项"}

// circumstances are the call and the public notice that a decision followed.
func (s *Service) circumstances(ctx context.Context, a *Application, l *letter.Letter) error {
	if a.Call == "" {
		return nil
	}
	c, err := s.Calls.Call(ctx, a.Call)
	if err != nil {
		return err
	}
	l.Call = c.Number + "《" + c.Name.ZH + "》"
	number, from, to, err := s.Notices.Period(ctx, a.ID)
	if err == nil && number != "" {
		l.Notice = fmt.Sprintf("%s，%s至%s", number, paper.Day(from), paper.Day(to))
	}
	return err
}

// LetterView is a letter that was issued.
type LetterView struct {
	ID       string          `json:"id"`
	Number   string          `json:"number"`
	Decision letter.Decision `json:"decision" enum:"supported,partial,refused,unchosen"`
	Decided  clock.Date      `json:"decided_on"`
	Issued   time.Time       `json:"issued_at"`
	SHA256   string          `json:"sha256" doc:"Of its bytes; the public log seals it"`
	Size     int64           `json:"size" doc:"Bytes"`
}

func letterViews(issued []IssuedLetter) []LetterView {
	out := make([]LetterView, 0, len(issued))
	for _, l := range issued {
		out = append(out, LetterView{l.ID, l.Number, l.Decision, l.Decided, l.At, l.SHA256, l.Size})
	}
	return out
}

type letterInput struct {
	ID     string `path:"id" maxLength:"64"`
	Letter string `path:"letter" maxLength:"64"`
}

func (s *Service) registerLetters(api huma.API) {
	httpapi.Register(api, huma.Operation{OperationID: "issueLetter", Method: http.MethodPost, Path: "/applications/{id}/letters", Summary: "Issue the letter of the decision, once", Tags: []string{tagApplications}},
		func(ctx context.Context, in *revisionInput) (*caseOutput, error) {
			_, err := s.IssueLetter(ctx, party.ActorOf(ctx), in.ID, in.Body.Revision)
			return s.shown(ctx, in.ID, err)
		})
	httpapi.Register(api, huma.Operation{OperationID: "getLetter", Method: http.MethodGet, Path: "/applications/{id}/letters/{letter}", Summary: "Download a decision letter", Tags: []string{tagApplications},
		Responses: httpapi.FileResponse("application/pdf")},
		func(ctx context.Context, in *letterInput) (*huma.StreamResponse, error) {
			name, file, err := s.OpenLetter(ctx, party.ActorOf(ctx), in.ID, in.Letter)
			if err != nil {
				return nil, err
			}
			return httpapi.File(name, "application/pdf", file), nil
		})
}

// OpenLetter returns a letter's bytes as they were issued.
//
// Codes: not_found, also for somebody else's.
func (s *Service) OpenLetter(ctx context.Context, by Actor, id, which string) (name string, file io.ReadCloser, err error) {
	if _, err := s.mine(ctx, by, id); err != nil {
		return "", nil, err
	}
	issued, err := s.Store.Letters(ctx, id)
	if err != nil {
		return "", nil, err
	}
	i := slices.IndexFunc(issued, func(l IssuedLetter) bool { return l.ID == which })
	if i < 0 {
		return "", nil, fault.Newf(fault.NotFound, "没有这份决定书。", "There is no such letter.")
	}
	file, err = s.Files.Open(ctx, issued[i].SHA256)
	return issued[i].Number + ".pdf", file, err
}

// toldOfLetter tells an organisation that its letter can be had.
func toldOfLetter(a *Application, about func(zh, en string) i18n.Text, number string) []Told {
	return []Told{{Topic: ToldDecided, Org: a.Org, Title: about("决定书已出具", "has its decision letter"), Body: i18n.T("决定书 %[1]s，可在申报页下载。", "Letter %[1]s can be downloaded from the application's page.", number)}}
}
