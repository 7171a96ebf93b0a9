package config

import (
	"fmt"
	"strconv"
	"strings"

	"shopwarden/rules"
)

// readScoring reads how a rule is measured and what its score weighs. A bonus has no score, so its weight may be left out,
// and so may its targets where the scoring of the edition says what is full.
func readScoring(o object, r *rules.Rule) {
	r.Metric = readNeeded(o, "metric", rules.ParseMetric)
	if _, given := o.fields["targets"]; r.Metric != 0 && (given || r.Metric != rules.Bonus) {
		if v, ok := o.need("targets"); ok {
			r.Anchors = readAnchors(v, r.Metric)
		}
	} else if r.Metric == 0 {
		o.need("targets")
	}
	if _, given := o.fields["weight"]; given || r.Metric != rules.Bonus {
		r.Weight = readNeeded(o, "weight", parseWeight)
	}
	r.MinSample = read(o, "min_sample", wholeNumber(0, 1_000_000))
	r.Floor80 = readFloor(o)
	r.Over = read(o, "over", rules.ParseSpan)
	r.AlertAt = readNeeded(o, "alert_at", wholeNumber(0, 1_000_000))
	r.Severity = readNeeded(o, "severity", oneOf("low", "medium", "high", "critical", "bonus"))
}

// readFloor reads what is forgiven to a small sample.
func readFloor(o object) (f rules.SmallFloor) {
	v, ok := o.fields["floor_80"]
	if !ok {
		return f
	}
	if o, ok := v.object("bad", "orders"); ok {
		f.Bad = readNeeded(o, "bad", wholeNumber(0, 1_000_000))
		f.Orders = readNeeded(o, "orders", wholeNumber(1, 1_000_000))
	}
	return f
}

// readAnchors reads the targets of a rule in the unit of its metric.
func readAnchors(v value, m rules.Metric) (a rules.Anchors) {
	o, ok := v.object("excellent", "good", "pass", "floor")
	if !ok {
		return a
	}
	parse := parseShare
	switch m {
	case rules.MeanTime:
		parse = parseSeconds
	case rules.Count:
		parse = parseCount
	}
	before := len(v.src.problems)
	a = rules.Anchors{Excellent: readNeeded(o, "excellent", parse), Good: readNeeded(o, "good", parse),
		Pass: readNeeded(o, "pass", parse), Floor: readNeeded(o, "floor", parse)}
	if len(v.src.problems) > before {
		return a
	}
	if err := checkAnchors(a, m); err != nil {
		v.fail("%s", err)
	}
	return a
}

// parseCount reads a target of a rule that is scored by the number of its breaches.
func parseCount(text string) (float64, error) {
	f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(f >= 0) || f > 1_000_000 {
		return 0, fmt.Errorf("%q is no count; write a number from 0 to 1000000", text)
	}
	return f, nil
}

func parseWeight(text string) (float64, error) {
	f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(f > 0) || f > 1000 {
		return 0, fmt.Errorf("%q is no weight; write a number above 0, at most 1000", text)
	}
	return f, nil
}
