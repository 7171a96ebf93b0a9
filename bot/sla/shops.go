package sla

import (
	"context"
	"errors"
	"slices"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/config"
	"shopwarden/rules"
)

// Crowd reads many shops at once, each call in one round trip to each server.
type Crowd interface {
	// Glances returns what a verdict starts from: one Glance per shop, in order.
	Glances(ctx context.Context, shops []string, ask GlanceAsk) ([]Glance, error)
	// Days reads tallies as Store does.
	Days(ctx context.Context, asks []DayAsk) ([]DayData, error)
	// Gather reads dossiers of several shops: one list per ask, in order, each in the order of its subjects.
	Gather(ctx context.Context, asks []ShopAsk) ([][]rules.Dossier, error)
}

// GlanceAsk says what comes along of each shop.
type GlanceAsk struct {
	Until         rules.Instant // open cases due by then
	Open          int           // as many of them at most
	LateFrom, Now rules.Instant // broken cases due from … to, both included
	Late          int           // as many of them at most
	Since         rules.Instant // penalties whose first fact lies at or after it
}

// Glance is what is read of one shop for its verdict. Found is false when it is not set up.
type Glance struct {
	Found     bool
	Config    config.Shop
	Heard     rules.Instant
	Pulse     rules.Pulse
	Due       []Listed // open cases, the earliest due first
	Late      []Listed // broken cases, the latest due first
	Soon      int      // open cases due by then in all
	Penalties []string
}

// How much of each shop the agency's view reads, and how much of it at a time.
const (
	glanceDue     = 12                   // open cases; the verdict looks at the first urgentTop that still are
	glanceBatch   = 50                   // shops in one read
	glanceTime    = 3 * time.Second      // for all of them: what is not read by then is called unknown
	glancePenalty = 100 * 24 * time.Hour // a penalty that is older has no appeal that ends now
)

// Agency answers for many shops at once. It is safe for concurrent use.
//
// It guarantees: the verdict of a shop is that of [Desk.Today] at the same moment, and every shop asked for is in the answer
// unless it is set up no more: what cannot be read is called so.
type Agency struct {
	desk  *Desk
	crowd Crowd
}

// NewAgency returns an agency that judges as a desk does.
func NewAgency(desk *Desk, crowd Crowd) *Agency { return &Agency{desk, crowd} }

