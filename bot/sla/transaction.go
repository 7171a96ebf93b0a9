package sla

import (
	"context"
	"slices"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// transaction is one attempt to commit a group of requests: load, decide, commit.
type transaction struct {
	t      *Tracker
	now    rules.Instant
	parts  []*part
	queued bool // messages were put on the queue
}

// part is what a transaction does to one partition.
type part struct {
	number   int
	version  int64
	loaded   bool
	shops    []*work
	requests []*request
}

// work is what a transaction does to one shop.
type work struct {
	shop     string
	requests []*request
	subjects []rules.Subject // the first len(loaded.Dossiers) of them are loaded
	place    map[rules.Subject]int
	facts    map[rules.Subject][]told
	asked    bool
	ticked   map[rules.Subject]bool // asked to be looked at
	muted    map[rules.Subject]bool // nobody is told of these
	loaded   LoadedShop
	policy   *rules.Policy
	write    ShopWrite
	deltas   []rules.Delta
	news     notify.News
	loud     bool // somebody may be told
	changed  bool
	failed   error
}

// told is one fact and the event it came from, nil when it follows from another subject.
type told struct {
	fact  rules.Fact
	event *rules.Event
	quiet bool
}

func newTransaction(t *Tracker, group []*request) *transaction {
	tx := &transaction{t: t, now: rules.InstantOf(t.cfg.Now())}
	for _, r := range group {
		tx.part(t.store.Partition(r.shop)).add(r)
	}
	return tx
}

func (tx *transaction) part(number int) *part {
	for _, p := range tx.parts {
		if p.number == number {
			return p
		}
	}
	p := &part{number: number}
	tx.parts = append(tx.parts, p)
	return p
}

func (p *part) add(r *request) {
	p.requests = append(p.requests, r)
	w := p.work(r.shop)
	w.requests = append(w.requests, r)
	w.loud = w.loud || !r.quiet
	for _, s := range r.ticks {
		w.subject(s)
		w.ticked[s] = true
		if r.quiet {
			w.muted[s] = true
		}
	}
	for i := range r.events {
		for _, about := range r.events[i].Facts() {
			w.subject(about.Subject)
			w.facts[about.Subject] = append(w.facts[about.Subject], told{about.Fact, &r.events[i], r.quiet})
		}
		for _, s := range r.events[i].Mentions() {
			w.subject(s)
		}
	}
}

func (p *part) work(shop string) *work {
	for _, w := range p.shops {
		if w.shop == shop {
			return w
		}
	}
	w := &work{shop: shop, place: map[rules.Subject]int{}, facts: map[rules.Subject][]told{},
		ticked: map[rules.Subject]bool{}, muted: map[rules.Subject]bool{}}
	p.shops = append(p.shops, w)
	return w
}

func (w *work) subject(s rules.Subject) {
	if _, known := w.place[s]; !known {
		w.place[s] = len(w.subjects)
		w.subjects = append(w.subjects, s)
	}
}

// run carries the transaction out. Requests of partitions that moved on come back, to be tried again; all others have been
// answered. An error leaves every request unanswered.
func (tx *transaction) run(ctx context.Context) (again []*request, err error) {
	if err := tx.gather(ctx); err != nil {
		return nil, err
	}
	for _, p := range tx.parts {
		for _, w := range p.shops {
			w.decide(tx)
		}
	}
	if err := tx.tally(ctx); err != nil {
		return nil, err
	}
	return tx.commit(ctx)
}

// gather loads every subject that the facts are about, also those that are only known from what was loaded: an after-sales
// case leads to its order.
func (tx *transaction) gather(ctx context.Context) error {
	for missing := true; missing; {
		if err := tx.load(ctx); err != nil {
			return err
		}
		missing = false
		for _, p := range tx.parts {
			for _, w := range p.shops {
				w.spread()
				missing = missing || w.missing()
			}
		}
	}
	return nil
}

// load reads what is missing, in one round trip. A partition that moved on since its last load is read anew as a whole.
func (tx *transaction) load(ctx context.Context) error {
	var asks []Ask
	var parts []*part
	for _, p := range tx.parts {
		if ask := p.ask(); len(ask.Shops) > 0 {
			asks, parts = append(asks, ask), append(parts, p)
		}
	}
	loaded, err := tx.t.store.Load(ctx, asks)
	if err != nil {
		return err
	}
	for i, p := range parts {
		p.take(loaded[i])
	}
	return nil
}

func (p *part) ask() Ask {
	ask := Ask{Partition: p.number}
	for _, w := range p.shops {
		if w.missing() {
			ask.Shops = append(ask.Shops, ShopAsk{w.shop, w.subjects[len(w.loaded.Dossiers):]})
		}
	}
	return ask
}

// take keeps what was loaded for the shops that missed something.
func (p *part) take(l Loaded) {
	stale := p.loaded && p.version != l.Version
	i := 0
	for _, w := range p.shops {
		switch {
		case stale:
			w.asked, w.loaded.Dossiers = false, nil
		case w.missing():
			dossiers := slices.Concat(w.loaded.Dossiers, l.Shops[i].Dossiers)
			w.asked, w.loaded = true, l.Shops[i]
			w.loaded.Dossiers = dossiers
			i++
		}
	}
	p.version, p.loaded = l.Version, true
}

// missing reports whether something of the shop has yet to be loaded.
func (w *work) missing() bool {
	return !w.asked || w.loaded.Found && len(w.loaded.Dossiers) < len(w.subjects)
}

// spread lets the loaded subjects tell each other what follows from their facts.
func (w *work) spread() {
	if !w.loaded.Found {
		return
	}
	left := slices.Clone(w.subjects[:len(w.loaded.Dossiers)])
	for ; len(left) > 0; left = left[1:] {
		s := left[0]
		if !w.leads(s) {
			continue
		}
		facts, quiet := w.known(s)
		for _, about := range rules.Related(s, facts) {
			w.subject(about.Subject)
			if w.hear(about, quiet) && w.place[about.Subject] < len(w.loaded.Dossiers) {
				left = append(left, about.Subject)
			}
		}
	}
}

// leads reports whether a subject was told something now and knows of another subject.
func (w *work) leads(s rules.Subject) bool {
	leads := func(f rules.Fact) bool { return rules.Leads(s, f) }
	return len(w.facts[s]) > 0 && (slices.ContainsFunc(w.loaded.Dossiers[w.place[s]].Facts, leads) ||
		slices.ContainsFunc(w.facts[s], func(t told) bool { return leads(t.fact) }))
}

// known is all that a loaded subject knows with what it was told now, and whether any of that is to be kept quiet.
func (w *work) known(s rules.Subject) (facts rules.Facts, quiet bool) {
	list := make([]rules.Fact, len(w.facts[s]))
	for i, t := range w.facts[s] {
		list[i], quiet = t.fact, quiet || t.quiet
	}
	facts, _ = w.loaded.Dossiers[w.place[s]].Facts.AddAll(list)
	return facts, quiet
}

// hear tells a subject a fact that follows from another one, and reports whether it had not been told before.
func (w *work) hear(about rules.About, quiet bool) bool {
	if slices.ContainsFunc(w.facts[about.Subject], func(t told) bool { return t.fact.Equal(about.Fact) }) {
		return false
	}
	w.facts[about.Subject] = append(w.facts[about.Subject], told{about.Fact, nil, quiet})
	return true
}

// decide lets the rules judge every subject once, with all its new facts.
func (w *work) decide(tx *transaction) {
	if !w.loaded.Found {
		w.forget()
		return
	}
	if w.policy, w.failed = tx.t.policies.of(w.shop, w.loaded); w.failed != nil {
		w.postpone(tx.now + rules.Instant(policyRetry.Milliseconds()))
		return
	}
	w.write = ShopWrite{Shop: w.shop, Dossiers: map[rules.Subject]rules.Dossier{}, Wakes: map[rules.Subject]rules.Instant{},
		Due: map[CaseID]rules.Instant{}, Broken: map[CaseID]rules.Instant{}, Penalties: map[string]rules.Instant{}, Shelve: map[string]string{}}
	w.news = notify.News{Shop: w.loaded.Config, Policy: w.policy, Chats: w.loaded.Chats, Now: tx.now}
	logged := map[*rules.Event]bool{}
	for i, s := range w.subjects {
		if s == source {
			continue
		}
		w.step(s, w.loaded.Dossiers[i], tx.now, logged)
	}
	live := false
	for _, r := range w.requests { // the log keeps the order of arrival
		for i := range r.events {
			if logged[&r.events[i]] {
				w.write.Log = append(w.write.Log, r.events[i])
				live = live || !r.quiet
			}
		}
	}
	if len(w.write.Log) > 0 {
		w.write.Heard = tx.now
	}
	w.listen(tx, live)
	onBoard := func(c notify.Chat) bool { return c.Board }
	if len(w.write.Due)+len(w.write.Broken) > 0 && slices.ContainsFunc(w.loaded.Chats, onBoard) {
		w.write.Board = tx.now + rules.Instant(boardSoon.Milliseconds())
	}
}

// boardSoon is how long after a change the boards of a shop are looked at, so that a burst of changes is one edit.
const boardSoon = 20 * time.Second

// forget answers for a shop that is not set up: events are refused, wake-ups that were left behind are dropped.
func (w *work) forget() {
	w.failed = ErrUnknownShop
	w.postpone(0)
}

// policyRetry is how long a shop whose rules do not load is left alone.
const policyRetry = 5 * time.Minute

// postpone moves the wake-ups of the subjects to be ticked, so that a shop that cannot be judged stays out of the way of
// others; 0 drops them.
func (w *work) postpone(until rules.Instant) {
	w.write = ShopWrite{Shop: w.shop, Wakes: map[rules.Subject]rules.Instant{}}
	for _, r := range w.requests {
		for _, s := range r.ticks {
			w.write.Wakes[s] = until
			w.changed = true
		}
	}
}

func (w *work) step(s rules.Subject, d rules.Dossier, now rules.Instant, logged map[*rules.Event]bool) {
	list := w.facts[s]
	facts := make([]rules.Fact, len(list))
	quiet := w.muted[s]
	for i, f := range list {
		facts[i] = f.fact
		quiet = quiet || f.quiet
	}
	d, change, fresh := w.policy.Step(s, d, facts, now)
	for i := range list {
		if fresh[i] && list[i].event != nil {
			logged[list[i].event] = true
		}
	}
	ticked := w.ticked[s]
	if !change.Changed && !ticked {
		return
	}
	w.changed = true
	if change.Changed {
		w.write.Dossiers[s] = d
	}
	w.index(s, d)
	w.write.Wakes[s] = change.Wake
	w.list(change)
	w.write.Withdraw = append(w.write.Withdraw, notify.Outdated(w.shop, s, change.Outdated, w.loaded.Chats)...)
	w.deltas = append(w.deltas, change.Deltas...)
	if !quiet {
		w.tell(change)
	}
}

// index keeps the list of penalties in step with what is known of them.
func (w *work) index(s rules.Subject, d rules.Dossier) {
	if s.Kind != rules.Penalty {
		return
	}
	var first rules.Instant // facts are kept by instant
	if len(d.Facts) > 0 {
		first = d.Facts[0].At
	}
	w.write.Penalties[s.ID] = first
}

// list keeps the lists of what is due and what is broken in step with the cases. Cases that are only counted are in neither,
// unless there is a warning to heed.
func (w *work) list(c rules.Change) {
	for _, k := range c.Opened {
		if r := w.policy.Find(k.Rule, k.Day); r == nil || !r.Counted() || len(r.WarnAt) > 0 {
			w.write.Due[CaseID{k.Rule, k.Part, k.Subject}] = k.Due
		}
	}
	for _, k := range c.Closed {
		w.write.Due[CaseID{k.Rule, k.Part, k.Subject}] = 0
	}
	for _, x := range c.Cleared {
		w.write.Broken[CaseID{x.Rule, x.Part, c.Subject}] = 0
	}
	for _, k := range c.Breached {
		if !w.counted(k.Rule, k.Day) {
			w.write.Broken[CaseID{k.Rule, k.Part, k.Subject}] = k.Due
		}
	}
}

func (w *work) counted(rule string, day rules.Date) bool {
	r := w.policy.Find(rule, day)
	return r != nil && r.Counted()
}

func (w *work) tell(c rules.Change) {
	w.news.Breached = append(w.news.Breached, c.Breached...)
	w.news.Warned = append(w.news.Warned, c.Warned...)
	w.news.Finished = append(w.news.Finished, c.Finished...)
	for _, x := range c.Cleared {
		cleared := notify.Cleared{Subject: c.Subject, Entry: x}
		for _, k := range c.Cases {
			if k.Rule == x.Rule && k.Part == x.Part {
				cleared.Case, cleared.OK = k, true
			}
		}
		w.news.Cleared = append(w.news.Cleared, cleared)
	}
}

// commit writes what changed and answers the requests of every partition that was written or had nothing to write.
func (tx *transaction) commit(ctx context.Context) (again []*request, err error) {
	var writes []Write
	var written []*part
	for _, p := range tx.parts {
		write := Write{Partition: p.number, Version: p.version}
		for _, w := range p.shops {
			if w.changed {
				write.Shops = append(write.Shops, w.write)
				tx.queued = tx.queued || len(w.write.Messages) > 0
			}
		}
		if len(write.Shops) > 0 {
			writes = append(writes, write)
			written = append(written, p)
			continue
		}
		p.answer()
	}
	if len(writes) == 0 {
		return nil, nil
	}
	applied, err := tx.t.store.Commit(ctx, writes)
	if err != nil {
		for _, p := range written {
			answer(p.requests, err)
		}
		return nil, nil
	}
	for i, p := range written {
		if applied[i] {
			p.answer()
		} else {
			again = append(again, p.requests...)
		}
	}
	return again, nil
}

func (p *part) answer() {
	for _, w := range p.shops {
		answer(w.requests, w.failed)
	}
}
