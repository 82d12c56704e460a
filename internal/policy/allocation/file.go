package allocation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// MaxFile bounds an applications file, a snapshot and a result, in bytes.
const MaxFile = 1 << 30

// GCPercent is what a command sets that decides one snapshot and ends: its heap
// only grows.
const GCPercent = 400

// ReadApplications reads
//
//	{"applications": [{"id": "a1", "code": "…", "measure": "002-6", "amount_fen": "50000000", "scores": {"usage": 1.5},
//	                   "submitted": "2025-05-01T09:00:00+08:00", "matter": "inv-1", "papers": [{"attribute": "invoice", "number": "…"}],
//	                   "level": "city", "paid_fen": "0", "priority": false, "number": "QM-2025-0001"}],
//	 "exceptions": [{"id": "x1", "code": "…", "measure": "…", "amount_fen": "…", "approvers": ["…"], "matter": "…", "papers": []}]}
//
// and reports every fault at its JSON path (the first hundred). Money is whole
// fen in quotes; a score is a number or a string and is read as the exact
// decimal that stands there.
//
// Codes: invalid; too_large.
func ReadApplications(data []byte) (Input, error) {
	return readFile(data, false)
}

// ReadSnapshot takes back what Canonical wrote.
//
// Codes: invalid; too_large.
func ReadSnapshot(data []byte) (Input, error) {
	return readFile(data, true)
}

func readFile(data []byte, calls bool) (Input, error) {
	if len(data) > MaxFile {
		return Input{}, fault.Newf(fault.TooLarge, "文件超过 %d MiB：请按措施拆分。", "The file exceeds %d MiB: split it by measure.", MaxFile>>20)
	}
	s, err := newScanner(data)
	if err != nil {
		return Input{}, err
	}
	r := reader{scanner: s}
	r.file(calls)
	s.end()
	switch {
	case s.err != nil:
		return Input{}, s.err
	case r.bad.Len() > 0:
		return Input{}, r.bad.Err()
	}
	return r.in, nil
}

// reader fills an input from JSON.
type reader struct {
	*scanner
	in      Input
	bad     fault.Collector
	amounts []money.Fen // memory for the amounts that applications point to
}

func (r *reader) file(calls bool) {
	var seen fields
	r.object(func(key string) {
		switch at := seen.note(r, key, "", "applications", "exceptions", "calls", "same_matter"); {
		case at == 0:
			r.array(func(i int) { r.application(place{"applications", i}) })
		case at == 1:
			r.array(func(i int) { r.exception(place{"exceptions", i}) })
		case at == 2 && calls:
			r.calls()
		case at == 3 && calls:
			r.in.SameMatter = SameMatter(r.text(key))
		default:
			if at > 1 {
				r.bad.Add(key, "这一项写在批次文件里，不在这里。", "This stands in the call file, not here.")
			}
			r.skip()
		}
	})
	if r.err == nil && !seen.has(0) {
		r.bad.Add("applications", "缺少申报列表：写成数组，没有申报时写 []。", "The list of applications is missing: write an array, [] when there is none.")
	}
}

// calls reads the calls of a snapshot, in the form of a call file.
func (r *reader) calls() {
	text := r.skip()
	if r.err != nil {
		return
	}
	in, err := ReadCalls("calls", []byte(`{"calls":`+text+`}`))
	if err != nil {
		r.bad.Merge("", err)
		return
	}
	r.in.Calls = in.Calls
}

// fields notes which members of an object stand there.
type fields struct{ seen uint32 }

func (f *fields) has(at int) bool { return f.seen>>at&1 == 1 }

// note finds a key among the known and reports one that is unknown or double;
// then −1 is returned.
func (f *fields) note(r *reader, key, path string, known ...string) int {
	at := slices.Index(known, key)
	switch {
	case at < 0:
		r.bad.Add(path+clip(key), "不认识的字段：可能拼错了。这里有 %[1]s。", "Unknown field, it may be misspelt. There are %[1]s.", strings.Join(known, ", "))
	case f.has(at):
		r.bad.Add(path+clip(key), "同一个键写了两次：请只留一个。", "The key stands here twice: keep one.")
		at = -1
	default:
		f.seen |= 1 << at
	}
	r.enough()
	return at
}

// enough stops reading when there are faults enough to tell.
func (r *reader) enough() {
	if r.err == nil && r.bad.Len() >= maxFaults {
		r.err = r.bad.Err()
	}
}

var applicationFields = []string{"id", "code", "measure", "amount_fen", "scores", "submitted", "matter", "papers", "level", "paid_fen", "priority", "number"}

func (r *reader) application(p place) {
	var a Application
	var seen fields
	r.object(func(key string) {
		at := slices.Index(applicationFields, key)
		if at < 0 || seen.has(at) {
			seen.note(r, key, p.at(""), applicationFields...)
			r.skip()
			return
		}
		seen.seen |= 1 << at
		switch at {
		case 0:
			a.ID = r.textAt(p, key)
		case 1:
			a.Code = r.textAt(p, key)
		case 2:
			a.Measure = r.textAt(p, key)
		case 3:
			a.Amount = r.keep(r.fen(p, key))
		case 4:
			a.Scores = r.scores(p)
		case 5:
			a.Submitted = r.instant(p, key)
		case 6:
			a.Matter = r.textAt(p, key)
		case 7:
			a.Papers = r.papers(p)
		case 8:
			a.Level = r.textAt(p, key)
		case 9:
			a.Paid = r.fen(p, key)
		case 10:
			a.Priority = r.flag(p, key)
		case 11:
			a.Number = r.textAt(p, key)
		}
	})
	if n := len(r.in.Applications); n >= 1000 && n == cap(r.in.Applications) { // as many more as the rest of the text holds
		r.in.Applications = slices.Grow(r.in.Applications, 1+n*(len(r.scanner.text)-r.scanner.at)/r.scanner.at)
	}
	r.in.Applications = append(r.in.Applications, a)
	r.enough()
}

