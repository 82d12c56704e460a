package evidence

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/qianmo/qianmo/internal/evidence/sheet"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Upload is a file of facts and who brings it.
type Upload struct {
	File   io.ReaderAt
	Size   int64
	Name   string // as the uploader calls it; only shown
	Person string
	Org    ident.CreditCode // the uploader's organisation, empty for the office
	// Attestors are those for whom the uploader may speak.
	Attestors []Attestor
	// OnlyOwn restricts the rows to facts of Org.
	OnlyOwn bool
}

// The columns of an import: these, and "attributes.<name>" for each attribute.
// kind, subject, occurred and attested_by must be there. Unnamed facts get an
// id from the file's hash and the line, so that the same file accepted twice
// writes its facts once.
var importColumns = []string{"id", "kind", "subject", "object", "quantity", "unit", "occurred", "attested_by", "proof", "corrects"}

const attributePrefix = "attributes."

// Preview reads and checks a whole file and keeps the outcome; no fact is
// written. Rows with faults are in the import's problems, as many as
// MaxImportProblems of them; a file that cannot be read as a table, or has a
// column that means nothing, is refused as a whole.
//
// Codes: invalid, naming line and column; too_large; unavailable.
func (s *Service) Preview(ctx context.Context, up Upload) (Import, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(up.File, 0, up.Size)); err != nil {
		return Import{}, fmt.Errorf("read upload: %w", err)
	}
	table, err := sheet.Open(up.File, up.Size, sheet.DefaultLimits)
	if err != nil {
		return Import{}, err
	}
	if err := checkImportColumns(table.Columns); err != nil {
		return Import{}, err
	}
	p := &preview{service: s, upload: up, columns: table.Columns, sum: hex.EncodeToString(sum.Sum(nil)), lines: map[string]int64{}}
	if err := p.readRows(ctx, table); err != nil {
		return Import{}, err
	}
	if err := p.checkOriginals(ctx); err != nil {
		return Import{}, err
	}
	im := Import{
		ID: s.IDs.New("imp"), Org: string(up.Org), Person: up.Person, Name: shownName(up.Name), Format: table.Format, SHA256: p.sum, Size: up.Size,
		State: ImportPreviewed, Good: int64(len(p.rows)), Bad: p.bad, Created: s.Clock.Now(),
	}
	return im, s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.InsertImport(ctx, im, p.rows, p.problems); err != nil {
			return err
		}
		return s.trail(ctx, "preview", im)
	})
}

// shownName is the last part of a file's name, fit to be shown.
func shownName(name string) string {
	name = name[strings.LastIndexAny(name, `/\\`)+1:]
	return clip(strings.Map(func(c rune) rune {
		if unicode.IsPrint(c) {
			return c
		}
		return -1
	}, name))
}

func checkImportColumns(columns []string) error {
	var bad fault.Collector
	known := slices.Clone(importColumns)
	for _, name := range CurrentVocabulary().attributeNames() {
		known = append(known, attributePrefix+name)
	}
	for i, name := range columns {
		if !slices.Contains(known, name) {
			zh, en := suggest(name, known)
			bad.Add(fmt.Sprintf("column %d", i+1), "不认识的列“%[1]s”%[2]s", "Unknown column %[1]q%[3]s", clip(name), zh, en)
		}
	}
	for _, name := range []string{"kind", "subject", "occurred", "attested_by"} {
		if !slices.Contains(columns, name) {
			bad.Add(name, "缺少这一列。", "This column is missing.")
		}
	}
	return bad.Err()
}

// preview gathers the rows of one file.
type preview struct {
	service  *Service
	upload   Upload
	columns  []string
	sum      string
	rows     []StagedRow
	problems []ImportProblem
	bad      int64
	lines    map[string]int64 // fact id -> line
}

func (p *preview) readRows(ctx context.Context, table *sheet.Sheet) error {
	for {
		row, err := table.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		fact, err := p.check(p.fact(row))
		if first, double := p.lines[fact.ID]; double && err == nil {
			err = fieldFault("id", i18n.T("编号与第 %d 行重复。", "The id is that of line %d.", first))
		}
		if err != nil {
			p.refuse(row.Line, row.Cells, err)
			continue
		}
		p.lines[fact.ID] = row.Line
		p.rows = append(p.rows, StagedRow{Line: row.Line, Fact: fact})
	}
}

func (p *preview) fact(row sheet.Row) Fact {
	cell := func(name string) string {
		if i := slices.Index(p.columns, name); i >= 0 {
			return strings.TrimSpace(row.Cells[i])
		}
		return ""
	}
	f := Fact{
		ID: cmp.Or(cell("id"), fmt.Sprintf("imp.%.32s.%d", p.sum, row.Line)), Kind: cell("kind"), Subject: ident.CreditCode(cell("subject")), Object: cell("object"),
		Quantity: cell("quantity"), Unit: cell("unit"), Occurred: clock.Date(cell("occurred")), Attestor: Attestor(cell("attested_by")),
		Proof: cell("proof"), Corrects: cell("corrects"), Attributes: map[string]string{},
	}
	for i, column := range p.columns {
		if name, ok := strings.CutPrefix(column, attributePrefix); ok && strings.TrimSpace(row.Cells[i]) != "" {
			f.Attributes[name] = row.Cells[i]
		}
	}
	return f
}

