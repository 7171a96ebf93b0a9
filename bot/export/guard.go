package export

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxUnits is how many UTF-16 units a cell of a workbook holds.
const maxUnits = 32_767

// guard returns a text as it may stand in a cell: valid, without control characters, no longer than a cell holds, and with an
// apostrophe before what a spreadsheet would read as the beginning of a formula: = + - @ and their other widths, after spaces
// and signs that are not seen too. (OWASP, CSV injection.) splits are further signs at which a program may begin a new cell.
func guard(s, splits string) string {
	s = tidy(s)
	var b strings.Builder
	begins := true
	for i, r := range s {
		if begins && starts(s[i:]) {
			b.WriteByte('\'')
		}
		begins = strings.ContainsRune(splits, r)
		b.WriteRune(r)
	}
	return clip(b.String())
}

// starts reports whether a text begins like a formula once what is not seen is left away.
func starts(s string) bool {
	s = strings.TrimLeftFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Mn, unicode.Me, unicode.Zs)
	})
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && strings.ContainsRune("=+-@＝＋－＠﹦﹢﹣﹫", r)
}

// tidy makes valid text on one line: spaces of every kind but the plain one become it, control characters and signs that turn
// the direction of writing go, and so does what XML cannot hold.
func tidy(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\ufeff', r == '\ufffe', r == '\uffff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// clip cuts a text to what a cell holds, the last sign of a cut one being an ellipsis.
func clip(s string) string {
	if len(s) <= maxUnits { // no sign has more units than bytes
		return s
	}
	units, end := 0, len(s)
	for i, r := range s {
		n := 1
		if r > 0xFFFF {
			n = 2
		}
		if units+n > maxUnits-1 && end == len(s) {
			end = i
		}
		units += n
	}
	if units <= maxUnits {
		return s
	}
	return s[:end] + "…"
}
