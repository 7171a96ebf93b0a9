package telegramtest_test

import (
	"strings"
	"testing"

	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"shopwarden/bot/telegram/telegramtest"
)

func TestCommandsAreKeptByScopeAndLanguage(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	set := func(scope models.BotCommandScope, language, command, description string) error {
		_, err := s.bot.SetMyCommands(t.Context(), &bot.SetMyCommandsParams{Scope: scope, LanguageCode: language,
			Commands: []models.BotCommand{{Command: command, Description: description}}})
		return err
	}
	get := func(scope models.BotCommandScope, language string) string {
		got, err := s.bot.GetMyCommands(t.Context(), &bot.GetMyCommandsParams{Scope: scope, LanguageCode: language})
		must(t, err)
		if len(got) == 0 {
			return ""
		}
		return got[0].Description
	}
	private := &models.BotCommandScopeAllPrivateChats{}
	must(t, set(nil, "", "today", "Today"))
	must(t, set(private, "", "today", "Today, in private"))
	must(t, set(private, "zh", "today", "今天"))
	if get(nil, "") != "Today" || get(private, "") != "Today, in private" || get(private, "zh") != "今天" || get(nil, "zh") != "" {
		t.Error("scopes or languages got mixed")
	}
	if m := s.Menu("all_private_chats", "zh"); len(m) != 1 || m[0].Description != "今天" {
		t.Errorf("menu in private: %+v", m)
	}
	if m := s.Menu("all_group_chats", "zh"); len(m) != 1 || m[0].Description != "Today" {
		t.Errorf("menu in groups falls back to the default: %+v", m)
	}
	wantError(t, set(nil, "", "Today", "x"), bot.ErrorBadRequest, "BOT_COMMAND_INVALID")
	wantError(t, set(nil, "", strings.Repeat("a", 33), "x"), bot.ErrorBadRequest, "BOT_COMMAND_INVALID")
	wantError(t, set(nil, "", "today", ""), bot.ErrorBadRequest, "BOT_COMMAND_DESCRIPTION_INVALID")
	wantError(t, set(nil, "zh-CN", "today", "x"), bot.ErrorBadRequest, "language")
	wantError(t, set(&models.BotCommandScopeChat{ChatID: 5}, "", "today", "x"), bot.ErrorBadRequest, "chat not found")
	must(t, set(&models.BotCommandScopeChat{ChatID: s.chat}, "", "today", "x"))
	_, err := s.bot.DeleteMyCommands(t.Context(), &bot.DeleteMyCommandsParams{Scope: private})
	must(t, err)
	if get(private, "") != "" || get(private, "zh") != "今天" {
		t.Error("the wrong commands were deleted")
	}
}

func TestNameAndDescriptionsHaveLimitsAndLanguages(t *testing.T) {
	s := newShop(t, telegramtest.Config{})
	_, err := s.bot.SetMyName(t.Context(), &bot.SetMyNameParams{Name: "Warden"})
	must(t, err)
	me, err := s.bot.GetMe(t.Context())
	must(t, err)
	if me.FirstName != "Warden" {
		t.Errorf("name %q", me.FirstName)
	}
	_, err = s.bot.SetMyDescription(t.Context(), &bot.SetMyDescriptionParams{Description: "守护", LanguageCode: "zh"})
	must(t, err)
	d, err := s.bot.GetMyDescription(t.Context(), &bot.GetMyDescriptionParams{LanguageCode: "zh"})
	must(t, err)
	if d.Description != "守护" {
		t.Errorf("description %q", d.Description)
	}
	_, err = s.bot.SetMyName(t.Context(), &bot.SetMyNameParams{Name: strings.Repeat("a", 65)})
	wantError(t, err, bot.ErrorBadRequest, "too long")
	_, err = s.bot.SetMyDescription(t.Context(), &bot.SetMyDescriptionParams{Description: strings.Repeat("a", 513)})
	wantError(t, err, bot.ErrorBadRequest, "too long")
	_, err = s.bot.SetMyShortDescription(t.Context(), &bot.SetMyShortDescriptionParams{ShortDescription: strings.Repeat("a", 121)})
	wantError(t, err, bot.ErrorBadRequest, "too long")
	_, err = s.bot.SetMyShortDescription(t.Context(), &bot.SetMyShortDescriptionParams{ShortDescription: strings.Repeat("a", 120)})
	must(t, err)
}

func TestMenuButtonNeedsHTTPSUnlessPlainWebAppsAreAllowed(t *testing.T) {
	for _, plain := range []bool{false, true} {
		s := newShop(t, telegramtest.Config{PlainWebApps: plain})
		set := func(target string) error {
			_, err := s.bot.SetChatMenuButton(t.Context(), &bot.SetChatMenuButtonParams{ChatID: s.chat,
				MenuButton: &models.MenuButtonWebApp{Type: models.MenuButtonTypeWebApp, Text: "Board", WebApp: models.WebAppInfo{URL: target}}})
			return err
		}
		must(t, set("https://shop.example/app"))
		if err := set("http://127.0.0.1:8080/app"); (err == nil) != plain {
			t.Errorf("PlainWebApps %v: got %v", plain, err)
		}
	}
}
