package notify_test

import (
	"fmt"
	"html"
	"strings"
	"testing"
	"unicode/utf16"

	"shopwarden/bot/alarm"
	"shopwarden/bot/appeal"
	"shopwarden/bot/chart"
	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// pictured writes a page and the picture that goes with it, whose caption it must fit.
func (s *sheet) pictured(title, text string, buttons [][]outbox.Button, p *chart.Picture) {
	s.t.Helper()
	s.page(title, text, buttons)
	if p == nil {
		return
	}
	if n := captionUnits(text); n > notify.CaptionLimit {
		s.t.Errorf("%s: a caption of %d units", title, n)
	}
	switch {
	case p.Ladder != nil:
		fmt.Fprintf(s, "picture: %+v\n\n", *p.Ladder)
	case p.Trend != nil:
		fmt.Fprintf(s, "picture: %s · %s · days %q · goal %v %s\n", p.Trend.Title, p.Trend.Subtitle, p.Trend.Days, *p.Trend.Goal, p.Trend.GoalName)
		for _, line := range p.Trend.Lines {
			var values []string
			for _, x := range line.Values {
				if x == nil {
					values = append(values, "–")
				} else {
					values = append(values, fmt.Sprintf("%.1f", *x))
				}
			}
			fmt.Fprintf(s, "  %s: %s\n", line.Name, strings.Join(values, " "))
		}
		s.WriteString("\n")
	case p.Heat != nil:
		fmt.Fprintf(s, "picture: %s · %s · rows %v · columns %v · %s\n\n", p.Heat.Title, p.Heat.Subtitle, p.Heat.Rows, p.Heat.Columns, p.Heat.Foot)
	}
}

func captionUnits(text string) int {
	return len(utf16.Encode([]rune(html.UnescapeString(tag.ReplaceAllString(text, "")))))
}

func TestPointsSayWhatIsImposedWhatIsNextAndWhatFallsOff(t *testing.T) {
	c := composer(t)
	both(t, "points", func(lang string, s *sheet) {
		v := view(t)
		v.Lang, v.Policy = lang, strict(t)
		l := notify.LadderView{View: v, Day: date(23), Ledger: simulated(t), Imposed: rules.Impose(2026, penalties(), shanghai)}
		page := func(title string, w notify.PointsView) {
			text, buttons, picture := c.Points(w)
			s.pictured(title, text, buttons, picture)
		}
		page("imposed and simulated", notify.PointsView{LadderView: l})
		page("without pictures", notify.PointsView{LadderView: l, Pictures: "off"})
		l.Ledger = rules.Ledger{Day: date(23), Sums: [2]rules.Sum{{Class: rules.General}, {Class: rules.Severe}}}
		page("imposed only", notify.PointsView{LadderView: l})
		l.Imposed = rules.Impose(2026, nil, shanghai)
		page("nothing", notify.PointsView{LadderView: l})
		v.Policy, v.Heard = policy(t), 0
		l.View = v
		page("a pack without a ladder, never heard", notify.PointsView{LadderView: l})
	})
}

func TestNineOfTwelvePointsSayThatThreeMoreReachTheNode(t *testing.T) {
	v := view(t)
	v.Lang, v.Policy = "en", strict(t)
	facts, _ := rules.Facts{}.Add(fact("penalty.issued", at(20, "10:00:00"), rules.Attr{Key: "rung", Value: "general_points"}, rules.Attr{Key: "points", Value: "9"}))
	text, buttons, picture := composer(t).Points(notify.PointsView{LadderView: notify.LadderView{View: v, Day: date(23), Imposed: rules.Impose(2026, map[string]rules.Facts{"P|9": facts}, shanghai),
		Ledger: rules.Ledger{Sums: [2]rules.Sum{{Class: rules.General}, {Class: rules.Severe}}}}})
	for _, want := range []string{"9 of 12", "3 more", "31 December", "9 of these points can still come back"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q:\n%s", want, text)
		}
	}
	if got := buttons[0][0].Action; got != "appeal:deer|P|9" {
		t.Errorf("the first button leads to %s", got)
	}
	if p := picture.Ladder.Tracks[0]; p.Points != 9 || len(p.Nodes) != 1 || p.Nodes[0].At != 12 {
		t.Errorf("the track is %+v", p)
	}
}

