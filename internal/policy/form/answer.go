package form

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Answers are what an organisation states of itself, by kind of fact: a list
// of entries, each a value by field. A value is a text, or a yes or no.
type Answers map[string][]Entry

// Entry is one fact as it was filled in.
type Entry map[string]any

// Validate refuses what is no draft of an answer: other values than texts and
// yes or no, and more of them than a form has. What is missing or wrong in a
// draft is no fault of it; Check finds that.
//
// Codes: invalid.
func (a Answers) Validate() error {
	var bad fault.Collector
	for name, entries := range a {
		if _, err := evidence.CurrentVocabulary().Kind(name); err != nil {
			bad.Merge("declared."+clip(name), err)
			continue
		}
		if len(entries) > mostEntries {
			bad.Add("declared."+name, "最多填 %d 条：请合并，或以附件列明。", "At most %d entries: add some up, or list them in a file.", mostEntries)
			continue
		}
		for i, entry := range entries {
			entry.validate(&bad, at(name, i))
		}
	}
	return bad.Err()
}

func (e Entry) validate(bad *fault.Collector, at string) {
	if len(e) > mostEntries {
		bad.Add(at, "这一条的项目太多。", "This entry has too many values.")
		return
	}
	for field, value := range e {
		switch text := value.(type) {
		case bool:
		case string:
			if len([]rune(text)) > 2*longestText || len(field) > longestText {
				bad.Add(at+"."+clip(field), "文字太长。", "The text is too long.")
			}
		default:
			bad.Add(at+"."+clip(field), "应为文字，或 true、false。", "It should be a text, or true or false.")
		}
	}
}

// Merge takes other's answers over those of the same kinds; an empty list
// takes a kind out, and an empty text is none.
func (a Answers) Merge(other Answers) Answers {
	out := Answers{}
	maps.Copy(out, a)
	for name, entries := range other {
		if len(entries) == 0 {
			delete(out, name)
			continue
		}
		out[name] = make([]Entry, len(entries))
		for i, entry := range entries {
			out[name][i] = entry.tidy()
		}
	}
	return out
}

func (e Entry) tidy() Entry {
	out := make(Entry, len(e))
	for field, value := range e {
		if text, is := value.(string); is {
			if text = strings.TrimSpace(text); text == "" {
				continue
			}
			value = text
		}
		out[field] = value
	}
	return out
}

// Foreign refuses answers to what the form's measure does not read.
//
// Codes: invalid.
func (f *Form) Foreign(a Answers) error {
	var bad fault.Collector
	for name := range a {
		if !slices.ContainsFunc(f.Questions, func(q Question) bool { return q.Kind.Name == name }) {
			bad.Add("declared."+clip(name), "这份申报表不问这一项。", "This form does not ask for it.")
		}
	}
	return bad.Err()
}

// Check validates an answer, and the attachments by paper, against the form's
// schema, and then what no schema can say: that no day is to come, and that a
// credit code's check digit is right. Fields of the fault are paths such as
// declared.cost.model_construction[0].place. Answers to what is vouched for by
// now are passed over: Conflicts shows them.
//
// Codes: invalid.
func (f *Form) Check(a Answers, papers map[string][]string) error {
	wrong, err := f.faults(a, papers)
	if err != nil {
		return err
	}
	fields := map[string]fault.Field{}
	for _, w := range wrong {
		for _, field := range f.explain(w) {
			fields[field.Path] = field
		}
	}
	for _, q := range f.Asked() {
		for i, entry := range a[q.Kind.Name] {
			for _, field := range q.beyond(entry, at(q.Kind.Name, i), f) {
				if _, told := fields[field.Path]; !told {
					fields[field.Path] = field
				}
			}
		}
	}
	var bad fault.Collector
	for _, path := range slices.Sorted(maps.Keys(fields)) {
		bad.Merge(path, fault.New(fault.Invalid, fields[path].Message))
	}
	return bad.Err()
}

