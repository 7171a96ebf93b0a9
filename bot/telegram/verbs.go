package telegram

// verb is what a command or a button asks for. Commands and buttons share them, and what each may do.
type verb int

const (
	verbUnknown verb = iota
	verbStart
	verbHelp
	verbBind
	verbShops
	verbToday
	verbDue
	verbViolations
	verbTips
	verbTip
	verbWhy
	verbAlerts
	verbDigest
	verbDuty
	verbLang
	verbUnbind
	verbBoard
	verbQuiet
	verbMute
	verbUrgent
	verbBudget
	verbPoints
	verbAppeal
	verbFolder
	verbTrend
	verbWhatIf
	verbExport
	verbSeen
	verbTake
	verbOver
	verbSnooze
	verbExcuse
	verbUndo
	verbAlarm
	verbSnoozed

	verbTeam
	verbTest
	verbSample
	verbPrivacy
	verbSettings
)

// plan is what has to hold before a verb is carried out, and the shape of its button.
type plan struct {
	name string
	need need
	args int  // arguments in button data, the last of which may hold bars
	shop bool // it is about one shop: the first argument in button data
}

// plans is the table of verbs.
var plans = [...]plan{
	verbUnknown:    {need: needNothing},
	verbStart:      {name: "start", need: needNothing},
	verbHelp:       {name: "help", need: needNothing, args: 1},
	verbBind:       {name: "bind", need: needNothing},
	verbShops:      {name: "shops", need: needNothing, args: 2},
	verbToday:      {name: "today", need: needBound, args: 2, shop: true},
	verbDue:        {name: "due", need: needBound, args: 3, shop: true},
	verbViolations: {name: "violations", need: needBound, args: 2, shop: true},
	verbTips:       {name: "tips", need: needBound, args: 2, shop: true},
	verbTip:        {name: "tip", need: needSettings, args: 6, shop: true},
	verbWhy:        {name: "why", need: needBound, args: 3, shop: true},
	verbAlerts:     {name: "alerts", need: needSettings, args: 2, shop: true},
	verbDigest:     {name: "digest", need: needSettings, args: 3, shop: true},
	verbDuty:       {name: "duty", need: needBound, args: 2, shop: true},
	verbLang:       {name: "lang", need: needNothing, args: 1},
	verbUnbind:     {name: "unbind", need: needOwn, args: 2, shop: true},
	verbBoard:      {name: "board", need: needOwn, args: 2, shop: true},
	verbQuiet:      {name: "quiet", need: needOwn, args: 2, shop: true},
	verbMute:       {name: "mute", need: needOwn, args: 2, shop: true},
	verbUrgent:     {name: "urgent", need: needOwn, args: 3, shop: true},
	verbBudget:     {name: "budget", need: needOwn, args: 2, shop: true},
	verbWhatIf:     {name: "whatif", need: needBound, args: 4, shop: true},

	verbPoints:   {name: "points", need: needBound, args: 1, shop: true},
	verbAppeal:   {name: "appeal", need: needBound, args: 2, shop: true},
	verbFolder:   {name: "folder", need: needSettings, args: 4, shop: true}, // the id of the penalty comes last
	verbTrend:    {name: "trend", need: needBound, args: 2, shop: true},
	verbSettings: {name: "settings", need: needSettings, args: 3, shop: true},
	verbExport:   {name: "export", need: needOwn, args: 4, shop: true},

	// what is done about an alert; the id comes last
	verbSeen:    {name: "seen", need: needAct, args: 3, shop: true},
	verbTake:    {name: "take", need: needAct, args: 3, shop: true},
	verbOver:    {name: "over", need: needAct, args: 3, shop: true},
	verbSnooze:  {name: "snooze", need: needAct, args: 4, shop: true},
	verbExcuse:  {name: "excuse", need: needSettings, args: 4, shop: true},
	verbUndo:    {name: "undo", need: needAct, args: 4, shop: true}, // of an excuse: as the excuse
	verbAlarm:   {name: "alarm", need: needBound, args: 3, shop: true},
	verbSnoozed: {name: "snoozed", need: needBound, args: 2, shop: true},

	verbTeam:    {name: "team", need: needBound, args: 4, shop: true}, // what is changed needs more, see teamNeed
	verbTest:    {name: "test", need: needOwn, args: 1, shop: true},
	verbSample:  {name: "sample", need: needNothing},
	verbPrivacy: {name: "privacy", need: needNothing, args: 2},
}

// String returns the verb as it stands in commands and button data.
func (v verb) String() string { return plans[v].name }

// buttonVerb finds the verb of button data, verbUnknown when there is none.
func buttonVerb(name string) verb {
	for v := range plans {
		if name != "" && plans[v].name == name {
			return verb(v)
		}
	}
	return verbUnknown
}
