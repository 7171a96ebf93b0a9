package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones must be there on machines without zone files; those of the system win

	"shopwarden/rules"
)

// Policy returns the shop's pack as it binds this shop. It fails when the pack, the zone or the hours are unknown, or when
// an override names no rule or does not suit it; the error joins all of these.
func (s Shop) Policy(packs *Packs) (*rules.Policy, error) {
	book, err := s.book(packs)
	if err != nil {
		return nil, err
	}
	terms, err := s.Terms(book, packs.calendars)
	if err != nil {
		return nil, err
	}
	return rules.NewPolicy(book, terms)
}

// Terms returns what the shop sets for itself, read against its pack and the calendars of the installation: targets mean
// shares or times by the metric of the rule. A shop without a zone has that of the pack.
func (s Shop) Terms(book *rules.Rulebook, dates *Calendars) (rules.Terms, error) {
	zone, errZone := parseZone(s.zone(book))
	terms := rules.Terms{Zone: zone, AlertAt: s.AlertAt}
	var errs []error
	errs = append(errs, errZone)
	if errZone == nil {
		errs = append(errs, wrap(s.hours(&terms, book, dates), "hours"))
		var err error
		terms.Shifts, err = s.shifts(dates, zone)
		errs = append(errs, wrap(err, "calendar"))
	}
	overrides, err := s.overrides(book)
	terms.Overrides = overrides
	errs = append(errs, err)
	if err := errors.Join(errs...); err != nil {
		return rules.Terms{}, fmt.Errorf("shop %s: %w", s.ID, err)
	}
	return terms, nil
}

// hours sets the clock of the shop and, for rules on business hours, that of its platform.
func (s Shop) hours(terms *rules.Terms, book *rules.Rulebook, dates *Calendars) error {
	kind, own, err := parseHours(s.Hours)
	if err != nil {
		return err
	}
	terms.Hours = kind
	if own != nil {
		if terms.Calendar, err = own.calendar(terms.Zone, dates); err != nil {
			return err
		}
	}
	terms.Business, err = platformHours(book, terms.Zone, dates)
	return err
}

// platformHours returns the clocks of a pack's business hours, by how its editions write them; nil where none does.
func platformHours(book *rules.Rulebook, zone *time.Location, dates *Calendars) (map[string]*rules.Calendar, error) {
	var clocks map[string]*rules.Calendar
	for _, e := range book.Editions {
		if e.Hours == "" || clocks[e.Hours] != nil {
			continue
		}
		h, err := parseBusinessHours(e.Hours)
		if err != nil {
			return nil, err
		}
		c, err := h.calendar(zone, dates)
		if err != nil {
			return nil, err
		}
		if clocks == nil {
			clocks = map[string]*rules.Calendar{}
		}
		clocks[e.Hours] = c
	}
	return clocks, nil
}

// overrides reads what the shop changes of the rules of its pack.
func (s Shop) overrides(book *rules.Rulebook) (map[string]rules.Override, error) {
	out := map[string]rules.Override{}
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(s.Overrides)) {
		o, err := s.Overrides[id].against(id, book)
		errs = append(errs, err)
		out[id] = o
	}
	return out, errors.Join(errs...)
}

func (s Shop) pack() string {
	if s.Pack == "" {
		return DefaultPack
	}
	return s.Pack
}

func (s Shop) zone(book *rules.Rulebook) string {
	if s.Timezone == "" {
		return book.Zone
	}
	return s.Timezone
}

// against reads an override for the rule it changes.
func (o Override) against(id string, book *rules.Rulebook) (out rules.Override, err error) {
	out = rules.Override{AlertAt: o.AlertAt, Off: o.Off}
	rule, ok := lastOf(book, id)
	if !ok {
		return out, fmt.Errorf("rules.%s: pack %s has no such rule; it has %s", id, book.Pack, strings.Join(ruleIDs(book), ", "))
	}
	var errs []error
	switch {
	case o.Within != "" && rule.OnlyIfLate != "":
		errs = append(errs, fmt.Errorf("rules.%s.within: its deadline is that of %s; change that one", id, rule.OnlyIfLate))
	case o.Within != "":
		out.Within, err = parseDuration(o.Within)
		errs = append(errs, wrap(err, "rules.%s.within", id))
	}
	if len(o.Targets) > 0 {
		out.Anchors, err = anchorsOf(o.Targets, rule.Metric)
		errs = append(errs, wrap(err, "rules.%s.targets", id))
	}
	if o.AlertAt < 0 {
		errs = append(errs, fmt.Errorf("rules.%s.alert_at: %d is below 0", id, o.AlertAt))
	}
	return out, errors.Join(errs...)
}

func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), err)
}

// anchorsOf reads four targets: shares of 0…1, or seconds where the rule is scored by its mean time. A
// shop cannot write counts: nothing would tell them from times of another rule.
func anchorsOf(t []float64, m rules.Metric) (a rules.Anchors, err error) {
	if len(t) != 4 {
		return a, fmt.Errorf("%d values; give four: excellent, good, pass, floor", len(t))
	}
	if m == rules.Count {
		return a, errors.New("this rule is scored by its number of breaches; change its targets in the pack")
	}
	if !m.Rises() && slices.ContainsFunc(t, func(f float64) bool { return f < 0 || f > 1 }) {
		return a, errors.New("this rule is scored by its share in time; write 97%,90%,80%,50%")
	}
	a = rules.Anchors{Excellent: t[0], Good: t[1], Pass: t[2], Floor: t[3]}
	if m == rules.MeanTime && a.Floor <= 1 {
		return a, errors.New("this rule is scored by its mean time; write 2h,6h,24h,48h")
	}
	return a, checkAnchors(a, m)
}

// lastOf returns a rule from the latest edition that has it.
func lastOf(book *rules.Rulebook, id string) (rules.Rule, bool) {
	for _, e := range slices.Backward(book.Editions) {
		if i := slices.IndexFunc(e.Rules, func(r rules.Rule) bool { return r.ID == id }); i >= 0 {
			return e.Rules[i], true
		}
	}
	return rules.Rule{}, false
}

func ruleIDs(book *rules.Rulebook) []string {
	var ids []string
	for _, e := range book.Editions {
		for _, r := range e.Rules {
			if !slices.Contains(ids, r.ID) {
				ids = append(ids, r.ID)
			}
		}
	}
	return ids
}
