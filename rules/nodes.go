package rules

import (
	"errors"
	"fmt"
)

// Node is a sum of points at which more follows than the points themselves. Read-only.
type Node struct {
	Class   Class
	At      PenaltyPoints
	Every   bool // and at each further multiple of At
	Exam    bool
	Days    int   // of suspension, 0 = none
	Fine    int64 // liquidated damages in minor units of the ladder's currency
	Removal bool  // the shop may be removed from the platform: a person reviews it
}

// Ladder is what follows from points in one edition of a rulebook. The zero value has no nodes. Read-only.
type Ladder struct {
	Currency string
	Nodes    []Node
}

// Check reports a ladder that cannot be climbed.
func (l *Ladder) Check() error {
	seen := map[Node]bool{}
	for _, n := range l.Nodes {
		place := Node{Class: n.Class, At: n.At}
		switch {
		case n.Class < General || n.Class > Severe || n.At <= 0:
			return errors.New("a node needs a class and points above 0")
		case seen[place]:
			return fmt.Errorf("%s %s is given twice", n.Class, n.At)
		case !n.Exam && n.Days == 0 && n.Fine == 0 && !n.Removal:
			return fmt.Errorf("nothing follows at %s %s", n.Class, n.At)
		case n.Fine != 0 && l.Currency == "":
			return errors.New("currency is missing; a fine needs one")
		case n.Days < 0 || n.Fine < 0:
			return errors.New("days and fine must not be negative")
		}
		seen[place] = true
	}
	return nil
}

// Ahead is the next node of a class.
type Ahead struct {
	Node Node
	At   PenaltyPoints // the sum at which it is reached; a multiple of Node.At where that repeats
	Left PenaltyPoints // what is missing, above 0
}

// Next returns the nearest node above a sum of points; ok is false when none is left.
func (l *Ladder) Next(class Class, sum PenaltyPoints) (next Ahead, ok bool) {
	for _, n := range l.Nodes {
		at := n.At
		if n.Every {
			at *= sum/n.At + 1
		}
		if n.Class == class && at > sum && (!ok || at < next.At) {
			next, ok = Ahead{n, at, at - sum}, true
		}
	}
	return next, ok
}

// reached calls visit with every node above one sum and not above another, lowest first.
func (l *Ladder) reached(class Class, from, to PenaltyPoints, visit func(Ahead)) {
	for from < to {
		next, ok := l.Next(class, from)
		if !ok || next.At > to {
			return
		}
		// Nodes at the same sum (every 4 and at 8) are one step of the count: each is told.
		for _, n := range l.Nodes {
			if n.Class == class && (n.At == next.At || n.Every && next.At%n.At == 0) {
				visit(Ahead{Node: n, At: next.At})
			}
		}
		from = next.At
	}
}
