package outbox

// The kinds of message.
const (
	Violation  = "violation"
	Breach     = "breach"
	Retraction = "retraction"
	Escalation = "escalation" // nobody acted: to the person on duty, then to the owner
	Notice     = "notice"     // about the bot and its sources, not about cases
	Status     = "status"     // an edit of an alert: who has it, that it is done
	Reply      = "reply"
	Warning    = "warning"
	Reminder   = "reminder" // still open
	Board      = "board"    // what is open, one message edited in place
	Scorecard  = "scorecard"
	Export     = "export"
)

// Lane is how urgent a message is. All messages of an earlier lane go first, wherever they are queued.
type Lane int

// The lanes. Somebody waits for a reply; a scorecard can wait for everybody. A board is worth less than the warnings it
// repeats and more than a scorecard, which is as true an hour later.
const (
	LaneAlert Lane = iota + 1
	LaneReply
	LaneWarning
	LaneBoard
	LaneDigest
	LaneExport
)

// Urgent lanes are looked at first; the bulk lanes may be long.
const (
	firstUrgent = LaneAlert
	lastUrgent  = LaneWarning
	firstBulk   = LaneBoard
	lastBulk    = LaneExport
)

// Lanes is how many there are.
const Lanes = int(LaneExport)

// String returns the lane in one word.
func (l Lane) String() string {
	return [...]string{"", "alert", "reply", "warning", "board", "digest", "export"}[l]
}

// policy is what holds for a kind of message.
type policy struct {
	lane Lane
	// again: when nobody knows whether it was sent it is sent once more. An alert that is missing costs more than one that
	// comes twice; with a scorecard it is the other way round.
	again bool
	// marked: the repetition says that it may be one.
	marked bool
}

// policyOf is the table of kinds. What is not in it is treated as an alert.
func policyOf(kind string) policy {
	switch kind {
	case Status, Retraction:
		return policy{lane: LaneAlert, again: true}
	case Reply:
		return policy{lane: LaneReply, again: true}
	case Warning:
		return policy{lane: LaneWarning, again: true, marked: true}
	case Board: // its next edit mends it
		return policy{lane: LaneBoard}
	case Reminder:
		return policy{lane: LaneWarning}
	case Scorecard:
		return policy{lane: LaneDigest}
	case Export:
		return policy{lane: LaneExport}
	}
	return policy{lane: LaneAlert, again: true, marked: true}
}

// LaneOf returns the lane of a kind of message.
func LaneOf(kind string) Lane { return policyOf(kind).lane }
