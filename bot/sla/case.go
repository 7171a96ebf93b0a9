package sla

import (
	"context"

	"shopwarden/rules"
)

// Case returns one case of a shop as it stands now, named as [rules.Case.Ref] does; false when there is none (any more).
func (d *Desk) Case(ctx context.Context, shop, ref string, s rules.Subject) (rules.Case, bool, error) {
	v, err := d.view(ctx, shop)
	if err != nil {
		return rules.Case{}, false, err
	}
	dossiers, err := d.reader.Dossiers(ctx, shop, []rules.Subject{s})
	if err != nil {
		return rules.Case{}, false, err
	}
	for _, k := range v.Policy.Judge(s, dossiers[0].Facts, v.Now) {
		if k.Ref() == ref {
			return k, true, nil
		}
	}
	return rules.Case{}, false, nil
}
