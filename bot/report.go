package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"shopwarden/bot/sla"
	"shopwarden/rules"
)

type reportCmd struct {
	Shop    string `required:"" help:"The shop to report on." placeholder:"ID"`
	From    string `help:"First local day; default 29 days ago." placeholder:"2026-11-01"`
	To      string `help:"First local day that is not part of it; default tomorrow." placeholder:"2026-12-01"`
	JSON    bool   `name:"json" help:"One JSON object."`
	Recount bool   `help:"Rebuild the counters from the event log too, and fail when there is a difference."`
	Pack    string `help:"With --recount: what the event log gives under this rule pack. Nothing is changed." placeholder:"NAME"`
}

// Run lets time pass up to now, so that a deadline that went by unseen is in the numbers, and prints the report.
func (c reportCmd) Run(ctx context.Context, w world, flags *cli) error {
	a, err := open(ctx, w, flags)
	if err != nil {
		return err
	}
	defer a.close()
	if c.Pack != "" && !c.Recount {
		return errors.New("--pack asks what would have been: give --recount too")
	}
	from, to, err := c.days(ctx, a)
	if err != nil {
		return err
	}
	return a.withTracker(ctx, func(ctx context.Context) error {
		if err := a.settle(ctx, c.Shop); err != nil {
			return err
		}
		if c.Pack != "" {
			r, err := a.desk.UnderPack(ctx, c.Shop, c.Pack, from, to)
			if err != nil {
				return err
			}
			fmt.Fprintf(w.err, "what the events of the last %s would have been under pack %s as it stands, without the limits and calendars set for this shop; nothing is changed\n", inDays(a.settings.Retention), c.Pack)
			return c.print(w.out, r)
		}
		r, err := a.desk.Report(ctx, c.Shop, from, to)
		if err != nil {
			return err
		}
		if err := c.print(w.out, r); err != nil {
			return err
		}
		if c.Recount {
			return c.recount(ctx, a, w, from, to)
		}
		return nil
	})
}

func (c reportCmd) days(ctx context.Context, a *app) (from, to rules.Date, err error) {
	shop, err := a.store.Shop(ctx, c.Shop)
	if err != nil {
		return 0, 0, explain(c.Shop, err)
	}
	zone, err := time.LoadLocation(shop.Timezone)
	if err != nil {
		return 0, 0, err
	}
	today := rules.DateOf(rules.InstantOf(a.now()), zone)
	if from, err = day("--from", c.From, today.Next(-29)); err != nil {
		return 0, 0, err
	}
	to, err = day("--to", c.To, today.Next(1))
	return from, to, err
}

func day(flag, text string, otherwise rules.Date) (rules.Date, error) {
	if text == "" {
		return otherwise, nil
	}
	d, err := rules.ParseDate(text)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", flag, err)
	}
	return d, nil
}

func (c reportCmd) print(out io.Writer, r sla.Report) error {
	if c.JSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	fmt.Fprintf(out, "%s, %s to %s (%s)\n\n", r.Shop, r.From, r.To, r.Timezone)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "rule\tmet\tbreached\topen\tvoid\trate\tmean\tp50\tp90\tscore\tlost\tproof\t")
	for _, x := range r.Rules {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%s\t%s\t%s\t%s\t%s\t%.1f\t%s\t\n", x.Rule, x.Met, x.Breached, x.Open, x.Void, percent(x.Rate), span(x.Mean), span(x.P50), span(x.P90),
			points(x.Score), x.Lost, x.Proof)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nscore %s", points(r.Score.Total))
	for _, p := range r.Score.Principles {
		fmt.Fprintf(out, ", %s %s", p.Principle, points(p.Score))
	}
	for _, a := range r.Score.Adjustments {
		fmt.Fprintf(out, ", %+.1f %s %s", a.Points, a.By, cmp.Or(a.Rule, a.Program))
	}
	fmt.Fprintln(out)
	for _, v := range r.Violations {
		fmt.Fprintf(out, "violation: %s on %s, %d breached, limit %d\n", v.Rule, v.Day, v.Breached, v.Limit)
	}
	return printConsequences(out, r.Consequences)
}

// inDays writes a retention as settings do.
func inDays(d time.Duration) string {
	if d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
	return d.String()
}

func percent(share *float64) string {
	if share == nil {
		return "n/a"
	}
	return fmt.Sprintf("%.2f%%", *share*100)
}

func points(score *float64) string {
	if score == nil {
		return "n/a"
	}
	return fmt.Sprintf("%.1f", *score)
}

func span(seconds *float64) string {
	if seconds == nil {
		return "n/a"
	}
	return time.Duration(*seconds * float64(time.Second)).Round(time.Second).String()
}

// recount tries a few times, because a shop that is alive moves between reading the log and reading the counters.
func (c reportCmd) recount(ctx context.Context, a *app, w world, from, to rules.Date) error {
	var diff []sla.Difference
	for range 3 {
		var err error
		if diff, err = a.desk.Recount(ctx, c.Shop, from, to); err != nil {
			return err
		}
		if len(diff) == 0 {
			fmt.Fprintln(w.err, "recount: the counters equal the event log")
			return nil
		}
		if err := a.settle(ctx, c.Shop); err != nil {
			return err
		}
	}
	for _, d := range diff {
		fmt.Fprintln(w.err, "recount:", d)
	}
	fmt.Fprintf(w.err, "recount: the event log is kept for %s; older days cannot be borne out, and settings or a rule pack that changed count anew: shopwarden shop rejudge %s\n", inDays(a.settings.Retention), c.Shop)
	return errFound
}
