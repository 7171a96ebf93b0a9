package config

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"shopwarden/rules"
)

// ParsePack reads one rule pack. file is its name for the error, which joins every problem as *[FileError]; a pack with a
// problem gives no rulebook.
func ParsePack(file string, text []byte) (*rules.Rulebook, error) {
	return parsePack(file, text, newConditions())
}

func parsePack(file string, text []byte, known *conditions) (*rules.Rulebook, error) {
	src := &source{file: file, conditions: known}
	top, ok := src.parse(text)
	if !ok {
		return nil, src.err()
	}
	book := readBook(top)
	if err := src.err(); err != nil {
		return nil, err
	}
	return book, nil
}

func readBook(top value) *rules.Rulebook {
	o, ok := top.object("pack", "zone", "editions")
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
	editions, ok := o.need("editions")
	if !ok {
		return nil
	}
	for _, v := range editions.list() {
		book.Editions = append(book.Editions, readEdition(v, book.Editions))
	}
	if len(book.Editions) == 0 {
		editions.fail("is empty; a pack needs an edition")
	}
	return book
}

func readEdition(v value, before []rules.Edition) (e rules.Edition) {
	o, ok := v.object("from", "rules")
	if !ok {
		return e
	}
	e.From = readNeeded(o, "from", rules.ParseDate)
	if n := len(before); n > 0 && e.From != 0 && e.From <= before[n-1].From {
		o.failField("from", "%s is not after %s; put the oldest edition first", e.From, before[n-1].From)
	}
	list, ok := o.need("rules")
	if !ok {
		return e
	}
	items := list.list()
	for _, item := range items {
		e.Rules = append(e.Rules, readRule(item))
	}
	if len(items) == 0 {
		list.fail("is empty; an edition needs a rule")
	}
	checkTogether(items, e.Rules)
	return e
}

// checkTogether reports what only shows between the rules of an edition. items holds where each rule stands.
func checkTogether(items []value, list []rules.Rule) {
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
