package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"shopwarden/bot/store"
)

type inboxCmd struct {
	Dead inboxDeadCmd `cmd:"" help:"Telegram updates that were set aside because they cannot be handled, the latest first."`
}

type inboxDeadCmd struct {
	Limit int `default:"50" help:"How many at most." placeholder:"N"`
}

// Run lists when an update came, from which chat, and why it was set aside. What people wrote is not shown.
func (c inboxDeadCmd) Run(ctx context.Context, w world, flags *cli) error {
	a, err := open(ctx, w, flags)
	if err != nil {
		return err
	}
	defer a.close()
	var all []store.Dead
	for shard := range a.store.Shards() {
		dead, err := a.store.DeadUpdates(ctx, shard, max(c.Limit, 0))
		if err != nil {
			return err
		}
		all = append(all, dead...)
	}
	slices.SortStableFunc(all, func(x, y store.Dead) int {
		return cmp.Or(cmp.Compare(asideAt(y).UnixMilli(), asideAt(x).UnixMilli()), cmp.Compare(y.UpdateID, x.UpdateID))
	})
	if len(all) == 0 {
		fmt.Fprintln(w.out, "no update was set aside")
		return nil
	}
	t := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SET ASIDE\tCHAT\tUPDATE\tREASON")
	for _, d := range all[:min(len(all), max(c.Limit, 0))] {
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\n", asideAt(d).UTC().Format(time.RFC3339), d.Chat, d.UpdateID, d.Reason)
	}
	return t.Flush()
}

// asideAt is when an update was set aside: the place in its line begins with it.
func asideAt(d store.Dead) time.Time {
	text, _, _ := strings.Cut(d.ID, "-")
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
