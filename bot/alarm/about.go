package alarm

import (
	"slices"
	"strings"

	"shopwarden/rules"
)

// About is what the id of an alarm says it is about: a case, by Ref and Subject, or a line, by Rule and Day.
type About struct {
	Rule    string
	Ref     string // as [rules.Case.Ref] names the case; "" for a line
	Subject rules.Subject
	Day     rules.Date // of a line
}

// Line reports whether it is about a line that a rule reached on a day, not about a case.
func (a About) Line() bool { return a.Ref == "" }

// Read reads what [CaseID] and [DayID] write; ok is false for anything else. A part of a case may hold bars.
func Read(id string) (about About, ok bool) {
	for i := range len(id) {
		if id[i] != '|' {
			continue
		}
		ref, text := id[:i], id[i+1:]
		about.Rule, _, _ = strings.Cut(ref, "@")
		if text, isDay := strings.CutPrefix(text, "day/"); isDay {
			day, err := rules.ParseDate(text)
			about.Rule, about.Day = ref, day
			return about, err == nil && ref != ""
		}
		s, ok := rules.ParseSubject(text)
		if ok && slices.Contains(rules.Kinds(), s.Kind) && s.ID != "" && about.Rule != "" {
			about.Ref, about.Subject = ref, s
			return about, true
		}
	}
	return About{}, false
}
