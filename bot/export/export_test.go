package export_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"shopwarden/bot/export"
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

var when = time.Date(2026, 11, 23, 9, 15, 42, 600_000_000, shanghai)

var cases = export.Sheet{Name: "Cases: [all]?", File: "cases", Columns: []export.Column{{Name: "id", Width: 24}, {Name: "minutes"}, {Name: "due", Width: 20}, {Name: "day"}, {Name: "none"}}}

// filled writes one sheet with a row for each id, and a second one.
func filled(t testing.TB, f export.Format, ids ...string) export.Writer {
	t.Helper()
	w := export.New(f)
	t.Cleanup(w.Close)
	ok(t, w.Sheet(cases))
	for _, id := range ids {
		ok(t, w.Row([]export.Cell{export.Text(id), export.Number(12.5), export.Time(when), export.Day(when)}))
	}
	ok(t, w.Sheet(export.Sheet{Name: "关于", File: "about", Columns: []export.Column{{Name: "what"}}}))
	ok(t, w.Row([]export.Cell{export.Text("说明")}))
	return w
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func finish(t testing.TB, w export.Writer, whole bool) (data []byte, ending string) {
	t.Helper()
	data, ending, err := w.Finish(export.MaxBytes, whole)
	ok(t, err)
	return data, ending
}

// hostile are texts that some spreadsheet takes for a formula, and what stands in the cell instead.
var hostile = []struct{ in, want string }{
	{"=1+1", "'=1+1"},
	{"+86 138", "'+86 138"},
	{"-5", "'-5"},
	{"@SUM(A1)", "'@SUM(A1)"},
	{"\t=1", "' =1"},
	{"\r=cmd|' /C calc'!A0", "' =cmd|' /C calc'!A0"},
	{"  =HYPERLINK(\"https://evil.example\")", "'  =HYPERLINK(\"https://evil.example\")"},
	{"＝1＋1", "'＝1＋1"},
	{"＋1", "'＋1"},
	{"－1", "'－1"},
	{"＠x", "'＠x"},
	{"\u3000=1", "' =1"},
	{"\u200b=1", "'\u200b=1"},
	{"\u202e=1", "'=1"},
	{"\ufeff=1", "'=1"},
	{"\x00=1", "'=1"},
	{"\n-1", "' -1"},
	{"00123456789012345678", "00123456789012345678"},
	{"A,\"B\"\r\nC", "A,\"B\"  C"},
	{"1=2", "1=2"},
	{"小鹿童装", "小鹿童装"},
	{"_x0041_", "_x0041_"},
	{"<a>&amp;", "<a>&amp;"},
	{"\xff\xfe", "\ufffd"},
}

func TestAWorkbookHoldsNoFormulaWhateverIsWrittenIntoIt(t *testing.T) {
	var ids []string
	for _, h := range hostile {
		ids = append(ids, h.in)
	}
	data, ending := finish(t, filled(t, export.XLSX, ids...), false)
	if ending != ".xlsx" {
		t.Errorf("ending %q", ending)
	}
	book, err := excelize.OpenReader(bytes.NewReader(data))
	ok(t, err)
	defer book.Close()
	if diff := cmp.Diff([]string{"Cases   all", "关于"}, book.GetSheetList()); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	sheet := book.GetSheetName(0)
	for i, h := range hostile {
		at := fmt.Sprintf("A%d", i+2)
		got, err := book.GetCellValue(sheet, at)
		ok(t, err)
		if formula, _ := book.GetCellFormula(sheet, at); got != h.want || formula != "" {
			t.Errorf("%q became %q with formula %q, want %q", h.in, got, formula, h.want)
		}
		if kind, _ := book.GetCellType(sheet, at); kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
			t.Errorf("%q is of type %v", h.in, kind)
		}
	}
}

func TestAWorkbookKeepsNumbersAndTheClockOfTheShop(t *testing.T) {
	data, _ := finish(t, filled(t, export.XLSX, "007"), false)
	book, err := excelize.OpenReader(bytes.NewReader(data))
	ok(t, err)
	defer book.Close()
	sheet := book.GetSheetName(0)
	for at, want := range map[string]string{"A2": "007", "B2": "12.5", "C2": "2026-11-23 09:15:42", "D2": "2026-11-23", "E2": ""} {
		if got, _ := book.GetCellValue(sheet, at); got != want {
			t.Errorf("%s shows %q, want %q", at, got, want)
		}
	}
	raw, err := book.GetCellValue(sheet, "C2", excelize.Options{RawCellValue: true})
	ok(t, err)
	if !strings.HasPrefix(raw, "46349.385") { // days since 1899-12-30, so that it sorts and subtracts
		t.Errorf("the instant is kept as %q", raw)
	}
	panes, err := book.GetPanes(sheet)
	ok(t, err)
	if !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("head is not frozen: %+v", panes)
	}
	if width, _ := book.GetColWidth(sheet, "A"); width != 24 {
		t.Errorf("width %v, want 24", width)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	ok(t, err)
	if xml := part(t, z, "xl/worksheets/sheet1.xml"); !strings.Contains(xml, `<autoFilter ref="$A$1:$E$2"`) && !strings.Contains(xml, `<autoFilter ref="A1:E2"`) {
		t.Errorf("no filter in %.300s", xml[max(0, len(xml)-300):])
	}
}

func part(t testing.TB, z *zip.Reader, name string) string {
	t.Helper()
	f, err := z.Open(name)
	ok(t, err)
	defer f.Close()
	all, err := io.ReadAll(f)
	ok(t, err)
	return string(all)
}

