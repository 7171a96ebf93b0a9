package notify

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"shopwarden/bot/export"
	"shopwarden/bot/locale"
	"shopwarden/rules"
)

// ExportWriter fills a file with cases, one after the other, then with the counts and the terms it rests on. What stands in
// it is worded in the reader's language. It is not safe for concurrent use.
type ExportWriter struct {
	v      voice
	view   ExportView
	out    export.Writer
	names  map[string]string // words of the catalogue and names of rules: they repeat in every row
	masked bool
}

// exportColumns are the columns of the cases, in order, and how wide they are.
var exportColumns = []struct {
	name  string
	width float64
}{{"rule", 24}, {"rule_id", 24}, {"principle", 10}, {"kind", 12}, {"id", 24}, {"part", 20}, {"day", 12}, {"started", 20}, {"due", 20}, {"done", 20},
	{"over", 12}, {"outcome", 12}, {"reason", 32}, {"due_by", 18}, {"calendar", 16}, {"paused", 12}, {"taken", 16}, {"excused", 16}, {"why", 20},
	{"carrier", 14}, {"amount", 12}, {"currency", 10}, {"buyer", 10}}

// ExportFile begins a file. Everything written goes to out; when it is done, Finish has to be called on it.
func (c *Composer) ExportFile(e ExportView, out export.Writer) (*ExportWriter, error) {
	w := &ExportWriter{v: c.voice(e.View), view: e, out: out, names: map[string]string{}, masked: e.Masked}
	sheet := export.Sheet{Name: w.word("export.sheet_cases"), File: "cases"}
	for _, c := range exportColumns {
		sheet.Columns = append(sheet.Columns, export.Column{Name: w.word("export.col_" + c.name), Width: c.width})
	}
	return w, out.Sheet(sheet)
}

// word is a text of the catalogue without arguments, plain.
func (w *ExportWriter) word(key string) string {
	return w.once(key, func() string { return w.v.Label(key, nil) })
}

func (w *ExportWriter) once(name string, say func() string) string {
	text, known := w.names[name]
	if !known {
		text = say()
		w.names[name] = text
	}
	return text
}

func (w *ExportWriter) rule(id string) string {
	return w.once("rule\x00"+id, func() string { return w.v.ruleName(id).Plain() })
}

func (w *ExportWriter) principle(rule string) string {
	return w.once("principle\x00"+rule, func() string {
		r, ok := w.v.rule(rule)
		if !ok {
			return ""
		}
		return w.v.principle(r.Principle).Plain()
	})
}

// Row adds a case.
func (w *ExportWriter) Row(r ExportRow) error {
	k := r.Case
	return w.out.Row([]export.Cell{
		export.Text(w.rule(k.Rule)), export.Text(k.Rule), export.Text(w.principle(k.Rule)), export.Text(w.word(w.kind(k.Subject.Kind))),
		export.Text(w.id(k.Subject.ID)), export.Text(w.part(k)), export.Day(w.v.noon(k.Day)), w.at(k.Start), w.at(k.Due), w.at(k.Stop), w.over(k),
		export.Text(w.word("export.outcome_" + k.Outcome.String())), export.Text(w.reason(k)), export.Text(w.dueBy(k)), export.Text(k.Shift),
		minutes(r.Paused), export.Text(w.who(r, false)), export.Text(w.who(r, true)), export.Text(w.excuse(r)),
		export.Text(r.Carrier), w.amount(r), export.Text(r.Currency), export.Text(maskName(r.Buyer))})
}

func (w *ExportWriter) kind(k rules.Kind) string {
	if key := "export.kind_" + string(k); w.v.Has(key) {
		return key
	}
	return "export.kind_generic"
}

// id is the id of a subject, masked where the file is.
func (w *ExportWriter) id(id string) string {
	if w.masked {
		return maskID(id)
	}
	return id
}

// part is the parcel of a case; an instant that tells several cases of a subject apart is no part of anything.
func (w *ExportWriter) part(k rules.Case) string {
	if k.Part == strconv.FormatInt(int64(k.Begun.At), 10) {
		return ""
	}
	return w.id(k.Part)
}

func (w *ExportWriter) at(i rules.Instant) export.Cell {
	if i == 0 {
		return export.Cell{}
	}
	return export.Time(w.v.at(i))
}

// over is by how many minutes a deadline was missed so far, 0 for a promise that was kept, empty where nothing is known yet or
// a fact broke it at once.
func (w *ExportWriter) over(k rules.Case) export.Cell {
	switch {
	case k.Outcome == rules.Met:
		return export.Number(0)
	case k.Outcome != rules.Breached || k.Due == 0 || k.Reason == rules.Failed:
		return export.Cell{}
	case k.Stop == 0:
		return minutes(between(k.Due, w.v.Now))
	}
	return minutes(between(k.Due, k.Stop))
}

// minutes is a length of time in minutes, to a hundredth.
func minutes(d time.Duration) export.Cell {
	return export.Number(math.Round(max(d, 0).Minutes()*100) / 100)
}

// reason says why a case stands where it stands.
func (w *ExportWriter) reason(k rules.Case) string {
	if k.Reason == rules.Failed {
		return w.v.fact(k.Ended).Plain()
	}
	return w.word("export.reason_" + k.Reason.String())
}

func (w *ExportWriter) dueBy(k rules.Case) string {
	if k.DueBy == 0 || k.Due == 0 {
		return ""
	}
	return w.word("export.due_" + k.DueBy.String())
}

