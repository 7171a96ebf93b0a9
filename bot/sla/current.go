package sla

import (
	"context"
	"slices"

	"shopwarden/rules"
)

// Current reports for each case of a shop, named as [alarm.CaseID] does, whether an alert about it is still true: the case is
// open, or broken and not made good. It is false for what was kept, done late, called off or taken back. What is not known for
// certain counts as true, since a message too many does less harm than one too few: a name that cannot be read, a line that a
// rule reached on a day (the queue drops that alert when it is taken back), a subject of which nothing is kept any more. It
// only reads. ErrUnknownShop when the shop is not set up.
func (d *Desk) Current(ctx context.Context, shop string, cases []string) ([]bool, error) {
	out := slices.Repeat([]bool{true}, len(cases))
	var subjects []rules.Subject
	for _, name := range cases {
		for _, r := range readings(name) {
			subjects = append(subjects, r.subject)
		}
	}
	_, policy, err := d.shop(ctx, shop)
	if err != nil || len(subjects) == 0 {
		return out, err
	}
	dossiers, err := d.reader.Dossiers(ctx, shop, subjects)
	if err != nil {
		return nil, err
	}
	now := rules.InstantOf(d.now())
	for i, name := range cases {
		known, stands := false, false
		for _, r := range readings(name) {
			facts := dossiers[0].Facts
			dossiers = dossiers[1:]
			known = known || len(facts) > 0
			stands = stands || r.stands(policy.Judge(r.subject, facts, now))
		}
		out[i] = stands || !known
	}
	return out, nil
}

// caseRef is a case as [rules.Case.Ref] and its subject name it.
type caseRef struct {
	ref     string
	subject rules.Subject
}

// readings lists what the name of a case may mean: parts and ids come from platforms and may hold bars, so each bar may be the
// one that divides. A name that one of its readings makes true is true.
func readings(name string) (list []caseRef) {
	for i, r := range name {
		if r != '|' {
			continue
		}
		if s, ok := rules.ParseSubject(name[i+1:]); ok && slices.Contains(rules.Kinds(), s.Kind) && s.ID != "" {
			list = append(list, caseRef{name[:i], s})
		}
	}
	return list
}

// stands reports whether the case is among those of its subject, and open or broken and not made good.
func (r caseRef) stands(cases []rules.Case) bool {
	for _, k := range cases {
		if k.Ref() == r.ref {
			return k.Outcome == rules.Open || k.Outcome == rules.Breached && k.Reason != rules.StoppedLate
		}
	}
	return false
}
