package notify

import (
	"slices"
	"strconv"
	"strings"

	"shopwarden/bot/locale"
	"shopwarden/rules"
)

// Filter says which broken cases a list shows. The zero Filter is the last seven local days, from the start. String writes it
// as buttons carry it and [ParseFilter] reads it, so that a page is all that a button knows of it.
type Filter struct {
	Rule      string          // "" = all
	Principle rules.Principle // 0 = all
	Rung      rules.Rung      // what a miss led to or may lead to; 0 = all
	Days      int             // so many local days up to today; 0 = Week
	Yesterday bool            // that day alone
	Day       rules.Date      // that day alone; 0 = none
	Offset    int             // cases that are not shown
	Menu      Facet           // what is being chosen, in the place of the list
	Page      int             // of the menu
}

// Facet is a part of the filter that can be chosen.
type Facet int

// What can be chosen, one at a time.
const (
	ByRule Facet = iota + 1
	ByPrinciple
	ByRung
	ByDay
)

var menuNames = [...]string{ByRule: "rule", ByPrinciple: "principle", ByRung: "rung", ByDay: "day"}

// String returns "rule", "principle", "rung" or "day".
func (m Facet) String() string {
	if m < ByRule || m > ByDay {
		return "facet(" + strconv.Itoa(int(m)) + ")"
	}
	return menuNames[m]
}

// How far a list looks back when nothing else was said, and when a month is chosen, today included.
const (
	Week  = 7
	Month = 30
)

// MostDays is the longest span that can be asked for: the number of days that lists are kept where nothing else is set.
const MostDays = 400

// Span is the local days the filter is about (half-open), as seen on a day.
func (f Filter) Span(today rules.Date) (from, to rules.Date) {
	switch {
	case f.Day != 0:
		return f.Day, f.Day.Next(1)
	case f.Yesterday:
		return today.Next(-1), today
	case f.Days == 0:
		f.Days = Week
	}
	return today.Next(1 - f.Days), today.Next(1)
}

// Picks reports whether the filter takes cases of a rule, as it is in force.
func (f Filter) Picks(r *rules.Rule) bool {
	return (f.Rule == "" || r.ID == f.Rule) && (f.Principle == 0 || r.Principle == f.Principle) && (f.Rung == 0 || reaches(r, f.Rung))
}

func reaches(r *rules.Rule, rung rules.Rung) bool {
	return slices.ContainsFunc(r.Lines, func(l rules.Line) bool { return l.Rung == rung })
}

// Narrow reports a filter that leaves out rules.
func (f Filter) Narrow() bool { return f.Rule != "" || f.Principle != 0 || f.Rung != 0 }

// At is the filter from another case on, without a menu.
func (f Filter) At(offset int) Filter {
	f.Offset, f.Menu, f.Page = max(offset, 0), 0, 0
	return f
}

// Asking is the filter with a question.
func (f Filter) Asking(m Facet, page int) Filter {
	f = f.At(0)
	f.Menu, f.Page = m, page
	return f
}

// On is the filter for another span: exactly one of the arguments is set.
func (f Filter) On(days int, yesterday bool, day rules.Date) Filter {
	f = f.At(0)
	f.Days, f.Yesterday, f.Day = days, yesterday, day
	return f
}

// fits reports whether a rule's id can stand in the words of a filter.
func fits(rule string) bool { return rule != "" && !strings.ContainsAny(rule, " |!@\t\n") }

// String writes the filter: words with a space between. It holds no "|", "!" or "@".
func (f Filter) String() string {
	var words []string
	add := func(word string) { words = append(words, word) }
	if f.Menu != 0 {
		add("?" + f.Menu.String())
		if f.Page > 0 {
			add("p" + strconv.Itoa(f.Page))
		}
	}
	if fits(f.Rule) {
		add("rule=" + f.Rule)
	}
	if f.Principle != 0 {
		add(f.Principle.String())
	}
	if f.Rung != 0 {
		add(f.Rung.String())
	}
	switch {
	case f.Day != 0:
		add(f.Day.String())
	case f.Yesterday:
		add("yesterday")
	case f.Days != 0:
		add(strconv.Itoa(f.Days))
	}
	if f.Offset > 0 {
		add("+" + strconv.Itoa(f.Offset))
	}
	return strings.Join(words, " ")
}

// ParseFilter reads what String writes. It also takes what it does not know, which it returns: words a person typed.
func ParseFilter(text string) (f Filter, unknown []string) {
	for _, word := range strings.Fields(text) {
		if !f.read(word) {
			unknown = append(unknown, word)
		}
	}
	return f, unknown
}

// mostOffset bounds what a button may ask to be passed over.
const mostOffset = 1_000_000

func (f *Filter) read(word string) bool {
	if rule, ok := strings.CutPrefix(word, "rule="); ok {
		f.Rule = rule
		return true
	}
	if p, err := rules.ParsePrinciple(word); err == nil {
		f.Principle = p
		return true
	}
	if r, err := rules.ParseRung(word); err == nil {
		f.Rung = r
		return true
	}
	if m := slices.Index(menuNames[:], strings.TrimPrefix(word, "?")); m > 0 && word[0] == '?' {
		f.Menu = Facet(m)
		return true
	}
	if n, ok := numberAfter(word, "+", mostOffset); ok {
		f.Offset = n
		return true
	}
	if n, ok := numberAfter(word, "p", MostDays); ok {
		f.Page = n
		return true
	}
	return f.readSpan(word)
}

func (f *Filter) readSpan(word string) bool {
	if word == "yesterday" {
		*f = f.span(0, true, 0)
		return true
	}
	if n, ok := numberAfter(word, "", MostDays); ok && n > 0 {
		*f = f.span(n, false, 0)
		return true
	}
	day, err := rules.ParseDate(word)
	if err == nil && day != 0 {
		*f = f.span(0, false, day)
	}
	return err == nil && day != 0
}