// who is the person that took a case, or excused it.
func (w *ExportWriter) who(r ExportRow, excused bool) string {
	m := r.Alarm.Taken
	if excused {
		m = r.Alarm.Excused
	}
	if m.Nobody() {
		return ""
	}
	return w.v.who(m).Plain()
}

// excuse is the reason given for leaving a case out: by a person, by the platform, or by a calendar of it.
func (w *ExportWriter) excuse(r ExportRow) string {
	code := ""
	if !r.Alarm.Excused.Nobody() {
		code = r.Alarm.Cause
	} else if r.Case.Reason == rules.Excused {
		code = r.Case.Ended.Get("code")
	}
	if key := "alarm.why_" + code; code != "" && w.v.Has(key) {
		return w.word(key)
	}
	return code
}

func (w *ExportWriter) amount(r ExportRow) export.Cell {
	if r.Amount == nil {
		return export.Cell{}
	}
	return export.Number(locale.Major(*r.Amount, r.Currency))
}

// End adds what the cases add up to by day and rule, and what the file rests on. e is the view as it turned out.
func (w *ExportWriter) End(e ExportView) error {
	w.view = e
	if err := w.counts(); err != nil {
		return err
	}
	return w.about()
}

// counts writes the counters of each day: the same numbers as /violations and the report of the command line.
func (w *ExportWriter) counts() error {
	sheet := export.Sheet{Name: w.word("export.sheet_counts"), File: "counts"}
	for i, name := range []string{"day", "rule", "rule_id", "principle", "met", "breached", "open", "void", "rate"} {
		sheet.Columns = append(sheet.Columns, export.Column{Name: w.word("export.col_" + name), Width: []float64{12, 24, 24, 10, 12, 12, 12, 12, 12}[i]})
	}
	if err := w.out.Sheet(sheet); err != nil {
		return err
	}
	for day := w.view.From; day < w.view.To; day++ {
		tallies := w.view.Days[day]
		for _, rule := range slices.Sorted(maps.Keys(tallies)) {
			t := tallies[rule]
			if t.Met+t.Breached+t.Open+t.Void == 0 || w.view.Rule != "" && rule != w.view.Rule {
				continue
			}
			rate := export.Cell{}
			if share, ok := t.MetRate(); ok {
				rate = export.Number(math.Round(share*10_000) / 100)
			}
			if err := w.out.Row([]export.Cell{export.Day(w.v.noon(day)), export.Text(w.rule(rule)), export.Text(rule), export.Text(w.principle(rule)),
				export.Number(float64(t.Met)), export.Number(float64(t.Breached)), export.Number(float64(t.Open)), export.Number(float64(t.Void)), rate}); err != nil {
				return err
			}
		}
	}
	return nil
}

// explained are the columns whose meaning is not plain from their name.
var explained = []string{"id", "part", "day", "started", "due", "done", "over", "outcome", "due_by", "paused", "excused", "amount", "buyer"}

// about writes what the file rests on.
func (w *ExportWriter) about() error {
	v, e := w.v, w.view
	sheet := export.Sheet{Name: w.word("export.sheet_about"), File: "about", Columns: []export.Column{
		{Name: w.word("export.col_what"), Width: 24}, {Name: w.word("export.col_value"), Width: 90}}}
	if err := w.out.Sheet(sheet); err != nil {
		return err
	}
	rows := [][2]string{}
	say := func(name, value string) { rows = append(rows, [2]string{w.word("export.about_" + name), value}) }
	say("shop", v.shop().Plain())
	say("shop_id", v.Shop.ID)
	say("zone", v.zone().String())
	say("period", v.Label("export.half_open", locale.Args{"From": e.From.String(), "To": e.To.String()}))
	if e.Rule != "" {
		say("rule", fmt.Sprintf("%s (%s)", w.rule(e.Rule), e.Rule))
	}
	say("made", v.at(v.Now).Format("2006-01-02 15:04:05"))
	say("heard", v.heard().Plain())
	say("rows", v.Label("export.listed", locale.Args{"Count": e.Rows}))
	if e.More {
		say("limit", v.Label("export.more", locale.Args{"Count": ExportCap}))
	}
	if e.Since != 0 {
		say("since", v.Label("export.kept", locale.Args{"Day": v.at(e.Since).Format("2006-01-02")}))
	}
	say("corrections", w.word("export.corrected"))
	say("counts", w.word("export.counted"))
	if e.Masked {
		say("private", w.word("export.masked"))
	} else {
		say("private", w.word("export.unmasked"))
	}
	for _, name := range explained {
		rows = append(rows, [2]string{w.word("export.col_" + name), w.word("export.mean_" + name)})
	}
	for _, row := range rows {
		if err := w.out.Row([]export.Cell{export.Text(row[0]), export.Text(row[1])}); err != nil {
			return err
		}
	}
	return nil
}

// maskID leaves the ends of an id, enough to find it again for somebody who knows it: 1234…89.
func maskID(id string) string {
	signs := []rune(id)
	switch {
	case len(signs) == 0:
		return ""
	case len(signs) >= 8:
		return string(signs[:4]) + "…" + string(signs[len(signs)-2:])
	case len(signs) >= 4:
		return string(signs[:1]) + "…" + string(signs[len(signs)-1:])
	}
	return "…"
}

// maskName leaves the first sign of a buyer's name or id.
func maskName(name string) string {
	name = strings.TrimSpace(name)
	for _, r := range name {
		return string(r) + "**"
	}
	return ""
}
