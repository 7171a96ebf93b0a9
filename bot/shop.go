package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

type shopCmd struct {
	Add    shopAddCmd    `cmd:"" help:"Set up a shop; prints its webhook address, its secret (once) and links to bind chats."`
	List   shopListCmd   `cmd:"" help:"The shops that are set up."`
	Code   shopCodeCmd   `cmd:"" help:"New links to bind a private chat and a group."`
	Rotate shopRotateCmd `cmd:"" name:"rotate-secret" help:"A new webhook secret; the old one stays good for the overlap."`
	Set    shopSetCmd    `cmd:"" help:"Change settings of a shop: key=value, an empty value resets."`
	Rule   shopRuleCmd   `cmd:"" help:"Rules of a shop's own, beside those of its pack."`
	Judge  shopJudgeCmd  `cmd:"" name:"rejudge" help:"Judge every case of a shop anew, after a rule pack was edited."`
	Remove shopRemoveCmd `cmd:"" help:"Forget a shop and everything about it."`
}

// codeTTL is how long a bind code is good.
const codeTTL = 24 * time.Hour

type shopAddCmd struct {
	ID       string `name:"id" required:"" help:"Letters, digits, _ and -." placeholder:"ID"`
	Platform string `required:"" help:"standard or doudian." placeholder:"NAME"`
	Name     string `help:"What people call it."`
	Timezone string `help:"IANA zone; default: that of the pack." placeholder:"Asia/Shanghai"`
	Hours    string `help:"always, platform, or blocks such as 09:00-21:00." placeholder:"HOURS"`
	Pack     string `help:"Rule pack." placeholder:"NAME"`
	AppKey   string `name:"app-key" help:"Doudian: the app key; its secret is read from standard input or --secret-file."`
	Secret   string `name:"secret-file" help:"File with the secret the platform gave; - is standard input." placeholder:"FILE"`
}

func (c shopAddCmd) Run(ctx context.Context, w world, flags *cli) error {
	a, err := open(ctx, w, flags)
	if err != nil {
		return err
	}
	defer a.close()
	switch _, err := a.store.Shop(ctx, c.ID); {
	case err == nil:
		return fmt.Errorf("shop %q is set up already; \"shopwarden shop set %s key=value\" changes it", c.ID, c.ID)
	case !errors.Is(err, sla.ErrUnknownShop):
		return err
	}
	shop, secret, err := c.build(ctx, a, w)
	if err != nil {
		return err
	}
	if err := a.store.SaveShop(ctx, shop); err != nil {
		return err
	}
	if err := a.digest().Replan(ctx, shop.ID); err != nil {
		return err
	}
	fmt.Fprintf(w.out, "Shop %s is set up.\n\nWebhooks:  %s\n", shop.ID, a.hook(shop))
	if secret != "" {
		fmt.Fprintf(w.out, "Secret:    %s   (shown this once)\n", secret.Reveal())
	}
	fmt.Fprintln(w.out)
	return a.printLinks(ctx, w.out, shop.ID)
}

// build makes the shop and, where the secret is of our making, returns it.
func (c shopAddCmd) build(ctx context.Context, a *app, w world) (config.Shop, config.Secret, error) {
	shop := config.NewShop(c.ID, c.Platform, a.now())
	for _, f := range []struct {
		to   *string
		from string
	}{{&shop.Name, c.Name}, {&shop.Timezone, c.Timezone}, {&shop.Hours, c.Hours}, {&shop.Pack, c.Pack}, {&shop.AppKey, c.AppKey}} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	if err := shop.Validate(a.packs); err != nil {
		return shop, "", err
	}
	vault, err := a.vault(ctx)
	if err != nil {
		return shop, "", err
	}
	if c.Platform == config.Doudian || c.Secret != "" {
		given, err := readSecret(c.Secret, w)
		if err != nil {
			return shop, "", err
		}
		err = shop.AddSecret(vault, given, a.now(), 0)
		return shop, "", err
	}
	secret, err := shop.Rotate(vault, a.now(), 0)
	return shop, secret, err
}

// readSecret reads one line from a file or standard input.
func readSecret(name string, w world) (config.Secret, error) {
	if name != "" && name != "-" {
		text, err := readFile(name)
		return config.Secret(strings.TrimSpace(string(text))), err
	}
	fmt.Fprintln(w.err, "Reading the platform's secret from standard input.")
	line, err := bufio.NewReader(w.in).ReadString('\n')
	if line = strings.TrimSpace(line); line == "" {
		return "", fmt.Errorf("no secret on standard input: %w", err)
	}
	return config.Secret(line), nil
}

// hook is the address that the platform posts to.
func (a *app) hook(shop config.Shop) string {
	base := a.settings.PublicURL
	if base == "" {
		base = "http://" + a.settings.Listen
	}
	return base + "/hooks/" + shop.Platform + "/" + shop.ID
}

// printLinks makes one code for a private chat and one for a group.
func (a *app) printLinks(ctx context.Context, out io.Writer, shop string) error {
	bot := a.botName(ctx)
	for _, x := range []struct {
		role  notify.Role
		label string
		param string
	}{{notify.Owner, "Owner (private chat)", "start"}, {notify.Team, "Team (group)", "startgroup"}} {
		code, err := a.store.NewCode(ctx, shop, x.role, codeTTL)
		if err != nil {
			return err
		}
		if bot == "" {
			fmt.Fprintf(out, "%-21s send the bot: /bind %s\n", x.label+":", code)
			continue
		}
		fmt.Fprintf(out, "%-21s https://t.me/%s?%s=%s\n", x.label+":", bot, x.param, code)
	}
	fmt.Fprintf(out, "Each works once, within %d hours.\n", int(codeTTL.Hours()))
	return nil
}