// Standings says how shops stand, in order. Shops are read in batches; when a batch fails, one by one, so that one whose data
// is broken takes no other with it. It takes some seconds at most.
func (a *Agency) Standings(ctx context.Context, shops []string) ([]notify.ShopStanding, error) {
	limited, cancel := context.WithTimeout(ctx, glanceTime)
	defer cancel()
	var list []notify.ShopStanding
	read := 0
	for from := 0; from < len(shops); from += glanceBatch {
		batch := shops[from:min(from+glanceBatch, len(shops))]
		part, n := a.batch(limited, batch)
		list, read = append(list, part...), read+n
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if read == 0 && len(list) > 0 {
		return nil, errNothingRead
	}
	return list, nil
}

// errNothingRead says that of no shop anything could be read: that is not a matter of the shops.
var errNothingRead = errors.New("none of the shops could be read")

// batch reads some shops, and says how many of them could be.
func (a *Agency) batch(ctx context.Context, shops []string) (list []notify.ShopStanding, read int) {
	list, err := a.read(ctx, shops)
	switch {
	case err == nil:
		return list, len(list)
	case len(shops) == 1:
		unread := notify.ShopStanding{Today: notify.TodayView{View: notify.View{Shop: config.Shop{ID: shops[0]}}}}
		return []notify.ShopStanding{unread}, 0
	}
	list = nil
	for _, shop := range shops {
		part, n := a.batch(ctx, []string{shop})
		list, read = append(list, part...), read+n
	}
	return list, read
}

// glanced is a shop on its way to a verdict.
type glanced struct {
	Glance
	view     notify.View
	subjects []rules.Subject // of Due, then of Late and Penalties, then the programs
}

// read judges some shops. An error is about all of them.
func (a *Agency) read(ctx context.Context, shops []string) ([]notify.ShopStanding, error) {
	now := rules.InstantOf(a.desk.now())
	glances, err := a.crowd.Glances(ctx, shops, GlanceAsk{Until: now + rules.Instant(soon.Milliseconds()), Open: glanceDue,
		LateFrom: lateFrom(now), Now: now, Late: lateRead, Since: now - rules.Instant(glancePenalty.Milliseconds())})
	if err != nil {
		return nil, err
	}
	var found []glanced
	var subjects []ShopAsk
	var days []DayAsk
	for _, g := range glances {
		if !g.Found {
			continue // removed in the meantime
		}
		policy, err := a.desk.policy(g.Config)
		if err != nil {
			return nil, err
		}
		one := glanced{Glance: g, view: notify.View{Shop: g.Config, Policy: policy, Now: now, Heard: g.Heard, Pulse: g.Pulse}}
		one.name()
		found = append(found, one)
		subjects = append(subjects, ShopAsk{Shop: g.Config.ID, Subjects: one.subjects})
		days = append(days, DayAsk{Shop: g.Config.ID, Days: []rules.Date{policy.Day(now)}})
	}
	tallies, err := a.crowd.Days(ctx, days)
	if err != nil {
		return nil, err
	}
	dossiers, err := a.crowd.Gather(ctx, subjects)
	if err != nil {
		return nil, err
	}
	list := make([]notify.ShopStanding, len(found))
	for i := range found {
		if list[i], err = a.judge(ctx, &found[i], tallies[i].Tallies, dossiers[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (g *glanced) name() {
	for _, l := range g.Due {
		g.subjects = append(g.subjects, l.ID.Subject)
	}
	for _, l := range g.Late {
		g.subjects = append(g.subjects, l.ID.Subject)
	}
	for _, id := range g.Penalties {
		g.subjects = append(g.subjects, rules.Subject{Kind: rules.Penalty, ID: id})
	}
	for _, program := range programs {
		g.subjects = append(g.subjects, rules.Subject{Kind: rules.Guarantee, ID: program})
	}
}

// judge says how one shop stands. Where so many listed cases are gone that the first ones that still are were not read, the
// shop is read on its own.
func (a *Agency) judge(ctx context.Context, g *glanced, days rules.Days, dossiers []rules.Dossier) (notify.ShopStanding, error) {
	v := g.view
	today := v.Policy.Day(v.Now)
	cases := judged(v, g.Due, dossiers[:len(g.Due)])
	rest := dossiers[len(g.Due):]
	late := stillLate(v, judged(v, g.Late, rest[:len(g.Late)]))
	rest = rest[len(g.Late):]
	s := notify.ShopStanding{Read: true}
	s.Appeals, s.AppealBy = appealsEnding(v, g.Penalties, rest[:len(g.Penalties)])
	if len(g.Due) == glanceDue && len(cases) < urgentTop {
		var err error
		s.Today, err = a.desk.Today(ctx, v.Shop.ID)
		return s, err
	}
	counts := rules.Counts{From: today, To: today.Next(1), Days: days, Programs: turnedOn(rest[len(g.Penalties):])}
	s.Today = notify.TodayView{View: v, Card: v.Policy.ScoreOf(counts), Findings: v.Policy.Evaluate(today, days[today]), Urgent: slices.Concat(cases[:min(urgentTop, len(cases))], late)}
	s.Today.Soon = g.Soon - (len(g.Due) - len(cases))
	return s, nil
}

// judged judges listed cases as they stand now; one that is gone in the meantime is left out.
func judged(v notify.View, listed []Listed, dossiers []rules.Dossier) (out []rules.Case) {
	for i, l := range listed {
		for _, k := range v.Policy.Judge(l.ID.Subject, dossiers[i].Facts, v.Now) {
			if k.Rule == l.ID.Rule && k.Part == l.ID.Part {
				out = append(out, k)
			}
		}
	}
	return out
}

// appealsEnding counts the penalties against which nobody has appealed and whose time to do so ends soon, and says when the
// first one's does.
func appealsEnding(v notify.View, ids []string, dossiers []rules.Dossier) (n int, first rules.Instant) {
	for i, id := range ids {
		p, ok := rules.FoldSanction(id, dossiers[i].Facts, v.Policy.Zone())
		if !ok || p.State != rules.Issued || p.AppealBy < v.Now || p.AppealBy > v.Now+rules.Instant(notify.AppealSoon.Milliseconds()) {
			continue
		}
		n++
		if first == 0 || p.AppealBy < first {
			first = p.AppealBy
		}
	}
	return n, first
}
