package award

import (
	"context"
	"encoding/hex"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Proof is all that somebody needs, beside the log's public key from a place
// of trust, to see that an award was sealed and not changed since.
type Proof struct {
	Award   Award    `json:"award"`
	Key     string   `json:"key" doc:"The log's public key; compare it with one that you got elsewhere"`
	Records []Record `json:"records" doc:"The decision first, then payments"`
	Pending int      `json:"pending" doc:"Records that wait to be sealed"`
}

// Record is one sealed fact of an award with its way to the signed root.
type Record struct {
	Fact       string     `json:"fact" doc:"Id"`
	Kind       string     `json:"kind" enum:"support.decided,support.paid"`
	Label      i18n.Text  `json:"label"`
	Occurred   clock.Date `json:"occurred"`
	Canonical  *string    `json:"canonical" doc:"The bytes that were sealed: the leaf is SHA-256(salt ‖ canonical). Null where they hold something personal: then only the leaf can be checked"`
	Salt       *string    `json:"salt" doc:"Hexadecimal; null as canonical is"`
	Leaf       string     `json:"leaf" doc:"The log's entry, hexadecimal"`
	Index      uint64     `json:"index"`
	Path       []string   `json:"path" doc:"Inclusion proof (RFC 6962 section 2.1.1) from the leaf upwards, hexadecimal"`
	Checkpoint string     `json:"checkpoint" doc:"The signed note that the path leads to (C2SP tlog-checkpoint)"`
}

// Prove opens the sealed records of an award. A record is opened whole or not
// at all, since its bytes are what was sealed: where its text holds something
// personal, only its leaf is given.
//
// Codes: not_found; check_failed when the log is not signed with our key;
// unavailable.
func (s *Service) Prove(ctx context.Context, number string) (Proof, error) {
	c, err := s.get(ctx, number)
	if err != nil {
		return Proof{}, err
	}
	all, err := s.awards(ctx, []Case{c})
	if err != nil {
		return Proof{}, err
	}
	ids, err := s.Cases.AwardRecords(ctx, c.ID)
	if err != nil {
		return Proof{}, err
	}
	found, err := s.Facts.Find(ctx, ids)
	if err != nil {
		return Proof{}, err
	}
	out := Proof{Award: all[0], Key: s.Log.Key(), Records: []Record{}}
	for _, id := range ids {
		r, there := found[id]
		if !there {
			continue
		}
		proof, err := evidence.Prove(ctx, s.Log, r)
		if fault.Is(err, fault.Conflict) { // waits to be sealed
			out.Pending++
			continue
		}
		if err != nil {
			return Proof{}, err
		}
		out.Records = append(out.Records, s.record(r, proof))
	}
	return out, nil
}

func (s *Service) record(r evidence.Record, proof evidence.FactProof) Record {
	out := Record{Fact: r.ID, Kind: r.Kind, Label: i18n.Text{ZH: r.Kind, EN: r.Kind}, Occurred: r.Occurred, Leaf: hex.EncodeToString(r.Seal.Leaf[:]),
		Index: proof.Index, Path: proof.Path, Checkpoint: proof.Checkpoint}
	if kind, err := evidence.CurrentVocabulary().Kind(r.Kind); err == nil {
		out.Label = kind.Text
	}
	if s.open(r.Fact) {
		canonical := string(r.Canonical())
		out.Canonical, out.Salt = &canonical, &proof.Salt
	}
	return out
}

// open reports whether nothing that people typed into a fact is personal. What
// else stands in it the award shows anyway: who, how much, when, under what.
func (s *Service) open(f evidence.Fact) bool {
	return s.Redact(f.Object) == f.Object && s.Redact(f.Attributes["matter"]) == f.Attributes["matter"]
}
