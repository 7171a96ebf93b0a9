package sla

import (
	"context"
	"errors"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/config"
	"shopwarden/rules"
)

// ErrUnknownShop says that no such shop is set up.
var ErrUnknownShop = errors.New("unknown shop")

// ErrPolicy says that the rules of a shop do not load: its pack is gone, or its settings do not suit the pack.
var ErrPolicy = errors.New("the rules of the shop do not load")

// Store keeps shops. One optimistic transaction is Load, then Days, then Commit with the version that Load returned: the
// commit applies as a whole, or not at all when anything else was committed to that partition in between. All methods are
// safe for concurrent use and for several processes; an error of Commit leaves the outcome unknown, and trying the whole
// transaction again is always right.
type Store interface {
	// Partition returns the partition of a shop, 0 … Partitions()-1. It never changes.
	Partition(shop string) int
	Partitions() int
	// Load reads partitions: one Loaded per Ask, in order.
	Load(ctx context.Context, asks []Ask) ([]Loaded, error)
	// Days reads tallies and times of days: one DayData per DayAsk, in order.
	Days(ctx context.Context, asks []DayAsk) ([]DayData, error)
	// Commit applies each write or none of it: applied[i] is false when the version of its partition has moved on.
	Commit(ctx context.Context, writes []Write) (applied []bool, err error)
	// Wakes returns up to limit subjects per partition whose wake-up is at or before now. It changes nothing: the commit
	// that ticks the subject moves or removes the wake-up.
	Wakes(ctx context.Context, now rules.Instant, limit int) ([]Wake, error)
}

// Ask names what to read of one partition.
type Ask struct {
	Partition int
	Shops     []ShopAsk
}

// ShopAsk names the dossiers to read of one shop. The shop's settings and chats always come along.
type ShopAsk struct {
	Shop     string
	Subjects []rules.Subject
}

// Loaded is the answer to an Ask. Shops has the order of the ask.
type Loaded struct {
	Version int64
	Shops   []LoadedShop
}

// LoadedShop is one shop. Found is false when it is not set up; the rest is then empty. Raw is the stored form of Config:
// equal Raw means equal settings, so that what is derived from them can be cached. Dossiers has the order of the ask; an
// unknown subject has the zero dossier.
type LoadedShop struct {
	Found    bool
	Raw      string
	Config   config.Shop
	Chats    []notify.Chat
	Dossiers []rules.Dossier
	Pulse    rules.Pulse
}

// DayAsk names days of one shop, and rule-days whose times are wanted.
type DayAsk struct {
	Shop string
	Days []rules.Date
	Took []RuleDay
}

// RuleDay is one rule on one local day.
type RuleDay struct {
	Day  rules.Date
	Rule string
}

// DayData is the answer to a DayAsk. A day without cases has an empty, non-nil tally.
type DayData struct {
	Tallies map[rules.Date]rules.DayTallies
	Took    map[RuleDay]rules.Durations
}

// Wake is a subject whose case time alone will change.
type Wake struct {
	Shop    string
	Subject rules.Subject
}

// Write is what one commit does to one partition.
type Write struct {
	Partition int
	Version   int64
	Shops     []ShopWrite
}

// ShopWrite is what one commit does to one shop. Everything in it is absolute, so applying it twice equals once.
type ShopWrite struct {
	Shop      string
	Dossiers  map[rules.Subject]rules.Dossier
	Wakes     map[rules.Subject]rules.Instant // 0 removes
	Due       map[CaseID]rules.Instant        // open cases by due instant; 0 removes
	Broken    map[CaseID]rules.Instant        // breached cases by due instant; 0 removes
	Penalties map[string]rules.Instant        // penalty ids by the instant of their first fact; 0 removes
	Tallies   map[rules.Date]rules.DayTallies // whole days
	Took      map[RuleDay]rules.Durations     // whole rule-days
	Log       []rules.Event                   // events that brought at least one new fact, in order
	Messages  []outbox.Message                // keys known already are dropped
	Withdraw  []string                        // keys of messages not to be sent any more if they wait still
	Shelve    map[string]string               // the same, and what became of the message moves to another key: the first is free again
	Heard     rules.Instant                   // when the last event arrived; 0 = none in this commit
	Pulse     *rules.Pulse                    // the rhythm of arrivals; nil = as before
	Board     rules.Instant                   // the boards are to be looked at by then; 0 = as planned
}

// CaseID names one case of a shop. Part is "" where a subject has one case under the rule.
type CaseID struct {
	Rule    string
	Part    string
	Subject rules.Subject
}

// Reader is the read side, for people's questions and for reports. Every method reads one shop only.
type Reader interface {
	// Shop returns the settings of a shop, ErrUnknownShop when it is not set up.
	Shop(ctx context.Context, shop string) (config.Shop, error)
	// Days reads tallies (and times) as Store does.
	Days(ctx context.Context, asks []DayAsk) ([]DayData, error)
	// Dossiers reads what is known of subjects, in order; the zero dossier for an unknown one.
	Dossiers(ctx context.Context, shop string, subjects []rules.Subject) ([]rules.Dossier, error)
	// Due returns up to limit open cases, the earliest due first, and how many there are in all.
	Due(ctx context.Context, shop string, limit int) ([]Listed, int, error)
	// Broken returns up to limit breached cases due in [from, to), the latest first, and how many there are in all.
	Broken(ctx context.Context, shop string, from, to rules.Instant, limit int) ([]Listed, int, error)
	// BrokenPage returns the cases that the ask picks, and how many were due in its span by rule, whatever else it asks for. It
	// reads all ids of the span.
	BrokenPage(ctx context.Context, shop string, ask BrokenAsk) ([]Listed, map[string]int, error)
	// KeptDays is how many local days back lists of broken cases and tallies are kept.
	KeptDays() int
	// Told finds the event of the log that told a fact: its id, and when it was logged. It looks at a bounded number of events
	// from about the instant of the fact on; ok is false when it is not among them.
	Told(ctx context.Context, shop string, about rules.About) (event string, at rules.Instant, ok bool, err error)
	// Penalties returns the ids of the penalties whose first fact lies in [from, to), the earliest first.
	Penalties(ctx context.Context, shop string, from, to rules.Instant) ([]string, error)
	// Log calls f with each event of the shop's log in the order of commit, until f fails.
	Log(ctx context.Context, shop string, f func(rules.Event) error) error
	// Heard returns when the last event of the shop arrived, 0 when none ever did.
	Heard(ctx context.Context, shop string) (rules.Instant, error)
	// Pulse returns the rhythm in which the events of the shop arrive, the zero value when none ever did.
	Pulse(ctx context.Context, shop string) (rules.Pulse, error)
}

// Listed is one case in a list.
type Listed struct {
	ID  CaseID
	Due rules.Instant
}
