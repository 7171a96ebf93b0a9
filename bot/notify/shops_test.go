package notify_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/config"
	"shopwarden/rules"
)

// standings are shops in every state: each of them is named for it.
func standings(t testing.TB) []notify.ShopStanding {
	today := func(name string, tallies rules.DayTallies) notify.TodayView {
		v := view(t)
		v.Shop = config.Shop{ID: name, Name: "Shop " + name}
		return notify.TodayView{View: v, Card: v.Policy.Score(date(23), date(24), tallies), Findings: v.Policy.Evaluate(date(23), tallies)}
	}
	read := func(v notify.TodayView) notify.ShopStanding { return notify.ShopStanding{Today: v, Read: true} }
	fine := rules.DayTallies{"ship-on-time": {Met: 60}}
	soon := today("due-soon", fine)
	soon.Soon = 3
	pressing := today("pressing", fine)
	k := shipping(t, "1", pressing.Now)
	late := k
	late.Due = pressing.Now - 1
	k.Due, k.Passed = pressing.Now+rules.Instant(20*time.Minute/time.Millisecond), 1
	pressing.Urgent, pressing.Soon = []rules.Case{late, k}, 2
	silent, never := today("silent", fine), today("never", nil)
	silent.Heard -= rules.Instant(2 * time.Hour / time.Millisecond)
	never.Heard = 0
	appeal := read(today("appeal", fine))
	appeal.Appeals, appeal.AppealBy = 1, appeal.Today.Now+rules.Instant(48*time.Hour/time.Millisecond)
	return []notify.ShopStanding{read(today("fine", fine)), read(today("line", rules.DayTallies{"ship-on-time": {Met: 60, Breached: 4}})), read(soon), appeal, read(pressing),
		read(silent), read(never), read(today("nothing", nil)), read(today("one-missed", rules.DayTallies{"ship-on-time": {Met: 99, Breached: 1}})),
		{Today: notify.TodayView{View: notify.View{Shop: config.Shop{ID: "broken"}}}}}
}

func TestTheWorstShopsComeFirst(t *testing.T) {
	c := composer(t)
	both(t, "agency", func(lang string, s *sheet) {
		list := standings(t)
		for i := range 12 {
			one := list[0]
			one.Today.Shop = config.Shop{ID: fmt.Sprintf("more-%02d", i)}
			list = append(list, one)
		}
		html, buttons := c.Agency(notify.ShopsView{Lang: lang, Shops: list})
		s.page("all, first page", html, buttons)
		html, buttons = c.Agency(notify.ShopsView{Lang: lang, Shops: list, Page: 9})
		s.page("all, last page", html, buttons)
		html, buttons = c.Agency(notify.ShopsView{Lang: lang, Shops: list, Mine: true})
		s.page("those that need somebody", html, buttons)
		html, buttons = c.Agency(notify.ShopsView{Lang: lang, Shops: list[:1], Mine: true})
		s.page("nothing to do", html, buttons)
	})
}

func TestTheOrderOfShopsDoesNotDependOnTheirOrder(t *testing.T) {
	c := composer(t)
	list := standings(t)
	want, _ := c.Agency(notify.ShopsView{Lang: "en", Shops: list})
	slices.Reverse(list)
	if got, _ := c.Agency(notify.ShopsView{Lang: "en", Shops: list}); got != want {
		t.Errorf("reversed:\n%s\nwant:\n%s", got, want)
	}
}
