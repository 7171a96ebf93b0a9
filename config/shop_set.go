package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// SettableDoc is one key of [Shop.Set] as people should know it.
type SettableDoc struct {
	Key     string
	Example string
	Doc     string
}

// settable is one key: assign writes a non-empty value, reset what an empty one means.
type settable struct {
	SettableDoc
	assign func(s *Shop, text string) error
	reset  func(s *Shop)
}

func settables() []settable {
	plain := func(key, example, doc string, field func(*Shop) *string, parse func(string) (string, error)) settable {
		return settable{SettableDoc{key, example, doc},
			func(s *Shop, text string) (err error) {
				parsed, err := parse(text)
				if err == nil {
					*field(s) = parsed
				}
				return err
			},
			func(s *Shop) { *field(s) = "" }}
	}
	return []settable{
		plain("name", "Tea House", "Name that people see; reset: the id.", func(s *Shop) *string { return &s.Name },
			func(text string) (string, error) { return text, checkName(text) }),
		plain("timezone", "Asia/Shanghai", "Zone of the shop's days; reset: that of the pack.", func(s *Shop) *string { return &s.Timezone },
			func(text string) (string, error) { _, err := parseZone(text); return text, err }),
		plain("hours", "09:00-12:00,13:30-21:00", "When clocks of business hours run: platform (the pack's windows), always, blocks of the day, or by weekday, date and holidays as in mon-fri 09:00-18:00; sat 10:00-16:00; 2026-12-24 closed; cn-holidays; reset: platform.",
			func(s *Shop) *string { return &s.Hours }, checkedHours),
		plain("pack", DefaultPack, "Rule pack, from today on: what began before stays judged by the one of before; reset: "+DefaultPack+".", func(s *Shop) *string { return &s.Pack }, parseID),
		{SettableDoc{"calendar", "spring-festival-2026", "Dated changes of the platform that the shop joined, divided by commas; reset: none."},
			func(s *Shop, text string) error {
				ids, err := parseCalendars(text)
				if err == nil {
					s.Calendar = ids
				}
				return err
			},
			func(s *Shop) { s.Calendar = nil }},
		plain("lang", "zh", "Language of chats that have not chosen one: a code such as zh or en.", func(s *Shop) *string { return &s.Lang }, parseLang),
		{SettableDoc{"alert_at", "5", "Breaches of one day that make a violation, for every rule without its own; reset: the pack's."},
			func(s *Shop, text string) (err error) { s.AlertAt, err = positive(text, s.AlertAt); return err },
			func(s *Shop) { s.AlertAt = 0 }},
		plain("digest_at", "09:00", "Local time of the daily scorecard, or off; reset: 09:00.", func(s *Shop) *string { return &s.DigestAt },
			func(text string) (string, error) { return text, checkDigestAt(text) }),
		plain("escalate", "30m", "How long an alert may go untaken before the person on duty is asked, and as long again before the owner is; or off; reset: 15m.", func(s *Shop) *string { return &s.Escalate },
			func(text string) (string, error) { return text, checkEscalate(text) }),
		plain("app_key", "7012345678901234567", "Doudian: key of the app that pushes.", func(s *Shop) *string { return &s.AppKey }, parseText),
	}
}

// ruleSettables are the keys behind rules.<id>.
func ruleSettables() []ruleSettable {
	return []ruleSettable{
		{SettableDoc{"within", "24h", "Limit of a rule; a date promised in an event still comes first."},
			func(o *Override, text string) error { _, err := parseDuration(text); o.Within = text; return err },
			func(o *Override) { o.Within = "" }},
		{SettableDoc{"targets", "97%,90%,80%,50%", "Excellent, good, pass and floor: shares, or times such as 2h,6h,24h,48h where the rule is scored by its mean time."},
			func(o *Override, text string) (err error) { o.Targets, err = parseTargets(text); return err },
			func(o *Override) { o.Targets = nil }},
		{SettableDoc{"alert_at", "5", "Breaches of one day that make a violation of this rule."},
			func(o *Override, text string) (err error) { o.AlertAt, err = positive(text, o.AlertAt); return err },
			func(o *Override) { o.AlertAt = 0 }},
		{SettableDoc{"off", "true", "Do not watch this rule."},
			func(o *Override, text string) (err error) { o.Off, err = parseBool(text); return err },
			func(o *Override) { o.Off = false }},
	}
}

