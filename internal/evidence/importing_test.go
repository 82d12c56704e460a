package evidence_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/evidence/evidencetest"
	"github.com/qianmo/qianmo/internal/evidence/sqlstore"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

const header = "kind,subject,object,quantity,unit,occurred,attested_by,attributes.place\n"

func upload(text string) evidence.Upload {
	return evidence.Upload{File: strings.NewReader(text), Size: int64(len(text)), Person: "p1", Attestors: []evidence.Attestor{evidence.Auditor, evidence.Department}}
}

func importer(t *testing.T) *evidence.Service {
	return evidencetest.NewService(sqlstore.New(dbtest.SQLite(t)))
}

func TestImportWritesNothingUntilAccepted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := evidencetest.NewService(sqlstore.New(d))
		file := "\xef\xbb\xbf" + header +
			"cost.model_construction," + subject + ",\"model \"\"a\"\"\",16666667.03,,2025-03-01,auditor,520115\r\n" +
			",,,,,,,\n" +
			"org.credit," + subject + ",,,,2025-03-01,department,\n"
		// org.credit has no place: an empty cell is no attribute.
		im, err := s.Preview(t.Context(), upload(file))
		if err != nil || im.Good != 2 || im.Bad != 0 || im.Format != "csv" {
			t.Fatalf("%+v %v", im, err)
		}
		if facts, _, err := s.Store.Counts(t.Context()); err != nil || facts != 0 {
			t.Fatalf("a preview wrote %d facts: %v", facts, err)
		}
		first, err := s.Accept(t.Context(), im.ID)
		if err != nil || first.Written != 2 || first.State != evidence.ImportAccepted {
			t.Fatalf("%+v %v", first, err)
		}
		again, err := s.Accept(t.Context(), im.ID)
		if err != nil || again.Written != 2 || !again.Accepted.Equal(first.Accepted) {
			t.Fatalf("accepted again: %+v %v", again, err)
		}
		if err := s.Discard(t.Context(), im.ID); !fault.Is(err, fault.Conflict) {
			t.Fatalf("discarded after acceptance: %v", err)
		}
		twin, err := s.Preview(t.Context(), upload(file))
		if err != nil {
			t.Fatal(err)
		}
		if twin, err = s.Accept(t.Context(), twin.ID); err != nil || twin.Written != 0 {
			t.Fatalf("the same file a second time wrote %d: %v", twin.Written, err)
		}
		known, err := s.Known(t.Context(), subject, "2025-06-30")
		if err != nil || len(known) != 2 || known[1].Object != `model "a"` || known[1].Attributes["place"] != "520115" {
			t.Fatalf("%+v %v", known, err)
		}
	})
}

func TestImportListsEveryBadRow(t *testing.T) {
	s := importer(t)
	good := "cost.model_construction," + subject + ",m,1,CNY,2025-03-01,auditor,520115\n"
	file := header + good +
		"cost.model," + wrongSubject + ",m,1,CNY,2025-03-01,auditor,520115\n" +
		"cost.model_construction," + subject + ",m,1.001,USD,2025-07-01,meter,nowhere\n" + good +
		"cost.model_construction," + subject + ",m,1,CNY,2025-07-01,auditor,520115\n"
	im, err := s.Preview(t.Context(), upload(file))
	if err != nil || im.Good != 2 || im.Bad != 3 {
		t.Fatalf("%+v %v", im, err)
	}
	problems, err := s.Store.ImportProblems(t.Context(), im.ID, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprint(p.Line, " ", p.Column))
		if p.Message.ZH == "" || p.Message.EN == "" {
			t.Errorf("one language is missing: %+v", p)
		}
	}
	want := []string{"3 subject", "3 kind", "4 unit", "4 quantity", "4 attributes.place", "4 attested_by", "6 occurred"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	if p := problems[0]; p.Value != wrongSubject {
		t.Errorf("the cell is not quoted: %+v", p)
	}
	if err := s.Discard(t.Context(), im.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.Discard(t.Context(), im.ID); err != nil {
		t.Fatalf("discarding again: %v", err)
	}
	if _, err := s.Accept(t.Context(), im.ID); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a discarded import was accepted: %v", err)
	}
	if _, err := s.Accept(t.Context(), "none"); !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
}

func TestAcceptWritesTheGoodRowsOnly(t *testing.T) {
	s := importer(t)
	row := "org.credit," + subject + ",,,,2025-03-01,department,\n"
	im, err := s.Preview(t.Context(), upload(header+row+strings.Replace(row, subject, wrongSubject, 1)+row))
	if err != nil || im.Good != 2 || im.Bad != 1 {
		t.Fatalf("%+v %v", im, err)
	}
	if im, err = s.Accept(t.Context(), im.ID); err != nil || im.Written != 2 {
		t.Fatalf("%+v %v", im, err)
	}
	if im, err = s.Preview(t.Context(), upload(header+strings.Replace(row, subject, wrongSubject, 1))); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Accept(t.Context(), im.ID); !fault.Is(err, fault.Conflict) {
		t.Fatalf("nothing was accepted: %v", err)
	}
}

