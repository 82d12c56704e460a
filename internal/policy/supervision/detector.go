package supervision

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Kind is a way of looking.
type Kind string

// The closed set of kinds, one file each.
const (
	SamePaper        Kind = "same_paper"
	OwnPaper         Kind = "own_paper"
	RelatedTrade     Kind = "related_trade"
	CircularTrade    Kind = "circular_trade"
	SplitBill        Kind = "split_bill"
	StaleCertificate Kind = "stale_certificate"
	SharedContact    Kind = "shared_contact"
	SuddenFigure     Kind = "sudden_figure"
	SameFile         Kind = "same_file"
)

// Kinds lists the closed set.
func Kinds() []Kind { return slices.Sorted(maps.Keys(detectors)) }

// detector is one way of looking at one case: a function of the index and
// nothing else. What it finds does not depend on the order in which the index
// came to know things.
type detector struct {
	reads      []Role          // roles that a rule may read
	required   []Role          // each of which it must read of some kind of facts
	thresholds map[string]Unit // figures that a rule must set
	figures    []string        // placeholders of its sentence
	look       func(ix *Index, r *Rule, c *Case) []Finding
}

var detectors = map[Kind]detector{
	SamePaper:        samePaperDetector,
	OwnPaper:         ownPaperDetector,
	RelatedTrade:     relatedTradeDetector,
	CircularTrade:    circularTradeDetector,
	SplitBill:        splitBillDetector,
	StaleCertificate: staleCertificateDetector,
	SharedContact:    sharedContactDetector,
	SuddenFigure:     suddenFigureDetector,
	SameFile:         sameFileDetector,
}

// Case is an application as supervision sees it.
type Case struct {
	ID        string
	Version   int64 // of the application when it was read
	Number    string
	Org       ident.CreditCode
	Measure   string
	Called    i18n.Text // what people call the measure
	Year      int       // of the guide
	Object    string
	Submitted clock.Date
	Facts     []string // ids of the facts that its frozen calculation rests on
	Files     []string // SHA-256 of its attachments, hex
}

// Finding is what a detector found.
type Finding struct {
	Rule   *Rule
	Key    string    // the same for the same rule, facts and cases, however often it is found
	Cases  []string  // ids, sorted
	Facts  []string  // ids, sorted
	Trades []Trade   // who bought from whom, for a picture
	Reason i18n.Text // with the figures
}

// Trade is one arrow of a picture: money from a buyer to a seller.
type Trade struct {
	Buyer      string     `json:"buyer" doc:"Credit code, or the name of a party that has none"`
	BuyerName  string     `json:"buyer_name"`
	Seller     string     `json:"seller" doc:"Credit code, or the name of a party that has none"`
	SellerName string     `json:"seller_name"`
	Amount     money.Fen  `json:"amount_fen"`
	From       clock.Date `json:"from"`
	To         clock.Date `json:"to"`
	Facts      []string   `json:"facts" doc:"Ids of the purchases"`
}

// finding puts one together: what it stands on makes its key.
func (ix *Index) finding(r *Rule, c *Case, facts []*item, figures map[string]i18n.Text) Finding {
	f := Finding{Rule: r, Cases: []string{c.ID}, Reason: r.say(figures)}
	for _, it := range facts {
		f.Facts = append(f.Facts, it.ID)
	}
	return f.sealed()
}

// sealed sorts what the finding stands on and computes its key. Cases are part
// of the key only where no facts are, or where the kind says so (keyed).
func (f Finding) sealed(keyed ...string) Finding {
	keyed = unique(keyed)
	f.Facts, f.Cases = unique(f.Facts), unique(f.Cases)
	sum := sha256.Sum256([]byte(f.Rule.ID + "\x00" + strings.Join(f.Facts, "\x00") + "\x01" + strings.Join(keyed, "\x00")))
	f.Key = hex.EncodeToString(sum[:16])
	return f
}

// Detect returns what any rule finds in a case, by rule and key; nothing for
// a case that the index does not have.
func (ix *Index) Detect(id string) []Finding {
	ix.settle()
	c := ix.cases[id]
	if c == nil {
		return nil
	}
	var found []Finding
	for _, r := range ix.rules.Rules {
		found = append(found, detectors[r.Kind].look(ix, r, c)...)
	}
	return merged(found)
}

// DetectAll returns what any rule finds in any case, by key.
func (ix *Index) DetectAll() []Finding {
	var found []Finding
	for _, id := range slices.Sorted(maps.Keys(ix.cases)) {
		found = append(found, ix.Detect(id)...)
	}
	return merged(found)
}

// merged puts findings of one key together: two cases that stand on the same
// facts share one alarm.
func merged(found []Finding) []Finding {
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(a.Key, b.Key) })
	var out []Finding
	for _, f := range found {
		if n := len(out); n > 0 && out[n-1].Key == f.Key {
			out[n-1].Cases = unique(append(out[n-1].Cases, f.Cases...))
			continue
		}
		out = append(out, f)
	}
	return out
}

// unique is a sorted copy with each id once.
func unique(ids []string) []string { return slices.Compact(slices.Sorted(slices.Values(ids))) }

// plain is a word that is the same in both languages.
func plain(s string) i18n.Text { return i18n.Text{ZH: s, EN: s} }

// onDay is a civil day as a sentence says it.
func onDay(d clock.Date) i18n.Text {
	at := d.Time()
	return i18n.Text{ZH: at.Format("2006年1月2日"), EN: at.Format("2 January 2006")}
}

// measure is what people call the measure of a case, its id where nobody said.
func (c *Case) measure() i18n.Text {
	if c.Called == (i18n.Text{}) {
		return plain(c.Measure)
	}
	return c.Called
}

// list joins words as each language does.
func list(words []i18n.Text) i18n.Text {
	var zh, en []string
	for _, w := range words {
		zh, en = append(zh, w.ZH), append(en, w.EN)
	}
	return i18n.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}
