package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"shopwarden/bot/store"
	"shopwarden/rules"
)

// outboxCmd shows the operator what waits and what was not sent.
type outboxCmd struct {
	List  outboxListCmd  `cmd:"" help:"Messages that were not sent, or with --waiting those that wait or are on their way."`
	Show  outboxShowCmd  `cmd:"" help:"One message as JSON: its text, where it goes, why it is where it is."`
	Retry outboxRetryCmd `cmd:"" help:"Have messages that were not sent tried again, however old they are."`
	Drop  outboxDropCmd  `cmd:"" help:"Forget messages that are not sent. They are not queued again."`
}

type outboxListCmd struct {
	Waiting bool   `help:"What waits or is on its way."`
	Shop    string `help:"Of one shop only." placeholder:"ID"`
	Limit   int    `default:"100" help:"How many at most."`
	JSON    bool   `name:"json" help:"One JSON object a line."`
}

func (c outboxListCmd) Run(ctx context.Context, w world, flags *cli) error {
	if c.Limit < 1 {
		return errors.New("--limit must be at least 1")
	}
	a, err := open(ctx, w, flags)
	if err != nil {
		return err
	}
	defer a.close()
	list, err := a.store.Letters(ctx, store.LetterQuery{Waiting: c.Waiting, Route: c.Shop, Limit: c.Limit})
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(w.out)
		for _, l := range list {
			if err := enc.Encode(letterOf(l)); err != nil {
				return err
			}
		}
		return nil
	}
	return c.print(w, list)
}

func (c outboxListCmd) print(w world, list []store.Letter) error {
	if len(list) == 0 {
		text := "Every message was sent or still waits for its time."
		if c.Waiting {
			text = "Nothing waits."
		}
		_, err := fmt.Fprintln(w.out, text)
		return err
	}
	t := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "state\treason\tsince\tattempts\tkind\tchat\tkey")
	for _, l := range list {
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\t%d\t%s\n", l.State, cmp.Or(l.Reason, "–"), when(l.At), l.Attempts, l.Kind, l.Chat, l.Key)
	}
	if err := t.Flush(); err != nil || len(list) < c.Limit {
		return err
	}
	_, err := fmt.Fprintf(w.out, "\nThe first %d; --limit shows more.\n", c.Limit)
	return err
}

// letter is what list and show print as JSON.
type letter struct {
	Key      string `json:"key"`
	Route    string `json:"route"`
	Shop     string `json:"shop,omitempty"`
	Chat     int64  `json:"chat"`
	Thread   int    `json:"thread,omitempty"`
	Kind     string `json:"kind"`
	State    string `json:"state"`
	Reason   string `json:"reason,omitempty"`
	Since    string `json:"since"`
	Attempts int    `json:"attempts"`
	Doubts   int    `json:"doubts,omitempty"`
	Created  string `json:"created"`
	Expires  string `json:"expires,omitempty"`
	EditOf   string `json:"edit_of,omitempty"`
	HTML     string `json:"html"`
}

func letterOf(l store.Letter) letter {
	out := letter{Key: l.Key, Route: l.Route, Shop: l.Shop, Chat: l.Chat, Thread: l.Thread, Kind: l.Kind, State: l.State.String(),
		Reason: l.Reason, Since: when(l.At), Attempts: l.Attempts, Doubts: l.Doubts, Created: when(l.Created), EditOf: l.EditOf, HTML: l.HTML}
	if l.Expires != 0 {
		out.Expires = when(l.Expires)
	}
	return out
}

// find returns the message of a key, wherever it is.
func (a *app) find(ctx context.Context, key string) (store.Letter, error) {
	for _, waiting := range []bool{false, true} {
		list, err := a.store.Letters(ctx, store.LetterQuery{Key: key, Waiting: waiting, Limit: 2})
		switch {
		case err != nil:
			return store.Letter{}, err
		case len(list) > 1:
			return store.Letter{}, fmt.Errorf("several messages have the key %q: of the routes %s and %s", key, list[0].Route, list[1].Route)
		case len(list) == 1:
			return list[0], nil
		}
	}
	return store.Letter{}, fmt.Errorf("no message with the key %q waits or was kept; \"shopwarden outbox list\" and \"outbox list --waiting\" show those that are", key)
}

type outboxShowCmd struct {
	Key string `arg:"" help:"As list shows it."`
}

func (c outboxShowCmd) Run(ctx context.Context, w world, flags *cli) error {
	a, err := open(ctx, w, flags)
	if err != nil {
		return err
	}
	defer a.close()
	l, err := a.find(ctx, c.Key)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(w.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(letterOf(l))
}

// chosen are letters named one by one, or all of a shop or of a reason.
type chosen struct {
	Keys   []string `arg:"" optional:"" help:"As list shows them." placeholder:"KEY"`
	All    bool     `help:"All that were not sent, or those of --shop and --reason."`
	Shop   string   `help:"With --all: of one shop only." placeholder:"ID"`
	Reason string   `help:"With --all: only those that failed for this reason." placeholder:"WORD"`
}

// Validate is called by the command line.
func (c chosen) Validate() error {
	switch {
	case c.All == (len(c.Keys) > 0):
		return errors.New("name keys, or say --all")
	case !c.All && (c.Shop != "" || c.Reason != ""):
		return errors.New("--shop and --reason go with --all")
	}
	return nil
}

// most is how many letters --all takes at a time.
const most = 100_000

func (c chosen) letters(ctx context.Context, a *app) (list []store.Letter, err error) {
	if !c.All {
		for _, key := range c.Keys {
			l, err := a.find(ctx, key)
			if err != nil {
				return nil, err
			}
			list = append(list, l)
		}
		return list, nil
	}
	all, err := a.store.Letters(ctx, store.LetterQuery{Route: c.Shop, Limit: most})
	for _, l := range all {
		if c.Reason == "" || l.Reason == c.Reason {
			list = append(list, l)
		}
	}
	return list, err
}

// each does something to every chosen letter and says how many it was done to, and which it was not.
func (c chosen) each(ctx context.Context, w world, flags *cli, done string, do func(context.Context, *app, store.Letter) (bool, error)) error {
	a, err := open(ctx, w, flags)
	if err != nil {
		return err
	}
	defer a.close()
	list, err := c.letters(ctx, a)
	if err != nil {
		return err
	}
	n := 0
	var left []string
	for _, l := range list {
		ok, err := do(ctx, a, l)
		if err != nil {
			return fmt.Errorf("after %d of %d: %w", n, len(list), err)
		}
		if ok {
			n++
		} else {
			left = append(left, l.Key)
		}
	}
	fmt.Fprintf(w.out, "%d of %d %s.\n", n, len(list), done)
	if len(left) > 0 {
		return fmt.Errorf("nothing was done about %s: only what was not sent can be tried again, and what was sent cannot be dropped", strings.Join(left, ", "))
	}
	return nil
}

type outboxRetryCmd struct{ chosen }

func (c outboxRetryCmd) Run(ctx context.Context, w world, flags *cli) error {
	return c.each(ctx, w, flags, "will be tried again", func(ctx context.Context, a *app, l store.Letter) (bool, error) {
		return a.store.RetryLetter(ctx, rules.InstantOf(a.now()), l.Route, l.Key)
	})
}

type outboxDropCmd struct{ chosen }

func (c outboxDropCmd) Run(ctx context.Context, w world, flags *cli) error {
	return c.each(ctx, w, flags, "dropped", func(ctx context.Context, a *app, l store.Letter) (bool, error) {
		return a.store.DropLetter(ctx, l.Route, l.Key)
	})
}