func TestStalePreviewsAreDropped(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := evidencetest.NewService(sqlstore.New(d))
		now := clock.NewManual(evidencetest.Start)
		s.Clock = now
		var ids []string
		for range 3 {
			im, err := s.Preview(t.Context(), upload(header+"org.credit,"+subject+",,,,2025-03-01,department,\n"))
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, im.ID)
			now.Advance(time.Hour)
		}
		if _, err := s.Accept(t.Context(), ids[0]); err != nil {
			t.Fatal(err)
		}
		if n, err := s.DiscardStale(t.Context(), evidencetest.Start.Add(2*time.Hour)); err != nil || n != 1 {
			t.Fatal(n, err)
		}
		for i, want := range []evidence.ImportState{evidence.ImportAccepted, evidence.ImportDiscarded, evidence.ImportPreviewed} {
			if im, err := s.FindImport(t.Context(), ids[i]); err != nil || im.State != want {
				t.Errorf("import %d: %s %v", i, im.State, err)
			}
		}
	})
}

func TestImportNamesAreOnlyShown(t *testing.T) {
	s := importer(t)
	for given, shown := range map[string]string{"../../etc/passwd": "passwd", `C:\\facts.csv`: "facts.csv", "a\x00\u202eb.csv": "ab.csv", "事实.csv": "事实.csv", "": ""} {
		up := upload(header)
		up.Name = given
		if im, err := s.Preview(t.Context(), up); err != nil || im.Name != shown {
			t.Errorf("%q: %q %v", given, im.Name, err)
		}
	}
}

func TestImportKeepsABoundedNumberOfProblems(t *testing.T) {
	s := importer(t)
	im, err := s.Preview(t.Context(), upload(header+strings.Repeat("nonsense\x01,x,,,,,,\n", 1500)))
	if err != nil || im.Bad != 1500 || im.Good != 0 {
		t.Fatalf("%+v %v", im, err)
	}
	problems, err := s.Store.ImportProblems(t.Context(), im.ID, 0, 5000)
	if err != nil || len(problems) != evidence.MaxImportProblems {
		t.Fatal(len(problems), err)
	}
}

