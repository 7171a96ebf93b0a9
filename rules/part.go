package rules

import (
	"strconv"
	"time"
)

// part is what one case looks at: some of the facts of its subject, and which of them began it where that is settled.
type part struct {
	key   string
	facts Facts
	begun int // index into facts; -1 = the rule's start decides
}

// desk is what one judging works with. Its slices are used again for every rule; moments remembers the names of instants,
// since several rules name their parts by the same ones.
type desk struct {
	policy  *Policy
	facts   Facts
	now     Instant
	zone    *time.Location
	list    []part
	stages  []Instant
	moments []moment
	// excepted says that something was said about exceptions of the subject.
	excepted bool
	room     struct { // where list and moments begin: one allocation for most subjects
		parts   [4]part
		moments [4]moment
	}
}

func newDesk(p *Policy, facts Facts, now Instant) *desk {
	d := &desk{policy: p, facts: facts, now: now, zone: p.zone}
	d.list, d.moments = d.room.parts[:0], d.room.moments[:0]
	for i := range facts {
		d.excepted = d.excepted || facts[i].Type == "case.excused"
	}
	return d
}

type moment struct {
	at   Instant
	name string
}

// parts divides the facts of a subject among the cases of a rule. Sessions, turns and single facts are told apart by the
// instant at which their case began, parcels by their id: names that a late fact does not shift. The list is good until the
// next call.
func (d *desk) parts(c *clocked) []part {
	d.list = d.list[:0]
	switch c.Per {
	case PerParcel:
		d.parcels(c)
	case PerSession:
		d.sessions(c)
	case PerTurn:
		d.turns(c)
	case PerFact:
		d.single(c)
	default:
		d.list = append(d.list, part{facts: d.facts, begun: -1})
	}
	return d.list
}

// add adds a part that began at a fact, unless it began in the same millisecond as the last one: that is one moment and one
// case.
func (d *desk) add(facts Facts, begun int) {
	name := d.moment(facts[begun].At)
	if n := len(d.list); n == 0 || d.list[n-1].key != name {
		d.list = append(d.list, part{name, facts, begun})
	}
}

func (d *desk) moment(at Instant) string {
	for i := range d.moments {
		if d.moments[i].at == at {
			return d.moments[i].name
		}
	}
	name := strconv.FormatInt(int64(at), 10)
	d.moments = append(d.moments, moment{at, name})
	return name
}

// parcels gives each parcel that a start names the facts that name it or none. A start that names no parcel takes all.
func (d *desk) parcels(c *clocked) {
	for i := range d.facts {
		if !anyAt(c.Start, d.facts, i) {
			continue
		}
		id := d.facts[i].Get("package_id")
		known := false
		for _, p := range d.list {
			known = known || p.key == id
		}
		if !known {
			d.list = append(d.list, part{key: id, facts: ofParcel(d.facts, id), begun: -1})
		}
	}
}

func ofParcel(facts Facts, id string) Facts {
	if id == "" {
		return facts
	}
	out := make(Facts, 0, len(facts))
	for _, f := range facts {
		if got := f.Get("package_id"); got == "" || got == id {
			out = append(out, f)
		}
	}
	return out
}

// sessions makes a part of each session of a conversation.
func (d *desk) sessions(c *clocked) {
	d.eachSession(func(facts Facts, from, to int) {
		facts, _ = d.withExceptions(facts, from, to, from)
		if i := c.start(facts); i >= 0 {
			d.add(facts, i)
		}
	})
}

// eachSession cuts a conversation where a message follows its close: ratings and flags behind the close still belong to it.
// Places are those in the facts of the subject.
func (d *desk) eachSession(f func(facts Facts, from, to int)) {
	from, closed := 0, false
	for i := range d.facts {
		switch {
		case d.facts[i].Type == "chat.closed":
			closed = true
		case closed && d.facts[i].Type == "chat.message":
			f(d.facts[from:i], from, i)
			from, closed = i, false
		}
	}
	f(d.facts[from:], from, len(d.facts))
}

// turns cuts each session into turns of the buyer: from the first message that waits to the answer that stops the wait. What
// a bot answers before a person takes over is no turn of theirs.
func (d *desk) turns(c *clocked) {
	d.eachSession(func(facts Facts, from, to int) {
		human, open := humanFrom(facts, c.Handover), -1
		if human == 0 {
			return
		}
		for i := range facts {
			switch who := facts[i].Get("from"); {
			case open < 0 && anyAt(c.Start, facts, i) && (facts[i].At >= human || human < 0):
				open = i
			case open >= 0 && anyAt(c.Stop, facts, i):
				d.add(d.withExceptions(facts[open:i+1], from, to, from+open))
				open, human = -1, max(human, 1) // a person is in the conversation: from here on the bot answers for nobody
			case open >= 0 && human < 0 && who == "bot":
				open = -1
			case who == "agent":
				human = max(human, 1)
			}
		}
		if open >= 0 {
			d.add(d.withExceptions(facts[open:], from, to, from+open))
		}
	})
}

// withExceptions returns facts, which stand at a place of the subject's, and what was said about exceptions elsewhere as far
// as it concerns the session from…to: one without an end that was made in the session, or before the next one began, and all
// that have an end or take one back. first is the place of the first fact in the result.
func (d *desk) withExceptions(facts Facts, from, to, at int) (all Facts, first int) {
	if !d.excepted {
		return facts, 0
	}
	for i := range d.facts {
		f := &d.facts[i]
		if i == at {
			first = len(all)
		}
		if i >= at && i < at+len(facts) || f.Type == "case.reinstated" ||
			f.Type == "case.excused" && (i >= from && i < to || f.Instant("until") != 0) {
			all = append(all, *f)
		}
	}
	return all, first
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

func (d *desk) single(c *clocked) {
	for i := range d.facts {
		if anyAt(c.Start, d.facts, i) {
			d.add(d.facts, i)
		}
	}
}
