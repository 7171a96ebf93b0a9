package notify_test

import (
	"slices"
	"testing"
	"unicode/utf16"

	"shopwarden/bot/alarm"
	"shopwarden/bot/export"
	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// exportPages writes what is about files, and a file.
func exportPages(t testing.TB, c *notify.Composer, v notify.View, in nasties, check func(string) func(string, [][]outbox.Button)) {
	t.Helper()
	e := notify.ExportView{View: v, From: date(1), To: date(24), Rule: in.rule, Format: export.CSV, Masked: true, Rows: 1 << 40, More: true,
		Days: rules.Days{date(3): {in.rule: {Met: 3, Breached: 1}}}, Since: v.Now}
	check("export")(c.ExportChoice(v, in.name, true))
	check("making")(c.ExportMaking(e, true))
	check("refused")(c.ExportRefused(v))
	for trouble := notify.ExportEmpty; trouble <= notify.ExportFailed; trouble++ {
		check("no file: " + trouble.String())(c.ExportTroubled(e, trouble))
	}
	caption := c.ExportCaption(e)
	checkHTML(t, "caption", caption)
	if n := len(utf16.Encode([]rune(locale.HTML(caption).Plain()))); n > 1024 {
		t.Errorf("a caption of %d units", n)
	}
	out := export.New(export.CSV)
	defer out.Close()
	w, err := c.ExportFile(e, out)
	if err != nil {
		t.Fatal(err)
	}
	k := shipping(t, in.id, v.Now)
	k.Rule, k.Subject.Kind, k.Part = in.rule, rules.Kind(in.name), in.id
	for _, write := range []func() error{func() error {
		return w.Row(notify.ExportRow{Case: k, Alarm: alarm.Alarm{Taken: alarm.Mark{Name: in.name, At: 1}, Excused: alarm.Mark{Name: in.name, At: 1}, Cause: in.rule},
			Buyer: in.name, Carrier: in.name, Currency: in.name, Amount: new(int64)})
	}, func() error { return w.End(e) }} {
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	if _, ending, err := out.Finish(export.MaxBytes, true); err != nil || ending != ".zip" {
		t.Errorf("a file %s, %v", ending, err)
	}
}

// shopsPages writes what is about many shops.
func shopsPages(t testing.TB, c *notify.Composer, v notify.View, in nasties, check func(string) func(string, [][]outbox.Button), card rules.Scorecard) {
	t.Helper()
	bad := notify.TodayView{View: v, Card: card, Soon: 1 << 40, Findings: []rules.Finding{{Rule: in.rule, Day: date(23), Breached: 1 << 40, Limit: 1}}}
	list := []notify.ShopStanding{{Today: bad, Read: true, Appeals: 1 << 40, AppealBy: v.Now - 1}, {Today: notify.TodayView{View: notify.View{Shop: v.Shop}}}}
	check("agency")(c.Agency(notify.ShopsView{Lang: in.lang, Shops: slices.Repeat(list, 500), Page: 3}))
	check("no shops")(c.Agency(notify.ShopsView{Lang: in.lang, Mine: true, Page: -1}))
	check("other shop")("x", [][]outbox.Button{c.OtherShop(in.lang)})
}
