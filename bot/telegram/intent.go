package telegram

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"shopwarden/bot/notify"
)

// wanted is one thing that people ask for in their own words.
type wanted struct {
	name string   // of its phrases in the catalogues: say.<name>
	verb verb     // which answers
	args []string // with these arguments
}

// wants is the table of what can be asked for in plain words, the special before the general. Nothing in it changes anything:
// where a command would, the words lead to the page that offers it.
func wants() []wanted {
	list := []wanted{{"score", verbWhy, []string{"score"}}, {"save", verbDue, []string{"save"}}, {"hours", buttonVerb("trend"), []string{"hours"}}}
	for _, name := range []string{"appeal", "whatif", "trend", "export", "excuse", "snoozed", "duty", "team", "privacy", "digest", "quiet", "mute",
		"board", "lang", "bind", "shops", "settings", "take", "tips", "points", "violations", "due", "alerts", "help", "today", "start"} {
		list = append(list, wanted{name: name, verb: buttonVerb(name)})
	}
	return list
}

// intents reads plain words. It is read-only, and the same words always mean the same.
type intents struct {
	wants   []wanted
	phrases [][]phrase // of each
}

// phrase is one way to ask. words are their stems; a script without spaces has none and is looked for as it stands.
type phrase struct {
	text   string // without anything but letters and digits
	words  []string
	weight int // characters
}

// newIntents asks for the phrases of each want, in all languages.
func newIntents(say func(name string) []string) *intents {
	t := &intents{wants: wants()}
	for _, w := range t.wants {
		var list []phrase
		for _, text := range say(w.name) {
			list = append(list, readPhrase(text))
		}
		t.phrases = append(t.phrases, list)
	}
	return t
}

func readPhrase(text string) phrase {
	p := phrase{text: squeeze(text)}
	p.weight = utf8.RuneCountInString(p.text)
	if !spaceless(text) {
		p.words = stems(text)
	}
	return p
}

// hear reads what is no command: a word that stands for one with what belongs to it, else a question in plain words. A sentence
// that only begins with such a word is a question, and brings the page of the word when nothing more is understood of it.
func (t *intents) hear(text string) typed {
	short, named := readWords(text)
	if named && !short.sentence() {
		return short
	}
	if asked, ok := t.read(text); ok {
		asked.loose = true
		return asked
	}
	if named {
		return typed{verb: short.verb, loose: true}
	}
	return typed{}
}

// sentence reports whether the word of a command is the beginning of a sentence: "why did we", "mute for two hours",
// "unbind my shop". What follows is then not meant as its arguments.
func (t typed) sentence() bool {
	if len(t.args) == 0 {
		return false
	}
	first := strings.ToLower(strings.Trim(t.args[0], ",.!?;:，。！？"))
	if slices.Contains(follows, first) || strings.ContainsAny(first, "吗呢吧么怎什哪谁几多") {
		return true
	}
	return t.verb == verbWhy && !strings.ContainsAny(t.text, "-_:@0123456789") && !notify.IsScore(first)
}

// follows are words that go on a sentence and are no argument of any command.
var follows = strings.Fields("a about all am an and are as at be because been by can could did do does else for from had has have how i i'm if in is " +
	"isn't it it's last let lets me my next no not of once or our out over please right should so some still than that the their them then " +
	"there these they this those to too tomorrow us very was we were what when where which who why will with would you your")

// share is how much of a text a phrase must make up to be what the text is about: in a long story every word occurs.
const share = 0.15

// read finds what a text asks for: the want with the longest phrase in it, of two as long the more special one. ok is false when
// there is none and when the text is mostly about something else.
func (t *intents) read(text string) (out typed, ok bool) {
	squeezed, words := squeeze(text), stems(text)
	best, weight := -1, 0
	for i, list := range t.phrases {
		for _, p := range list {
			if p.weight > weight && p.in(squeezed, words) {
				best, weight = i, p.weight
			}
		}
	}
	id := namedID(text)
	about := best >= 0 && float64(weight) >= share*float64(utf8.RuneCountInString(squeezed)-utf8.RuneCountInString(squeeze(id)))
	if !about && id == "" {
		return typed{}, false
	}
	if id != "" { // what is asked about one case is answered by its page
		return typed{verb: verbWhy, args: []string{id}, text: id}, true
	}
	w := t.wants[best]
	out = typed{verb: w.verb, args: w.args, text: strings.Join(w.args, " ")}
	if days := period.FindString(text); days != "" && (w.name == "trend" || w.name == "export") {
		out.args, out.text = []string{days}, days
	}
	return out, out.verb != verbUnknown
}

