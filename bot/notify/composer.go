package notify

import (
	"strings"
	"time"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/config"
	"shopwarden/rules"
)

// Composer writes messages and pages. It is read-only and safe for concurrent use.
type Composer struct {
	texts *locale.Catalogue
	tips  []rules.Tip

	tongues []string // the languages, each by its own name
}

// New returns a composer that speaks from a catalogue of texts and advises from one of tips, whose words are among the
// texts.
func New(texts *locale.Catalogue, tips []rules.Tip) *Composer {
	c := &Composer{texts: texts, tips: tips}
	for _, lang := range locale.Languages() {
		c.tongues = append(c.tongues, texts.Printer(lang).Label("language.name", nil))
	}
	return c
}

// Language finds the language that a person means by a text: its code, or a name that a catalogue gives it.
func (c *Composer) Language(text string) (lang string, ok bool) { return c.texts.Named(text) }

// View is what every page about a shop starts from.
type View struct {
	Lang   string // language code of the reader; any that [locale.Match] understands
	Shop   config.Shop
	Policy *rules.Policy // may be nil on settings pages: times are then in UTC
	Now    rules.Instant
	Heard  rules.Instant // when the last event of the shop arrived; 0 = never
	Pulse  rules.Pulse   // the rhythm in which its events arrive
}

// SilentAfter is how long a shop whose rhythm is not known yet may be silent before its numbers are called unknown,
// SilentAtMost how long any other: numbers of which nothing was heard for a day are nobody's, whatever is usual.
const (
	SilentAfter  = 40 * time.Minute
	SilentAtMost = 24 * time.Hour
)

// silence is how long nothing was heard; stale when that is too long to trust the numbers, which includes never. It is the
// judgement by which a silence is told of ([rules.Pulse]), so that a page never calls fresh what a notice calls silent.
func (v View) silence() (age time.Duration, stale bool) {
	age = between(v.Heard, v.Now)
	if v.Heard == 0 || age > SilentAtMost {
		return age, true
	}
	if !v.Pulse.Knows(v.Now) {
		return age, age > SilentAfter
	}
	return age, v.silentAt(v.Now)
}

// silentAt reports whether the source had fallen silent by an instant after which nothing was heard.
func (v View) silentAt(at rules.Instant) bool {
	p := v.Pulse
	p.Last = max(p.Last, v.Heard) // events of the past that were read in tell as well that somebody is there
	return p.Silent(at, v.zone())
}

// between is the time from one instant to another.
func between(from, to rules.Instant) time.Duration { return time.Duration(to-from) * time.Millisecond }

// voice is a view and the printer of its reader.
type voice struct {
	*locale.Printer
	View
	advised []rules.Tip // the catalogue of tips
	tongues []string    // the languages, each by its own name
}

func (c *Composer) voice(v View) voice {
	if v.Lang == "" {
		v.Lang = v.Shop.Lang
	}
	return voice{c.texts.Printer(v.Lang), v, c.tips, c.tongues}
}

func (v View) zone() *time.Location {
	if v.Policy == nil {
		return time.UTC
	}
	return v.Policy.Zone()
}

func (v voice) at(i rules.Instant) time.Time     { return i.Time().In(v.zone()) }
func (v voice) when(i rules.Instant) locale.HTML { return v.When(v.at(i), v.at(v.Now)) }

// day names a local day as seen from now, date by its date.
func (v voice) day(d rules.Date) locale.HTML  { return v.Day(v.noon(d), v.at(v.Now)) }
func (v voice) date(d rules.Date) locale.HTML { return v.Date(v.noon(d), v.at(v.Now)) }

func (v voice) noon(d rules.Date) time.Time { return v.at(d.At(12*60, v.zone())) }

func (v View) today() rules.Date { return rules.DateOf(v.Now, v.zone()) }

// period names the local days from (included) to to (not included).
func (v voice) period(from, to rules.Date) locale.HTML {
	if to == from.Next(1) {
		return v.day(from)
	}
	return v.T("violations.since", locale.Args{"Day": v.date(from)})
}

// shop is the shop's name, or its id where it has none.
func (v voice) shop() locale.HTML { return shopName(v.Shop) }

func shopName(s config.Shop) locale.HTML {
	if strings.TrimSpace(s.Name) == "" {
		return locale.Escape(s.ID)
	}
	return locale.Escape(s.Name)
}

// rule finds a rule as it is in force now.
func (v View) rule(id string) (rules.Rule, bool) {
	if v.Policy == nil {
		return rules.Rule{}, false
	}
	return v.Policy.Rule(id, v.today())
}

