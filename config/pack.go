package config

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"shopwarden/rules"
)

// ParsePack reads one rule pack. file is its name for the error, which joins every problem as *[FileError]; a pack with a
// problem gives no rulebook. A pack that builds on another one is read by [LoadPacks].
func ParsePack(file string, text []byte) (*rules.Rulebook, error) {
	book, _, err := parsePack(file, text, nil)
	return book, err
}

// bases finds the text of a pack that another one builds on.
type bases func(pack string) (file string, text []byte, ok bool)

// parsePack also returns where the pack's business hours stand, if it has any: whether their holidays are known shows only
// beside the calendars.
func parsePack(file string, text []byte, others bases) (book *rules.Rulebook, hoursAt value, err error) {
	src := &source{file: file}
	top, ok := src.parse(text)
	if !ok {
		return nil, value{}, src.err()
	}
	book = readBook(top, others)
	if err := src.err(); err != nil {
		return nil, value{}, err
	}
	return book, top.field("hours"), nil
}

// bookFields are the fields of a pack. Zone and hours are its own, whatever its editions build on.
var bookFields = []string{"pack", "zone", "hours", "editions"}

func readBook(top value, others bases) *rules.Rulebook {
	o, ok := top.object(bookFields...)
	if !ok {
		return nil
	}
	book := &rules.Rulebook{Pack: readNeeded(o, "pack", parseID)}
	base := filepath.Base(top.src.file)
	if stem := strings.TrimSuffix(base, filepath.Ext(base)); book.Pack != "" && book.Pack != stem {
		o.failField("pack", "%q must be the name of the file, %q; change one of them", book.Pack, stem)
	}
	if zone := readNeeded(o, "zone", parseZone); zone != nil {
		book.Zone = zone.String()
	}
	hours := read(o, "hours", func(text string) (string, error) { _, err := parseBusinessHours(text); return text, err })
	editions, ok := o.need("editions")
	if !ok {
		return nil
	}
	for _, v := range editions.list() {
		book.Editions = append(book.Editions, readEdition(v, book.Editions, others))
	}
	for i := range book.Editions {
		book.Editions[i].Hours = hours
	}
	if len(book.Editions) == 0 {
		editions.fail("is empty; a pack needs an edition")
	}
	return book
}

// editionFields are the fields of an edition; the rules that it does not say it has from the one it is like. Its scoring
// and its ladder are its own: what earns or costs extra is a matter of the platform.
var editionFields = []string{"from", "like", "without", "scoring", "ladder", "drop_rungs", "rules"}

func readEdition(v value, before []rules.Edition, others bases) (e rules.Edition) {
	o, ok := v.object(editionFields...)
	if !ok {
		return e
	}
	e.From = readNeeded(o, "from", rules.ParseDate)
	if n := len(before); n > 0 && e.From != 0 && e.From <= before[n-1].From {
		o.failField("from", "%s is not after %s; put the oldest edition first", e.From, before[n-1].From)
	}
	e.Ladder = readLadder(o)
	drafts, ok := readDrafts(o, others, 0)
	if !ok {
		return e
	}
	for _, d := range drafts {
		e.Rules = append(e.Rules, readRule(d))
	}
	if len(e.Rules) == 0 {
		o.failField("rules", "is empty; an edition needs a rule")
	}
	checkTogether(drafts, e.Rules)
	dropRungs(o, e.Rules)
	if v, ok := o.fields["scoring"]; ok {
		e.Scoring = readTotal(v, e.Rules)
	}
	return e
}

// maxLike is how many packs may build on one another.
const maxLike = 4

// readDrafts lists the rules of an edition, not yet read: those of the edition it is like, without the ones it drops, each
// with the fields that are said anew, then its own.
func readDrafts(o object, others bases, depth int) (drafts []draft, ok bool) {
	like, builds := o.fields["like"]
	if builds {
		if drafts, ok = like.basis(others, depth); !ok {
			return nil, false
		}
		drafts = dropRules(o, drafts)
	}
	list, own := o.fields["rules"]
	if !own && !builds {
		o.need("rules")
		return nil, false
	}
	if !own {
		return drafts, true
	}
	for _, item := range list.list() {
		fields, ok := item.object(ruleFields...)
		if !ok {
			continue
		}
		id, _ := scalar(fields.fields["id"].node)
		if i := slices.IndexFunc(drafts, func(d draft) bool { return d.inherited && d.id == id }); i >= 0 {
			drafts[i] = draft{fields.over(drafts[i].object), id, false}
		} else {
			drafts = append(drafts, draft{fields, id, false})
		}
	}
	return drafts, true
}

