package notify

import (
	"cmp"
	"html"
	"slices"
	"strings"
	"time"
	"unicode"

	"shopwarden/bot/appeal"
	"shopwarden/bot/locale"
	"shopwarden/rules"
)

// AppealPack writes the papers of an appeal in the reader's language: a page that can be printed and needs nothing else, and
// the timeline of every case as a table. What it says of attachments is in the order of list.
func (c *Composer) AppealPack(a AppealView, list []appeal.Enclosure) appeal.Papers {
	v := c.voice(a.View)
	p := paper{v: v}
	p.begin(v.T("appeal.against", locale.Args{"ID": whole(a.Sanction.ID)}))
	p.facts(a)
	p.statement(a)
	p.counts(a)
	p.cases(a)
	p.enclosures(list)
	p.out.WriteString("</body></html>\n")
	return appeal.Papers{HTML: p.out.String(), Timeline: v.table(a)}
}

// paper is the page of a pack as it is written.
type paper struct {
	v   voice
	out strings.Builder
}

// paperStyle is for a screen and for A4; black on white, whatever the reader's theme.
const paperStyle = `body{font:15px/1.5 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;color:#111;background:#fff;max-width:48em;margin:2em auto;padding:0 1em}
h1{font-size:1.5em;margin:0 0 .5em}h2{font-size:1.15em;margin:1.8em 0 .5em;border-bottom:1px solid #999}h3{font-size:1em;margin:1.2em 0 .3em}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #bbb;padding:.25em .5em;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#f2f2f2}.draft{border:1px solid #999;padding:.5em 1em;white-space:pre-line}small{color:#555}
@media print{body{margin:0;max-width:none}h2,h3{break-after:avoid}tr{break-inside:avoid}}`

func (p *paper) begin(title locale.HTML) {
	p.put(`<!doctype html><html lang="`, locale.HTML(p.v.Printer.Lang()), `"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>`,
		locale.HTML(html.EscapeString(title.Plain())), "</title><style>", paperStyle, "</style></head><body><h1>", title, "</h1>\n")
}

func (p *paper) put(parts ...locale.HTML) {
	for _, x := range parts {
		p.out.WriteString(string(x))
	}
}

func (p *paper) heading(key string) { p.put("<h2>", p.v.T(key, nil), "</h2>\n") }

// row is a line of a table; the first cell is what the second is about.
func (p *paper) row(name, value locale.HTML) {
	p.put("<tr><th>", name, "</th><td>", value, "</td></tr>\n")
}

// facts is what the platform said, and to whom.
func (p *paper) facts(a AppealView) {
	v, s := p.v, a.Sanction
	name := func(key string) locale.HTML { return v.T("appeal.paper."+key, nil) }
	p.put("<table>\n")
	p.row(name("shop"), whole(cmp.Or(strings.TrimSpace(v.Shop.Name), v.Shop.ID)))
	p.row(name("penalty"), whole(s.ID))
	p.row(name("what"), v.penalty(s))
	if s.Rule != "" {
		rule := whole(s.Rule)
		if a.Rule != "" {
			rule = v.ruleName(a.Rule)
		}
		p.row(name("rule"), rule)
	}
	if s.Reason != "" {
		p.row(name("reason"), whole(s.Reason))
	}
	p.row(name("issued"), v.stamp(s.Issued))
	p.row(name("until"), v.stamp(s.AppealBy))
	p.row(name("written"), v.stamp(v.Now))
	p.row(name("zone"), whole(v.zone().String()))
	p.put("</table>\n")
}

// statement is a draft from the facts. It claims nothing that the record does not show, and leaves the reasons to people.
func (p *paper) statement(a AppealView) {
	v := p.v
	lines := []locale.HTML{v.T("appeal.say.begin", locale.Args{"ID": whole(a.Sanction.ID), "Day": v.calendarDay(a.Sanction.Day), "What": v.penalty(a.Sanction)})}
	args := locale.Args{"From": v.calendarDay(a.From), "To": v.calendarDay(a.To.Next(-1)), "All": a.Tally.Resolved(), "Met": a.Tally.Met, "Missed": a.Tally.Breached}
	key := "appeal.say.counts_all"
	if a.Rule != "" {
		key, args["Rule"] = "appeal.say.counts", v.ruleName(a.Rule)
	}
	lines = append(lines, v.T(key, args))
	for _, r := range a.Records[:min(a.Named, len(a.Records))] {
		lines = append(lines, p.verdict(r.Case))
	}
	lines = append(lines, v.T("appeal.say.why", nil))
	if n := len(a.Folder.Files); n > 0 {
		lines = append(lines, v.T("appeal.say.files", locale.Args{"Count": n}))
	}
	lines = append(lines, v.T("appeal.say.ask", nil))
	p.heading("appeal.paper.statement")
	p.put("<p><small>", v.T("appeal.paper.draft", nil), "</small></p>\n<div class=\"draft\">", locale.Join(lines, "\n"), "</div>\n")
}

// verdict is how one case ended, with its instants.
func (p *paper) verdict(k rules.Case) locale.HTML {
	v := p.v
	args := locale.Args{"Case": v.caseName(k), "Stop": v.stamp(k.Stop), "Due": v.stamp(k.Due)}
	key := "appeal.say." + k.Outcome.String()
	if k.Stop == 0 || k.Due == 0 {
		key += "_bare"
	}
	return v.T(key, args)
}

