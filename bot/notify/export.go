package notify

import (
	"time"

	"shopwarden/bot/alarm"
	"shopwarden/bot/export"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// ExportCap is the most cases that one file lists; what it counts is all of them.
const ExportCap = 50_000

// ExportView is a file about the cases that count on the local days From to To (half-open).
type ExportView struct {
	View
	From, To rules.Date
	Rule     string // only this rule; "" = all
	Format   export.Format
	Masked   bool // ids of orders, chats and so on are masked, as names of buyers always are
	Rows     int  // cases listed
	More     bool // there are more than [ExportCap]
	Since    rules.Instant
	Days     rules.Days // the counters of those days; Since is the earliest event that the log keeps, 0 when it is empty
}

// Nothing reports whether the counters of the days are empty, of the rule that is asked for or of all.
func (e ExportView) Nothing() bool {
	for _, tallies := range e.Days {
		for rule, t := range tallies {
			if (e.Rule == "" || e.Rule == rule) && t.Met+t.Breached+t.Open+t.Void > 0 {
				return false
			}
		}
	}
	return true
}

// ExportRow is one case of a file, and what is known about it beside the verdict.
type ExportRow struct {
	Case     rules.Case
	Paused   time.Duration // its clock stood still, closed hours left out
	Alarm    alarm.Alarm   // what people did about it
	Buyer    string        // its first sign is enough: no more of it is shown
	Carrier  string
	Currency string
	Amount   *int64 // minor units; nil = not known
}

// ExportPeriods are the periods a page offers, as a command names them.
func ExportPeriods() []string { return []string{"today", "yesterday", "7d", "30d", "90d"} }

// ExportChoice asks for which days a file is wanted, and in which format. unclear is what could not be read, "" = nothing.
func (c *Composer) ExportChoice(view View, unclear string, masked bool) (string, [][]outbox.Button) {
	v := c.voice(view)
	head := section{lines: []locale.HTML{v.title("export.title")}}
	if unclear != "" {
		head.lines = append(head.lines, v.T("export.unclear", locale.Args{"Text": unclear}))
	}
	head.lines = append(head.lines, v.T("export.choose", nil))
	hint := section{lines: []locale.HTML{v.T("export.hint", nil)}}
	if masked {
		hint.lines = append(hint.lines, v.T("export.masked", nil))
	}
	var buttons [][]outbox.Button
	for _, period := range ExportPeriods() {
		var row []outbox.Button
		for f := export.XLSX; f <= export.CSV; f++ {
			label := v.Label("export.button", locale.Args{"Period": v.T("export.period_"+period, nil), "Format": v.T("export.format_"+f.String(), nil)})
			row = append(row, action(label, "export", v.Shop.ID, period, f.String()))
		}
		buttons = append(buttons, row)
	}
	return v.compose(head, hint), append(buttons, []outbox.Button{v.button("today", "today", v.Shop.ID)})
}

// ExportMaking says that a file is being made. before says that it was asked for before another was ready: that one comes.
func (c *Composer) ExportMaking(e ExportView, before bool) (string, [][]outbox.Button) {
	v := c.voice(e.View)
	key := "export.making"
	if before {
		key = "export.before"
	}
	return v.compose(section{lines: []locale.HTML{v.T(key, v.exportArgs(e))}}), nil
}

// ExportRefused says that a chat may look and not take away.
func (c *Composer) ExportRefused(view View) (string, [][]outbox.Button) {
	v := c.voice(view)
	return v.compose(section{lines: []locale.HTML{v.T("export.refused", nil)}}), [][]outbox.Button{{v.button("today", "today", v.Shop.ID), v.button("violations", "violations", v.Shop.ID)}}
}

// ExportTrouble is why no file came.
type ExportTrouble int

// ExportEmpty: there is nothing on those days. ExportTooLarge: the file would be larger than can be sent. ExportFailed: our
// fault, several times over.
const (
	ExportEmpty ExportTrouble = iota + 1
	ExportTooLarge
	ExportFailed
)

// String returns the trouble as catalogues name it.
func (t ExportTrouble) String() string {
	return [...]string{"", "empty", "too_large", "failed"}[t]
}

// ExportTroubled says why no file came, and what to do instead.
func (c *Composer) ExportTroubled(e ExportView, t ExportTrouble) (string, [][]outbox.Button) {
	v := c.voice(e.View)
	return v.compose(section{lines: []locale.HTML{v.T("export.trouble_"+t.String(), v.exportArgs(e))}}), [][]outbox.Button{{v.button("export", "export", v.Shop.ID)}}
}

// exportArgs name the days, with the last one included as people say it, and the format.
func (v voice) exportArgs(e ExportView) locale.Args {
	format := e.Format
	if format != export.CSV {
		format = export.XLSX
	}
	return locale.Args{"Shop": v.shop(), "Days": v.exportDays(e), "Format": v.T("export.format_"+format.String(), nil)}
}

func (v voice) exportDays(e ExportView) locale.HTML {
	if e.To <= e.From.Next(1) {
		return v.T("export.day", locale.Args{"Day": e.From.String()})
	}
	return v.T("export.days", locale.Args{"From": e.From.String(), "Last": e.To.Next(-1).String()})
}

// ExportCaption is what stands below a file. It fits into a caption whatever the names are.
func (c *Composer) ExportCaption(e ExportView) string {
	v := c.voice(e.View)
	args := v.exportArgs(e)
	args["Count"] = e.Rows
	lines := []locale.HTML{v.T("export.caption", args)}
	if e.Rule != "" {
		lines = append(lines, v.T("export.only", locale.Args{"Rule": v.ruleName(e.Rule)}))
	}
	if e.More {
		lines = append(lines, v.T("export.more", locale.Args{"Count": ExportCap}))
	}
	if e.Masked {
		lines = append(lines, v.T("export.masked", nil))
	}
	if e.Format == export.CSV {
		lines = append(lines, v.T("export.excel", nil))
	}
	return v.compose(section{lines: append(lines, v.heard())})
}

// ExportName is the name of a file, without its ending.
func (e ExportView) ExportName() string {
	parts := []string{e.Shop.ID, e.From.String()}
	if last := e.To.Next(-1); last != e.From {
		parts = append(parts, last.String())
	}
	if e.Rule != "" {
		parts = append(parts, e.Rule)
	}
	return export.FileName(parts...)
}
