package export

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// plainBytes is up to what size one table goes as it is; a larger one, and several, go as a zip.
const plainBytes = 1 << 20

// mark is the byte order mark without which Excel takes UTF-8 for something else.
const mark = "\ufeff"

// csvWriter writes tables as RFC 4180 says, in UTF-8 with a byte order mark. Each sheet is a file.
type csvWriter struct {
	files []csvFile
}

type csvFile struct {
	name string
	body bytes.Buffer
	cols int
}

// Sheet begins a table; see Writer.
func (w *csvWriter) Sheet(s Sheet) error {
	w.files = append(w.files, csvFile{name: s.File, cols: len(s.Columns)})
	f := &w.files[len(w.files)-1]
	f.body.WriteString(mark)
	head := make([]Cell, len(s.Columns))
	for i, c := range s.Columns {
		head[i] = Text(c.Name)
	}
	return w.Row(head)
}

// Row adds a row to the table begun last; see Writer.
func (w *csvWriter) Row(cells []Cell) error {
	if len(w.files) == 0 {
		return errNoSheet
	}
	f := &w.files[len(w.files)-1]
	for i := range max(f.cols, len(cells)) {
		if i > 0 {
			f.body.WriteByte(',')
		}
		if i < len(cells) {
			f.body.WriteString(field(cells[i]))
		}
	}
	f.body.WriteString("\r\n")
	return nil
}

// field writes a cell: numbers bare, instants as ISO 8601 without a zone, text in quotes where it needs them.
func field(c Cell) string {
	switch c.kind {
	case number:
		return strconv.FormatFloat(c.number, 'f', -1, 64)
	case instant:
		return c.at.Format("2006-01-02 15:04:05")
	case day:
		return c.at.Format("2006-01-02")
	case text:
		s := guard(c.text, ";") // where the comma is the decimal sign, files are read with semicolons
		if strings.ContainsAny(s, ",;\"'") || strings.TrimSpace(s) != s {
			return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
		}
		return s
	}
	return ""
}

// Finish returns the first sheet as it is, or all of them as a zip when it is large or whole asks for them.
func (w *csvWriter) Finish(limit int, whole bool) ([]byte, string, error) {
	if len(w.files) == 0 {
		return nil, "", errNoSheet
	}
	if first := w.files[0].body.Bytes(); !whole && len(first) <= min(plainBytes, limit) {
		return first, ".csv", nil
	}
	out := &capped{left: limit}
	z := zip.NewWriter(out)
	for i := range w.files {
		f, err := z.Create(w.files[i].name + ".csv")
		if err != nil {
			return nil, "", fmt.Errorf("packing %s: %w", w.files[i].name, err)
		}
		if _, err := w.files[i].body.WriteTo(f); err != nil {
			return nil, "", fmt.Errorf("packing %s: %w", w.files[i].name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, "", fmt.Errorf("packing: %w", err)
	}
	return out.Bytes(), ".zip", nil
}

// Close drops what was written; see Writer.
func (w *csvWriter) Close() { w.files = nil }

// capped is a buffer that takes so many bytes and no more.
type capped struct {
	bytes.Buffer
	left int
}

var _ io.Writer = (*capped)(nil)

func (c *capped) Write(p []byte) (int, error) {
	if c.left -= len(p); c.left < 0 {
		return 0, ErrTooLarge
	}
	return c.Buffer.Write(p)
}