// check is what one row must pass by itself.
func (p *preview) check(f Fact) (Fact, error) {
	var bad fault.Collector
	normal, err := p.service.check(f)
	bad.Merge("", err)
	if slices.Contains(Attestors(), f.Attestor) && !slices.Contains(p.upload.Attestors, f.Attestor) {
		bad.Add("attested_by", "您不能以“%s”的身份作证；可用：%s。", "You may not attest as %q; you may as: %s.", string(f.Attestor), joinNames(p.upload.Attestors))
	}
	if p.upload.OnlyOwn && f.Subject != p.upload.Org {
		bad.Add("subject", "只能导入本单位（%s）的事实。", "You may import facts of your own organisation (%s) only.", string(p.upload.Org))
	}
	return normal, bad.Err()
}

// refuse notes the faults of a row.
func (p *preview) refuse(line int64, cells []string, err error) {
	p.bad++
	f := fault.From(err)
	fields := f.Fields
	if len(fields) == 0 {
		fields = []fault.Field{{Message: f.Message}}
	}
	for _, field := range fields {
		if len(p.problems) == MaxImportProblems {
			return
		}
		problem := ImportProblem{Line: line, Column: field.Path, Message: storable(field.Message)}
		if i := slices.Index(p.columns, field.Path); i >= 0 && i < len(cells) {
			problem.Value = clip(cells[i])
		}
		p.problems = append(p.problems, problem)
	}
}

// storable makes a sentence that may quote a cell fit for any database.
func storable(t i18n.Text) i18n.Text {
	clean := strings.NewReplacer("\x00", "�")
	return i18n.Text{ZH: strings.ToValidUTF8(clean.Replace(t.ZH), "�"), EN: strings.ToValidUTF8(clean.Replace(t.EN), "�")}
}

func fieldFault(path string, message i18n.Text) error {
	return fault.New(fault.Invalid, message, fault.Field{Path: path, Message: message})
}

// checkOriginals checks the corrections of the file against the facts that
// they correct, in the file or in the store.
func (p *preview) checkOriginals(ctx context.Context) error {
	facts := make([]Fact, len(p.rows))
	for i, row := range p.rows {
		facts[i] = row.Fact
	}
	err := p.service.checkOriginals(ctx, facts)
	if err == nil || (!fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict)) {
		return err
	}
	refused := map[string]bool{}
	for _, field := range fault.From(err).Fields {
		id := strings.TrimSuffix(strings.TrimPrefix(field.Path, "fact "), ".corrects")
		if line, ours := p.lines[id]; ours && !refused[id] {
			refused[id] = true
			p.refuse(line, nil, fieldFault("corrects", field.Message))
		}
	}
	if len(refused) == 0 {
		return err
	}
	p.rows = slices.DeleteFunc(p.rows, func(r StagedRow) bool { return refused[r.Fact.ID] })
	return p.checkOriginals(ctx) // what corrects a refused row is refused as well
}

// Accept writes the good rows of a preview, all or none; bad rows are never
// written. Accepting again returns the first answer. Who may accept is the
// caller's to check.
//
// Codes: not_found; conflict for a discarded import, one without a good row,
// or a fact that was corrected meanwhile; unavailable.
func (s *Service) Accept(ctx context.Context, id string) (im Import, err error) {
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		if im, err = s.FindImport(ctx, id); err != nil || im.State == ImportAccepted {
			return err
		}
		if im.State != ImportPreviewed {
			return fault.Newf(fault.Conflict, "这次导入已放弃：请重新上传。", "This import was discarded: upload the file again.")
		}
		if im.Good == 0 {
			return fault.Newf(fault.Conflict, "没有一行可以写入：请改好后重新上传。", "There is no row to write: correct the file and upload it again.")
		}
		im.State, im.Accepted = ImportAccepted, s.Clock.Now()
		if err := s.writeStaged(ctx, &im); err != nil {
			return err
		}
		if err := s.Store.FinishImport(ctx, im); err != nil {
			return err
		}
		return s.trail(ctx, "accept", im)
	})
	if err != nil {
		return Import{}, err
	}
	return im, nil
}

func (s *Service) writeStaged(ctx context.Context, im *Import) error {
	facts := make([]Fact, 0, im.Good) // all at once: a correction may stand before what it corrects
	for after := int64(0); ; {
		rows, err := s.Store.StagedRows(ctx, im.ID, after, MaxList)
		if err != nil {
			return err
		}
		for _, r := range rows {
			facts = append(facts, r.Fact)
			after = r.Line
		}
		if len(rows) < MaxList {
			break
		}
	}
	_, written, err := s.append(ctx, facts)
	im.Written = int64(written)
	return err
}

// Discard drops a preview; a discarded one stays so.
//
// Codes: not_found; conflict when it was accepted.
func (s *Service) Discard(ctx context.Context, id string) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		im, err := s.FindImport(ctx, id)
		if err != nil || im.State == ImportDiscarded {
			return err
		}
		im.State = ImportDiscarded
		if err := s.Store.FinishImport(ctx, im); err != nil {
			return err
		}
		return s.trail(ctx, "discard", im)
	})
}

// DiscardStale drops previews that nobody settled since an instant, and returns
// how many; for a daily work item.
//
// Codes: unavailable.
func (s *Service) DiscardStale(ctx context.Context, before time.Time) (dropped int, err error) {
	for {
		ids, err := s.Store.StaleImports(ctx, before, MaxList)
		if err != nil || len(ids) == 0 {
			return dropped, err
		}
		for _, id := range ids {
			if err := s.Discard(ctx, id); err != nil && !fault.Is(err, fault.Conflict) { // accepted meanwhile
				return dropped, err
			}
			dropped++
		}
	}
}

// FindImport returns one import.
//
// Codes: not_found.
func (s *Service) FindImport(ctx context.Context, id string) (Import, error) {
	im, found, err := s.Store.FindImport(ctx, id)
	if err == nil && !found {
		err = fault.Newf(fault.NotFound, "没有这次导入。", "There is no such import.")
	}
	return im, err
}
