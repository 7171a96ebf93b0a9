package config

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"shopwarden/rules"
)

// What a shop may add to its pack. Every event of the shop is held against every rule: 40 conditions at their dearest (see
// maxCost) are 2 ms a fact.
const (
	maxOwnRules      = 20
	maxOwnText       = 32 << 10 // bytes of YAML in all
	maxOwnConditions = 40
)

// ownRule is a rule that a shop adds to its pack.
type ownRule struct {
	rule   rules.Rule
	text   string           // YAML of this rule alone
	src    *source          // takes the problems
	places map[string]value // of id and of the fields that name another rule, without their nodes: those are large
}

func newOwnRule(r rules.Rule, text string, at value) ownRule {
	o := ownRule{rule: r, text: text, src: at.src, places: map[string]value{}}
	for _, name := range []string{"id", "only_if_late", "fails_with"} {
		o.places[name] = at.field(name)
	}
	return o
}

// place returns where a field of the rule stands.
func (o ownRule) place(name string) value {
	v := o.places[name]
	v.src = o.src
	return v
}

// readRules is what was read of a text.
type readRules []ownRule

// Book returns the shop's packs, former ones as well, with the shop's own rules in every edition. The error of an own rule
// that does not suit the pack names the rule, line and field; from editions of a former pack such a rule is left out.
func (s Shop) Book(packs *Packs) (*rules.Rulebook, error) {
	book, err := s.book(packs)
	if err != nil || len(s.Custom) == 0 {
		return book, err
	}
	own, err := s.fittingRules(packs)
	if err != nil {
		return nil, err
	}
	return withOwn(book, own), nil
}

// fittingRules returns the shop's own rules, or what does not suit the pack of the shop.
func (s Shop) fittingRules(packs *Packs) ([]ownRule, error) {
	own, err := s.ownRules(packs)
	if err != nil {
		return nil, err
	}
	pack, err := packs.Get(s.pack())
	if err != nil {
		return nil, err
	}
	return own, checkOwn(pack, own)
}

// OwnRules returns the rules that the shop adds to its pack, in the order of their ids.
func (s Shop) OwnRules(packs *Packs) ([]rules.Rule, error) {
	own, err := s.ownRules(packs)
	if err != nil {
		return nil, err
	}
	list := make([]rules.Rule, len(own))
	for i := range own {
		list[i] = own[i].rule
	}
	return list, nil
}

// AddRules adds the rules of a YAML file: one rule as it stands in a pack, or a list of them under rules. A rule of the shop
// with the same id is replaced. It returns the ids. Anything wrong adds nothing and returns every problem as *[FileError]
// with the name file; an id that the pack has is refused.
func (s *Shop) AddRules(packs *Packs, file string, text []byte) (ids []string, err error) {
	if len(text) > maxOwnText {
		return nil, fmt.Errorf("%s is larger than %d KiB; a shop may have no more own rules than that", file, maxOwnText>>10)
	}
	added, err := readOwn(&source{file: file, conditions: packs.conditions}, text)
	if err != nil {
		return nil, err
	}
	changed := *s
	changed.Custom = maps.Clone(s.Custom)
	if changed.Custom == nil {
		changed.Custom = map[string]string{}
	}
	for _, o := range added {
		ids = append(ids, o.rule.ID)
		changed.Custom[o.rule.ID] = o.text
	}
	all, err := changed.ownRules(packs)
	if err != nil {
		return nil, err
	}
	for i := range all { // problems between rules are told with the place in the file
		if at := slices.Index(ids, all[i].rule.ID); at >= 0 {
			all[i] = added[at]
		}
	}
	book, err := packs.Get(s.pack())
	if err != nil {
		return nil, err
	}
	if err := checkOwn(book, all); err != nil {
		return nil, err
	}
	*s = changed
	return ids, nil
}

// RemoveRule takes an own rule away, and what the shop changed of it. The error of an unknown one names those there are.
func (s *Shop) RemoveRule(id string) error {
	if _, ok := s.Custom[id]; !ok {
		if len(s.Custom) == 0 {
			return fmt.Errorf("shop %s has no rules of its own", s.ID)
		}
		return fmt.Errorf("shop %s has no rule %q of its own; it has %s", s.ID, id, strings.Join(slices.Sorted(maps.Keys(s.Custom)), ", "))
	}
	s.Custom = maps.Clone(s.Custom)
	delete(s.Custom, id)
	if len(s.Custom) == 0 {
		s.Custom = nil
	}
	s.override(id, Override{})
	return nil
}

// ownRules reads the shop's own rules and holds them to the limits. Reading one takes half a millisecond, so what was read
// is remembered by its text.
func (s Shop) ownRules(packs *Packs) (list []ownRule, err error) {
	var errs []error
	asked := 0
	for _, id := range slices.Sorted(maps.Keys(s.Custom)) {
		src := &source{file: "rule " + id, conditions: packs.conditions}
		own, err := packs.rules.get(s.Custom[id], func(text string) (readRules, error) { return readOwn(src, []byte(text)) })
		switch {
		case err != nil:
			errs = append(errs, err)
		case len(own) != 1 || own[0].rule.ID != id:
			errs = append(errs, fmt.Errorf("rule %s: its text is not the rule of that id; remove it", id))
		default:
			o := own[0]
			o.src = src // what was read before may be of another shop
			asked += countConditions(o.rule)
			list = append(list, o)
		}
	}
	return list, errors.Join(append(errs, s.checkOwnSize(asked))...)
}

