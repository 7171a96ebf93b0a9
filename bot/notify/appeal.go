package notify

import (
	"fmt"
	"slices"
	"strconv"

	"shopwarden/bot/appeal"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// AppealsView is what can be appealed and what is under appeal, the most urgent first.
type AppealsView struct {
	View
	Open    []rules.Sanction
	Waiting []rules.Sanction
}

// Record is a case and what is known of its subject.
type Record struct {
	Case  rules.Case
	Facts rules.Facts
}

// AppealView is one penalty, what the shop's own record says about it, and what people collected.
type AppealView struct {
	View
	Sanction rules.Sanction
	Rule     string        // the rule that the notice names; "" = none that is known
	From, To rules.Date    // local days that were looked at, half-open
	Days     []rules.Tally // the shop's own counts of each, under Rule, or under all rules that count
	Tally    rules.Tally   // their sum
	Records  []Record      // the cases that the reason of the notice names, then those that broke, the latest first
	Named    int           // how many of Records the reason names
	Total    int           // cases that there are
	Folder   appeal.Folder
	Private  bool   // the reader is alone with the bot
	Bot      string // the name of the bot, "" = not known
	Note     AppealNote
}

// AppealNote is what was just done about an appeal. The zero value is nothing.
type AppealNote int

// AppealKept: an attachment was kept. AppealLarge: the same, and it is too large for the pack. AppealFull: there was no room for
// it. AppealDropped: one was taken out. AppealFiled: it was noted that the appeal was made.
const (
	AppealKept AppealNote = iota + 1
	AppealLarge
	AppealFull
	AppealDropped
	AppealFiled
)

// String returns the note as catalogues name it.
func (n AppealNote) String() string {
	if n < AppealKept || n > AppealFiled {
		return "note(" + strconv.Itoa(int(n)) + ")"
	}
	return [...]string{AppealKept: "kept", AppealLarge: "large", AppealFull: "full", AppealDropped: "dropped", AppealFiled: "filed"}[n]
}

// Appeals answers what can be appealed, and until when.
func (c *Composer) Appeals(a AppealsView) (string, [][]outbox.Button) {
	v := c.voice(a.View)
	head := section{lines: []locale.HTML{v.title("appeal.title")}}
	if len(a.Open) == 0 {
		head.lines = append(head.lines, v.T("appeal.none", nil))
	} else {
		head.lines = append(head.lines, v.T("appeal.open", locale.Args{"Count": len(a.Open)}))
	}
	open, waiting := section{hidden: max(0, len(a.Open)-Listed)}, section{hidden: max(0, len(a.Waiting)-rungs)}
	var buttons [][]outbox.Button
	for _, s := range a.Open[:len(a.Open)-open.hidden] {
		left, _, _ := s.AppealLeft(v.Now)
		open.rows = append(open.rows, v.T("appeal.row", locale.Args{"What": v.penalty(s), "ID": locale.Code(s.ID), "Left": v.Duration(left), "Until": v.when(s.AppealBy)}))
		buttons = append(buttons, []outbox.Button{v.appealButton(s, left)})
	}
	open.rows = v.numbered(open.rows)
	for _, s := range a.Waiting[:len(a.Waiting)-waiting.hidden] {
		waiting.rows = append(waiting.rows, v.T("bullet", locale.Args{"Text": v.sanction(s)}))
	}
	if len(waiting.rows) > 0 {
		waiting.lines = []locale.HTML{"<b>" + v.T("appeal.waiting", nil) + "</b>"}
	}
	rest := section{}
	if len(a.Open) > 0 {
		rest.lines = []locale.HTML{v.T("appeal.suspends_nothing", nil)}
	}
	return v.compose(head, open, waiting, rest), append(buttons, []outbox.Button{action(v.Label("appeal.points", nil), "points", v.Shop.ID), v.button("violations", "violations", v.Shop.ID)})
}

// Appeal answers what is known of one penalty, what would help against it, and what was collected.
func (c *Composer) Appeal(a AppealView) (string, [][]outbox.Button) {
	v := c.voice(a.View)
	s := a.Sanction
	head := section{}
	if a.Note != 0 {
		head.lines = []locale.HTML{v.appealNoted(a)}
	}
	head.lines = append(head.lines, v.T("about_shop", locale.Args{"Title": v.T("appeal.against", locale.Args{"ID": locale.Escape(s.ID)}), "Shop": v.shop()}), v.announcement(s))
	if s.Reason != "" {
		head.lines = append(head.lines, v.T("appeal.reason", locale.Args{"Reason": s.Reason}))
	}
	head.lines = append(head.lines, v.appealDeadline(a)...)
	help := section{lines: []locale.HTML{"<b>" + v.T("appeal.help", nil) + "</b>"}, rows: v.helps(a)}
	return v.compose(head, v.ownRecord(a), help, v.attached(a), section{lines: v.appealRules(a)}), v.folderButtons(a)
}

// noted says what was just done.
func (v voice) appealNoted(a AppealView) locale.HTML {
	return v.T("appeal.note."+a.Note.String(), locale.Args{"ID": locale.Code(a.Sanction.ID), "N": len(a.Folder.Files), "Most": appeal.Most})
}

// announcement is what the platform said.
func (v voice) announcement(s rules.Sanction) locale.HTML {
	args := locale.Args{"What": v.penalty(s), "Day": v.date(s.Day)}
	if s.Rule == "" {
		return v.T("appeal.announced", args)
	}
	args["Rule"] = v.ruleName(s.Rule)
	return v.T("appeal.announced_rule", args)
}

// appealDeadline says where it stands, until when there is time, and who said that the appeal was made.
func (v voice) appealDeadline(a AppealView) (lines []locale.HTML) {
	if a.Sanction.State != rules.Issued || a.Sanction.Rung == rules.Exam {
		lines = append(lines, v.T("appeal.state", locale.Args{"State": v.state(a.Sanction)}))
	}
	if left, _, open := a.Sanction.AppealLeft(v.Now); open {
		lines = append(lines, v.T("appeal.until", locale.Args{"Until": v.when(a.Sanction.AppealBy), "Left": v.Duration(left), "Zone": v.zone().String()}))
	} else if a.Sanction.State == rules.Issued {
		lines = append(lines, v.T("appeal.missed", locale.Args{"Until": v.when(a.Sanction.AppealBy)}))
	}
	if f := a.Folder.Filed; !f.Nobody() {
		lines = append(lines, v.T("appeal.filed_by", locale.Args{"Who": v.who(f), "At": v.when(f.At)}))
	}
	return lines
}

// recordsShown is how many cases a page names; the pack has them all.
const recordsShown = 4

// ownRecord is what the shop's own counts and cases say.
func (v voice) ownRecord(a AppealView) section {
	s := section{lines: []locale.HTML{"<b>" + v.T("appeal.record", nil) + "</b>", v.ownCounts(a)}}
	for _, r := range a.Records[:min(len(a.Records), recordsShown)] {
		s.rows = append(s.rows, v.T("bullet", locale.Args{"Text": v.recordRow(r.Case)}))
	}
	s.hidden = max(a.Total, len(a.Records)) - len(s.rows)
	return s
}

// ownCounts is a line of counts over the days that were looked at.
func (v voice) ownCounts(a AppealView) locale.HTML {
	args := locale.Args{"From": v.date(a.From), "To": v.date(a.To.Next(-1)), "Missed": a.Tally.Breached, "All": a.Tally.Resolved()}
	if a.Rule == "" {
		return v.T("appeal.counts_all", args)
	}
	args["Rule"] = v.ruleName(a.Rule)
	return v.T("appeal.counts", args)
}

// recordRow is one case with its verdict.
func (v voice) recordRow(k rules.Case) locale.HTML {
	args := locale.Args{"Do": v.do(k.Rule, k.Subject), "Due": v.when(k.Due), "Stop": v.when(k.Stop)}
	switch {
	case k.Outcome == rules.Breached:
		return v.lateRow(k)
	case k.Outcome == rules.Met && k.Stop != 0 && k.Due != 0:
		return v.T("appeal.in_time", args)
	case k.Outcome == rules.Met:
		return v.T("appeal.kept", args)
	case k.Outcome == rules.Void:
		return v.T("appeal.void", args)
	case k.Due == 0:
		return v.T("appeal.open_case", args)
	}
	return v.dueRow(k)
}

// helps lists what would help: by the rule that is meant, or by what the cases are about, and what always does.
func (v voice) helps(a AppealView) (rows []locale.HTML) {
	for _, key := range v.helpKeys(a) {
		rows = append(rows, v.T("bullet", locale.Args{"Text": v.T(key, nil)}))
	}
	return rows
}

func (v voice) helpKeys(a AppealView) (keys []string) {
	add := func(key string) {
		if v.Has(key) && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	add("appeal.evidence." + a.Rule)
	if r, ok := v.rule(a.Rule); ok {
		add("appeal.evidence_of." + string(r.Subject))
	}
	for _, r := range a.Records {
		add("appeal.evidence_of." + string(r.Case.Subject.Kind))
	}
	add("appeal.evidence_of.any")
	return keys
}

// attached lists the attachments, and says how to add one.
func (v voice) attached(a AppealView) section {
	s := section{lines: []locale.HTML{"<b>" + v.T("appeal.files", locale.Args{"N": len(a.Folder.Files), "Most": appeal.Most}) + "</b>"}}
	for _, f := range a.Folder.Files {
		s.rows = append(s.rows, v.fileRow(f))
	}
	s.rows = v.numbered(s.rows)
	if _, _, open := a.Sanction.AppealLeft(v.Now); open || a.Sanction.State == rules.Appealed {
		s.lines = append(s.lines, v.T("appeal.add", locale.Args{"Command": locale.Code("/appeal " + a.Sanction.ID)}))
	}
	return s
}

// fileRow is one attachment.
func (v voice) fileRow(f appeal.Attachment) locale.HTML {
	args := locale.Args{"Name": v.fileName(f), "Size": bytes(f.Size), "Who": v.who(f.By), "At": v.when(f.By.At), "Note": f.Note}
	if f.Note == "" {
		return v.T("appeal.file", args)
	}
	return v.T("appeal.file_note", args)
}

// fileName is what a file is called; a photo has no name.
func (v voice) fileName(f appeal.Attachment) locale.HTML {
	if f.Name == "" {
		return v.T("appeal.photo", nil)
	}
	return locale.Escape(f.Name)
}

// bytes writes a size; kB and MB are the same in every language.
func bytes(n int64) locale.HTML {
	switch {
	case n <= 0:
		return "?"
	case n < 1_000_000:
		return locale.HTML(fmt.Sprintf("%d kB", max(1, n/1000)))
	}
	return locale.HTML(fmt.Sprintf("%.1f MB", float64(n)/1_000_000))
}

// appealRules is what holds for every appeal.
func (v voice) appealRules(a AppealView) (lines []locale.HTML) {
	if _, _, open := a.Sanction.AppealLeft(v.Now); open {
		key := "appeal.where"
		if v.Shop.Platform == "doudian" {
			key = "appeal.where_doudian"
		}
		lines = append(lines, v.T(key, nil), v.T("appeal.suspends_nothing", nil))
	}
	if !a.Private {
		lines = append(lines, v.T("appeal.in_private", nil))
	}
	return lines
}

// folderButtons: the pack, or the way to where it is given; that the appeal was made; taking attachments out; the cases.
func (v voice) folderButtons(a AppealView) (rows [][]outbox.Button) {
	id := a.Sanction.ID
	do := func(label, act, file string) outbox.Button { return action(label, "folder", v.Shop.ID, act, file, id) }
	var first []outbox.Button
	switch {
	case a.Private:
		first = append(first, do(v.Label("appeal.pack", nil), "pack", "-"))
	case a.Bot != "":
		first = append(first, outbox.Button{Text: v.Label("appeal.private_chat", nil), URL: "https://t.me/" + a.Bot})
	}
	if _, _, open := a.Sanction.AppealLeft(v.Now); open {
		first = append(first, do(v.Label("appeal.filed", nil), "filed", "-"))
	}
	if len(first) > 0 {
		rows = append(rows, first)
	}
	var drop, why []outbox.Button
	for i, f := range a.Folder.Files {
		drop = append(drop, do("✖️ "+strconv.Itoa(i+1), "drop", f.ID))
	}
	rows = append(rows, slices.Collect(slices.Chunk(drop, 5))...)
	for i, r := range a.Records[:min(len(a.Records), recordsShown)] {
		why = append(why, v.whyButton("❓ "+strconv.Itoa(i+1), r.Case.Ref(), r.Case.Subject))
	}
	rows = append(rows, slices.Collect(slices.Chunk(why, 4))...)
	return append(rows, []outbox.Button{action(v.Label("button.refresh", nil), "appeal", v.Shop.ID, id), action(v.Label("appeal.points", nil), "points", v.Shop.ID)})
}

// AppealNoted says in short what became of an attachment that somebody sent.
func (c *Composer) AppealNoted(a AppealView) (string, [][]outbox.Button) {
	v := c.voice(a.View)
	lines := []locale.HTML{v.appealNoted(a)}
	if left, _, open := a.Sanction.AppealLeft(v.Now); open {
		lines = append(lines, v.T("appeal.until", locale.Args{"Until": v.when(a.Sanction.AppealBy), "Left": v.Duration(left), "Zone": v.zone().String()}))
	}
	return v.compose(section{lines: lines}), [][]outbox.Button{{action(v.Label("appeal.page", nil), "appeal", v.Shop.ID, a.Sanction.ID)}}
}

// PackCaption goes with the pack. missing is how many attachments could not be had.
func (c *Composer) PackCaption(a AppealView, missing int) string {
	v := c.voice(a.View)
	lines := []locale.HTML{v.T("appeal.pack_of", locale.Args{"ID": locale.Code(a.Sanction.ID), "Shop": v.shop()}), v.T("appeal.pack_holds", locale.Args{"Cases": len(a.Records), "Files": len(a.Folder.Files) - missing})}
	if missing > 0 {
		lines = append(lines, v.T("appeal.pack_missing", locale.Args{"Count": missing}))
	}
	lines = append(lines, v.T("appeal.pack_check", nil))
	return v.composeWithin(CaptionLimit, section{lines: lines})
}
