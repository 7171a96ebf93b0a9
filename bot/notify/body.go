package notify

import (
	"strings"

	"shopwarden/bot/locale"
)

// Limit is the longest text of a message in UTF-16 units after the markup was taken out.
const Limit = 4096

// moreRoom is kept free for the line that says how many rows are left out.
const moreRoom = 64

// section is a part of a text, set apart by an empty line. Each line is balanced markup by itself. Lines always stand;
// rows stand as far as there is room, and a last line says how many did not.
type section struct {
	lines  []locale.HTML
	rows   []locale.HTML
	hidden int    // rows that exist beyond these
	more   string // catalogue key of the last line, "" = "more"
}

func (s section) empty() bool { return len(s.lines)+len(s.rows) == 0 }

// compose joins sections to a text within [Limit]. Empty sections leave no trace.
func (v voice) compose(sections ...section) string {
	left := Limit
	for _, s := range sections {
		left -= 2
		for _, line := range s.lines {
			left -= line.Units() + 1
		}
		if len(s.rows) > 0 {
			left -= moreRoom
		}
	}
	var parts []locale.HTML
	for _, s := range sections {
		if s.empty() {
			continue
		}
		var lines []locale.HTML
		lines, left = v.fill(s, left)
		parts = append(parts, locale.Join(lines, "\n"))
	}
	return fit(locale.Join(parts, "\n\n"), Limit)
}

// fill adds rows to the lines of a section as long as they fit.
func (v voice) fill(s section, left int) ([]locale.HTML, int) {
	lines := append([]locale.HTML(nil), s.lines...)
	shown := 0
	for _, row := range s.rows {
		n := row.Units() + 1
		if n > left {
			break
		}
		lines, left, shown = append(lines, row), left-n, shown+1
	}
	if hidden := s.hidden + len(s.rows) - shown; hidden > 0 {
		key := s.more
		if key == "" {
			key = "more"
		}
		lines = append(lines, v.T(key, locale.Args{"Count": hidden}))
	}
	return lines, left
}

// fit drops whole lines from the end of a text that is too long all the same. No page is: the lines that always stand are
// few and every foreign string in them is clipped.
func fit(text locale.HTML, limit int) string {
	for text.Units() > limit {
		i := strings.LastIndexByte(string(text), '\n')
		if i < 0 {
			return ""
		}
		text = text[:i]
	}
	return string(text)
}

// numbered puts a number before each row.
func (v voice) numbered(rows []locale.HTML) []locale.HTML {
	out := make([]locale.HTML, len(rows))
	for i, row := range rows {
		out[i] = v.T("row", locale.Args{"N": i + 1, "Text": row})
	}
	return out
}