// beyond is what is wrong with an entry that the schema lets through.
func (q *Question) beyond(entry Entry, at string, f *Form) (out []fault.Field) {
	fact := q.fact(entry, someOrg, f.Object)
	if _, err := fact.Normalise(); err != nil {
		for _, field := range fault.From(err).Fields {
			name := strings.TrimPrefix(field.Path, "attributes.")
			if entry[name] != nil && q.has(name) {
				out = append(out, fault.Field{Path: at + "." + name, Message: field.Message})
			}
		}
	}
	if fact.Occurred > f.today {
		var bad fault.Collector
		bad.Add(at+"."+Occurred, "%s 还没有到：只填已经发生的事。", "%s is still to come: state what has happened.", string(fact.Occurred))
		out = append(out, fault.From(bad.Err()).Fields...)
	}
	return out
}

// someOrg stands in where a fact is checked before it is known whose it is.
const someOrg = ident.CreditCode("91520100MA6E000012")

func (q *Question) has(name string) bool {
	return slices.ContainsFunc(q.Fields, func(f Field) bool { return f.Name == name })
}

// Facts are what the answers to the questions that are asked state, in the
// order of the form. Check comes first.
func (f *Form) Facts(org ident.CreditCode, a Answers) []evidence.Fact {
	var out []evidence.Fact
	for _, q := range f.Asked() {
		for _, entry := range a[q.Kind.Name] {
			out = append(out, q.fact(entry, org, f.Object))
		}
	}
	return out
}

// fact is what an entry states, on the applicant's own word.
func (q *Question) fact(entry Entry, org ident.CreditCode, object string) evidence.Fact {
	f := evidence.Fact{Kind: q.Kind.Name, Unit: q.Kind.Unit, Subject: org, Attestor: evidence.Applicant, Attributes: map[string]string{}}
	if q.Per != "" {
		f.Object, f.Attributes[q.Per] = object, object
	}
	for i := range q.Fields {
		field := &q.Fields[i]
		value, given := entry[field.Name]
		if !given {
			continue
		}
		switch text := field.canonical(value); field.Name {
		case Quantity:
			f.Quantity = text
		case Occurred:
			f.Occurred = clock.Date(text)
		default:
			f.Attributes[field.Name] = text
		}
	}
	return f
}

// Pending are the facts that turn what an applicant stated before into what it
// states now, without ids: facts that say the same stay, others are corrected,
// taken back or added. The old ones stay on record, and so does what was stated
// of a kind that nobody is asked for any more. Check comes first.
func (f *Form) Pending(org ident.CreditCode, a Answers, before []evidence.Fact) (out []evidence.Fact) {
	var left []evidence.Fact
	for _, q := range f.Asked() {
		left = append(left, q.those(before, f.Object)...)
	}
	slices.SortStableFunc(left, func(a, b evidence.Fact) int { return strings.Compare(a.ID, b.ID) })
	var fresh []evidence.Fact
	for _, now := range f.Facts(org, a) {
		if i := slices.IndexFunc(left, func(old evidence.Fact) bool { return same(old, now) }); i >= 0 {
			left = slices.Delete(left, i, i+1)
			continue
		}
		fresh = append(fresh, now)
	}
	for _, now := range fresh {
		if i := slices.IndexFunc(left, func(old evidence.Fact) bool { return old.Kind == now.Kind }); i >= 0 {
			now.Corrects = left[i].ID
			left = slices.Delete(left, i, i+1)
		}
		out = append(out, now)
	}
	for _, old := range left {
		old.Corrects, old.ID, old.Quantity = old.ID, "", "0"
		out = append(out, old)
	}
	return out
}

// same reports whether two facts state the same, whatever their ids.
func same(a, b evidence.Fact) bool {
	a, errA := a.Normalise()
	b, errB := b.Normalise()
	return errA == nil && errB == nil && a.Kind == b.Kind && a.Object == b.Object && a.Quantity == b.Quantity && a.Occurred == b.Occurred && maps.Equal(a.Attributes, b.Attributes)
}

func at(kind string, i int) string { return fmt.Sprintf("declared.%s[%d]", kind, i) }

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