// draft is a rule that is not yet read: its fields, wherever they come from.
type draft struct {
	object
	id        string
	inherited bool
}

// basis lists the rules of the latest edition of the pack that a field names.
func (v value) basis(others bases, depth int) ([]draft, bool) {
	name, ok := v.text()
	if !ok {
		return nil, false
	}
	var file string
	var text []byte
	if ok = others != nil; ok {
		file, text, ok = others(name)
	}
	if !ok {
		v.fail("%q is no pack to build on", name)
		return nil, false
	}
	if depth >= maxLike {
		v.fail("more than %d packs build on one another", maxLike)
		return nil, false
	}
	src := &source{file: file}
	drafts, ok := src.lastEdition(text, others, depth+1)
	if !ok || len(src.problems) > 0 {
		v.fail("pack %s has problems of its own", name)
		return nil, false
	}
	for i := range drafts {
		drafts[i] = draft{drafts[i].at(v), drafts[i].id, true}
	}
	return drafts, true
}

func (s *source) lastEdition(text []byte, others bases, depth int) ([]draft, bool) {
	top, ok := s.parse(text)
	if !ok {
		return nil, false
	}
	o, ok := top.object(bookFields...)
	if !ok || o.fields["editions"].node == nil {
		return nil, false
	}
	list := o.fields["editions"].list()
	edition, ok := list[len(list)-1].object(editionFields...)
	if !ok {
		return nil, false
	}
	return readDrafts(edition, others, depth)
}

// dropRungs takes out the measures of rungs that a platform does not use.
func dropRungs(o object, list []rules.Rule) {
	drop := readList(o, "drop_rungs", rules.ParseRung)
	if len(drop) == 0 {
		return
	}
	for i := range list {
		list[i].Lines = slices.DeleteFunc(list[i].Lines, func(l rules.Line) bool { return slices.Contains(drop, l.Rung) })
	}
}

// dropRules takes out the rules that an edition does not have from the one it is like.
func dropRules(o object, drafts []draft) []draft {
	for _, id := range readList(o, "without", parseID) {
		i := slices.IndexFunc(drafts, func(d draft) bool { return d.id == id })
		if i < 0 {
			o.failField("without", "%q is no rule of the pack it is like", id)
			continue
		}
		drafts = slices.Delete(drafts, i, i+1)
	}
	return drafts
}

// checkTogether reports what only shows between the rules of an edition. items holds where each rule stands.
func checkTogether(items []draft, list []rules.Rule) {
	byID := map[string]int{}
	for i, r := range list {
		if first, twice := byID[r.ID]; twice {
			items[i].field("id").fail("%q is already the id of the rule on line %d", r.ID, items[first].line)
		} else if r.ID != "" {
			byID[r.ID] = i
		}
	}
	for i, r := range list {
		if r.OnlyIfLate != "" {
			checkDependence(items[i].field("only_if_late"), r, r.OnlyIfLate, list, byID)
		}
		if r.FailsWith != "" {
			checkDependence(items[i].field("fails_with"), r, r.FailsWith, list, byID)
		}
	}
}

// checkDependence reports a rule that hangs on another which is not there, or hangs itself, or is about something else.
func checkDependence(at value, r rules.Rule, on string, list []rules.Rule, byID map[string]int) {
	i, ok := byID[on]
	switch {
	case !ok:
		at.fail("%q is no rule of this edition", on)
	case list[i].OnlyIfLate != "" || list[i].FailsWith != "":
		at.fail("%q waits for another rule itself", on)
	case list[i].Subject != r.Subject:
		at.fail("%q is about %s, this rule about %s", on, list[i].Subject, r.Subject)
	}
}

var plainID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

func parseID(text string) (string, error) {
	if !plainID.MatchString(text) {
		return "", fmt.Errorf("%q is no id; use small letters, digits and hyphens, at most 64", text)
	}
	return text, nil
}