// pleaded is a penalty with its record: a parcel that the reason names and that was in time, and two late ones.
func pleaded(t testing.TB, v notify.View) notify.AppealView {
	facts := penalties()["P-open"]
	for i := range facts {
		facts[i].Attrs = append(facts[i].Attrs, rules.Attr{Key: "reason", Value: "order 1198 <shipped> late"})
	}
	s, ok := rules.FoldSanction("P-open", facts, shanghai)
	if !ok {
		t.Fatal("no penalty")
	}
	good := fact("order.picked_up", at(22, "20:15:07"), rules.Attr{Key: "package_id", Value: "b1"}, rules.Attr{Key: "carrier", Value: "顺丰 <SF>"})
	late := fact("order.picked_up", at(23, "18:40:30"))
	record := func(id string, fs ...rules.Fact) notify.Record {
		set := rules.Facts{}
		for _, f := range append(fs, fact("order.paid", at(21, "18:00:00"))) {
			set, _ = set.Add(f)
		}
		return notify.Record{Case: shipping(t, id, v.Now, fs...), Facts: set}
	}
	return notify.AppealView{View: v, Sanction: s, Rule: "ship-on-time", From: date(12), To: date(19), Tally: rules.Tally{Met: 38, Breached: 3},
		Days:    []rules.Tally{{Met: 10}, {Met: 8, Breached: 1}, {}, {Met: 20, Breached: 2, Void: 1}, {}, {}, {Open: 1}},
		Records: []notify.Record{record("1198", good), record("1201", late), record("1199")}, Named: 1, Total: 4, Private: true, Bot: "shopwarden_bot"}
}

// collected are two attachments and a word that the appeal was made.
func collected() appeal.Folder {
	li := alarm.Mark{Person: 1, Name: "Li", At: at(23, "11:00:00")}
	return appeal.Folder{Files: []appeal.Attachment{{ID: "u1", File: "f1", Size: 213_000, By: li},
		{ID: "u2", File: "f2", Name: "揽收底单.pdf", Size: 1_250_000, By: li, Note: "pickup slip of 1198"}}}
}

func TestAnAppealShowsTheDeadlineTheRecordAndWhatWouldHelp(t *testing.T) {
	c := composer(t)
	both(t, "appeal", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		page := func(title, text string, buttons [][]outbox.Button) { s.page(title, text, buttons) }
		imposed := rules.Impose(2026, penalties(), shanghai)
		list := notify.AppealsView{View: v}
		for _, x := range imposed.Sanctions {
			if _, _, open := x.AppealLeft(v.Now); open {
				list.Open = append(list.Open, x)
			} else if x.State == rules.Appealed {
				list.Waiting = append(list.Waiting, x)
			}
		}
		text, buttons := c.Appeals(list)
		page("what can be appealed", text, buttons)
		text, buttons = c.Appeals(notify.AppealsView{View: v})
		page("nothing", text, buttons)

		a := pleaded(t, v)
		text, buttons = c.Appeal(a)
		page("one, nothing collected", text, buttons)
		a.Folder, a.Note = collected(), notify.AppealDropped
		text, buttons = c.Appeal(a)
		page("one, with attachments", text, buttons)
		a.Private, a.Note, a.Shop.Platform = false, 0, "doudian"
		text, buttons = c.Appeal(a)
		page("in a group, at Doudian", text, buttons)
		a.Private, a.Note, a.Sanction.State = true, notify.AppealFiled, rules.Appealed
		a.Folder = a.Folder.FiledBy(alarm.Mark{Person: 1, Name: "Li", At: v.Now})
		text, buttons = c.Appeal(a)
		page("appealed", text, buttons)
		a = pleaded(t, v)
		a.Rule, a.Records, a.Sanction.Rule, a.Sanction.Reason, a.Total, a.Sanction.AppealBy = "", nil, "", "", 0, v.Now-1
		text, buttons = c.Appeal(a)
		page("too late, of no known rule", text, buttons)
		for note := notify.AppealKept; note <= notify.AppealFull; note++ {
			a := pleaded(t, v)
			a.Folder, a.Note = collected(), note
			text, buttons = c.AppealNoted(a)
			page("noted: "+note.String(), text, buttons)
		}
		a = pleaded(t, v)
		a.Folder = collected()
		page("caption of the pack", c.PackCaption(a, 0), nil)
		page("caption of a pack that is not whole", c.PackCaption(a, 1), nil)
	})
}

func TestThePackTellsTheCaseOnPaper(t *testing.T) {
	c := composer(t)
	both(t, "pack", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		a := pleaded(t, v)
		a.Folder = collected()
		list := []appeal.Enclosure{{Attachment: a.Folder.Files[0]}, {Attachment: a.Folder.Files[1], Missing: true}}
		appeal.Place(list)
		papers := c.AppealPack(a, list)
		checkPaper(t, papers.HTML)
		s.WriteString(papers.HTML + "\n")
		for _, row := range papers.Timeline {
			s.WriteString(strings.Join(row, " | ") + "\n")
		}
	})
}

