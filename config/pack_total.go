package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"shopwarden/rules"
)

// readTotal reads how the rules of an edition add up: what each principle weighs, and what earns or costs extra. What is left
// out has the default of [rules.Scoring].
func readTotal(v value, list []rules.Rule) (s rules.Scoring) {
	o, ok := v.object("weights", "bonuses", "bonus_cap", "deductions", "deduction_cap")
	if !ok {
		return s
	}
	if w, ok := o.fields["weights"]; ok {
		s.Weights = readWeights(w)
	}
	if b, ok := o.fields["bonuses"]; ok {
		for _, item := range b.list() {
			s.Bonuses = append(s.Bonuses, readBonus(item, list))
		}
	}
	if d, ok := o.fields["deductions"]; ok {
		for _, item := range d.list() {
			s.Deductions = append(s.Deductions, readDeduction(item, list))
		}
	}
	s.BonusCap = read(o, "bonus_cap", parsePoints)
	s.DeductionCap = read(o, "deduction_cap", parsePoints)
	return s
}

func readWeights(v value) (w rules.Weights) {
	o, ok := v.object("timely", "reliable", "worry-free", "delight")
	if !ok {
		return w
	}
	before := len(v.src.problems)
	w = rules.Weights{Timely: readNeeded(o, "timely", parseShareOfTotal), Reliable: readNeeded(o, "reliable", parseShareOfTotal),
		WorryFree: readNeeded(o, "worry-free", parseShareOfTotal), Delight: readNeeded(o, "delight", parseShareOfTotal)}
	if len(v.src.problems) == before && w == (rules.Weights{}) {
		v.fail("one of the four must be above 0")
	}
	return w
}

// programs are those of guarantee.enabled.
var programs = []string{"fast_refund", "door_pickup", "freight_insurance", "allergy_refund", "damage_refund"}

func readBonus(v value, list []rules.Rule) (b rules.BonusTerm) {
	o, ok := v.object("rule", "full", "program", "points")
	if !ok {
		return b
	}
	b = rules.BonusTerm{Rule: read(o, "rule", parseID), Program: read(o, "program", oneOf(programs...)), Points: readNeeded(o, "points", parsePoints)}
	_, byRule := o.fields["rule"]
	_, byProgram := o.fields["program"]
	full, hasFull := o.fields["full"]
	switch {
	case byRule == byProgram:
		v.fail("give either rule or program")
	case byProgram && hasFull:
		full.fail("a program is enabled or not; only a rule has a share that is full")
	case hasFull:
		b.Full = readValue(full, parseFull)
	}
	if r := checkTerm(o, b.Rule, list); r != nil && r.Metric.Rises() {
		o.failField("rule", "%s is scored by %s; a bonus needs a share", r.ID, r.Metric)
	} else if r != nil && !hasFull && r.Anchors.Excellent <= 0 {
		o.failField("full", "is missing, and %s has no target to take in its place", r.ID)
	}
	return b
}

func readDeduction(v value, list []rules.Rule) (d rules.Deduction) {
	o, ok := v.object("rule", "points", "cap")
	if !ok {
		return d
	}
	d = rules.Deduction{Rule: readNeeded(o, "rule", parseID), Points: readNeeded(o, "points", parsePoints), Cap: read(o, "cap", parsePoints)}
	checkTerm(o, d.Rule, list)
	return d
}

// checkTerm returns the rule that a term names, nil when it names none; one that is not in the edition is a problem.
func checkTerm(o object, id string, list []rules.Rule) *rules.Rule {
	if id == "" {
		return nil
	}
	i := slices.IndexFunc(list, func(r rules.Rule) bool { return r.ID == id })
	if i < 0 {
		o.failField("rule", "%q is no rule of this edition", id)
		return nil
	}
	return &list[i]
}

// parseFull reads the share from which a bonus is full.
func parseFull(text string) (float64, error) {
	f, err := parseShare(text)
	if err == nil && f == 0 {
		err = fmt.Errorf("%q must be above 0%%", text)
	}
	return f, err
}

func parsePoints(text string) (float64, error) {
	f, err := parseNumber(text)
	if err != nil || f <= 0 {
		return 0, fmt.Errorf("%q is no number of points; write one above 0, at most 100", text)
	}
	return f, nil
}

func parseShareOfTotal(text string) (float64, error) {
	f, err := parseNumber(text)
	if err != nil {
		return 0, fmt.Errorf("%q is no weight; write a number from 0 to 100", text)
	}
	return f, nil
}

// parseNumber reads a number from 0 to 100.
func parseNumber(text string) (float64, error) {
	f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err == nil && !(f >= 0 && f <= 100) {
		err = strconv.ErrRange
	}
	return f, err
}