func TestImportRefusesAFileAsAWhole(t *testing.T) {
	row := "org.credit," + subject + ",,,,2025-03-01,department,\n"
	for name, c := range map[string]struct{ file, path, says string }{
		"empty":             {"", "", "empty"},
		"GBK":               {header + "org.credit," + subject + ",\xb9\xf3\xd1\xf4,,,2025-03-01,department,\n", "line 2, column 3", "GBK"},
		"UTF-16":            {"k\x00i\x00n\x00d\x00,\x00", "line 1, column 1", "UTF-16"},
		"unknown column":    {strings.Replace(header, "occurred", "ocurred", 1) + row, "column 6", `did you mean "occurred"`},
		"missing column":    {"kind,subject,occurred\n", "attested_by", "missing"},
		"doubled column":    {strings.Replace(header, "unit", "kind", 1) + row, "kind", "twice"},
		"short row":         {header + "org.credit," + subject + "\n", "line 2, column 3", "2 cells"},
		"Excel":             {"PK\x03\x04rest", "", "CSV"},
		"open quote":        {header + row + "\"org.credit,\n", "line 3", "quote"},
		"huge cell":         {header + "org.credit," + subject + "," + strings.Repeat("x", 5000) + ",,,2025-03-01,department,\n", "line 2, column 3", "4096"},
		"foreign attribute": {strings.Replace(header, "attributes.place", "attributes.plaice", 1) + row, "column 8", "attributes.place"},
	} {
		s := importer(t)
		_, err := s.Preview(t.Context(), upload(c.file))
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		f := fault.From(err)
		if len(f.Fields) > 0 && !strings.HasPrefix(f.Fields[0].Path, c.path) || !strings.Contains(f.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	rows := strings.Repeat(row, 100_001)
	if _, err := importer(t).Preview(t.Context(), upload(header+rows)); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too many rows: %v", err)
	}
	if _, err := importer(t).Preview(t.Context(), evidence.Upload{File: strings.NewReader(""), Size: 65 << 20}); !fault.Is(err, fault.TooLarge) && !fault.Is(err, fault.Internal) {
		t.Errorf("too many bytes: %v", err)
	}
}

func TestAnOrganisationImportsItsOwnWordsOnly(t *testing.T) {
	s := importer(t)
	up := upload(header + "cost.model_construction," + string(evidencetest.SubjectB) + ",m,1,CNY,2025-03-01,auditor,\n")
	up.Org, up.OnlyOwn, up.Attestors = subject, true, []evidence.Attestor{evidence.Applicant}
	im, err := s.Preview(t.Context(), up)
	if err != nil || im.Bad != 1 || im.Org != subject {
		t.Fatalf("%+v %v", im, err)
	}
	problems, err := s.Store.ImportProblems(t.Context(), im.ID, 0, 10)
	if err != nil || len(problems) != 2 || problems[0].Column != "attested_by" || problems[1].Column != "subject" {
		t.Fatalf("%+v %v", problems, err)
	}
}

func TestImportCorrections(t *testing.T) {
	s := importer(t)
	columns := "id,corrects,kind,subject,object,quantity,occurred,attested_by\n"
	line := func(id, corrects, quantity string) string {
		return strings.Join([]string{id, corrects, "cost.model_construction", subject, "m", quantity, "2025-03-01", "auditor"}, ",") + "\n"
	}
	// A correction may stand before what it corrects.
	im, err := s.Preview(t.Context(), upload(columns+line("b", "a", "2")+line("a", "", "1")))
	if err != nil || im.Bad != 0 {
		t.Fatalf("%+v %v", im, err)
	}
	if _, err := s.Accept(t.Context(), im.ID); err != nil {
		t.Fatal(err)
	}
	im, err = s.Preview(t.Context(), upload(columns+line("c", "none", "2")+line("d", "b", "0")+line("d", "", "1")+line("e", "c", "3")))
	if err != nil || im.Bad != 3 || im.Good != 1 {
		t.Fatalf("c corrects nothing, d stands twice, e corrects c: %+v %v", im, err)
	}
	im, err = s.Preview(t.Context(), upload(columns+line("x", "a", "3")))
	if err != nil || im.Bad != 1 {
		t.Fatalf("a second correction: %+v %v", im, err)
	}
}

func TestImportParquet(t *testing.T) {
	type row struct {
		Kind       string  `parquet:"kind"`
		Subject    string  `parquet:"subject,dict"`
		Object     *string `parquet:"object,optional"`
		Quantity   int64   `parquet:"quantity,decimal(2:18),snappy"`
		Occurred   int32   `parquet:"occurred,date"`
		AttestedBy string  `parquet:"attested_by,zstd"`
		Place      string  `parquet:"attributes.place,gzip"`
	}
	object := "model-a"
	rows := make([]row, 1000)
	for i := range rows {
		rows[i] = row{"cost.model_construction", subject, &object, int64(i)*100 + 3, 20148, "auditor", "520115"}
	}
	rows[999].Quantity, rows[999].Object = -1, nil
	s := importer(t)
	im, err := s.Preview(t.Context(), upload(parquetFile(t, rows)))
	if err != nil || im.Good != 999 || im.Bad != 1 || im.Format != "parquet" {
		t.Fatalf("%+v %v", im, err)
	}
	problems, err := s.Store.ImportProblems(t.Context(), im.ID, 0, 10)
	if err != nil || len(problems) != 1 || problems[0].Line != 1000 || problems[0].Column != "quantity" {
		t.Fatalf("%+v %v", problems, err)
	}
	im, err = s.Preview(t.Context(), upload(parquetFile(t, rows[:999])))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Accept(t.Context(), im.ID); err != nil {
		t.Fatal(err)
	}
	total, err := s.Aggregates(t.Context(), evidence.Query{From: "2025-03-01", To: "2025-03-01"})
	if err != nil || len(total) != 1 || total[0].Total != "498530.97" || total[0].Count != 999 {
		t.Fatalf("%+v %v", total, err)
	}
}

func TestImportRefusesFloatMoney(t *testing.T) {
	type row struct {
		Kind       string  `parquet:"kind"`
		Subject    string  `parquet:"subject"`
		Quantity   float64 `parquet:"quantity"`
		Occurred   string  `parquet:"occurred"`
		AttestedBy string  `parquet:"attested_by"`
	}
	_, err := importer(t).Preview(t.Context(), upload(parquetFile(t, []row{{"org.credit", subject, 1, "2025-03-01", "auditor"}})))
	if fields := fieldsOf(t, err); len(fields) != 1 || fields[0].Path != "quantity" || !strings.Contains(fields[0].Message.EN, "float") {
		t.Fatalf("%+v", fields)
	}
}

func parquetFile[T any](t *testing.T, rows []T) string {
	t.Helper()
	var file bytes.Buffer
	w := parquet.NewGenericWriter[T](&file)
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.String()
}