func TestATrendSaysWhereTheScoreGoesAndHasGaps(t *testing.T) {
	c := composer(t)
	both(t, "trend", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		page := func(title string, w notify.TrendView) {
			text, buttons, picture := c.Trend(w)
			s.pictured(title, text, buttons, picture)
		}
		page("going up", trend(v, 7, 6, 5, 4, -1, 2, 1, 0))
		page("going down", trend(v, 7, 0, 0, 1, 3, 4, 5, 8))
		page("steady", trend(v, 7, 1, 1, 1, 1, 1, 1, 1))
		page("one day", trend(v, 7, -1, -1, -1, -1, -1, -1, 2))
		page("no day", trend(v, 7, -1, -1, -1, -1, -1, -1, -1))
		w := trend(v, 7, 1, 2, 3, 1, 2, 3, 1)
		w.Pictures = "off"
		page("without pictures", w)
		w.Pictures, w.Heard = "", at(23, "15:00:00")
		page("silent today", w)
	})
}

// trend is a trend of n days that end on the 23rd, with so many late parcels of 40 on each; -1 is a day without any.
func trend(v notify.View, n int, missed ...int64) notify.TrendView {
	w := notify.TrendView{View: v, From: date(24).Next(-n), To: date(24)}
	for i, x := range missed {
		day := w.From.Next(i)
		t := rules.DayTallies{"ship-on-time": {Met: 40 - x, Breached: x}, "chat-first-response": {Met: 30}}
		if x < 0 {
			t = nil
		}
		w.Days = append(w.Days, v.Policy.Score(day, day.Next(1), t))
	}
	return w
}

func TestTheHoursOfMissesAreNamedByTheDeadlineThatWasMissed(t *testing.T) {
	c := composer(t)
	both(t, "heat", func(lang string, s *sheet) {
		v := view(t)
		v.Lang = lang
		page := func(title string, w notify.HeatView) {
			text, buttons, picture := c.Heat(w)
			s.pictured(title, text, buttons, picture)
		}
		w := notify.HeatView{View: v, From: date(24).Next(-30), To: date(24), Read: 31, Total: 31}
		w.Counts[5][12], w.Counts[5][13], w.Counts[5][23] = 6, 3, 1
		w.Counts[0][9], w.Counts[6][20], w.Counts[6][21], w.Counts[6][22] = 8, 4, 4, 5
		page("some", w)
		w.Total = 40_000
		page("more than are counted", w)
		page("none", notify.HeatView{View: v, From: w.From, To: w.To})
		once := notify.HeatView{View: v, From: w.From, To: w.To, Read: 1, Total: 1, Pictures: "off"}
		once.Counts[2][3] = 1
		page("once", once)
	})
}

// checkPaper holds a page of a pack to what it may hold: its own tags, everything else escaped, nothing from elsewhere.
func checkPaper(t testing.TB, page string) {
	t.Helper()
	rest := page
	for _, own := range []string{"!doctype html", "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "table", "tr", "th", "td", "p", "small", "div", "b", "br", "bdi", "code"} {
		for _, form := range []string{"<" + own + ">", "</" + own + ">"} {
			rest = strings.ReplaceAll(rest, form, "")
		}
	}
	for _, form := range []string{`<html lang="en">`, `<html lang="zh">`, `<meta charset="utf-8">`, `<meta name="viewport" content="width=device-width">`, `<div class="draft">`} {
		rest = strings.ReplaceAll(rest, form, "")
	}
	_, rest, _ = strings.Cut(rest, "break-inside:avoid}}")
	if strings.ContainsAny(rest, "<>") || strings.Contains(page, "⟨") || strings.Contains(page, "no value") {
		t.Errorf("a page holds what it should not:\n%s", rest)
	}
	for _, r := range rest {
		if r == 0 || r >= '\u202a' && r <= '\u202e' {
			t.Errorf("%U stands in the page", r)
		}
	}
	if strings.Count(page, "<table>") != strings.Count(page, "</table>") || strings.Count(page, "<bdi>") != strings.Count(page, "</bdi>") || strings.Count(page, "<b>") != strings.Count(page, "</b>") {
		t.Error("tags are not balanced")
	}
}

func TestThePagesOfPointsFitWhateverThePlatformWrites(t *testing.T) {
	c := composer(t)
	for _, lang := range locale.Languages() {
		for _, s := range nasty {
			v := view(t)
			v.Lang, v.Policy = lang, strict(t)
			v.Shop.Name, v.Shop.ID = s, "deer"
			text, _, picture := c.Points(notify.PointsView{LadderView: nastyLadder(v, s, s)})
			checkHTML(t, "points", text)
			if n := captionUnits(text); picture == nil || n > notify.CaptionLimit {
				t.Errorf("a caption of %d units, picture %v", n, picture)
			}
		}
	}
}