// counts is the shop's own count of each day.
func (p *paper) counts(a AppealView) {
	v := p.v
	p.heading("appeal.paper.counts")
	p.put("<table><tr>")
	for _, key := range []string{"day", "met", "missed", "void", "open"} {
		p.put("<th>", v.T("appeal.paper."+key, nil), "</th>")
	}
	p.put("</tr>\n")
	for i, t := range a.Days {
		p.put("<tr><td>", v.calendarDay(a.From.Next(i)), "</td>")
		for _, n := range []int64{t.Met, t.Breached, t.Void, t.Open} {
			p.put("<td>", v.Count(n), "</td>")
		}
		p.put("</tr>\n")
	}
	p.put("</table>\n")
}

// cases is the timeline of every case that was read.
func (p *paper) cases(a AppealView) {
	v := p.v
	p.heading("appeal.paper.cases")
	if len(a.Records) == 0 {
		p.put("<p>", v.T("appeal.paper.no_cases", nil), "</p>\n")
		return
	}
	for _, r := range a.Records {
		p.put("<h3>", v.caseName(r.Case), "</h3>\n<p>", p.verdict(r.Case), "</p>\n<table>\n")
		for _, m := range v.moments(r) {
			p.row(v.stamp(m.at), locale.Join([]locale.HTML{m.what, m.more}[:1+min(1, len(m.more))], " · "))
		}
		p.put("</table>\n")
	}
	if rest := a.Total - len(a.Records); rest > 0 {
		p.put("<p>", v.T("appeal.paper.more", locale.Args{"Count": rest}), "</p>\n")
	}
}

// enclosures lists the attachments, and says which of them could not be fetched.
func (p *paper) enclosures(list []appeal.Enclosure) {
	v := p.v
	p.heading("appeal.paper.files")
	if len(list) == 0 {
		p.put("<p>", v.T("appeal.paper.no_files", nil), "</p>\n")
		return
	}
	p.put("<table>\n")
	for _, e := range list {
		name := whole(e.Name)
		if e.Name == "" {
			name = v.T("appeal.photo", nil)
		}
		value := locale.Join([]locale.HTML{name, bytes(e.Size), v.who(e.By), v.stamp(e.By.At)}, " · ")
		if e.Note != "" {
			value += "<br>" + whole(e.Note)
		}
		place := whole(e.Path)
		if e.Missing {
			place = "<b>" + v.T("appeal.paper.missing", nil) + "</b>"
		}
		p.row(place, value)
	}
	p.put("</table>\n")
}

// moment is one line of the timeline of a case.
type moment struct {
	at         rules.Instant
	kind       string // of the event; "deadline" for what the rule says
	what, more locale.HTML
}

// told are the fields of facts that a timeline shows, with their instants as such. Who a buyer is is not among them.
var told = []string{"package_id", "carrier", "place", "kind", "by", "from", "agent", "reason", "stars", "ship_by", "deliver_by", "decide_by", "answer_by"}

// moments is what happened to the subject of a case, and the deadline, in order of time.
func (v voice) moments(r Record) (list []moment) {
	for i := range r.Facts {
		f := &r.Facts[i]
		list = append(list, moment{f.At, string(f.Type), v.fact(*f), v.details(f)})
	}
	if r.Case.Due != 0 {
		list = append(list, moment{at: r.Case.Due, kind: "deadline", what: v.T("appeal.paper.deadline", locale.Args{"Rule": v.ruleName(r.Case.Rule)})})
	}
	slices.SortStableFunc(list, func(x, y moment) int { return cmp.Compare(x.at, y.at) })
	return list
}

func (v voice) details(f *rules.Fact) locale.HTML {
	var parts []locale.HTML
	for _, key := range told {
		value := f.Get(key)
		switch {
		case value == "":
			continue
		case strings.HasSuffix(key, "_by"):
			parts = append(parts, locale.HTML(key)+": "+v.stamp(f.Instant(key)))
		default:
			parts = append(parts, locale.HTML(key)+": "+whole(value))
		}
	}
	return locale.Join(parts, ", ")
}

// table is the timeline of every case in rows, the first of which names the columns.
func (v voice) table(a AppealView) [][]string {
	var head []string
	for _, key := range []string{"case", "rule", "outcome", "time", "event", "happened", "details"} {
		head = append(head, v.Label("appeal.paper."+key, nil))
	}
	rows := [][]string{head}
	for _, r := range a.Records {
		for _, m := range v.moments(r) {
			rows = append(rows, []string{r.Case.Subject.String(), v.ruleName(r.Case.Rule).Plain(), v.Label("appeal.outcome."+r.Case.Outcome.String(), nil),
				v.at(m.at).Format("2006-01-02 15:04:05 -07:00"), m.kind, m.what.Plain(), m.more.Plain()})
		}
	}
	return rows
}

// caseName is a case with its rule: order 1234 · Ship on time.
func (v voice) caseName(k rules.Case) locale.HTML {
	return v.name(k.Subject) + " · " + v.ruleName(k.Rule)
}

// stamp is an instant by its date and time on the clock of the shop, whose zone stands at the top of the page.
func (v voice) stamp(i rules.Instant) locale.HTML {
	if i == 0 {
		return "–"
	}
	return locale.HTML(v.at(i).Format(time.DateTime))
}

func (v voice) calendarDay(d rules.Date) locale.HTML {
	return locale.HTML(d.String())
}

// mostWhole is how much of one string from outside a pack shows, in characters: more than any platform writes.
const mostWhole = 4000

// whole is a string from outside as it may stand in a page: not shortened as in a message, without control characters and
// such as turn the direction of the text around it.
func whole(s string) locale.HTML {
	n := 0
	s = strings.Map(func(r rune) rune {
		n++
		if n > mostWhole {
			return -1
		}
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return locale.HTML("<bdi>" + html.EscapeString(s) + "</bdi>")
}
