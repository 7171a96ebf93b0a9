package rules

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Instant is a point in time in milliseconds since 1970-01-01 UTC; 0 means "none".
type Instant int64

// InstantOf returns t to the millisecond, none for the zero time.
func InstantOf(t time.Time) Instant {
	if t.IsZero() {
		return 0
	}
	return Instant(t.UnixMilli())
}

// Time returns the instant in UTC, the zero time for none.
func (i Instant) Time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(i)).UTC()
}

// Subject is what facts and cases are about.
type Subject struct {
	Kind Kind
	ID   string
}

// String returns "kind/id"; [ParseSubject] reads it back.
func (s Subject) String() string { return string(s.Kind) + "/" + s.ID }

// ParseSubject reads "kind/id"; the id may hold further slashes. ok is false without a slash.
func ParseSubject(text string) (s Subject, ok bool) {
	kind, id, ok := strings.Cut(text, "/")
	return Subject{Kind(kind), id}, ok
}

// Attr is one kept field of a fact. Instants are milliseconds in decimal, flags "true" or "false".
type Attr struct{ Key, Value string }

// Fact is what an event says about one subject, without the id of its delivery.
type Fact struct {
	Type  Type
	At    Instant
	Attrs []Attr // in the order of the vocabulary, absent fields left out
}

// Get returns the value of a kept field, "" when absent.
func (f Fact) Get(key string) string {
	for _, a := range f.Attrs {
		if a.Key == key {
			return a.Value
		}
	}
	return ""
}

// Instant returns a kept field that holds an instant, 0 when absent.
func (f Fact) Instant(key string) Instant {
	text := f.Get(key)
	if text == "" { // before strconv makes an error of it: this is asked of every fact
		return 0
	}
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return Instant(ms)
}

// Equal reports whether two facts are one.
func (f Fact) Equal(g Fact) bool { return f.compare(g) == 0 }

// compare is a total order: by instant, then by type, then by fields. Two facts that compare equal are one fact.
func (f Fact) compare(g Fact) int {
	if f.At != g.At {
		if f.At < g.At {
			return -1
		}
		return 1
	}
	if c := strings.Compare(string(f.Type), string(g.Type)); c != 0 {
		return c
	}
	return slices.CompareFunc(f.Attrs, g.Attrs, func(a, b Attr) int {
		if c := strings.Compare(a.Key, b.Key); c != 0 {
			return c
		}
		return strings.Compare(a.Value, b.Value)
	})
}

// Facts is a set of facts, sorted and without repetition. The zero value is the empty set.
type Facts []Fact

// index returns the place of the earliest fact of a type, -1 when there is none.
func (s Facts) index(t Type) int {
	for i := range s {
		if s[i].Type == t {
			return i
		}
	}
	return -1
}

// Add returns the set with f in it and whether f is new. The receiver is not changed.
func (s Facts) Add(f Fact) (Facts, bool) {
	i, known := slices.BinarySearchFunc(s, f, Fact.compare)
	if known {
		return s, false
	}
	all := make(Facts, len(s)+1)
	copy(all, s[:i])
	all[i] = f
	copy(all[i+1:], s[i:])
	return all, true
}

// AddAll returns the set with all of list in it, and which of them were new; of equal ones only the first is. The receiver
// is not changed. It copies the set once, however long the list.
func (s Facts) AddAll(list []Fact) (Facts, []bool) {
	fresh := make([]bool, len(list))
	if len(list) == 1 { // as for most events
		all, isNew := s.Add(list[0])
		fresh[0] = isNew
		return all, fresh
	}
	var added Facts
	for i, f := range list {
		if _, known := slices.BinarySearchFunc(s, f, Fact.compare); !known {
			added, fresh[i] = added.Add(f)
		}
	}
	if len(added) == 0 {
		return s, fresh
	}
	all := slices.Concat(s, added)
	slices.SortFunc(all, Fact.compare)
	return all, fresh
}

// About is a fact together with the subject it is about.
type About struct {
	Subject Subject
	Fact    Fact
}

// Facts returns what the event says and about whom; nothing for an unknown type. The event must have passed Check. What it
// means for other subjects follows from all that is known of its own: see [Related].
func (e Event) Facts() []About {
	w, known := vocabulary[e.Type]
	if !known {
		return nil
	}
	return []About{{e.subject(w), Fact{Type: e.Type, At: InstantOf(e.At), Attrs: e.attrs(w)}}}
}

func (e Event) subject(w word) Subject {
	if w.kind == "" { // the event names its subject itself
		s, _ := ParseSubject(e.Data.Subject)
		return s
	}
	id, _ := e.Data.get(w.id)
	return Subject{w.kind, id}
}

func (e Event) attrs(w word) []Attr {
	var list []Attr
	for _, key := range w.keep {
		text, ok := e.Data.get(key)
		if !ok {
			continue
		}
		if contains(instantFields, key) {
			t, err := time.Parse(time.RFC3339, text)
			if err != nil {
				continue
			}
			text = strconv.FormatInt(t.UnixMilli(), 10)
		}
		list = append(list, Attr{key, text})
	}
	return list
}