// keep gives an amount a place to be pointed to, many at a time.
func (r *reader) keep(f money.Fen) *money.Fen {
	if len(r.amounts) == cap(r.amounts) {
		r.amounts = make([]money.Fen, 0, 4096)
	}
	r.amounts = append(r.amounts, f)
	return &r.amounts[len(r.amounts)-1]
}

func (r *reader) exception(p place) {
	var x Exception
	var seen fields
	r.object(func(key string) {
		switch seen.note(r, key, p.at(""), "id", "code", "measure", "amount_fen", "approvers", "matter", "papers") {
		case 0:
			x.ID = r.textAt(p, key)
		case 1:
			x.Code = r.textAt(p, key)
		case 2:
			x.Measure = r.textAt(p, key)
		case 3:
			x.Amount = r.fen(p, key)
		case 4:
			r.array(func(i int) { x.Approvers = append(x.Approvers, r.textAt(p, fmt.Sprintf("approvers[%d]", i))) })
		case 5:
			x.Matter = r.textAt(p, key)
		case 6:
			x.Papers = r.papers(p)
		default:
			r.skip()
		}
	})
	r.in.Exceptions = append(r.in.Exceptions, x)
	r.enough()
}

// text reads a string, and reports anything else that stands there.
func (r *reader) text(path string) string {
	if r.peek() == '"' {
		return r.str()
	}
	r.skip()
	r.bad.Add(path, "这里应是文字，写在引号里。", "A text in quotes belongs here.")
	return ""
}

func (r *reader) textAt(p place, field string) string {
	if r.peek() == '"' {
		return r.str()
	}
	return r.text(p.at(field))
}

func (r *reader) fen(p place, field string) money.Fen {
	if r.peek() != '"' {
		r.skip()
		r.bad.Add(p.at(field), "请把以分为单位的整数写在引号里，例如 \"50000000\"：JSON 的数会丢精度。", "Write whole fen in quotes, such as \"50000000\": a JSON number loses precision.")
		return 0
	}
	f, err := money.ParseFen(r.str())
	if err != nil {
		r.bad.Merge(p.at(field), err)
	}
	return f
}

func (r *reader) instant(p place, field string) time.Time {
	text := r.textAt(p, field)
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Year() < 1 || t.Year() > 9998 {
		r.bad.Add(p.at(field), "“%.40s”不是时刻：写成 2025-05-01T09:00:00+08:00。", "%.40q is no instant: write it as 2025-05-01T09:00:00+08:00.", text)
		return time.Time{}
	}
	return t
}

func (r *reader) flag(p place, field string) bool {
	switch text := r.skip(); text {
	case "true", "false":
		return text == "true"
	}
	r.bad.Add(p.at(field), "这里应是 true 或 false。", "Write true or false.")
	return false
}

func (r *reader) scores(p place) []Score {
	if r.peek() != '{' {
		r.skip()
		r.bad.Add(p.at("scores"), "这里应是 {\"因素\": 得分}。", "{\"factor\": score} belongs here.")
		return nil
	}
	out := make([]Score, 0, 2)
	r.object(func(factor string) {
		text := ""
		switch c := r.peek(); {
		case c == '"':
			text = r.str()
		case c == '-' || (c >= '0' && c <= '9'):
			text = r.literal()
		default:
			r.skip()
		}
		n, err := ParseNumber(text)
		if err != nil {
			r.bad.Merge(p.at("scores."+clip(factor)), err)
			r.enough()
		}
		out = append(out, Score{r.intern(factor), n})
	})
	return out
}

// intern makes equal factors one string, so that they compare at a glance.
func (r *reader) intern(factor string) string {
	if n := len(r.in.Applications); n > 0 {
		for _, s := range r.in.Applications[n-1].Scores {
			if s.Factor == factor {
				return s.Factor
			}
		}
	}
	return factor
}

func (r *reader) papers(p place) (papers []evidence.Paper) {
	if r.peek() != '[' {
		r.skip()
		r.bad.Add(p.at("papers"), "这里应是凭证列表 [{\"attribute\": \"invoice\", \"number\": \"…\"}]。", "A list of papers belongs here: [{\"attribute\": \"invoice\", \"number\": \"…\"}].")
		return nil
	}
	r.array(func(i int) {
		var paper evidence.Paper
		var seen fields
		r.object(func(key string) {
			at := fmt.Sprintf("papers[%d].", i)
			switch seen.note(r, key, p.at(at), "attribute", "number") {
			case 0:
				paper.Attribute = r.textAt(p, at+key)
			case 1:
				paper.Number = r.textAt(p, at+key)
			default:
				r.skip()
			}
		})
		papers = append(papers, paper)
	})
	return papers
}
