package config

import (
	"fmt"
	"strings"

	"shopwarden/rules"
)

// ruleFields are the fields of a rule, in the order in which a pack is best written.
var ruleFields = []string{"id", "name", "principle", "subject", "per",
	"start", "only", "after", "handover", "presumed", "trigger", "stop", "stop_fallback", "early_stop", "restart",
	"fail", "fails_with", "void", "excuses", "only_if_late",
	"deadline", "window", "opens", "night", "business", "pauses", "cap", "warn_at", "day",
	"metric", "targets", "over", "min_sample", "floor_80", "weight", "alert_at", "severity", "measures", "money", "source"}

func readRule(d draft) (r rules.Rule) {
	o := d.object
	before := len(o.src.problems)
	readWho(o, &r)
	readFacts(o, &r)
	readClock(o, &r)
	readScoring(o, &r)
	r.Lines, r.Money = readMeasures(o), readMoney(o)
	if len(o.src.problems) == before { // what is left are faults between fields
		if err := r.Check(); err != nil {
			o.fail("%s", err)
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
	r.Per = read(o, "per", parsePer)
	r.Source = readNeeded(o, "source", parseText)
}

func parseKind(text string) (rules.Kind, error) {
	kinds := []string{string(rules.Order), string(rules.Aftersale), string(rules.Conversation), string(rules.Review),
		string(rules.Ticket), string(rules.Claim), string(rules.Promise), string(rules.Penalty), string(rules.Guarantee), string(rules.Shop)}
	kind, err := oneOf(kinds...)(text)
	return rules.Kind(kind), err
}

func parsePer(text string) (rules.Per, error) {
	for _, p := range []rules.Per{rules.PerParcel, rules.PerSession, rules.PerTurn, rules.PerFact} {
		if p.String() == text {
			return p, nil
		}
	}
	return 0, fmt.Errorf("%q is not one of parcel, session, turn, fact; leave it out for one case per subject", text)
}

// readFacts reads which facts start, stop and void a case. Without a subject they cannot be judged and are left alone.
func readFacts(o object, r *rules.Rule) {
	o.need("start")
	if r.Subject != "" {
		match := func(text string) (rules.Match, error) { return ParseMatch(text, r.Subject) }
		for _, list := range []struct {
			name string
			into *[]rules.Match
		}{{"start", &r.Start}, {"only", &r.Only}, {"after", &r.After}, {"trigger", &r.Trigger}, {"stop", &r.Stop}, {"stop_fallback", &r.StopFallback},
			{"restart", &r.Restart}, {"fail", &r.Fail}, {"void", &r.Void}, {"opens", &r.Opens}} {
			*list.into = readList(o, list.name, match)
		}
		r.Pauses = readPauses(o, match)
	}
	r.Presumed = read(o, "presumed", parseBool)
	r.FailsWith = read(o, "fails_with", parseID)
	r.Excuses = readList(o, "excuses", oneOf(rules.Codes()...))
	r.Handover = read(o, "handover", parseBool)
	if r.Handover && r.Subject != "" && r.Subject != rules.Conversation {
		o.failField("handover", "is for conversations, this rule is about %s", r.Subject)
	}
	r.EarlyStop = read(o, "early_stop", parseBool)
	r.OnlyIfLate = read(o, "only_if_late", parseID)
}

// readPauses reads spans in which the clock stands still.
func readPauses(o object, match func(string) (rules.Match, error)) (list []rules.Pause) {
	v, ok := o.fields["pauses"]
	if !ok {
		return nil
	}
	for _, item := range v.list() {
		p, ok := item.object("code", "from", "to")
		if !ok {
			continue
		}
		p.need("from")
		p.need("to")
		list = append(list, rules.Pause{Code: readNeeded(p, "code", oneOf(rules.Codes()...)),
			From: readList(p, "from", match), To: readList(p, "to", match)})
	}
	return list
}

func readClock(o object, r *rules.Rule) {
	readDue(o, r)
	r.Window = read(o, "window", rules.ParseBlocks)
	r.Night = read(o, "night", rules.ParseBlocks)
	r.Business = read(o, "business", parseBool)
	r.WarnAt = readList(o, "warn_at", parseStage)
	r.Cap = read(o, "cap", parseDuration)
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

// parseStage reads when to warn: 75% of the time used up, 100s after the start, -6h before the deadline.
func parseStage(text string) (s rules.Stage, err error) {
	text = strings.TrimSpace(text)
	switch {
	case strings.HasSuffix(text, "%"):
		if s.Share, err = parseShare(text); err == nil && (s.Share <= 0 || s.Share >= 1) {
			err = fmt.Errorf("%q must lie between 0%% and 100%%", text)
		}
	case strings.HasPrefix(text, "-"):
		s.Before, err = parseDuration(text[1:])
	default:
		s.After, err = parseDuration(text)
	}
	if err != nil {
		err = fmt.Errorf("%w; a warning is 75%%, 100s (after the start) or -6h (before the deadline)", err)
	}
	return s, err
}

// readDue reads the deadline. A rule that hangs on another has that one's, and may say how much earlier it is.
func readDue(o object, r *rules.Rule) {
	v, ok := o.fields["deadline"]
	if _, fails := o.fields["fail"]; !ok && r.OnlyIfLate == "" && !fails {
		o.failField("deadline", "is missing")
	}
	if !ok {
		return
	}
	d, ok := v.object("within", "end_of_day", "field", "changed_by", "before", "after", "limits")
	switch {
	case !ok:
	case r.OnlyIfLate == "":
		r.Deadline = readDeadline(d, r.Subject)
	default:
		for _, name := range []string{"within", "end_of_day", "field", "changed_by", "limits"} {
			if _, given := d.fields[name]; given {
				d.failField(name, "the deadline is that of %s; only before and after can be given", r.OnlyIfLate)
			}
		}
		r.Deadline.Before = read(d, "before", parseDuration)
		r.Deadline.After = read(d, "after", parseDuration)
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
	d.After = read(o, "after", parseDuration)
	d.EndOfDay = readEndOfDay(o)
	d.Limits = readLimits(o)
	if _, end := o.fields["end_of_day"]; end && d.Within > 0 {
		o.failField("end_of_day", "give within or end_of_day, not both")
	} else if o.fields["within"].node == nil && o.fields["field"].node == nil && !end {
		o.fail("needs within, end_of_day or field")
	}
	return d
}

// readEndOfDay reads the end of a local day: so many days after the start, one more from the cutoff on.
func readEndOfDay(o object) *rules.EndOfDay {
	v, ok := o.fields["end_of_day"]
	if !ok {
		return nil
	}
	d, ok := v.object("days", "cutoff")
	if !ok {
		return nil
	}
	return &rules.EndOfDay{Days: readNeeded(d, "days", wholeNumber(0, 365)), Cutoff: read(d, "cutoff", rules.ParseClock)}
}

// readLimits reads the limits that hold from the first restart on.
func readLimits(o object) (list []rules.Limit) {
	v, ok := o.fields["limits"]
	if !ok {
		return nil
	}
	field := oneOf("region", "warehouse", "carrier", "sku", "kind", "program")
	for _, item := range v.list() {
		l, ok := item.object("within", "field", "in", "same")
		if !ok {
			continue
		}
		limit := rules.Limit{Within: readNeeded(l, "within", parseDuration), Field: read(l, "field", field),
			In: readList(l, "in", parseText), Same: read(l, "same", field)}
		if (len(limit.In) > 0 || limit.Same != "") && limit.Field == "" {
			l.failField("field", "is missing; in and same say what it is compared with")
		}
		list = append(list, limit)
	}
	return list
}
