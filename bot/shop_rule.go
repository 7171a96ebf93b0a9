package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"shopwarden/config"
)

// shopRuleCmd looks after the rules that a shop has of its own, beside those of its pack.
type shopRuleCmd struct {
	Add    shopRuleAddCmd    `cmd:"" help:"Add a rule, or the list under rules, of a YAML file; one with the same id is replaced."`
	List   shopRuleListCmd   `cmd:"" help:"The rules a shop has of its own."`
	Remove shopRuleRemoveCmd `cmd:"" help:"Take an own rule away."`
}

type shopRuleAddCmd struct {
	ID   string `name:"id" required:"" help:"The shop." placeholder:"ID"`
	File string `arg:"" help:"YAML as in a rule pack." placeholder:"FILE"`
}

func (c shopRuleAddCmd) Run(ctx context.Context, w world, flags *cli) error {
	text, err := readFile(c.File)
	if err != nil {
		return err
	}
	var ids []string
	err = withShop(ctx, w, flags, c.ID, func(a *app, shop *config.Shop) (err error) {
		ids, err = shop.AddRules(a.packs, filepath.Base(c.File), text)
		return err
	})
	if err == nil {
		fmt.Fprintf(w.out, "Shop %s has of its own: %s.\n", c.ID, strings.Join(ids, ", "))
	}
	return err
}

type shopRuleListCmd struct {
	ID string `arg:"" help:"The shop."`
}

func (c shopRuleListCmd) Run(ctx context.Context, w world, flags *cli) error {
	a, shop, err := openFor(ctx, w, flags, c.ID)
	if err != nil {
		return err
	}
	defer a.close()
	list, err := shop.OwnRules(a.packs)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "id\tname\tprinciple\tabout")
	for _, r := range list {
		fmt.Fprintf(t, "%s\t%s / %s\t%s\t%s\n", r.ID, r.Name.Zh, r.Name.En, r.Principle, r.Subject)
	}
	return t.Flush()
}

type shopRuleRemoveCmd struct {
	ID   string `arg:"" help:"The shop."`
	Rule string `arg:"" help:"Id of the rule."`
}

func (c shopRuleRemoveCmd) Run(ctx context.Context, w world, flags *cli) error {
	err := withShop(ctx, w, flags, c.ID, func(_ *app, shop *config.Shop) error { return shop.RemoveRule(c.Rule) })
	if err == nil {
		fmt.Fprintf(w.out, "Shop %s has rule %s no more.\n", c.ID, c.Rule)
	}
	return err
}