type shopListCmd struct{}

func (shopListCmd) Run(ctx context.Context, w world, flags *cli) error {
	a, err := open(ctx, w, flags)
	if err != nil {
		return err
	}
	defer a.close()
	ids, err := a.store.Shops(ctx)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "id\tplatform\tname\ttimezone\thours\tpack\tchats\tlast event")
	for _, id := range ids {
		shop, err := a.store.Shop(ctx, id)
		if err != nil {
			return err
		}
		chats, err := a.store.Chats(ctx, id)
		if err != nil {
			return err
		}
		heard, err := a.store.Heard(ctx, id)
		if err != nil {
			return err
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n", id, shop.Platform, shop.Name, shop.Timezone, shop.Hours, shop.Pack, len(chats), when(heard))
	}
	return t.Flush()
}

func when(t rules.Instant) string {
	if t == 0 {
		return "never"
	}
	return t.Time().Format(time.RFC3339)
}

type shopCodeCmd struct {
	ID string `arg:"" help:"The shop."`
}

func (c shopCodeCmd) Run(ctx context.Context, w world, flags *cli) error {
	a, _, err := openFor(ctx, w, flags, c.ID)
	if err != nil {
		return err
	}
	defer a.close()
	return a.printLinks(ctx, w.out, c.ID)
}

type shopRotateCmd struct {
	ID      string        `arg:"" help:"The shop."`
	Overlap time.Duration `default:"24h" help:"How long the old secret stays good."`
	Secret  string        `name:"secret-file" help:"File with the secret the platform gave; - is standard input." placeholder:"FILE"`
}

func (c shopRotateCmd) Run(ctx context.Context, w world, flags *cli) error {
	return withShop(ctx, w, flags, c.ID, func(a *app, shop *config.Shop) error {
		vault, err := a.vault(ctx)
		if err != nil {
			return err
		}
		if c.Secret != "" || shop.Platform == config.Doudian {
			given, err := readSecret(c.Secret, w)
			if err != nil {
				return err
			}
			return shop.AddSecret(vault, given, a.now(), c.Overlap)
		}
		secret, err := shop.Rotate(vault, a.now(), c.Overlap)
		if err == nil {
			fmt.Fprintf(w.out, "Secret:    %s   (shown this once; the old one is good for another %s)\n", secret.Reveal(), c.Overlap)
		}
		return err
	})
}

type shopSetCmd struct {
	ID     string   `arg:"" help:"The shop."`
	Values []string `arg:"" help:"key=value…; keys: see README." placeholder:"KEY=VALUE"`
}

func (c shopSetCmd) Run(ctx context.Context, w world, flags *cli) error {
	return withShop(ctx, w, flags, c.ID, func(a *app, shop *config.Shop) error {
		for _, pair := range c.Values {
			key, value, ok := strings.Cut(pair, "=")
			if !ok {
				return fmt.Errorf("%q is no key=value", pair)
			}
			if err := shop.Set(key, value); err != nil {
				return err
			}
		}
		if l := locale.Languages(); shop.Lang != "" && !slices.Contains(l, shop.Lang) {
			return fmt.Errorf("lang: nothing is written in %q yet; choose one of %s", shop.Lang, strings.Join(l, ", "))
		}
		return nil
	})
}

// withShop lets f change a shop, and judges its cases anew when that changed the measure.
func withShop(ctx context.Context, w world, flags *cli, id string, f func(*app, *config.Shop) error) error {
	a, err := open(ctx, w, flags)
	if err != nil {
		return err
	}
	defer a.close()
	before, after, err := a.changeShop(ctx, id, func(shop *config.Shop) error { return f(a, shop) })
	if err != nil {
		return explain(id, err)
	}
	fmt.Fprintf(w.out, "Shop %s is saved.\n", id)
	if after.JudgedLike(before) {
		return nil
	}
	cases, err := a.rejudge(ctx, id)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.out, "Judged anew by the new settings: %d orders, chats and other subjects.\n", cases)
	return nil
}

type shopJudgeCmd struct {
	ID string `arg:"" help:"The shop."`
}

// Run judges by the rules as they stand now. Nobody is told of what changes.
func (c shopJudgeCmd) Run(ctx context.Context, w world, flags *cli) error {
	a, _, err := openFor(ctx, w, flags, c.ID)
	if err != nil {
		return err
	}
	defer a.close()
	cases, err := a.rejudge(ctx, c.ID)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.out, "Judged anew: %d orders, chats and other subjects.\n", cases)
	return nil
}

type shopRemoveCmd struct {
	ID  string `arg:"" help:"The shop."`
	Yes bool   `help:"Do not ask."`
}

func (c shopRemoveCmd) Run(ctx context.Context, w world, flags *cli) error {
	a, _, err := openFor(ctx, w, flags, c.ID)
	if err != nil {
		return err
	}
	defer a.close()
	if !c.Yes {
		fmt.Fprintf(w.err, "This forgets shop %s with its cases, counters, event log and chats. Type its id to go on: ", c.ID)
		line, _ := bufio.NewReader(w.in).ReadString('\n')
		if strings.TrimSpace(line) != c.ID {
			return errors.New("nothing was removed")
		}
	}
	if err := a.store.RemoveShop(ctx, c.ID); err != nil {
		return err
	}
	fmt.Fprintf(w.out, "Shop %s is removed.\n", c.ID)
	return nil
}