// bonus is the severity of rules that only earn extra.
const bonus = "bonus"

// OnlyExtra reports whether a rule only earns extra, or its cases are only counted: it is nobody's emergency.
func (v View) OnlyExtra(rule string) bool { return v.bonus(rule) }

// bonus reports whether a rule only earns extra, or its cases are only counted: breaking it has no consequence by itself, so
// it is nobody's emergency.
func (v View) bonus(rule string) bool {
	r, ok := v.rule(rule)
	return ok && (r.Severity == bonus || r.Counted())
}

// ruleName is the rule's name in the reader's language, or its id where the pack has none. A language that packs do not speak
// has the names of the rules we know among its texts.
func (v voice) ruleName(id string) locale.HTML {
	if key := "rule." + id + ".name"; v.Has(key) {
		return v.T(key, nil)
	}
	r, _ := v.rule(id)
	if name := v.text(r.Name); name != locale.Escape("") {
		return name
	}
	return locale.Escape(id)
}

func (v voice) principle(p rules.Principle) locale.HTML { return v.T("principle."+p.String(), nil) }

// about is the line under a headline: rule, principle, shop.
func (v voice) about(rule string) locale.HTML {
	r, ok := v.rule(rule)
	if !ok {
		return v.ruleName(rule) + " · " + v.shop()
	}
	return v.T("about", locale.Args{"Rule": v.ruleName(rule), "Principle": v.principle(r.Principle), "Shop": v.shop()})
}

// title is the first line of a page.
func (v voice) title(key string) locale.HTML {
	return v.T("about_shop", locale.Args{"Title": v.T(key, nil), "Shop": v.shop()})
}

// name is what people call a subject: order 1234.
func (v voice) name(s rules.Subject) locale.HTML {
	key := "kind." + string(s.Kind)
	if !v.Has(key) {
		key = "kind.generic"
	}
	return v.T(key, locale.Args{"ID": locale.Code(s.ID)})
}

// do is what has to be done: ship order 1234.
func (v voice) do(rule string, s rules.Subject) locale.HTML {
	if key := "rule." + rule + ".do"; v.Has(key) {
		return v.T(key, locale.Args{"Case": v.name(s)})
	}
	return v.T("do.generic", locale.Args{"Rule": v.ruleName(rule), "Case": v.name(s)})
}

// act is the line that says what helps at once.
func (v voice) act(rule string) locale.HTML {
	key := "rule." + rule + ".now"
	if !v.Has(key) {
		key = "now.generic"
	}
	return v.T("act", locale.Args{"Tip": v.T(key, nil)})
}

// fact is what happened, in words.
func (v voice) fact(f rules.Fact) locale.HTML {
	base := "fact." + strings.ReplaceAll(string(f.Type), ".", "_")
	for _, who := range []string{f.Get("by"), f.Get("from")} {
		if key := base + "_" + who; who != "" && v.Has(key) {
			return v.T(key, nil)
		}
	}
	if v.Has(base) {
		return v.T(base, locale.Args{"Stars": f.Get("stars")})
	}
	return v.T("fact.generic", locale.Args{"Type": string(f.Type)})
}

// stale is the line that says why numbers may be wrong.
func (v voice) stale() locale.HTML {
	if v.Heard == 0 {
		return v.T("because.never", nil)
	}
	age, _ := v.silence()
	return v.T("because.stale", locale.Args{"Age": v.Duration(age)})
}

// heard is the line that says how fresh the numbers are.
func (v voice) heard() locale.HTML {
	if v.Heard == 0 {
		return v.T("today.never", nil)
	}
	age, _ := v.silence()
	return v.T("today.heard", locale.Args{"Age": v.Duration(age), "Time": v.when(v.Heard)})
}

// button is a button of the catalogue. Its action is "verb:arg|arg…"; only the last argument may hold a "|" itself.
func (v voice) button(label, verb string, args ...string) outbox.Button {
	return action(v.Label("button."+label, nil), verb, args...)
}

func action(text, verb string, args ...string) outbox.Button {
	return outbox.Button{Text: text, Action: verb + ":" + strings.Join(args, "|")}
}

// whyButton explains one case, named as [rules.Case.Ref] does. A part that holds a "|" is left out: the rule alone then
// leads to the case that most needs explaining.
func (v voice) whyButton(text, ref string, s rules.Subject) outbox.Button {
	if strings.Contains(ref, "|") {
		ref, _, _ = strings.Cut(ref, "@")
	}
	return action(text, "why", v.Shop.ID, ref, s.String())
}
