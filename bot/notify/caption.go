package notify

import (
	"slices"

	"shopwarden/bot/locale"
)

// part is a section of a caption and how soon it gives way when there is too little room: the highest first, 0 never. No
// empty line stands between it and the part before when both have the same block, 0 being none.
type part struct {
	section
	spare int
	block int
}

// caption joins parts to a text within [CaptionLimit]. What gives way loses its last row first, and its headline with the
// last of them; a part that names a text for it says how many rows are left out.
func (v voice) caption(parts ...part) string {
	for {
		text := v.joined(parts)
		if text.Units() <= CaptionLimit || !shorten(parts) {
			return fit(text, CaptionLimit)
		}
	}
}

// joined is the text of the parts that have one.
func (v voice) joined(parts []part) (text locale.HTML) {
	block := 0
	for _, p := range parts {
		switch {
		case p.empty():
			continue
		case text == "":
		case p.block > 0 && p.block == block:
			text += "\n"
		default:
			text += "\n\n"
		}
		text, block = text+locale.Join(slices.Concat(p.lines, p.rows, v.rest(p)), "\n"), p.block
	}
	return text
}

// rest says how many rows of a part are left out, where that is worth a line.
func (v voice) rest(p part) []locale.HTML {
	if p.more == "" || p.hidden == 0 {
		return nil
	}
	return []locale.HTML{v.T(p.more, locale.Args{"Count": p.hidden})}
}

// shorten takes the least important row out; false when nothing is left that may go.
func shorten(parts []part) bool {
	at := -1
	for i, p := range parts {
		if p.spare > 0 && !p.empty() && (at < 0 || p.spare > parts[at].spare) {
			at = i
		}
	}
	if at < 0 {
		return false
	}
	p := &parts[at]
	if len(p.rows) > 1 {
		p.rows, p.hidden = p.rows[:len(p.rows)-1], p.hidden+1
		return true
	}
	p.section = section{}
	return true
}
