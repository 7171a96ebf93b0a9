package rules

import "strconv"

// part is what one case looks at: some of the facts of its subject, and which of them began it where that is settled.
type part struct {
	key   string
	facts Facts
	begun int // index into facts; -1 = the rule's start decides
}

// parts divides the facts of a subject among the cases of a rule. Sessions, turns and single facts are told apart by the
// instant at which their case began, parcels by their id: names that a late fact does not shift.
func (c *clocked) parts(facts Facts, whole []part) []part {
	switch c.Per {
	case PerParcel:
		return c.parcels(facts)
	case PerSession:
		return c.sessions(facts)
	case PerTurn:
		return c.turns(facts)
	case PerFact:
		return c.single(facts)
	}
	return append(whole, part{facts: facts, begun: -1})
}

// parcels gives each parcel that a start names the facts that name it or none. A start that names no parcel takes all.
func (c *clocked) parcels(facts Facts) (list []part) {
	for i := range facts {
		if !anyAt(c.Start, facts, i) {
			continue
		}
		id := facts[i].Get("package_id")
		known := false
		for _, p := range list {
			known = known || p.key == id
		}
		if !known {
			list = append(list, part{key: id, facts: ofParcel(facts, id), begun: -1})
		}
	}
	return list
}

func ofParcel(facts Facts, id string) Facts {
	if id == "" {
		return facts
	}
	var out Facts
	for _, f := range facts {
		if got := f.Get("package_id"); got == "" || got == id {
			out = append(out, f)
		}
	}
	return out
}

// sessions cuts a conversation where a message follows its close: ratings and flags behind the close still belong to it.
func (c *clocked) sessions(facts Facts) (list []part) {
	from, closed := 0, false
	for i := range facts {
		switch {
		case facts[i].Type == "chat.closed":
			closed = true
		case closed && facts[i].Type == "chat.message":
			list = c.session(list, facts[from:i])
			from, closed = i, false
		}
	}
	return c.session(list, facts[from:])
}

func (c *clocked) session(list []part, facts Facts) []part {
	if i := c.start(facts); i >= 0 {
		list = another(list, part{key: momentKey(facts[i].At), facts: facts, begun: i})
	}
	return list
}

// turns cuts each session into turns of the buyer: from the first message that waits to the answer that stops the wait. What
// a bot answers before a person takes over is no turn of theirs.
func (c *clocked) turns(facts Facts) (list []part) {
	human := humanFrom(facts, c.Handover)
	if human == 0 {
		return nil
	}
	open := -1
	for i := range facts {
		switch {
		case open < 0 && anyAt(c.Start, facts, i) && (facts[i].At >= human || human < 0):
			open = i
		case open >= 0 && anyAt(c.Stop, facts, i):
			list = another(list, part{key: momentKey(facts[open].At), facts: facts[open : i+1]})
			open = -1
		case open >= 0 && human < 0 && facts[i].Get("from") == "bot":
			open = -1
		case human < 0 && facts[i].Get("from") == "agent":
			human = 1 // a person is in the conversation: from here on the bot answers for nobody
		}
	}
	if open >= 0 {
		list = another(list, part{key: momentKey(facts[open].At), facts: facts[open:]})
	}
	return list
}

// another adds a part, unless it began in the same millisecond as the last one: that is one moment and one case.
func another(list []part, p part) []part {
	if n := len(list); n > 0 && list[n-1].key == p.key {
		return list
	}
	return append(list, p)
}

// humanFrom says from when on a conversation is one with people: from its start (1), from the hand-over of a bot, from the
// first person in it (-1: not known beforehand), or never (0).
func humanFrom(facts Facts, handover bool) Instant {
	if !handover || !said(facts, "from", "bot") {
		return 1
	}
	if i := firstOf(facts, wantsHuman, 0); i >= 0 {
		return facts[i].At
	}
	if said(facts, "from", "agent") {
		return -1
	}
	return 0
}

func (c *clocked) single(facts Facts) (list []part) {
	for i := range facts {
		if anyAt(c.Start, facts, i) {
			list = another(list, part{key: momentKey(facts[i].At), facts: facts, begun: i})
		}
	}
	return list
}

func momentKey(t Instant) string { return strconv.FormatInt(int64(t), 10) }
