package notify

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"shopwarden/bot/alarm"
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// How much a board shows. It has to fit on a phone, and the total is said in any case.
const (
	boardRows  = 12             // cases in all
	boardNear  = 4              // of these, kept for what is still in time when there is much that is not
	boardRules = 6              // rules that are counted one by one
	boardAhead = 12 * time.Hour // a case that is due later is only counted
	boardClose = time.Hour      // from here on the time left is shown; before, the deadline says it all
)

// BoardView is what a board is made from. Cases may be given in any number beyond what is shown.
type BoardView struct {
	View
	Broken []rules.Case           // breached cases of the last days, done or not
	More   bool                   // there are more of them than were read
	Due    []rules.Case           // the next open cases, the earliest due first
	Total  int                    // open cases in all
	Open   map[string]int         // open cases by rule; nil when there are too many to count
	Next   rules.Instant          // deadline of the first open case after Now; 0 = there is none
	Alarms map[string]alarm.Alarm // by id; those of shown cases say who has them. May be nil
}

// board is a view put in order.
type board struct {
	BoardView
	late   []rules.Case   // broken and not done, the oldest first
	ahead  []rules.Case   // open and due soon, the earliest first
	lateBy map[string]int // late by rule
	open   int            // open and in time, in all
}

// sorted tells apart what is late and what is open. What only earns extra is nobody's emergency and never late.
func (b BoardView) sorted() board {
	s := board{BoardView: b, lateBy: map[string]int{}, open: b.Total}
	undone := func(k rules.Case) bool {
		return k.Outcome == rules.Breached && k.Reason == rules.NeverStopped && !b.bonus(k.Rule)
	}
	for _, k := range b.Broken {
		if undone(k) {
			s.late = append(s.late, k)
		}
	}
	for _, k := range b.Due {
		switch {
		case undone(k): // not booked yet
			s.late, s.open = append(s.late, k), s.open-1
		case k.Outcome == rules.Open && k.Due > b.Now && between(b.Now, k.Due) <= boardAhead:
			s.ahead = append(s.ahead, k)
		}
	}
	earlier := func(a, b rules.Case) int {
		return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Subject.ID, b.Subject.ID))
	}
	slices.SortStableFunc(s.late, earlier)
	slices.SortStableFunc(s.ahead, earlier)
	for _, k := range s.late {
		s.lateBy[k.Rule]++
	}
	return s
}

// blank reports whether there is nothing to keep in view.
func (s board) blank() bool { return len(s.late) == 0 && s.open <= 0 }

// shown are the cases that have a row.
func (s board) shown() (late, ahead []rules.Case) {
	n := min(len(s.late), boardRows-min(len(s.ahead), boardNear))
	return s.late[:n], s.ahead[:min(len(s.ahead), boardRows-n)]
}

// AlarmIDs names the alarms of the cases that the board shows.
func (b BoardView) AlarmIDs() (ids []string) {
	late, ahead := b.sorted().shown()
	for _, k := range slices.Concat(late, ahead) {
		ids = append(ids, alarm.CaseID(k.Ref(), k.Subject))
	}
	return ids
}

// Board writes the board: totals, what is late, what is due next, totals by rule, and when it was true.
func (c *Composer) Board(b BoardView) (string, [][]outbox.Button) {
	v := c.voice(b.View)
	asOf := section{lines: []locale.HTML{v.T("board.as_of", locale.Args{"Clock": v.Clock(v.at(v.Now))})}}
	return v.compose(append(v.board(b.sorted()), asOf)...), v.boardButtons()
}

func (v voice) boardButtons() [][]outbox.Button {
	return [][]outbox.Button{{v.button("due", "due", v.Shop.ID), v.button("violations", "violations", v.Shop.ID), v.button("today", "today", v.Shop.ID)}}
}

// board is everything but the line that says when it was true, which alone is no reason to edit a message.
func (v voice) board(s board) []section {
	head := section{lines: []locale.HTML{v.title("board.title"), v.boardTotal(s)}}
	if _, stale := v.silence(); stale {
		head.lines = append(head.lines, v.boardStale())
	}
	late, ahead := s.shown()
	if len(late)+len(ahead) == 0 {
		return []section{head}
	}
	behind := section{hidden: len(s.late) - len(late), more: "more_violations"}
	for _, k := range late {
		over := v.T("board.late", locale.Args{"Do": v.do(k.Rule, k.Subject), "Over": v.roughly(between(k.Due, v.Now))})
		behind.rows = append(behind.rows, v.held(s, k, over))
	}
	next := section{hidden: max(s.open-len(ahead), 0), more: "board.more"}
	for _, k := range ahead {
		next.rows = append(next.rows, v.held(s, k, v.boardRow(k)))
	}
	return []section{head, behind, next, {lines: v.boardRules(s)}}
}