type ruleSettable struct {
	SettableDoc
	assign func(o *Override, text string) error
	reset  func(o *Override)
}

// Settable lists the keys that [Shop.Set] takes, those of rules as rules.<id>.within and so on.
func Settable() []SettableDoc {
	var list []SettableDoc
	for _, k := range settables() {
		list = append(list, k.SettableDoc)
	}
	for _, k := range ruleSettables() {
		k.Key = "rules.<id>." + k.Key
		list = append(list, k.SettableDoc)
	}
	return list
}

// Set changes one setting of the shop; an empty value puts it back to what it is without. A key or a value that cannot be
// leaves the shop as it was. Whether the pack knows the rule is for [Shop.Validate] to say.
func (s *Shop) Set(key, text string) error {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(key, "rules."); ok {
		return wrap(s.setRule(rest, text), "%s", key)
	}
	for _, k := range settables() {
		if k.Key != key {
			continue
		}
		if text == "" {
			k.reset(s)
			return nil
		}
		return wrap(k.assign(s, text), "%s", key)
	}
	return fmt.Errorf("%s: unknown key%s", key, didYouMean(key, keys()))
}

func keys() []string {
	var list []string
	for _, d := range Settable() {
		list = append(list, d.Key)
	}
	return list
}

// setRule changes one setting of one rule. The map is copied: another value of the shop may share it.
func (s *Shop) setRule(key, text string) error {
	id, name, _ := strings.Cut(key, ".")
	if _, err := parseID(id); err != nil {
		return fmt.Errorf("write rules.<id>.within, such as rules.ship-on-time.within: %w", err)
	}
	names := make([]string, 0, 4)
	for _, k := range ruleSettables() {
		names = append(names, k.Key)
		if k.Key != name {
			continue
		}
		o := s.Overrides[id]
		if text == "" {
			k.reset(&o)
		} else if err := k.assign(&o, text); err != nil {
			return err
		}
		s.override(id, o)
		return nil
	}
	return errors.New("unknown key" + didYouMean(name, names))
}

// override keeps what a shop changes of a rule, or forgets the rule when that is nothing.
func (s *Shop) override(id string, o Override) {
	m := maps.Clone(s.Overrides)
	if m == nil {
		m = map[string]Override{}
	}
	m[id] = o
	if o.Within == "" && o.Targets == nil && o.AlertAt == 0 && !o.Off {
		delete(m, id)
	}
	s.Overrides = m
}

// positive parses a count from 1 on; old is what remains after an error.
func positive(text string, old int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1_000_000 {
		return old, fmt.Errorf("%q is no whole number from 1 to 1000000; leave it empty to reset", text)
	}
	return n, nil
}

// parseTargets reads four shares or four times. Whether the rule is scored by shares or times is for its pack to say.
func parseTargets(text string) ([]float64, error) {
	parts := strings.Split(text, ",")
	if len(parts) != 4 {
		return nil, fmt.Errorf("%q has %d values; give four: excellent, good, pass, floor", text, len(parts))
	}
	parse := parseSeconds
	if strings.Contains(text, "%") {
		parse = parseShare
	}
	list := make([]float64, len(parts))
	for i, part := range parts {
		var err error
		if list[i], err = parse(part); err != nil {
			return nil, err
		}
	}
	if !slices.IsSorted(list) && !slices.IsSortedFunc(list, func(a, b float64) int { return cmp.Compare(b, a) }) {
		return nil, fmt.Errorf("%q must run from excellent over good and pass to floor", text)
	}
	return list, nil
}
