package recovery

import (
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Authority (依据) is the law on which money is asked back. The documents of
// the region leave it open: 002 provides for none, 003 clause 24 does and is a
// draft (open question A19). So every case names its own, in words; a clause of
// the pack may stand beside them, and a draft's clause never stands alone.
type Authority struct {
	Words    string `json:"words" doc:"The legal ground in words: which law, which article"`
	Document string `json:"document" doc:"A document of the pack; empty for none"`
	Clause   string `json:"clause" doc:"The clause's path; empty without a document"`
}

// Documents are the region's policy documents.
type Documents interface {
	// Clause names a clause; found is false when there is none.
	Clause(document, path string) (label i18n.Text, found bool)
	// Draft reports whether a document is not law yet.
	Draft(document string) bool
	// Drafts lists the names under which drafts are known.
	Drafts() []string
}

// Named reports whether any authority is named.
func (a Authority) Named() bool { return a.Words != "" || a.Document != "" }

// check reports every fault of an authority.
func (a Authority) check(known Documents) error {
	var bad fault.Collector
	if len([]rune(a.Words)) > wordsLimit {
		bad.Add("words", "依据超过 %d 字。", "The authority is longer than %d characters.", wordsLimit)
	}
	switch _, found := known.Clause(a.Document, a.Clause); {
	case a.Document == "" && a.Clause != "":
		bad.Add("document", "写了条款，却没有写文件。", "A clause is named without its document.")
	case a.Document == "" && a.Words == "":
		bad.Add("words", "请写明追缴的法律依据：哪部法、哪一条。", "Name the legal ground of the recovery: which law, which article.")
	case a.Document != "" && !found:
		bad.Add("clause", "没有文件 %.40s 的 %.40s 条。", "There is no clause %.40[2]s of document %.40[1]s.", a.Document, a.Clause)
	case a.Document != "" && known.Draft(a.Document) && a.Words == "":
		bad.Add("words", "%.40s 还是征求意见稿，不是法律依据：请另写明所依据的现行规定，草案只作参考。", "%.40s is a draft and no law: name the provision in force; the draft is a reference only.", a.Document)
	}
	for _, name := range known.Drafts() {
		if strings.Contains(a.Words, name) {
			bad.Add("words", "“%.60s”还是征求意见稿，不能作依据：请写现行规定，草案另列为参考。", "%.60q is a draft and cannot be the authority: name a provision in force, and the draft beside it as a reference.", name)
		}
	}
	return bad.Err()
}

// missingAuthority stops whatever needs the law.
func missingAuthority() error {
	return fault.Newf(fault.Conflict, "没有写明依据，不能告知，也不能决定：请先补“依据”。", "No authority is named, so nobody can be notified and nothing decided: name it first.")
}

// Bounds of what people write, in characters.
const (
	wordsLimit = 500
	textLimit  = 4000
)

// checkWords refuses what is empty or endless.
func checkWords(bad *fault.Collector, path, text string, most int) {
	switch n := len([]rune(strings.TrimSpace(text))); {
	case n == 0:
		bad.Add(path, "请填写。", "Fill this in.")
	case n > most:
		bad.Add(path, "超过 %d 字。", "It is longer than %d characters.", most)
	}
}