// checkOwnSize holds own rules, and the conditions in them, to what a shop may have.
func (s Shop) checkOwnSize(asked int) error {
	size := 0
	for _, text := range s.Custom {
		size += len(text)
	}
	const remedy = "remove some, or write a pack"
	switch {
	case len(s.Custom) > maxOwnRules:
		return fmt.Errorf("%d own rules; a shop may have %d; %s", len(s.Custom), maxOwnRules, remedy)
	case size > maxOwnText:
		return fmt.Errorf("%d bytes of own rules; a shop may have %d KiB; %s", size, maxOwnText>>10, remedy)
	case asked > maxOwnConditions:
		return fmt.Errorf("%d conditions in own rules; a shop may have %d; %s", asked, maxOwnConditions, remedy)
	}
	return nil
}

// countConditions counts the matches of a rule that ask a condition.
func countConditions(r rules.Rule) (n int) {
	lists := [][]rules.Match{r.Start, r.Only, r.After, r.Stop, r.StopFallback, r.Restart, r.Fail, r.Void, r.Trigger, r.Opens}
	for _, p := range r.Pauses {
		lists = append(lists, p.From, p.To)
	}
	for _, m := range slices.Concat(lists...) {
		if m.If != nil {
			n++
		}
	}
	return n
}

// readOwn reads one rule, or a list of them under rules.
func readOwn(src *source, text []byte) (readRules, error) {
	top, ok := src.parse(text)
	if !ok {
		return nil, src.err()
	}
	items, alone := []value{top}, true
	if m, isMap := top.node.(ast.MapNode); isMap && hasField(m, "rules") {
		alone = false
		if o, ok := top.object("rules"); ok {
			items = o.fields["rules"].list()
		}
	}
	var list readRules
	for _, item := range items {
		r, own := readRuleAt(item), string(text)
		for _, name := range []string{r.Name.Zh, r.Name.En} {
			if err := checkName(name); err != nil {
				item.field("name").fail("%s", err)
			}
		}
		if !alone && len(src.problems) == 0 {
			own = cut(item, r)
		}
		list = append(list, newOwnRule(r, own, item))
	}
	if len(items) == 0 {
		top.field("rules").fail("is empty; write a rule")
	}
	for i, o := range list {
		if first := slices.IndexFunc(list, func(x ownRule) bool { return x.rule.ID == o.rule.ID }); first < i && o.rule.ID != "" {
			o.place("id").fail("%q is already the id of the rule on line %d", o.rule.ID, list[first].place("id").line)
		}
	}
	return list, src.err()
}

func hasField(m ast.MapNode, name string) bool {
	for it := m.MapRange(); it.Next(); {
		if key, _ := scalar(it.Key()); key == name {
			return true
		}
	}
	return false
}

// readRuleAt reads a rule that says all of its fields itself.
func readRuleAt(v value) (r rules.Rule) {
	o, ok := v.object(ruleFields...)
	if !ok {
		return r
	}
	return readRule(draft{object: o})
}

// cut returns the text of one rule of a list. It is read again, so that what is kept is sure to be the same rule.
func cut(item value, r rules.Rule) string {
	text := item.node.String() + "\n"
	again := &source{file: item.src.file, conditions: item.src.conditions}
	if top, ok := again.parse([]byte(text)); !ok || !reflect.DeepEqual(readRuleAt(top), r) || len(again.problems) > 0 {
		item.fail("cannot be cut out of the list; write it into a file of its own")
	}
	return text
}

// withOwn returns a pack with the own rules that fit in each edition.
func withOwn(book *rules.Rulebook, own []ownRule) *rules.Rulebook {
	joined := *book
	joined.Editions = slices.Clone(book.Editions)
	for i := range joined.Editions {
		e := &joined.Editions[i]
		all := allOf(*e, own)
		e.Rules = slices.Clone(e.Rules)
		for _, o := range own {
			o.src = &source{} // what is found was told by checkOwn, or is of a former pack
			o.check(book.Pack, book.Editions[i].Rules, all)
			if len(o.src.problems) == 0 {
				e.Rules = append(e.Rules, o.rule)
			}
		}
	}
	return &joined
}

// checkOwn returns what does not fit in an edition of a pack as *[FileError].
func checkOwn(book *rules.Rulebook, own []ownRule) error {
	for _, e := range book.Editions {
		all := allOf(e, own)
		for _, o := range own {
			o.check(book.Pack, e.Rules, all)
		}
		if err := problemsOf(own); err != nil {
			return err
		}
	}
	return nil
}

// allOf lists the rules of an edition and then the own ones.
func allOf(e rules.Edition, own []ownRule) (all []rules.Rule) {
	all = slices.Clone(e.Rules)
	for _, o := range own {
		all = append(all, o.rule)
	}
	return all
}

// check reports a rule that does not fit beside those of a pack's edition; all are these and the own ones.
func (o ownRule) check(pack string, theirs, all []rules.Rule) {
	byID := map[string]int{}
	for i, r := range all {
		byID[r.ID] = i
	}
	if slices.ContainsFunc(theirs, func(r rules.Rule) bool { return r.ID == o.rule.ID }) {
		o.place("id").fail("%q is a rule of the pack %s; choose another id", o.rule.ID, pack)
	}
	if on := o.rule.OnlyIfLate; on != "" {
		checkDependence(o.place("only_if_late"), o.rule, on, all, byID)
	}
	if on := o.rule.FailsWith; on != "" {
		checkDependence(o.place("fails_with"), o.rule, on, all, byID)
	}
}

// problemsOf joins the problems of the sources that own rules were read from.
func problemsOf(own []ownRule) error {
	var errs []error
	var seen []*source
	for _, o := range own {
		if !slices.Contains(seen, o.src) {
			seen = append(seen, o.src)
			errs = append(errs, o.src.err())
		}
	}
	return errors.Join(errs...)
}
