package evidence

import (
	"bytes"
	"context"
	"encoding/hex"
	"iter"
	"time"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Report is what a verification found.
type Report struct {
	OK          bool      `json:"ok"`
	Facts       int64     `json:"facts"`   // in the database
	Digests     int64     `json:"digests"` // in the database
	Size        uint64    `json:"size"`    // of the log, by its checkpoint
	Root        string    `json:"root"`    // recomputed from the leaves, hexadecimal
	Checked     uint64    `json:"checked"` // leaves compared with the database
	Pending     int64     `json:"pending"` // entries not sealed yet
	PendingFrom time.Time `json:"pending_from"`
	Found       int64     `json:"found"`    // problems in all
	Problems    []Problem `json:"problems"` // the first MaxProblems of them
}

// Problem is one difference between the database, the log and the checkpoint.
type Problem struct {
	Kind    ProblemKind `json:"kind"`
	ID      string      `json:"id"`    // of the fact or digest, where known
	Index   *uint64     `json:"index"` // in the log, where known
	Message i18n.Text   `json:"message"`
}

// ProblemKind classifies a problem.
type ProblemKind string

// The closed set of problem kinds.
const (
	Altered       ProblemKind = "altered"    // the content is not what was sealed
	Missing       ProblemKind = "missing"    // sealed, but gone from the database
	Added         ProblemKind = "added"      // in the database, but neither sealed nor waiting to be
	LogCut        ProblemKind = "log_cut"    // the database knows of more entries than the log has
	LogDamaged    ProblemKind = "log_broken" // the log's files do not lead to the checkpoint
	BadCheckpoint ProblemKind = "checkpoint" // not signed with our key
)

// MaxProblems bounds the problems that a report lists.
const MaxProblems = 1000

// Err is nil, or check_failed with each problem as a field.
func (r Report) Err() error {
	if r.OK {
		return nil
	}
	fields := make([]fault.Field, len(r.Problems))
	for i, p := range r.Problems {
		fields[i] = fault.Field{Path: string(p.Kind) + " " + p.ID, Message: p.Message}
	}
	return fault.New(fault.CheckFailed, i18n.T("证据核验发现 %d 处不符。", "Verification found %d difference(s) in the evidence.", r.Found), fields...)
}

// Verifier recomputes everything: each fact against its leaf, each leaf
// against the log, the log against the signed checkpoint. It only reads, so it
// may run beside a server.
type Verifier struct {
	Store Store
	Log   Log
	Books []Book
}

// Book is another record of ours of which facts seal something: it compares
// what it holds now with what they say.
type Book interface {
	// Compare names every difference. facts finds facts by id, leaving out those
	// that do not exist.
	Compare(ctx context.Context, facts func(ctx context.Context, ids []string) (map[string]Record, error)) ([]Problem, error)
}

// Verify implements "qianmo evidence verify". Differences are in the report;
// an error means that the verification itself could not run.
//
// Codes: unavailable.
func (v Verifier) Verify(ctx context.Context) (Report, error) {
	run := &verification{Verifier: v, report: Report{Problems: []Problem{}}}
	if err := run.all(ctx); err != nil {
		return Report{}, err
	}
	run.report.OK = run.report.Found == 0
	return run.report, nil
}

type verification struct {
	Verifier
	report Report
}

func (v *verification) all(ctx context.Context) (err error) {
	checkpoint, err := v.Log.Checkpoint(ctx)
	if fault.Is(err, fault.CheckFailed) {
		v.add(BadCheckpoint, "", nil, "日志的检查点不是用本系统的密钥签署的，或已被改动。", "The log's checkpoint is not signed with our key, or was altered.")
		checkpoint = Checkpoint{}
	} else if err != nil {
		return err
	}
	v.report.Size = checkpoint.Size
	if err := v.sealed(ctx, checkpoint); err != nil {
		return err
	}
	if err := v.unsealed(ctx); err != nil {
		return err
	}
	if err := v.unlogged(ctx); err != nil {
		return err
	}
	if err := v.books(ctx); err != nil {
		return err
	}
	if v.report.Facts, v.report.Digests, err = v.Store.Counts(ctx); err != nil {
		return err
	}
	v.report.Pending, v.report.PendingFrom, err = v.Store.Backlog(ctx)
	return err
}

// sealed walks the log and the sealed rows side by side.
func (v *verification) sealed(ctx context.Context, checkpoint Checkpoint) error {
	rows, stop := iter.Pull2(v.rows(ctx))
	defer stop()
	tree := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
	row, err, more := rows()
	index := uint64(0)
	for leaf, broken := range v.Log.Leaves(ctx, 0, checkpoint.Size) {
		if broken != nil {
			if !fault.Is(broken, fault.CheckFailed) {
				return broken
			}
			v.note(LogDamaged, "", &index, fault.From(broken).Message)
			return nil // what follows cannot be compared
		}
		if err != nil {
			return err
		}
		if more && *row.Index == index {
			v.compare(row, leaf)
			row, err, more = rows()
		} else if err := v.unrecorded(ctx, index, leaf); err != nil {
			return err
		}
		if err := tree.Append(rfc6962.DefaultHasher.HashLeaf(leaf[:]), nil); err != nil {
			return err
		}
		index++
		v.report.Checked++
	}
	if err != nil {
		return err
	}
	if err := v.root(tree, checkpoint); err != nil {
		return err
	}
	return v.beyond(ctx, row, more, rows)
}

// rows reads the sealed rows in the order of the log.
func (v *verification) rows(ctx context.Context) iter.Seq2[Sealing, error] {
	return func(yield func(Sealing, error) bool) {
		for from := uint64(0); ; {
			page, err := v.Store.Sealed(ctx, from, sealBatch)
			if err != nil {
				yield(Sealing{}, err)
				return
			}
			for _, row := range page {
				if !yield(row, nil) {
					return
				}
				from = *row.Index + 1
			}
			if len(page) < sealBatch {
				return
			}
		}
	}
}

// compare checks one sealed row against its leaf in the log.
func (v *verification) compare(row Sealing, leaf Leaf) {
	switch {
	case row.Canonical == nil:
		v.add(Missing, row.Ref, row.Index, "%s 已封存在日志第 %d 条，但数据库里不见了：有人删除了它。", "%s is sealed as entry %d of the log but gone from the database: somebody removed it.", row.Ref, *row.Index)
	case LeafOf(row.Salt, row.Canonical) != leaf || row.Leaf != leaf:
		v.add(Altered, row.Ref, row.Index, "%s 与日志第 %d 条封存的内容不符：数据库里的它（或日志文件）被改动过。", "%s is not what entry %d of the log sealed: it was altered in the database (or the log's file was).", row.Ref, *row.Index)
	}
}

// unrecorded checks a leaf that no row claims. Right after a crash its index
// is only not recorded yet, and a sealer at work may have recorded it since
// the page was read; else somebody removed the fact with its entry, or changed
// the index.
func (v *verification) unrecorded(ctx context.Context, index uint64, leaf Leaf) error {
	e, known, err := v.Store.ByLeaf(ctx, leaf)
	switch {
	case err != nil:
		return err
	case !known:
		v.add(Missing, "", &index, "日志第 %d 条（%s…）在数据库里没有对应的事实：有人连同封存记录一起删除了它。", "Entry %d of the log (%s…) has no fact in the database: somebody removed it together with its entry.", index, hex.EncodeToString(leaf[:8]))
	case e.Index != nil && *e.Index != index:
		v.add(Altered, e.Ref, &index, "%s 是日志第 %d 条，数据库却记成了别的序号：有人改动过它。", "%s is entry %d of the log, but the database says otherwise: somebody altered the index.", e.Ref, index)
	}
	return nil
}

func (v *verification) root(tree *compact.Range, checkpoint Checkpoint) error {
	root := rfc6962.DefaultHasher.EmptyRoot()
	if checkpoint.Size > 0 {
		var err error
		if root, err = tree.GetRootHash(nil); err != nil {
			return err
		}
	}
	v.report.Root = hex.EncodeToString(root)
	if checkpoint.Raw != nil && !bytes.Equal(root, checkpoint.Root) {
		v.add(LogDamaged, "", nil, "由日志各条重算的根与签署的检查点不符：日志文件被改动过。", "The root recomputed from the log's entries is not the one that the checkpoint signs: the log's files were altered.")
	}
	return nil
}

// beyond checks rows that claim a place behind the checkpoint. A sealer at
// work records a row only after a checkpoint covers it, so the newest one does.
func (v *verification) beyond(ctx context.Context, row Sealing, more bool, next func() (Sealing, error, bool)) (err error) {
	var newest Checkpoint
	for ; more && err == nil; row, err, more = next() {
		if *row.Index < newest.Size {
			continue
		}
		if newest, err = v.Log.Checkpoint(ctx); err != nil && !fault.Is(err, fault.CheckFailed) {
			return err
		}
		if *row.Index >= newest.Size {
			v.add(LogCut, row.Ref, row.Index, "%s 记为日志第 %d 条，但日志没有这么长：日志被截短，或有人改了序号。", "%s is recorded as entry %d, but the log is shorter: the log was cut, or the index altered.", row.Ref, *row.Index)
		}
	}
	return err
}

// unsealed checks rows of the outbox against the leaf computed when they were written.
func (v *verification) unsealed(ctx context.Context) error {
	for after := int64(0); ; {
		page, err := v.Store.Unsealed(ctx, after, sealBatch)
		if err != nil {
			return err
		}
		for _, row := range page {
			after = row.Seq
			switch {
			case row.Canonical == nil:
				v.add(Missing, row.Ref, nil, "%s 等待封存，但数据库里不见了：有人删除了它。", "%s waits to be sealed but is gone from the database: somebody removed it.", row.Ref)
			case LeafOf(row.Salt, row.Canonical) != row.Leaf:
				v.add(Altered, row.Ref, nil, "%s 在写入之后、封存之前被改动过。", "%s was altered after it was written and before it was sealed.", row.Ref)
			}
		}
		if len(page) < sealBatch {
			return nil
		}
	}
}

// unlogged finds facts that came past the outbox.
func (v *verification) unlogged(ctx context.Context) error {
	ids, err := v.Store.Unlogged(ctx, MaxProblems)
	for _, id := range ids {
		v.add(Added, id, nil, "%s 既未封存也不在待封存之列：有人绕过系统写入了它。", "%s is neither sealed nor waiting to be: somebody wrote it past the system.", id)
	}
	return err
}

// books compares what other books hold with the facts that seal it.
func (v *verification) books(ctx context.Context) error {
	facts := func(ctx context.Context, ids []string) (map[string]Record, error) {
		return (&Service{Store: v.Store}).byID(ctx, ids)
	}
	for _, b := range v.Books {
		problems, err := b.Compare(ctx, facts)
		if err != nil {
			return err
		}
		for _, p := range problems {
			v.note(p.Kind, p.ID, p.Index, p.Message)
		}
	}
	return nil
}

func (v *verification) add(kind ProblemKind, id string, index *uint64, zh, en string, args ...any) {
	v.note(kind, id, index, i18n.T(zh, en, args...))
}

func (v *verification) note(kind ProblemKind, id string, index *uint64, message i18n.Text) {
	v.report.Found++
	if len(v.report.Problems) == MaxProblems {
		return
	}
	if index != nil {
		at := *index // the caller counts on
		index = &at
	}
	v.report.Problems = append(v.report.Problems, Problem{Kind: kind, ID: id, Index: index, Message: message})
}

// Prove gathers what an outsider needs to verify one fact with FactProof.Verify.
//
// Codes: conflict while the fact waits to be sealed; check_failed for a broken log.
func Prove(ctx context.Context, l Log, r Record) (FactProof, error) {
	checkpoint, err := l.Checkpoint(ctx)
	if err != nil {
		return FactProof{}, err
	}
	if r.Seal.Index == nil || *r.Seal.Index >= checkpoint.Size {
		return FactProof{}, errNotSealed(r.ID)
	}
	path, err := l.Inclusion(ctx, *r.Seal.Index, checkpoint.Size)
	if err != nil {
		return FactProof{}, err
	}
	return FactProof{Fact: r.Fact, Salt: hex.EncodeToString(r.Seal.Salt), Index: *r.Seal.Index, Path: hexes(path), Checkpoint: string(checkpoint.Raw)}, nil
}

func errNotSealed(id string) error {
	return fault.Newf(fault.Conflict, "事实 %s 还在等待封存：请稍后再取证明。", "Fact %s waits to be sealed: ask for its proof shortly.", id)
}
