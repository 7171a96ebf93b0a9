package export

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// errNoSheet says that a row came before a sheet.
var errNoSheet = errors.New("no sheet was begun")

// usualWidth is the width of a column that says nothing else, in characters.
const usualWidth = 14

// xlsxWriter streams sheets into a workbook: rows leave the memory for a file of the system once there are 16 MB of them.
type xlsxWriter struct {
	book   *excelize.File
	sheet  *excelize.StreamWriter
	name   string
	cols   int
	rows   int
	sheets int
	styles [day + 1]int
	head   int
}

func newXLSX() *xlsxWriter { return &xlsxWriter{book: excelize.NewFile()} }

// format makes the styles, once.
func (w *xlsxWriter) format() (err error) {
	if w.head != 0 {
		return nil
	}
	for kind, code := range map[kind]string{text: "@", instant: "yyyy-mm-dd hh:mm:ss", day: "yyyy-mm-dd"} {
		if w.styles[kind], err = w.book.NewStyle(&excelize.Style{CustomNumFmt: &code}); err != nil {
			return fmt.Errorf("making a style: %w", err)
		}
	}
	w.head, err = w.book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8ECF1"}},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}})
	if err != nil {
		return fmt.Errorf("making a style: %w", err)
	}
	return nil
}

// Sheet begins a table; see Writer.
func (w *xlsxWriter) Sheet(s Sheet) error {
	if err := errors.Join(w.format(), w.flush()); err != nil {
		return err
	}
	w.name, w.cols, w.rows = sheetName(s.Name), len(s.Columns), 0
	if err := w.add(); err != nil {
		return fmt.Errorf("adding sheet %q: %w", w.name, err)
	}
	if w.sheet, w.sheets = nil, w.sheets+1; len(s.Columns) == 0 {
		return errors.New("a sheet needs columns")
	}
	var err error
	if w.sheet, err = w.book.NewStreamWriter(w.name); err != nil {
		return fmt.Errorf("beginning sheet %q: %w", w.name, err)
	}
	for i, c := range s.Columns {
		width := c.Width
		if width == 0 {
			width = usualWidth
		}
		if err := w.sheet.SetColWidth(i+1, i+1, width); err != nil {
			return fmt.Errorf("setting a width: %w", err)
		}
	}
	if err := w.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return fmt.Errorf("freezing the head: %w", err)
	}
	head := make([]any, len(s.Columns))
	for i, c := range s.Columns {
		head[i] = excelize.Cell{StyleID: w.head, Value: guard(c.Name, "")}
	}
	return w.write(head)
}

// add makes a sheet of the current name; the first takes the place of the one that a new book has.
func (w *xlsxWriter) add() error {
	if w.sheets == 0 {
		return w.book.SetSheetName(w.book.GetSheetName(0), w.name)
	}
	_, err := w.book.NewSheet(w.name)
	return err
}

// sheetName makes a name that a workbook takes.
func sheetName(name string) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) {
			return ' '
		}
		return r
	}, tidy(name)), " '")
	for utf8.RuneCountInString(name) > excelize.MaxSheetNameLength {
		_, n := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-n]
	}
	return name
}

// Row adds a row to the table begun last; see Writer.
func (w *xlsxWriter) Row(cells []Cell) error {
	if w.sheet == nil {
		return errNoSheet
	}
	row := make([]any, len(cells))
	for i, c := range cells {
		switch c.kind {
		case text:
			row[i] = excelize.Cell{StyleID: w.styles[text], Value: guard(c.text, "")}
		case number:
			row[i] = c.number
		case instant, day:
			row[i] = excelize.Cell{StyleID: w.styles[c.kind], Value: c.at}
		}
	}
	return w.write(row)
}

func (w *xlsxWriter) write(row []any) error {
	w.rows++
	at, err := excelize.CoordinatesToCellName(1, w.rows)
	if err == nil {
		err = w.sheet.SetRow(at, row)
	}
	if err != nil {
		return fmt.Errorf("writing row %d of %q: %w", w.rows, w.name, err)
	}
	return nil
}

// flush ends the sheet in hand: all of it can be filtered.
func (w *xlsxWriter) flush() error {
	if w.sheet == nil {
		return nil
	}
	last, err := excelize.CoordinatesToCellName(w.cols, w.rows)
	if err == nil {
		err = w.book.AutoFilter(w.name, "A1:"+last, nil)
	}
	if err == nil {
		err = w.sheet.Flush()
	}
	if w.sheet = nil; err != nil {
		return fmt.Errorf("ending sheet %q: %w", w.name, err)
	}
	return nil
}

// Finish returns the workbook; it always holds all sheets.
func (w *xlsxWriter) Finish(limit int, _ bool) ([]byte, string, error) {
	defer w.Close()
	if w.sheets == 0 {
		return nil, "", errNoSheet
	}
	if err := w.flush(); err != nil {
		return nil, "", err
	}
	out := &capped{left: limit}
	if err := w.book.Write(out); err != nil {
		return nil, "", fmt.Errorf("packing the workbook: %w", err)
	}
	return out.Bytes(), ".xlsx", nil
}

// Close removes the files that the workbook keeps aside.
func (w *xlsxWriter) Close() { _ = w.book.Close() } // what is left lies in the directory for such files
