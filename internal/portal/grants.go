package portal

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// The open data has the shape of the 360Giving Data Standard 1.1
// (standard.threesixtygiving.org; schema/360-giving-schema.json): its names,
// its required fields, organisations as lists of one. Amounts that it has no
// name for stand beside, as extensions: amountCommitted, amountPaid and
// amountRecovered. No prefix is registered with it: grants are "qianmo-" and
// their number, organisations CN-USCC- and their credit code (GB 32100).

// grant is one award in that shape.
type grant struct {
	ID          string         `json:"id"`
	Title       string         `json:"title"`
	Description string         `json:"description"`
	Currency    string         `json:"currency"`
	Awarded     yuanNumber     `json:"amountAwarded"`
	Disbursed   yuanNumber     `json:"amountDisbursed"`
	AwardDate   string         `json:"awardDate"`
	URL         string         `json:"url,omitempty"`
	Recipient   []organisation `json:"recipientOrganization"`
	Funder      []organisation `json:"fundingOrganization"`
	Programme   []programme    `json:"grantProgramme"`
	OpenCall    string         `json:"fromOpenCall"`
	Committed   yuanNumber     `json:"amountCommitted"`
	Paid        yuanNumber     `json:"amountPaid"`
	Recovered   yuanNumber     `json:"amountRecovered"`
	State       string         `json:"state"`
	Year        int            `json:"budgetYear"`
	Notice      string         `json:"publicNotice,omitempty"`
}

type organisation struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type programme struct {
	Code  string `json:"code"`
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
}

// yuanNumber is a JSON number of yuan with two decimals, written from fen
// digit by digit: it never passes through a float.
type yuanNumber money.Fen

// MarshalJSON implements json.Marshaler.
func (y yuanNumber) MarshalJSON() ([]byte, error) { return []byte(money.Fen(y).String()), nil }

// exporter writes grants one after the other.
type exporter interface {
	begin(about session) error
	write(g grant) error
	end() error
}

// download streams every award, a page at a time: memory does not grow with
// their number. It follows the filters of the results page.
func (s *Site) download(to format) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{w: w, r: r, lang: i18n.Of(r.Context()), site: s}
		var about session
		if err := v.ask("getSession", nil, nil, &about); err != nil {
			httpapi.WriteProblem(w, r, err)
			return
		}
		params := only(v, "q", "measure", "year")
		params.Set("limit", "200")
		var page listOf[awardView]
		if err := v.ask("listAwards", params, nil, &page); err != nil { // before the first byte, so that a fault is still one
			httpapi.WriteProblem(w, r, err)
			return
		}
		h := w.Header()
		h.Set("Content-Type", to.mediaType)
		h.Set("Content-Disposition", `attachment; filename="`+to.name+`"`)
		h.Set("Cache-Control", "public, max-age=300")
		out := bufio.NewWriter(w)
		if err := v.export(to.open(out), about, to.address, params, page); err != nil {
			panic(http.ErrAbortHandler) // half a file must not look like a whole one
		}
		_ = out.Flush() // a reader that left is no fault of ours
	})
}

func (v *visit) export(to exporter, about session, address string, params url.Values, page listOf[awardView]) error {
	if err := to.begin(about); err != nil {
		return err
	}
	for {
		for _, a := range page.Items {
			if err := to.write(v.grantOf(a, about, address)); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return to.end()
		}
		params.Set("cursor", page.Next)
		page = listOf[awardView]{}
		if err := v.ask("listAwards", params, nil, &page); err != nil {
			return err
		}
	}
}

