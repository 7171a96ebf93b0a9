// Package export writes tables as XLSX and as CSV, for people who go on working with them elsewhere.
//
// The story: whoever has rows says what columns a sheet has, hands in one row after the other and asks for the bytes at the
// end. Nothing here reads, decides or translates: names and texts come in the reader's language, instants on the clock that
// is to be seen.
//
// What it guarantees: no cell is a formula, whatever was written in it, here or in the program that opens the file; an id
// stays the text it was; a number and an instant stay what they are; a file that would be larger than allowed is an error
// and never a part of one.
package export

import (
	"errors"
	"strconv"
	"time"
)

// ErrTooLarge says that the file would be larger than allowed.
var ErrTooLarge = errors.New("the file is too large")

// MaxBytes is how large a file may become: it waits in the queue until it is sent, beside everything else that waits.
const MaxBytes = 8 << 20

// Format is the kind of file.
type Format int

// XLSX is a workbook, CSV is text with commas.
const (
	XLSX Format = iota + 1
	CSV
)

var formats = [...]string{XLSX: "xlsx", CSV: "csv"}

// String returns "xlsx" or "csv".
func (f Format) String() string {
	if f < XLSX || f > CSV {
		return "format(" + strconv.Itoa(int(f)) + ")"
	}
	return formats[f]
}

// ParseFormat reads what String writes; ok is false for anything else.
func ParseFormat(text string) (f Format, ok bool) {
	for f := XLSX; f <= CSV; f++ {
		if text == formats[f] {
			return f, true
		}
	}
	return 0, false
}

// Column is one column of a sheet. Width is in characters, 0 = a usual one.
type Column struct {
	Name  string
	Width float64
}

// Sheet is a table to be filled.
type Sheet struct {
	Name    string // at most 31 characters are shown
	File    string // what its file is called where each sheet is one, without the ending
	Columns []Column
}

// Cell is one value. The zero value is an empty cell.
type Cell struct {
	kind   kind
	text   string
	number float64
	at     time.Time
}

type kind int

const (
	empty kind = iota
	text
	number
	instant
	day
)

// Text is a cell of text. What comes from outside may be handed in as it is.
func Text(s string) Cell { return Cell{kind: text, text: s} }

// Number is a cell of a number.
func Number(n float64) Cell { return Cell{kind: number, number: n} }

// Time is an instant on the clock of its location, to the second; the zero time is an empty cell.
func Time(t time.Time) Cell {
	if t.IsZero() {
		return Cell{}
	}
	return Cell{kind: instant, at: t.Truncate(time.Second)}
}

// Day is the calendar day of an instant in its location.
func Day(t time.Time) Cell { return Cell{kind: day, at: t} }

// Writer fills one file: a sheet is begun, its rows follow. It is not safe for concurrent use, and an error is final.
type Writer interface {
	// Sheet begins a sheet; the rows that follow are its rows.
	Sheet(s Sheet) error
	// Row adds a row to the sheet begun last; missing cells at its end are empty.
	Row(cells []Cell) error
	// Finish returns the file and how its name ends (".xlsx"), [ErrTooLarge] when it has more than limit bytes. whole asks for
	// all sheets where one alone would do. It is called once.
	Finish(limit int, whole bool) (data []byte, ending string, err error)
	// Close drops what Finish did not make use of. It may be called at any time, and again.
	Close()
}

// New returns a writer of a format.
func New(f Format) Writer {
	if f == CSV {
		return &csvWriter{}
	}
	return newXLSX()
}
