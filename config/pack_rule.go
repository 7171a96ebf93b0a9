package config

import (
	"fmt"
	"strconv"
	"strings"

	"shopwarden/rules"
)

// ruleFields are the fields of a rule, in the order in which a pack is best written.
var ruleFields = []string{"id", "name", "principle", "subject",
	"start", "handover", "stop", "stop_fallback", "early_stop", "void", "only_if_late",
	"deadline", "window", "night", "business", "warn_at", "day",
	"metric", "targets", "min_sample", "weight", "alert_at", "severity", "source"}

func readRule(v value) (r rules.Rule) {
	o, ok := v.object(ruleFields...)
	if !ok {
		return r
	}
	before := len(v.src.problems)
	readWho(o, &r)
	readFacts(o, &r)
	readClock(o, &r)
	readScoring(o, &r)
	if len(v.src.problems) == before { // what is left are faults between fields
		if err := r.Check(); err != nil {
			v.fail("%s", err)
		}
	}
	return r
}

func readWho(o object, r *rules.Rule) {
	r.ID = readNeeded(o, "id", parseID)
	if v, ok := o.need("name"); ok {
		if n, ok := v.object("zh", "en"); ok {
			r.Name = rules.Text{Zh: readNeeded(n, "zh", parseText), En: readNeeded(n, "en", parseText)}
		}
	}
	r.Principle = readNeeded(o, "principle", rules.ParsePrinciple)
	r.Subject = readNeeded(o, "subject", parseKind)
	r.Source = readNeeded(o, "source", parseText)
}

func parseKind(text string) (rules.Kind, error) {
	kinds := []string{string(rules.Order), string(rules.Aftersale), string(rules.Conversation), string(rules.Review),
		string(rules.Ticket), string(rules.Claim), string(rules.Promise), string(rules.Penalty), string(rules.Guarantee), string(rules.Shop)}
	kind, err := oneOf(kinds...)(text)
	return rules.Kind(kind), err
}

// readFacts reads which facts start, stop and void a case. Without a subject they cannot be judged and are left alone.
func readFacts(o object, r *rules.Rule) {
	o.need("start")
	o.need("stop")
	if r.Subject != "" {
		match := func(text string) (rules.Match, error) { return ParseMatch(text, r.Subject) }
		r.Start = readList(o, "start", match)
		r.Stop = readList(o, "stop", match)
		r.StopFallback = readList(o, "stop_fallback", match)
		r.Void = readList(o, "void", match)
	}
	r.Handover = read(o, "handover", parseBool)
	if r.Handover && r.Subject != "" && r.Subject != rules.Conversation {
		o.failField("handover", "is for conversations, this rule is about %s", r.Subject)
	}
	r.EarlyStop = read(o, "early_stop", parseBool)
	r.OnlyIfLate = read(o, "only_if_late", parseID)
}

func readClock(o object, r *rules.Rule) {
	readDue(o, r)
	r.Window = read(o, "window", rules.ParseBlocks)
	r.Night = read(o, "night", rules.ParseBlocks)
	r.Business = read(o, "business", parseBool)
	r.WarnAt = readList(o, "warn_at", parseShare)
	for i, share := range r.WarnAt {
		if share <= 0 || share >= 1 || i > 0 && share <= r.WarnAt[i-1] {
			o.failField("warn_at", "must rise and lie between 0%% and 100%%, such as [50%%, 75%%]")
			break
		}
	}
	r.Day = readNeeded(o, "day", func(text string) (rules.DayOf, error) {
		switch text {
		case "due":
			return rules.ByDue, nil
		case "start":
			return rules.ByStart, nil
		}
		return 0, fmt.Errorf("%q is neither due nor start", text)
	})
}

// readDue reads the deadline. A rule that hangs on another has that one's, and may say how much earlier it is.
func readDue(o object, r *rules.Rule) {
	v, ok := o.fields["deadline"]
	if !ok && r.OnlyIfLate == "" {
		o.failField("deadline", "is missing")
	}
	if !ok {
		return
	}
	d, ok := v.object("within", "field", "changed_by", "before")
	switch {
	case !ok:
	case r.OnlyIfLate == "":
		r.Deadline = readDeadline(d, r.Subject)
	default:
		for _, name := range []string{"within", "field", "changed_by"} {
			if _, given := d.fields[name]; given {
				d.failField(name, "the deadline is that of %s; only before can be given", r.OnlyIfLate)
			}
		}
		r.Deadline.Before = read(d, "before", parseDuration)
	}
}

func readDeadline(o object, subject rules.Kind) (d rules.Deadline) {
	d.Within = read(o, "within", parseDuration)
	d.Field = read(o, "field", oneOf("ship_by", "deliver_by", "decide_by", "answer_by", "appeal_by"))
	d.ChangedBy = read(o, "changed_by", func(text string) (rules.Type, error) {
		if subject == "" {
			return rules.Type(text), nil
		}
		m, err := ParseMatch(text, subject)
		if err == nil && len(m.Where) > 0 {
			err = fmt.Errorf("%q must be an event type alone", text)
		}
		return m.Type, err
	})
	d.Before = read(o, "before", parseDuration)
	if o.fields["within"].node == nil && o.fields["field"].node == nil {
		o.fail("needs within, field or both")
	}
	return d
}

func readScoring(o object, r *rules.Rule) {
	metric := readNeeded(o, "metric", oneOf("met_rate", "mean_time"))
	parse := parseShare
	r.Metric = rules.MetRate
	if metric == "mean_time" {
		r.Metric, parse = rules.MeanTime, parseSeconds
	}
	if v, ok := o.need("targets"); ok && metric != "" {
		r.Anchors = readAnchors(v, r.Metric, parse)
	}
	r.MinSample = read(o, "min_sample", wholeNumber(0, 1_000_000))
	r.Weight = readNeeded(o, "weight", parseWeight)
	r.AlertAt = readNeeded(o, "alert_at", wholeNumber(0, 1_000_000))
	r.Severity = readNeeded(o, "severity", oneOf("low", "medium", "high", "critical", "bonus"))
}

func readAnchors(v value, m rules.Metric, parse func(string) (float64, error)) (a rules.Anchors) {
	o, ok := v.object("excellent", "good", "pass", "floor")
	if !ok {
		return a
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

func parseWeight(text string) (float64, error) {
	f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(f > 0) || f > 1000 {
		return 0, fmt.Errorf("%q is no weight; write a number above 0, at most 1000", text)
	}
	return f, nil
}