// in reports whether a text asks in that way. A phrase of words needs them in order; what stands between does not matter.
func (p phrase) in(squeezed string, words []string) bool {
	if p.words == nil {
		return strings.Contains(squeezed, p.text)
	}
	for _, w := range words {
		if w == p.words[0] {
			if p.words = p.words[1:]; len(p.words) == 0 {
				return true
			}
		}
	}
	return false
}

// suggested is how many things are offered to somebody who was not understood.
const suggested = 3

// likely is how alike a text and a phrase must be to be offered; what is much less alike than the best is not.
const likely = 0.4

// like lists the names of what a text may have meant, the most alike first.
func (t *intents) like(text string) (names []string) {
	type guess struct {
		name  string
		alike float64
	}
	var list []guess
	pairs := pairsOf(squeeze(text))
	for i, w := range t.wants {
		best := 0.0
		for _, p := range t.phrases[i] {
			best = max(best, alike(pairs, pairsOf(p.text)))
		}
		if best >= likely && w.verb != verbUnknown {
			list = append(list, guess{w.verb.String(), best})
		}
	}
	slices.SortStableFunc(list, func(a, b guess) int { return cmp.Compare(b.alike, a.alike) })
	for _, g := range list {
		if g.alike >= 0.75*list[0].alike {
			names = append(names, g.name)
		}
	}
	return names
}

// alike is the share of the pairs that two texts have in common (Dice's coefficient).
func alike(a, b map[string]bool) float64 {
	if len(a)+len(b) == 0 {
		return 0
	}
	common := 0
	for pair := range a {
		if b[pair] {
			common++
		}
	}
	return 2 * float64(common) / float64(len(a)+len(b))
}

func pairsOf(text string) map[string]bool {
	runes, pairs := []rune(text), map[string]bool{}
	for i := 1; i < len(runes); i++ {
		pairs[string(runes[i-1:i+1])] = true
	}
	return pairs
}

var (
	period = regexp.MustCompile(`\b(7|30|90)\b|(7|30|90)[天日]`)
	caseID = regexp.MustCompile(`[A-Za-z]+[-_][A-Za-z0-9_-]*\d+|\d{4,}[A-Za-z0-9_-]*`)
)

// noID are the digits of a text that name no case: addresses of pages, dates and years, telephone numbers, amounts.
var noID = regexp.MustCompile(`(?i)(https?://|www\.)\S+|\b(19|20)\d\d([-/.年]\d{1,2}([-/.月]\d{1,2}[日号]?)?)?([^\w-]|$)|\b(19|20)\d{2}[年/.-]\d{1,2}\S*` +
	`|\+\d[\d ()-]{6,}|\b1[3-9]\d{9}\b|[¥￥$€£]\s?\d[\d.,]*|\d[\d.,]*\s?(yuan|rmb|cny|usd|eur|dollars?|euros?|pcs|pieces|units|orders|parcels|sales|minutes?|hours?|days?|元|块|单|件|个|人|万|分)`)

// namedID is what in a text looks like the id of an order or a chat, "" when nothing does. A text that is nothing else is one
// whatever it looks like.
func namedID(text string) string {
	if whole := strings.TrimSpace(text); caseID.FindString(whole) == whole && !day.MatchString(whole) {
		return whole
	}
	return caseID.FindString(noID.ReplaceAllString(text, " "))
}

var day = regexp.MustCompile(`^(19|20)\d\d[-/.]\d{1,2}([-/.]\d{1,2})?$`)

// squeeze leaves the letters and digits of a text, in small.
func squeeze(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, fold(text))
}

// stems are the words of a text without what English hangs on to them. Both sides are cut alike, so it need not be right.
func stems(text string) (list []string) {
	text = strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(fold(text)), "'s", " is"), "’s", " is")
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		for _, end := range []string{"ing", "ed", "es", "s", "e"} {
			if short, ok := strings.CutSuffix(word, end); ok && len(short) > 2 {
				word = short
				break
			}
		}
		list = append(list, word)
	}
	return list
}

// spaceless reports whether a text is in a script that puts no spaces between words.
func spaceless(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai) })
}