// boardTotal is the line that is always there: however much is left out below, the numbers are whole.
func (v voice) boardTotal(s board) locale.HTML {
	_, stale := v.silence()
	switch {
	case s.blank() && stale:
		return v.T("board.empty_unknown", nil)
	case s.blank():
		return v.T("board.empty", nil)
	}
	var parts []locale.HTML
	if n := len(s.late); n > 0 {
		key := "board.overdue"
		if s.More {
			key = "board.overdue_least"
		}
		parts = append(parts, v.T(key, locale.Args{"Count": n}))
	}
	if s.open > 0 {
		parts = append(parts, v.T("board.open", locale.Args{"Count": s.open}))
	}
	if s.Next > v.Now {
		parts = append(parts, v.T("board.next", locale.Args{"Due": v.when(s.Next)}))
	}
	return locale.Join(parts, " · ")
}

// boardStale says since when nothing was heard. It names an instant and no age, which would change all the time.
func (v voice) boardStale() locale.HTML {
	if v.Heard == 0 {
		return v.T("because.never", nil)
	}
	return v.T("board.stale", locale.Args{"Since": v.when(v.Heard)})
}

func (v voice) boardRow(k rules.Case) locale.HTML {
	args := locale.Args{"Do": v.do(k.Rule, k.Subject), "Due": v.when(k.Due)}
	left := between(v.Now, k.Due)
	if left > boardClose {
		return v.T("board.later", args)
	}
	args["Left"] = v.roughly(left)
	return v.T("board.close", args)
}

// roughly is a length of time in steps that suit its size, so that a board need not be edited every second: minutes, from
// ten on in fives, whole hours, whole days. It never says less than a minute.
func (v voice) roughly(d time.Duration) locale.HTML {
	step := time.Minute
	switch {
	case d >= 24*time.Hour:
		step = 24 * time.Hour
	case d >= time.Hour:
		step = time.Hour
	case d >= 10*time.Minute:
		step = 5 * time.Minute
	}
	return v.Duration(max(d.Truncate(step), time.Minute))
}

// held says behind a row who has the case in hand, or that it may rest.
func (v voice) held(s board, k rules.Case, row locale.HTML) locale.HTML {
	a := s.Alarms[alarm.CaseID(k.Ref(), k.Subject)]
	_, level := alarm.Of(k, true)
	switch {
	case a.Excused.At > 0:
		return v.T("board.excused", locale.Args{"Row": row})
	case a.Taken.At > 0:
		return v.T("board.taken", locale.Args{"Row": row, "Name": v.who(a.Taken)})
	case a.Silences(level, v.Now):
		return v.T("board.snoozed", locale.Args{"Row": row, "Until": v.when(a.Quiet)})
	}
	return row
}

// boardRules counts by rule, the latest first; with one rule the total has said it.
func (v voice) boardRules(s board) (lines []locale.HTML) {
	ids := slices.Collect(maps.Keys(s.lateBy))
	for id, n := range s.Open {
		if n > 0 && s.lateBy[id] == 0 {
			ids = append(ids, id)
		}
	}
	if len(ids) < 2 {
		return nil
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(cmp.Compare(s.lateBy[b], s.lateBy[a]), cmp.Compare(s.Open[b], s.Open[a]), cmp.Compare(a, b))
	})
	for _, id := range ids[:min(len(ids), boardRules)] {
		lines = append(lines, v.T("bullet", locale.Args{"Text": v.boardRule(id, s.lateBy[id], s.Open[id])}))
	}
	return lines
}

func (v voice) boardRule(id string, late, open int) locale.HTML {
	args := locale.Args{"Rule": v.ruleName(id), "Late": late, "Open": open}
	switch {
	case late == 0:
		return v.T("board.rule_open", args)
	case open == 0:
		return v.T("board.rule_late", args)
	}
	return v.T("board.rule_both", args)
}

// BoardSettings shows and changes whether a chat has the board. Its buttons are board:<shop>|on and |off.
func (c *Composer) BoardSettings(s SettingsView) (string, [][]outbox.Button) {
	v := c.voice(s.View)
	lines := v.settings(s, "board")
	toggle := v.button("turn_on", "board", v.Shop.ID, "on")
	if s.Chat.Board {
		toggle = v.button("turn_off", "board", v.Shop.ID, "off")
	}
	lines = append(lines, v.T("settings.board_"+onOff(s.Chat.Board), nil))
	return v.compose(section{lines: lines}), [][]outbox.Button{{toggle}, {v.button("due", "due", v.Shop.ID), v.button("today", "today", v.Shop.ID)}}
}
