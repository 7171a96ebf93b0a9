package notify

import (
	"cmp"
	"slices"
	"strings"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

var _ outbox.Editor = (*Composer)(nil)

// How much of a folded message is shown: as many rows as fill a screen of a phone, shared by the rules, three of each at
// least; beyond so many rules the rest is counted. Our own numbers; with them the text is far from [Limit].
const (
	foldRows  = 20
	leastRows = 3
	foldRules = 6
)

// Fold words messages of one group as one: a headline with the total, and the rows below the rule they belong to, in the order
// in which the rules come up, the earliest due first. What there is no room for is counted, never cut. It is outbox.Editor's.
func (c *Composer) Fold(lang string, parts []outbox.Fold) (html string, buttons [][]outbox.Button) {
	if len(parts) == 0 {
		return "", nil
	}
	v := c.voice(View{Lang: lang})
	groups := byAbout(parts)
	sections := []section{{lines: []locale.HTML{v.foldHead(parts, len(groups) == 1)}}}
	more := "more_violations"
	if strings.HasPrefix(parts[0].Group, foldStage) {
		more = "more_due"
	}
	shown := groups[:min(len(groups), foldRules)]
	rows := max(leastRows, foldRows/len(shown))
	for _, g := range shown {
		sections = append(sections, v.foldSection(g, rows, more))
	}
	rest := 0
	for _, g := range groups[len(shown):] {
		rest += len(g)
	}
	if rest > 0 {
		sections = append(sections, section{lines: []locale.HTML{v.T(more, locale.Args{"Count": rest})}})
	}
	return v.compose(sections...), v.foldButtons(parts)
}

// byAbout groups parts by what they are about, in the order of first appearance, and sorts each group.
func byAbout(parts []outbox.Fold) (groups [][]outbox.Fold) {
	place := map[string]int{}
	for _, p := range parts {
		i, known := place[p.About]
		if !known {
			i = len(groups)
			place[p.About], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	for _, g := range groups {
		slices.SortStableFunc(g, func(a, b outbox.Fold) int { return cmp.Compare(a.At, b.At) })
	}
	return groups
}

func (v voice) foldSection(parts []outbox.Fold, limit int, more string) section {
	s := section{more: more, hidden: max(0, len(parts)-limit)}
	if about := parts[0].About; about != "" {
		s.lines = []locale.HTML{locale.HTML(about)}
	}
	for _, p := range parts[:len(parts)-s.hidden] {
		s.rows = append(s.rows, v.T("bullet", locale.Args{"Text": locale.HTML(p.Row)}))
	}
	return s
}

// foldHead is the headline: how many there are, of what, and how many of them are settled.
func (v voice) foldHead(parts []outbox.Fold, alike bool) locale.HTML {
	settled := parts[0].Gone
	for _, p := range parts {
		if p.Done {
			settled++
		}
	}
	total := len(parts) + parts[0].Gone
	args := locale.Args{"Count": total, "Settled": v.settled(settled, total)}
	verb, _, _ := strings.Cut(parts[0].Group, "/")
	kind, one := foldKind(parts)
	switch {
	case strings.HasPrefix(parts[0].Group, foldQuiet):
		return v.T("fold.quiet", args)
	case alike && one && v.Has("fold.head."+verb):
		args["What"] = v.T(v.countKey(kind), locale.Args{"Count": total})
		delete(args, "Count")
		return v.T("fold.head."+verb, args)
	}
	return v.T("fold.alerts", args)
}

func (v voice) settled(n, of int) locale.HTML {
	switch {
	case n == 0:
		return ""
	case n == of && n > 1:
		return v.T("fold.settled_all", nil)
	}
	return v.T("fold.settled", locale.Args{"Count": n})
}

func (v voice) countKey(kind rules.Kind) string {
	if key := "kinds." + string(kind); v.Has(key) {
		return key
	}
	return "kinds.generic"
}

// foldKind is the kind that all parts are of.
func foldKind(parts []outbox.Fold) (kind rules.Kind, one bool) {
	for i, p := range parts {
		_, subject, _ := strings.Cut(p.Case, "|")
		s, _ := rules.ParseSubject(subject)
		if i > 0 && s.Kind != kind {
			return "", false
		}
		kind = s.Kind
	}
	return kind, true
}

// foldButtons act on all of them, and lead to the lists of the shop and to advice: for the rule that all parts are of, else
// for what costs most.
func (v voice) foldButtons(parts []outbox.Fold) [][]outbox.Button {
	shop := parts[0].Shop
	if shop == "" {
		return nil
	}
	tips := []string{shop}
	if rule := foldRule(parts); rule != "" {
		tips = append(tips, rule)
	}
	lists := [][]outbox.Button{
		{v.button("due", "due", shop), v.button("violations", "violations", shop)},
		{v.button("tips", "tips", tips...), v.button("today", "today", shop)},
	}
	if acts := v.foldActs(parts); len(acts) > 0 {
		return append([][]outbox.Button{acts}, lists...)
	}
	return lists
}

// foldRule is the rule that all parts are of, "" when they are of several.
func foldRule(parts []outbox.Fold) (rule string) {
	for i, p := range parts {
		ref, _, _ := strings.Cut(p.Case, "|")
		id, _, _ := strings.Cut(ref, "@")
		if i > 0 && id != rule {
			return ""
		}
		rule = id
	}
	return rule
}

// Again puts a line before a text that says that it may have come before. Where there is no room for it, whole lines go from
// the end; a text of one line that long stays as it is. It is outbox.Editor's.
func (c *Composer) Again(lang, html string) string {
	mark := c.texts.Printer(lang).T("again", nil) + "\n"
	text, ok := fitting(locale.HTML(html), mark)
	if !ok || strings.HasPrefix(html, string(mark)) {
		return html
	}
	return string(mark + text)
}

// Enough puts a line below a text that says that a chat has heard all that may ring there today. It is outbox.Editor's.
func (c *Composer) Enough(lang, html string, budget int) string {
	mark := "\n" + c.texts.Printer(lang).T("enough", locale.Args{"Count": budget})
	text, ok := fitting(locale.HTML(html), mark)
	if !ok {
		return html
	}
	return string(text + mark)
}

// fitting drops whole lines from the end of a text until there is room for a mark. ok is false when a text of one line is
// too long.
func fitting(text, mark locale.HTML) (locale.HTML, bool) {
	for mark.Units()+text.Units() > Limit || !balanced(text) {
		i := strings.LastIndexByte(string(text), '\n')
		if i < 0 {
			return "", false
		}
		text = text[:i]
	}
	return text, true
}

// balanced reports whether every tag of a text is closed.
func balanced(text locale.HTML) bool {
	var open []string
	for rest := string(text); ; {
		_, after, ok := strings.Cut(rest, "<")
		if !ok {
			return len(open) == 0
		}
		tag, next, ok := strings.Cut(after, ">")
		if !ok {
			return false
		}
		rest = next
		if name, closes := strings.CutPrefix(tag, "/"); closes {
			if len(open) == 0 || open[len(open)-1] != name {
				return false
			}
			open = open[:len(open)-1]
			continue
		}
		name, _, _ := strings.Cut(tag, " ") // <a href="…">
		open = append(open, name)
	}
}