func TestACSVIsReadBackAsItWasWritten(t *testing.T) {
	var ids []string
	for _, h := range hostile {
		ids = append(ids, h.in)
	}
	data, ending := finish(t, filled(t, export.CSV, ids...), false)
	body, marked := strings.CutPrefix(string(data), "\ufeff")
	if ending != ".csv" || !marked || strings.Count(body, "\n") != strings.Count(body, "\r\n") {
		t.Errorf("ending %q, byte order mark %v", ending, marked)
	}
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	ok(t, err)
	if len(rows) != len(hostile)+1 {
		t.Fatalf("%d rows, want %d", len(rows), len(hostile)+1)
	}
	for i, h := range hostile {
		if diff := cmp.Diff([]string{h.want, "12.5", "2026-11-23 09:15:42", "2026-11-23", ""}, rows[i+1]); diff != "" {
			t.Errorf("%q (-want +got):\n%s", h.in, diff)
		}
	}
}

func TestASemicolonDoesNotBeginAFormulaEither(t *testing.T) {
	data, _ := finish(t, filled(t, export.CSV, "x; =1+1"), false)
	if !strings.Contains(string(data), `"x;' =1+1"`) {
		t.Errorf("got %q", data)
	}
}

func TestALargeCSVAndAWholeOneArePacked(t *testing.T) {
	for name, w := range map[string]struct {
		export.Writer
		whole bool
	}{"large": {filled(t, export.CSV, slices.Repeat([]string{strings.Repeat("x", 1<<14)}, 70)...), false}, "whole": {filled(t, export.CSV, "x"), true}} {
		data, ending := finish(t, w.Writer, w.whole)
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		ok(t, err)
		if about := part(t, z, "about.csv"); ending != ".zip" || about != "\ufeffwhat\r\n说明\r\n" {
			t.Errorf("%s: %s with %q", name, ending, about)
		}
	}
}

func TestACellHoldsNoMoreThanItCan(t *testing.T) {
	for _, s := range []string{strings.Repeat("a", 40_000), strings.Repeat("😀", 20_000), "=" + strings.Repeat("字", 32_766)} {
		for _, f := range []export.Format{export.XLSX, export.CSV} {
			data, _ := finish(t, filled(t, f, s), false)
			got := ""
			if f == export.CSV {
				rows, err := csv.NewReader(strings.NewReader(string(data[3:]))).ReadAll()
				ok(t, err)
				got = rows[1][0]
			} else {
				book, err := excelize.OpenReader(bytes.NewReader(data))
				ok(t, err)
				got, _ = book.GetCellValue(book.GetSheetName(0), "A2")
				_ = book.Close()
			}
			if n := len(utf16.Encode([]rune(got))); n > 32_767 || n < 32_760 || !strings.HasSuffix(got, "…") {
				t.Errorf("%v: %d units of %.5q", f, n, s)
			}
		}
	}
}

func TestAFileIsNeverLargerThanAllowed(t *testing.T) {
	for _, f := range []export.Format{export.XLSX, export.CSV} {
		data, _, err := filled(t, f, "x").Finish(100, true)
		if !errors.Is(err, export.ErrTooLarge) || data != nil {
			t.Errorf("%v: %d bytes, %v", f, len(data), err)
		}
	}
}

func TestARowNeedsASheet(t *testing.T) {
	for _, f := range []export.Format{export.XLSX, export.CSV} {
		w := export.New(f)
		if err := w.Row(nil); err == nil {
			t.Errorf("%v: a row went nowhere", f)
		}
		if _, _, err := w.Finish(export.MaxBytes, false); err == nil {
			t.Errorf("%v: a file of nothing", f)
		}
		w.Close()
	}
}

func TestFileNamesAreSafe(t *testing.T) {
	for want, parts := range map[string][]string{
		"deer_2026-11-01_2026-11-30": {"deer", "2026-11-01", "2026-11-30"},
		"etc-passwd_x":               {"../etc/passwd", "x"},
		"export":                     {"小鹿", ".."},
		"CON-aux":                    {"CON:aux\x00"},
	} {
		if got := export.FileName(parts...); got != want {
			t.Errorf("%q: %q, want %q", parts, got, want)
		}
	}
}

func FuzzNoTextBecomesAFormula(f *testing.F) {
	for _, h := range hostile {
		f.Add(h.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		data, _ := finish(t, filled(t, export.CSV, s), false)
		if len(data) > 1<<19 {
			return
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff"))).ReadAll()
		ok(t, err)
		if first := strings.TrimSpace(rows[1][0]); len(rows) != 2 || first != "" && strings.ContainsRune("=+-@＝＋－＠\t", []rune(first)[0]) {
			t.Errorf("%q became %q", s, rows)
		}
	})
}

// BenchmarkRows is a workbook and a table of 50,000 rows of 20 columns.
func BenchmarkRows(b *testing.B) {
	for _, f := range []export.Format{export.XLSX, export.CSV} {
		b.Run(f.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w := export.New(f)
				ok(b, w.Sheet(export.Sheet{Name: "x", File: "x", Columns: make([]export.Column, 20)}))
				for i := range 50_000 {
					row := make([]export.Cell, 20)
					for j := range row {
						row[j] = export.Text(fmt.Sprintf("cell %d of %d", j, i))
					}
					row[3], row[4] = export.Time(when), export.Number(float64(i))
					ok(b, w.Row(row))
				}
				data, _ := finish(b, w, true)
				b.ReportMetric(float64(len(data)), "bytes")
			}
		})
	}
}
