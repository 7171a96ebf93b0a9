package store

import (
	"errors"
	"fmt"

	"shopwarden/rules"
)

// errWord says that packed bytes name a word this program does not know: they were written by a later one.
var errWord = errors.New("packed value uses a word that is not known")

// encodeDossier packs a dossier: facts with the time since the fact before, then what is booked. Equal dossiers give equal
// bytes.
func encodeDossier(d rules.Dossier) []byte {
	p := newPacker(16 + 24*len(d.Facts) + 40*len(d.Booked))
	p.count(len(d.Facts))
	var last rules.Instant
	for _, f := range d.Facts {
		putType(p, f.Type)
		p.integer(int64(f.At - last))
		last = f.At
		p.count(len(f.Attrs))
		for _, a := range f.Attrs {
			putAttr(p, a)
		}
	}
	p.count(len(d.Booked))
	for _, e := range d.Booked {
		putEntry(p, e)
	}
	return p.buf
}

func decodeDossier(raw string) (rules.Dossier, error) {
	u := newUnpacker(raw)
	var d rules.Dossier
	if n := u.count(); n > 0 {
		d.Facts = make(rules.Facts, 0, n)
		var last rules.Instant
		for range n {
			f := getFact(u, last)
			last = f.At
			d.Facts = append(d.Facts, f)
		}
	}
	if n := u.count(); n > 0 {
		d.Booked = make([]rules.Entry, 0, n)
		for range n {
			d.Booked = append(d.Booked, getEntry(u))
		}
	}
	if err := u.end(); err != nil {
		return rules.Dossier{}, fmt.Errorf("decoding dossier: %w", err)
	}
	return d, nil
}

func getFact(u *unpacker, last rules.Instant) rules.Fact {
	f := rules.Fact{Type: getType(u), At: last + rules.Instant(u.integer())}
	if n := u.count(); n > 0 {
		f.Attrs = make([]rules.Attr, 0, n)
		for range n {
			f.Attrs = append(f.Attrs, getAttr(u))
		}
	}
	return f
}

// excusedBit is set on the outcome of an excused entry: there are four outcomes.
const excusedBit = 8

func putEntry(p *packer, e rules.Entry) {
	ruleWords.put(p, e.Rule)
	putValue(p, e.Part)
	p.integer(int64(e.Day))
	timed := int64(0)
	if e.Timed {
		timed = 1
	}
	outcome := int64(e.Outcome)
	if e.Excused {
		outcome |= excusedBit
	}
	p.integer(outcome<<1 | timed)
	p.integer(e.Took)
	p.integer(int64(e.Due))
	p.integer(int64(e.Passed))
}

func getEntry(u *unpacker) rules.Entry {
	e := rules.Entry{Rule: getRule(u)}
	if u.version > 1 { // before, a subject had one case under a rule
		e.Part = getValue(u)
	}
	e.Day = rules.Date(u.integer())
	outcome := u.integer()
	e.Outcome, e.Timed = rules.Outcome(outcome>>1&(excusedBit-1)), outcome&1 == 1
	e.Excused = outcome>>1&excusedBit != 0
	e.Took = u.integer()
	e.Due = rules.Instant(u.integer())
	e.Passed = int(u.integer())
	return e
}

// getRule reads the id of a rule; version 1 had no words for them.
func getRule(u *unpacker) string {
	if u.version == 1 {
		return u.text()
	}
	return ruleWords.get(u)
}
