package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"shopwarden/rules"
)

// The platforms whose webhooks are understood. Standard is any sender of Standard Webhooks.
const (
	Standard = "standard"
	Doudian  = "doudian"
)

// Platforms lists them.
func Platforms() []string { return []string{Standard, Doudian} }

// NewShop returns a shop with what it starts from: the clocks of the platform, the default pack and its zone. It has no
// secret yet.
func NewShop(id, platform string, now time.Time) Shop {
	return Shop{ID: id, Platform: platform, Timezone: "Asia/Shanghai", Hours: "platform", Pack: DefaultPack,
		Secrets: []ShopSecret{}, Created: now.UTC().Truncate(time.Second)}
}

// langCode is the shape of a language's code. Which languages the bot speaks is not known here; it answers in English where
// it does not speak one.
var langCode = regexp.MustCompile(`^[a-z]{2,3}$`)

var shopID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// Validate returns every problem of the shop, joined; nil when there is none. With packs it also binds the shop to its
// pack, so that a shop that validates has a policy; without (nil) the pack, what is changed of its rules, and calendars go
// unchecked.
func (s Shop) Validate(packs *Packs) error {
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	check(shopID.MatchString(s.ID), "id %q: use letters, digits, _ and -, at most 64", s.ID)
	errs = append(errs, checkPlatform(s.Platform), wrap(checkName(s.Name), "name"))
	check(s.Lang == "" || langCode.MatchString(s.Lang), "lang %q is no code of a language such as zh or en", s.Lang)
	check(s.AlertAt >= 0, "alert_at %d is below 0", s.AlertAt)
	errs = append(errs, wrap(checkDigestAt(s.DigestAt), "digest_at"), wrap(checkEscalate(s.Escalate), "escalate"))
	if s.Timezone != "" {
		_, err := parseZone(s.Timezone)
		errs = append(errs, wrap(err, "timezone"))
	}
	_, h, err := parseHours(s.Hours)
	if err == nil && h != nil && packs != nil {
		_, err = h.calendar(time.UTC, packs.calendars)
	}
	errs = append(errs, wrap(err, "hours"))
	if packs != nil {
		_, err := s.shifts(packs.calendars, time.UTC)
		errs = append(errs, wrap(err, "calendar"), s.checkPack(packs))
	}
	return errors.Join(errs...)
}

// Problems returns what [Shop.Validate] reports and what keeps a valid shop from taking webhooks: no secret yet, or no app
// key on Doudian.
func (s Shop) Problems(packs *Packs) []Problem {
	where := "shop " + s.ID
	list := Explain(s.Validate(packs))
	for i := range list {
		list[i].Where = strings.TrimSuffix(where+", "+list[i].Where, ", ")
	}
	if len(s.Secrets) == 0 {
		list = append(list, Problem{"has no webhook secret: no webhook of it is believed", where, "run: shopwarden shop rotate-secret " + s.ID})
	}
	if s.Platform == Doudian && s.AppKey == "" {
		list = append(list, Problem{"has no app key: no webhook of it is believed", where, "run: shopwarden shop set " + s.ID + " app_key=…"})
	}
	return list
}

// checkPack reports a pack that is unknown, and overrides and own rules that do not suit it.
func (s Shop) checkPack(packs *Packs) error {
	book, err := packs.Get(s.pack())
	if err != nil {
		return err
	}
	if len(s.Custom) > 0 {
		own, err := s.fittingRules(packs)
		if err != nil {
			return err
		}
		book = withOwn(book, own)
	}
	_, err = s.overrides(book)
	return err
}

func checkPlatform(name string) error {
	if !slices.Contains(Platforms(), name) {
		return fmt.Errorf("platform %q is unknown; there are %s", name, strings.Join(Platforms(), ", "))
	}
	return nil
}

const maxName = 64

// checkName accepts a name that can stand in a headline: nothing in it may break the line, steer a terminal or turn the
// words around it.
func checkName(name string) error {
	hidden := func(r rune) bool {
		return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
	}
	switch {
	case !utf8.ValidString(name):
		return fmt.Errorf("%q is no UTF-8", name)
	case strings.ContainsFunc(name, hidden):
		return fmt.Errorf("%q holds a line break or another character that does not show; write plain text in one line", name)
	case utf8.RuneCountInString(name) > maxName:
		return fmt.Errorf("is longer than %d letters", maxName)
	}
	return nil
}

// checkDigestAt accepts "", off, or a time of day.
func checkDigestAt(text string) error {
	if text == "" || text == "off" {
		return nil
	}
	if m, err := rules.ParseClock(text); err != nil || m >= 24*60 {
		return fmt.Errorf("%q is no time of day such as 09:00, nor off", text)
	}
	return nil
}