// span is the filter with another span and nothing else changed.
func (f Filter) span(days int, yesterday bool, day rules.Date) Filter {
	f.Days, f.Yesterday, f.Day = days, yesterday, day
	return f
}

func numberAfter(word, prefix string, most int) (int, bool) {
	digits, ok := strings.CutPrefix(word, prefix)
	if !ok || digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil && n <= most
}

// fromMark stands between the list that a page of a case was opened from and the case.
const fromMark = "!"

// From is the list that the page of a case was opened from; the zero value: none.
type From struct {
	Listed bool
	Filter Filter
}

// before puts the list before the name of a case, as buttons carry it.
func (f From) before(ref string) string {
	if !f.Listed {
		return ref
	}
	return f.Filter.String() + fromMark + ref
}

// CutFrom takes apart what the first argument of a button to a case says: the list it was in, and the case.
func CutFrom(arg string) (f From, ref string) {
	text, rest, ok := strings.Cut(arg, fromMark)
	if !ok || strings.Contains(text, "@") { // the mark is part of the case's name
		return From{}, arg
	}
	f.Listed = true
	f.Filter, _ = ParseFilter(text)
	f.Filter = f.Filter.At(f.Filter.Offset)
	return f, rest
}

// FilterWords reads what a person typed behind /violations: days in words, the names of rules, principles and measures in
// either language, or a part of them. Of several rules that a word may mean, one that is named so wins over one that only
// holds it, then the first of the pack. What it cannot read it returns.
func (c *Composer) FilterWords(v View, text string) (f Filter, unknown string) {
	f, rest := ParseFilter(strings.ToLower(text))
	var left []string
	for i := 0; i < len(rest); i++ {
		switch pair := strings.Join(rest[i:min(i+2, len(rest))], " "); {
		case i+1 < len(rest) && c.word(v, &f, pair):
			i++
		case !c.word(v, &f, rest[i]):
			left = append(left, rest[i])
		}
	}
	if f.Rule != "" && v.Policy != nil && v.Policy.Find(f.Rule, v.today()) == nil {
		left, f.Rule = append(left, f.Rule), ""
	}
	return f.At(0), strings.Join(left, " ")
}

// spanWords are days as people write them. They are read-only.
var spanWords = map[string]Filter{
	"today": {Days: 1}, "今天": {Days: 1}, "今日": {Days: 1}, "yesterday": {Yesterday: true}, "昨天": {Yesterday: true}, "昨日": {Yesterday: true},
	"week": {Days: Week}, "一周": {Days: Week}, "本周": {Days: Week}, "7天": {Days: Week}, "7d": {Days: Week}, "近7天": {Days: Week},
	"month": {Days: Month}, "一个月": {Days: Month}, "本月": {Days: Month}, "30天": {Days: Month}, "30d": {Days: Month}, "近30天": {Days: Month},
}

// ruleWords are what people call rules, and a part of the id that is meant. They are read-only.
var ruleWords = map[string]string{
	"dispatch": "ship-on-time", "shipping": "ship-on-time", "ship": "ship-on-time", "发货": "ship-on-time", "pickup": "pickup", "揽收": "pickup",
	"chat": "chat-first", "reply": "chat-first", "客服": "chat-first", "回复": "chat-first", "refund": "refund", "退款": "refund",
	"delivery": "delivery", "配送": "delivery", "invoice": "invoice", "发票": "invoice", "ticket": "ticket", "工单": "ticket",
	"after-sales": "after-sales", "售后": "after-sales", "stock": "out-of-stock", "缺货": "out-of-stock", "logistics": "transit", "物流": "transit",
}

// word reads one word, or two with a space between.
func (c *Composer) word(v View, f *Filter, word string) bool {
	if s, ok := spanWords[word]; ok {
		*f = f.span(s.Days, s.Yesterday, s.Day)
		return true
	}
	if r, err := rules.ParseRung(strings.ReplaceAll(word, " ", "_")); err == nil {
		f.Rung = r
		return true
	}
	for _, lang := range locale.Languages() {
		p := c.texts.Printer(lang)
		is := func(key string) bool { return strings.EqualFold(p.Label(key, nil), word) }
		for _, x := range rules.Principles() {
			if is("principle." + x.String()) {
				f.Principle = x
				return true
			}
		}
		for _, x := range rules.Rungs() {
			if is("rung." + x.String()) {
				f.Rung = x
				return true
			}
		}
	}
	id := ruleOf(v, word)
	if id != "" {
		f.Rule = id
	}
	return id != ""
}

// ruleOf finds the rule that a word means, "" when it means none.
func ruleOf(v View, word string) string {
	if v.Policy == nil || word == "" {
		return ""
	}
	all := slices.DeleteFunc(v.Policy.Rules(v.today()), func(r rules.Rule) bool { return r.Counted() || !fits(r.ID) })
	named := func(r rules.Rule) bool {
		return r.ID == word || strings.EqualFold(r.Name.En, word) || r.Name.Zh == word
	}
	part, known := ruleWords[word]
	for _, match := range []func(rules.Rule) bool{named,
		func(r rules.Rule) bool { return known && strings.Contains(r.ID, part) },
		func(r rules.Rule) bool {
			return strings.Contains(r.ID, word) || strings.Contains(strings.ToLower(r.Name.En), word) || strings.Contains(r.Name.Zh, word)
		}} {
		if i := slices.IndexFunc(all, match); i >= 0 {
			return all[i].ID
		}
	}
	return ""
}

// fitsRef reports whether the name of a case can stand in a button before its subject.
func fitsRef(ref string) bool { return !strings.Contains(ref, "|") }