func (v *visit) grantOf(a awardView, about session, at string) grant {
	title := a.MeasureName.In(v.lang)
	if a.Object != "" {
		title += v.say("：", ": ") + a.Object
	}
	g := grant{ID: "qianmo-" + a.Number, Title: cut(title, 140), Description: a.MeasureName.In(v.lang) + v.say("（", " (") + a.Clause.Label.In(v.lang) + v.say("）", ")"),
		Currency: "CNY", Awarded: yuanNumber(a.Amount), Disbursed: yuanNumber(a.Paid), AwardDate: string(a.DecidedOn),
		Recipient: []organisation{{"CN-USCC-" + a.Code, a.Name}}, Funder: []organisation{{"qianmo-funder", about.Region.Name.In(v.lang)}},
		Programme: []programme{{Code: a.Measure, Title: a.MeasureName.In(v.lang)}}, OpenCall: "No",
		Committed: yuanNumber(a.Amount), Paid: yuanNumber(a.Paid), Recovered: yuanNumber(a.Recovered), State: a.State, Year: a.Year}
	if a.Call != "" {
		g.OpenCall = "Yes"
	}
	if a.Notice != nil {
		g.Notice = a.Notice.Number
	}
	if at != "" {
		g.URL = strings.TrimSuffix(at, "/") + address(v.lang, "results/"+a.Number, nil)
		g.Programme[0].URL = strings.TrimSuffix(at, "/") + address(v.lang, "policies/"+a.Measure, nil)
	}
	return g
}

// cut shortens a text to at most n characters.
func cut(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return text
}

// format is one form of the download.
type format struct {
	name, mediaType, address string
	open                     func(io.Writer) exporter
}

func jsonGrants(address string) format {
	return format{"awards.json", "application/json", address, func(w io.Writer) exporter { return &jsonExport{w: w} }}
}

type jsonExport struct {
	w       io.Writer
	written bool
}

func (e *jsonExport) begin(about session) error {
	head, err := json.Marshal(map[string]any{"version": "1.1", "issued": about.Today, "publisher": map[string]string{"name": about.Region.Name.ZH}})
	if err == nil {
		_, err = e.w.Write(append(head[:len(head)-1], `,"grants":[`...))
	}
	return err
}

func (e *jsonExport) write(g grant) error {
	text, err := json.Marshal(g)
	if err == nil && e.written {
		text = append([]byte(",\n"), text...)
	}
	if err == nil {
		e.written = true
		_, err = e.w.Write(text)
	}
	return err
}

func (e *jsonExport) end() error {
	_, err := io.WriteString(e.w, "]}\n")
	return err
}

func csvGrants(address string) format {
	return format{"awards.csv", "text/csv; charset=utf-8", address, func(w io.Writer) exporter { return csvExport{csv.NewWriter(w), w} }}
}

// csvExport writes the columns as the standard titles them.
type csvExport struct {
	*csv.Writer
	w io.Writer
}

func (e csvExport) begin(session) error {
	if _, err := io.WriteString(e.w, "\ufeff"); err != nil { // spreadsheets take a file without it for another encoding
		return err
	}
	return e.Write([]string{"Identifier", "Title", "Description", "Currency", "Amount Awarded", "Amount Disbursed", "Award Date", "URL",
		"Recipient Org:Identifier", "Recipient Org:Name", "Funding Org:Identifier", "Funding Org:Name", "Grant Programme:Code", "Grant Programme:Title",
		"From An Open Call?", "Amount Committed", "Amount Paid", "Amount Recovered", "State", "Budget Year", "Public Notice"})
}

func (e csvExport) write(g grant) error {
	yuan := func(y yuanNumber) string { return money.Fen(y).String() }
	year, _ := json.Marshal(g.Year) // a number always marshals
	line := []string{g.ID, g.Title, g.Description, g.Currency, yuan(g.Awarded), yuan(g.Disbursed), g.AwardDate, g.URL,
		g.Recipient[0].ID, g.Recipient[0].Name, g.Funder[0].ID, g.Funder[0].Name, g.Programme[0].Code, g.Programme[0].Title,
		g.OpenCall, yuan(g.Committed), yuan(g.Paid), yuan(g.Recovered), g.State, string(year), g.Notice}
	for i := range line {
		line[i] = harmless(line[i])
	}
	return e.Write(line)
}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func (e csvExport) end() error {
	e.Flush()
	return e.Error()
}
