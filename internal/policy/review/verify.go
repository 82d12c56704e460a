package review

import (
	"context"
	"encoding/hex"
	"reflect"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Finding is one step of verifying a panel.
type Finding struct {
	Step string    `json:"step"`
	OK   bool      `json:"ok"`
	Text i18n.Text `json:"text"`
}

// Verification is what re-running a draw comes to.
type Verification struct {
	OK       bool      `json:"ok"`
	Findings []Finding `json:"findings"`
	Members  []Member  `json:"members" doc:"Drawn again, from the published seed and pool"`
}

func (v *Verification) say(step string, ok bool, zh, en string) {
	if !ok {
		zh, en = "不一致："+zh, "Differs: "+en
	}
	v.Findings = append(v.Findings, Finding{step, ok, i18n.Text{ZH: zh, EN: en}})
	v.OK = v.OK && ok
}

// Verify draws a panel again from what was published, walks through every
// replacement, and compares commitment, draw and final scores with what the
// public log sealed.
//
// Codes: not_found; conflict before the draw.
func (s *Service) Verify(ctx context.Context, id string) (Verification, error) {
	out := Verification{OK: true}
	p, err := s.Store.Panel(ctx, id)
	if err != nil {
		return out, err
	}
	if p.Draw == nil {
		return out, fault.Newf(fault.Conflict, "评审组“%s”还没有抽取，没有可复算的。", "Panel %q is not drawn: there is nothing to re-run.", p.Name)
	}
	sealed, err := s.Log.Sealed(ctx, p.ID)
	if err != nil {
		return out, err
	}
	seed := seedOf(p.ID, p.Nonce, p.Draw.Checkpoint)
	out.say("commitment", commitmentTo(p.ID, p.Nonce) == p.Commitment && slices.Contains(sealed, "commitment:"+p.Commitment),
		"随机数与组建时公布的承诺相符，承诺已入存证日志。", "The nonce is the one committed to when the panel was opened, and the log holds the commitment.")
	out.say("seed", hex.EncodeToString(seed[:]) == p.Draw.Seed, "种子由随机数和抽取时的日志检查点算出。", "The seed follows from the nonce and the log's head at the draw.")
	out.say("pool", poolHash(p.Draw.Pool) == p.Draw.PoolHash, "抽取时的专家库快照未变。", "The snapshot of the pool is unchanged.")
	out.Members, err = Draw(p.Draw.seed(), p.Draw.Pool, p.Wants)
	out.say("members", err == nil && reflect.DeepEqual(out.Members, p.Draw.Members), "按公布的种子重抽，成员完全相同。", "Drawn again with the published seed, the members are the same.")
	out.say("draw", slices.Contains(sealed, "draw:"+p.Draw.hash()), "抽取结果与存证日志中的一致。", "The draw is the one that the log holds.")
	if err := s.verifySeats(ctx, &out, p); err != nil {
		return out, err
	}
	return out, s.verifyScores(ctx, &out, p, sealed)
}

// verifySeats walks through the seats of each case: first the drawn ones, then
// each replacement must be the next of the draw, but for those whose reason to
// be passed over stands on record.
func (s *Service) verifySeats(ctx context.Context, out *Verification, p Panel) error {
	seats, err := s.Store.Seats(ctx, SeatFilter{Panel: p.ID})
	if err != nil {
		return err
	}
	records, err := s.Store.Records(ctx, RecordFilter{Kinds: []Kind{KindReplace}, Panel: p.ID})
	if err != nil {
		return err
	}
	ok, replaced := true, 0
	for i, seat := range seats {
		if seat.Replaces == "" {
			ok = ok && slices.Contains(p.Draw.Members, Member{seat.Expert, seat.Field})
			continue
		}
		replaced++
		earlier := slices.DeleteFunc(slices.Clone(seats[:i]), func(e Seat) bool { return e.Case != seat.Case })
		passed, found, err := passedFor(records, seat)
		if err != nil {
			return err
		}
		next := slices.DeleteFunc(waiting(p.Draw.seed(), p.Draw.Pool, seat.Field, earlier), func(c Candidate) bool { return slices.Contains(passed, c.Expert) })
		ok = ok && found && len(next) > 0 && next[0].Expert == seat.Expert
	}
	out.say("replacements", ok, "席位由抽取产生，替补 "+decimal(replaced)+" 次，都是同一顺序的下一位。", "Every seat comes from the draw; "+decimal(replaced)+" replacement(s), each the next in the same order.")
	return nil
}

// passedFor reads who was passed over when a seat was filled.
func passedFor(records []Record, seat Seat) (passed []string, found bool, err error) {
	for _, r := range records {
		if r.Case != seat.Case {
			continue
		}
		one, err := bodies[Replacement]([]Record{r}, nil)
		if err != nil {
			return nil, false, err
		}
		if one[0].Came != seat.Expert {
			continue
		}
		for _, p := range one[0].Passed {
			passed = append(passed, p.Expert)
		}
		return passed, true, nil
	}
	return nil, false, nil
}

func (s *Service) verifyScores(ctx context.Context, out *Verification, p Panel, sealed []string) error {
	scores, err := s.Store.Scores(ctx, SeatFilter{Panel: p.ID})
	if err != nil {
		return err
	}
	n, altered := 0, ""
	for _, score := range scores {
		if !score.Final {
			continue
		}
		n++
		if !slices.Contains(sealed, "score:"+score.ID+":"+score.Digest()) {
			altered += " " + score.ID
		}
	}
	zh, en := "已提交的 "+decimal(n)+" 份评分与存证日志中的摘要一致。", "The "+decimal(n)+" final scores agree with their digests in the log."
	if altered != "" {
		zh, en = "评分与日志中的摘要不符："+altered, "These scores are not what the log holds:"+altered
	}
	out.say("scores", altered == "", zh, en)
	return nil
}
