package notify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/config"
	"shopwarden/rules"
)

// ShopsOnPage is how many shops a page of many lists.
const ShopsOnPage = 10

// AppealSoon is how close the end of an appeal makes it the business of today.
const AppealSoon = 72 * time.Hour

// ShopStanding is how one shop of several stands. What is not known of it is not known: its line stays.
type ShopStanding struct {
	Today    TodayView     // the verdict is that of /today; of a shop that cannot be read the id of the shop is enough
	Read     bool          // false: its data cannot be read
	Appeals  int           // penalties whose appeal is not made and ends within [AppealSoon]
	AppealBy rules.Instant // when the first of them ends
}

// Verdict is that of /today, Unknown for a shop that cannot be read.
func (s ShopStanding) Verdict() Verdict {
	if !s.Read {
		return Unknown
	}
	return s.Today.Verdict()
}

// Needs reports whether somebody has to look: something is wrong, nothing is known, or an appeal ends.
func (s ShopStanding) Needs() bool {
	v := s.Verdict()
	return v == Act || v == Unknown || s.Appeals > 0
}

// rank orders verdicts, the worst first.
var rank = [...]int{Act: 1, Unknown: 2, Watch: 3, NoData: 4, Fine: 5}

// compare orders the worst first: by whether somebody has to look, verdict, lines reached, what presses, the score, then the id so that a page stays put.
func (s ShopStanding) compare(o ShopStanding) int {
	calm := map[bool]int{false: 1} // what needs nobody comes after what does
	return cmp.Or(cmp.Compare(calm[s.Needs()], calm[o.Needs()]), cmp.Compare(rank[s.Verdict()], rank[o.Verdict()]), cmp.Compare(len(o.Today.reached()), len(s.Today.reached())),
		cmp.Compare(o.Appeals, s.Appeals), cmp.Compare(len(o.Today.pressing()), len(s.Today.pressing())), cmp.Compare(s.points(), o.points()),
		strings.Compare(s.Today.Shop.ID, o.Today.Shop.ID))
}

// points is the score for the order, the best where there is none.
func (s ShopStanding) points() float64 {
	if !s.Today.Card.Total.Known {
		return 100
	}
	return s.Today.Card.Total.Value
}

// ShopsView is all shops of a chat.
type ShopsView struct {
	Lang  string
	Shops []ShopStanding // in any order
	Mine  bool           // only those that need somebody
	Page  int            // from 0
}

// Agency lists many shops, the worst first.
func (c *Composer) Agency(s ShopsView) (string, [][]outbox.Button) {
	v := c.voice(View{Lang: s.Lang})
	list := slices.Clone(s.Shops)
	slices.SortFunc(list, ShopStanding.compare)
	needy := slices.DeleteFunc(slices.Clone(list), func(s ShopStanding) bool { return !s.Needs() })
	head := section{lines: []locale.HTML{v.T("shops.need", locale.Args{"N": len(needy), "Count": len(list)}), v.dots(list)}}
	if s.Mine {
		list = needy
	}
	pages := max(1, (len(list)+ShopsOnPage-1)/ShopsOnPage)
	page := min(max(s.Page, 0), pages-1)
	shown := list[page*ShopsOnPage : min(len(list), (page+1)*ShopsOnPage)]
	var rows []locale.HTML
	for _, s := range shown {
		rows = append(rows, c.standingRow(s, v.Printer.Lang()))
	}
	if len(rows) == 0 {
		head.lines = append(head.lines, v.T("shops.all_well", nil))
	}
	return v.compose(head, section{rows: rows}), v.agencyButtons(s, shown, page, pages)
}

// dots counts the shops of each colour.
func (v voice) dots(list []ShopStanding) locale.HTML {
	counts := [4]int{}
	for _, s := range list {
		switch s.Verdict() {
		case Act:
			counts[0]++
		case Watch:
			counts[1]++
		case Fine:
			counts[2]++
		default:
			counts[3]++
		}
	}
	var parts []locale.HTML
	for i, dot := range []locale.HTML{"🔴", "🟡", "🟢", "⚪"} {
		if counts[i] > 0 {
			parts = append(parts, dot+" "+v.Count(int64(counts[i])))
		}
	}
	return locale.Join(parts, " · ")
}

// dotOf is the colour of a verdict.
func dotOf(v Verdict) locale.HTML {
	return [...]locale.HTML{Fine: "🟢", Watch: "🟡", Act: "🔴", Unknown: "⚪", NoData: "⚪"}[v]
}

// standingRow is one shop: its colour, name, score and what is wrong.
func (c *Composer) standingRow(s ShopStanding, lang string) locale.HTML {
	s.Today.Lang = lang
	v := c.voice(s.Today.View)
	score := v.Nothing()
	if total := totalOf(s.Today.Card); s.Read && total.points.Known {
		score = v.Score(total.points.Value)
		if total.few {
			score = v.T("shops.small", locale.Args{"Met": total.sum.Met, "All": total.sum.Resolved()})
		}
	}
	if _, stale := v.silence(); s.Read && stale && s.Today.Card.Total.Known {
		score = v.T("shops.last_known", locale.Args{"Score": score})
	}
	return v.T("shops.standing", locale.Args{"Dot": dotOf(s.Verdict()), "Shop": v.shop(), "Score": score, "What": locale.Join(v.wrong(s), " · ")})
}

// wrongShown is how much of what is wrong a line says.
const wrongShown = 2

