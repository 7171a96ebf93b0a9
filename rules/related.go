package rules

// alsoAbout says which facts mean something to another kind of subject too: what becomes of an after-sales case to its
// order, and that the goods left to the after-sales cases of the order.
var alsoAbout = map[Type]Kind{
	"aftersale.opened": Order, "aftersale.approved": Order, "aftersale.rejected": Order, "aftersale.refunded": Order,
	"aftersale.closed": Order, "aftersale.escalated": Order, "aftersale.judged": Order,
	"order.shipped": Aftersale, "order.picked_up": Aftersale,
}

// linkField is the kept field that leads from a fact to another subject: an after-sales case names its order when it is
// opened, and what an order hears of it names the after-sales case.
const linkField = "aftersale_id"

// Leads reports whether a fact makes its subject know of another one. Without such a fact [Related] returns nothing.
func Leads(s Subject, f Fact) bool {
	return s.Kind == Aftersale && f.Get("order_id") != "" || s.Kind == Order && f.Type == "aftersale.opened"
}

// Related returns what the facts of one subject say about others. It only ever grows with the set of facts, so spreading
// facts until nothing is new ends in the same sets whatever the order in which they came. See [Spread].
func Related(s Subject, facts Facts) []About {
	switch s.Kind {
	case Aftersale:
		return toOrders(s, facts)
	case Order:
		return toAftersales(facts)
	}
	return nil
}

func toOrders(s Subject, facts Facts) (out []About) {
	for i := range facts {
		id := facts[i].Get("order_id")
		if id == "" {
			continue
		}
		for _, f := range facts {
			if alsoAbout[f.Type] == Order {
				out = append(out, About{Subject{Order, id}, linked(f, s.ID)})
			}
		}
	}
	return out
}

// linked is a fact as the order hears it: with the after-sales case, and without the order.
func linked(f Fact, id string) Fact {
	attrs := make([]Attr, 0, len(f.Attrs)+1)
	for _, a := range f.Attrs {
		if a.Key != "order_id" {
			attrs = append(attrs, a)
		}
	}
	attrs = append(attrs, Attr{linkField, id})
	f.Attrs = attrs
	return f
}

func toAftersales(facts Facts) (out []About) {
	for i := range facts {
		id := facts[i].Get(linkField)
		if id == "" || facts[i].Type != "aftersale.opened" {
			continue
		}
		for _, f := range facts {
			if alsoAbout[f.Type] == Aftersale {
				out = append(out, About{Subject{Aftersale, id}, f})
			}
		}
	}
	return out
}

// Mentions lists the subjects that an event is sure to touch by what it says itself: its own first, then those it names.
func (e Event) Mentions() []Subject {
	about := e.Facts()
	if len(about) == 0 {
		return nil
	}
	list := []Subject{about[0].Subject}
	if e.Data.OrderID != "" && alsoAbout[e.Type] == Order {
		list = append(list, Subject{Order, e.Data.OrderID})
	}
	return list
}

// Spread adds to a shop's facts all that they say about each other.
func Spread(all map[Subject]Facts) {
	var left []Subject
	for s := range all {
		left = append(left, s)
	}
	for len(left) > 0 {
		s := left[len(left)-1]
		left = left[:len(left)-1]
		for _, about := range Related(s, all[s]) {
			facts, fresh := all[about.Subject].Add(about.Fact)
			if fresh {
				all[about.Subject] = facts
				left = append(left, about.Subject)
			}
		}
	}
}
