package main

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/telegram"
	"shopwarden/config"
)

// newClient is the way to Telegram.
func newClient(s config.Settings, log *slog.Logger) (*telegram.Client, error) {
	return telegram.NewClient(telegram.Config{Token: s.TelegramToken, APIURL: s.TelegramAPIURL, Proxy: s.HTTPSProxy, Log: log})
}

// botName asks for the bot's name in Telegram, "" when there is no bot or it cannot be asked now.
func (a *app) botName(ctx context.Context) string {
	if a.settings.TelegramToken == "" {
		return ""
	}
	client, err := newClient(a.settings, a.log)
	if err != nil {
		return ""
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	me, err := client.Me(ctx)
	if err != nil {
		return ""
	}
	return me.Username
}

// username is the bot's name once it is known.
type username struct{ name atomic.Pointer[string] }

func (u *username) get() string {
	if p := u.name.Load(); p != nil {
		return *p
	}
	return ""
}

func (u *username) set(name string) { u.name.Store(&name) }

// introduce sets the bot's menu.
func (a *app) introduce(ctx context.Context, client *telegram.Client) error {
	return a.persist(ctx, "setting up the bot's menu", func() error {
		me, err := client.Setup(ctx, a.profile())
		if me.Username != "" {
			a.username.set(me.Username)
		}
		return err
	})
}

// persist does something again until it works or ctx ends. It returns nil: nothing else depends on it.
func (a *app) persist(ctx context.Context, what string, do func() error) error {
	for pause := time.Second; ; pause = min(2*pause, 5*time.Minute) {
		err := do()
		if err == nil || ctx.Err() != nil {
			return nil
		}
		a.log.Warn("will try again", "what", what, "err", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// audiences says which list of commands each scope gets. Where no narrower scope applies it is that of a private chat.
var audiences = map[telegram.Scope]notify.Menu{telegram.Everywhere: notify.PrivateMenu, telegram.InPrivate: notify.PrivateMenu,
	telegram.InGroups: notify.TeamMenu, telegram.ForAdministrators: notify.AdminMenu}

// profile is how the bot shows itself: in the fallback language for everybody, in every other for those who read it.
func (a *app) profile() telegram.Profile {
	p := telegram.Profile{Short: map[string]string{}, Long: map[string]string{}, CommandsButton: true}
	for _, lang := range locale.Languages() {
		code := lang
		if lang == locale.Fallback {
			code = ""
		}
		for scope := telegram.Everywhere; scope <= telegram.ForAdministrators; scope++ {
			menu := telegram.Menu{Lang: code, Scope: scope}
			for _, c := range a.composer.BotCommands(audiences[scope], lang) {
				menu.Commands = append(menu.Commands, telegram.Command{Name: c.Name, Description: c.Text})
			}
			p.Menus = append(p.Menus, menu)
		}
		p.Short[code], p.Long[code] = a.composer.About(lang)
	}
	return p
}