// wrong says in a few words each what is wrong with a shop, the worst first.
func (v voice) wrong(s ShopStanding) (parts []locale.HTML) {
	if !s.Read {
		return []locale.HTML{v.T("shops.unread", nil)}
	}
	t := s.Today
	add := func(yes bool, key string, args locale.Args) {
		if yes {
			parts = append(parts, v.T("shops."+key, args))
		}
	}
	reached := t.reached()
	if len(reached) > 0 {
		add(true, "line", locale.Args{"Rule": v.ruleName(reached[0].Rule)})
	}
	add(s.Appeals > 0, "appeals", locale.Args{"Count": s.Appeals, "Left": v.Duration(max(between(v.Now, s.AppealBy), 0))})
	overdue, pressing := 0, 0
	for _, k := range t.pressing() {
		if k.Due <= v.Now {
			overdue++
		} else {
			pressing++
		}
	}
	add(overdue > 0, "overdue", locale.Args{"Count": overdue})
	add(pressing > 0, "pressing", locale.Args{"Count": pressing})
	age, stale := v.silence()
	add(stale && v.Heard != 0, "silent", locale.Args{"Age": v.Duration(age)})
	add(v.Heard == 0, "never", nil)
	missed := late(t.Card)
	add(missed > 0 && len(reached) == 0, "missed", locale.Args{"Count": missed})
	grade := totalOf(t.Card).grade()
	add(grade == rules.Poor || grade == rules.Pass, "low", nil)
	add(t.Soon > 0 && overdue+pressing == 0, "soon", locale.Args{"Count": t.Soon})
	if len(parts) == 0 {
		return []locale.HTML{v.T("shops.well_"+t.Verdict().String(), nil)}
	}
	return parts[:min(len(parts), wrongShown)]
}

// agencyButtons lead to each shop that is shown, to the other pages and to the other list.
func (v voice) agencyButtons(s ShopsView, shown []ShopStanding, page, pages int) [][]outbox.Button {
	var buttons []outbox.Button
	for _, one := range shown {
		label := string(dotOf(one.Verdict())) + " " + shopName(one.Today.Shop).Plain()
		buttons = append(buttons, action(label, "today", one.Today.Shop.ID))
	}
	rows := slices.Collect(slices.Chunk(buttons, 2))
	filter := map[bool]string{true: "mine", false: "all"}
	to := func(text string, page int, mine bool) outbox.Button {
		return action(text, "shops", fmt.Sprint(page), filter[mine])
	}
	var turn []outbox.Button
	if page > 0 {
		turn = append(turn, to("◀️", page-1, s.Mine))
	}
	if pages > 1 {
		turn = append(turn, to(fmt.Sprintf("%d/%d", page+1, pages), page, s.Mine))
	}
	if page < pages-1 {
		turn = append(turn, to("▶️", page+1, s.Mine))
	}
	if len(turn) > 0 {
		rows = append(rows, turn)
	}
	other := v.Label("button.shops_mine", nil)
	if s.Mine {
		other = v.Label("button.shops_all", nil)
	}
	return append(rows, []outbox.Button{to(other, 0, !s.Mine), to(v.Label("button.refresh", nil), page, s.Mine)})
}

// OtherShop is the row that leads from a page about one shop to the others of the chat.
func (c *Composer) OtherShop(lang string) []outbox.Button {
	v := c.voice(View{Lang: lang})
	return []outbox.Button{v.button("other_shop", "shops")}
}

// shopsShown is how many shops a page lists.
const shopsShown = 20

// Shops lists the shops a chat is bound to. Of one shop the settings are a press away too.
func (c *Composer) Shops(lang string, shops []config.Shop) (string, [][]outbox.Button) {
	v := c.voice(View{Lang: lang})
	head := section{lines: []locale.HTML{"<b>" + v.T("shops.title", nil) + "</b>"}}
	if len(shops) == 0 {
		head.lines = append(head.lines, v.T("shops.empty", nil), v.T("start.bind", nil))
		return v.compose(head), v.helpButtons()
	}
	shown := shops[:min(len(shops), shopsShown)]
	var rows []locale.HTML
	for _, s := range shown {
		rows = append(rows, v.T("shops.row", locale.Args{"Shop": shopName(s), "ID": locale.Code(s.ID)}))
	}
	buttons := shopButtons("📊 ", "today", shown)
	if len(shops) == 1 {
		buttons = append(buttons, []outbox.Button{v.button("alerts", "alerts", shops[0].ID), v.button("digest", "digest", shops[0].ID)},
			[]outbox.Button{v.button("unbind", "unbind", shops[0].ID)})
	}
	return v.compose(head, section{rows: v.numbered(rows), hidden: len(shops) - len(shown)}), buttons
}

// WhichShop asks which shop a command is about. Its buttons are <verb>:<shop>.
func (c *Composer) WhichShop(lang, verb string, shops []config.Shop) (string, [][]outbox.Button) {
	v := c.voice(View{Lang: lang})
	return v.compose(section{lines: []locale.HTML{v.T("problem.which_shop", nil)}}), shopButtons("", verb, shops)
}

// shopButtons is one button per shop, two in a row.
func shopButtons(mark, verb string, shops []config.Shop) [][]outbox.Button {
	var rows [][]outbox.Button
	for i, s := range shops[:min(len(shops), shopsShown)] {
		b := action(mark+shopName(s).Plain(), verb, s.ID)
		if i%2 == 1 {
			rows[len(rows)-1] = append(rows[len(rows)-1], b)
			continue
		}
		rows = append(rows, []outbox.Button{b})
	}
	return rows
}
