package sla_test

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// memory is a store in memory with four partitions and faults to order.
type memory struct {
	mu        sync.Mutex
	versions  [4]int64
	shops     map[string]config.Shop
	chats     map[string][]notify.Chat
	dossiers  map[string]map[rules.Subject]rules.Dossier
	tallies   map[string]map[rules.Date]rules.DayTallies
	took      map[string]map[sla.RuleDay]rules.Durations
	wakes     map[string]map[rules.Subject]rules.Instant
	due       map[string]map[sla.CaseID]rules.Instant
	broken    map[string]map[sla.CaseID]rules.Instant
	penalties map[string]map[string]rules.Instant
	log       map[string][]rules.Event
	pulses    map[string]rules.Pulse
	messages  map[string]int // by key, how often it was queued
	withdrawn []string
	shelved   []string
	boards    []rules.Instant // looks that were asked for
	commits   int

	beforeCommit func(n int) error // may fail a commit before it is applied
	afterCommit  func(n int) error // may lose the answer of one that was applied
}

func newMemory(shops ...config.Shop) *memory {
	m := &memory{shops: map[string]config.Shop{}, chats: map[string][]notify.Chat{}, dossiers: map[string]map[rules.Subject]rules.Dossier{},
		tallies: map[string]map[rules.Date]rules.DayTallies{}, took: map[string]map[sla.RuleDay]rules.Durations{},
		wakes: map[string]map[rules.Subject]rules.Instant{}, due: map[string]map[sla.CaseID]rules.Instant{},
		broken: map[string]map[sla.CaseID]rules.Instant{}, log: map[string][]rules.Event{}, messages: map[string]int{}, pulses: map[string]rules.Pulse{},
		penalties: map[string]map[string]rules.Instant{}}
	for _, s := range shops {
		m.shops[s.ID] = s
		m.dossiers[s.ID] = map[rules.Subject]rules.Dossier{}
		m.tallies[s.ID] = map[rules.Date]rules.DayTallies{}
		m.took[s.ID] = map[sla.RuleDay]rules.Durations{}
		m.due[s.ID], m.broken[s.ID] = map[sla.CaseID]rules.Instant{}, map[sla.CaseID]rules.Instant{}
		m.penalties[s.ID] = map[string]rules.Instant{}
		m.wakes[s.ID] = map[rules.Subject]rules.Instant{}
	}
	return m
}

func (m *memory) Partition(shop string) int { return int(shop[len(shop)-1]) % 4 }
func (m *memory) Partitions() int           { return 4 }

func (m *memory) Load(_ context.Context, asks []sla.Ask) ([]sla.Loaded, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]sla.Loaded, len(asks))
	for i, ask := range asks {
		out[i].Version = m.versions[ask.Partition]
		for _, s := range ask.Shops {
			cfg, found := m.shops[s.Shop]
			l := sla.LoadedShop{Found: found, Raw: cfg.Name + cfg.Hours, Config: cfg, Chats: m.chats[s.Shop], Pulse: m.pulses[s.Shop]}
			for _, subject := range s.Subjects {
				l.Dossiers = append(l.Dossiers, m.dossiers[s.Shop][subject])
			}
			out[i].Shops = append(out[i].Shops, l)
		}
	}
	return out, nil
}

func (m *memory) Days(_ context.Context, asks []sla.DayAsk) ([]sla.DayData, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []sla.DayData
	for _, ask := range asks {
		data := sla.DayData{Tallies: map[rules.Date]rules.DayTallies{}, Took: map[sla.RuleDay]rules.Durations{}}
		for _, day := range ask.Days {
			data.Tallies[day] = rules.DayTallies{}
			maps.Copy(data.Tallies[day], m.tallies[ask.Shop][day])
		}
		for _, rd := range ask.Took {
			if d := m.took[ask.Shop][rd]; len(d) > 0 {
				data.Took[rd] = slices.Clone(d)
			}
		}
		out = append(out, data)
	}
	return out, nil
}

func (m *memory) Commit(_ context.Context, writes []sla.Write) ([]bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.commits++
	if f := m.beforeCommit; f != nil {
		if err := f(m.commits); err != nil {
			return nil, err
		}
	}
	applied := make([]bool, len(writes))
	for i, w := range writes {
		if applied[i] = m.versions[w.Partition] == w.Version; applied[i] {
			m.versions[w.Partition]++
			for _, s := range w.Shops {
				m.write(s)
			}
		}
	}
	if f := m.afterCommit; f != nil {
		if err := f(m.commits); err != nil {
			return nil, err
		}
	}
	return applied, nil
}

func (m *memory) write(s sla.ShopWrite) {
	if _, ok := m.shops[s.Shop]; !ok {
		return
	}
	maps.Copy(m.dossiers[s.Shop], s.Dossiers)
	maps.Copy(m.took[s.Shop], s.Took)
	maps.Copy(m.tallies[s.Shop], s.Tallies)
	put(m.wakes[s.Shop], s.Wakes)
	put(m.due[s.Shop], s.Due)
	put(m.broken[s.Shop], s.Broken)
	put(m.penalties[s.Shop], s.Penalties)
	maps.DeleteFunc(m.took[s.Shop], func(_ sla.RuleDay, d rules.Durations) bool { return len(d) == 0 })
	maps.DeleteFunc(m.tallies[s.Shop], func(_ rules.Date, d rules.DayTallies) bool { return len(d) == 0 })
	m.log[s.Shop] = append(m.log[s.Shop], s.Log...)
	if s.Board != 0 {
		m.boards = append(m.boards, s.Board)
	}
	m.withdrawn = append(m.withdrawn, s.Withdraw...)
	m.shelved = append(m.shelved, slices.Sorted(maps.Keys(s.Shelve))...)
	if s.Pulse != nil {
		m.pulses[s.Shop] = *s.Pulse
	}
	for _, msg := range s.Messages {
		m.messages[msg.Key]++
	}
}

func put[K comparable](into, from map[K]rules.Instant) {
	for k, at := range from {
		if at == 0 {
			delete(into, k)
		} else {
			into[k] = at
		}
	}
}

func (m *memory) Wakes(_ context.Context, now rules.Instant, limit int) (list []sla.Wake, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for shop, wakes := range m.wakes {
		for s, at := range wakes {
			if at <= now && len(list) < limit {
				list = append(list, sla.Wake{Shop: shop, Subject: s})
			}
		}
	}
	return list, nil
}

func (m *memory) Shop(_ context.Context, id string) (config.Shop, error) {
	if s, ok := m.shops[id]; ok {
		return s, nil
	}
	return config.Shop{}, sla.ErrUnknownShop
}

func (m *memory) Dossiers(_ context.Context, shop string, subjects []rules.Subject) (list []rules.Dossier, _ error) {
	for _, s := range subjects {
		list = append(list, m.dossiers[shop][s])
	}
	return list, nil
}

func (m *memory) Due(_ context.Context, shop string, limit int) ([]sla.Listed, int, error) {
	return listed(m.due[shop], limit, 1)
}

func (m *memory) Broken(_ context.Context, shop string, from, to rules.Instant, limit int) ([]sla.Listed, int, error) {
	some := maps.Clone(m.broken[shop])
	maps.DeleteFunc(some, func(_ sla.CaseID, at rules.Instant) bool { return at < from || at >= to })
	return listed(some, limit, -1)
}

func (m *memory) BrokenPage(ctx context.Context, shop string, ask sla.BrokenAsk) (page []sla.Listed, counts map[string]int, err error) {
	all, _, err := m.Broken(ctx, shop, ask.From, ask.To, 1<<30)
	counts = map[string]int{}
	for _, l := range all {
		counts[l.ID.Rule]++
		if ask.Rules == nil || slices.Contains(ask.Rules, l.ID.Rule) {
			page = append(page, l)
		}
	}
	page = page[min(ask.Offset, len(page)):]
	return page[:min(ask.Limit, len(page))], counts, err
}

func (m *memory) KeptDays() int { return 400 }

func (m *memory) Told(_ context.Context, shop string, about rules.About) (string, rules.Instant, bool, error) {
	for _, e := range m.log[shop] {
		for _, x := range e.Facts() {
			if x.Subject == about.Subject && x.Fact.Equal(about.Fact) {
				return e.ID, about.Fact.At + 1000, true, nil
			}
		}
	}
	return "", 0, false, nil
}

func listed(cases map[sla.CaseID]rules.Instant, limit, sign int) ([]sla.Listed, int, error) {
	var list []sla.Listed
	for id, at := range cases {
		list = append(list, sla.Listed{ID: id, Due: at})
	}
	slices.SortFunc(list, func(a, b sla.Listed) int { return sign * int(a.Due-b.Due) })
	return list[:min(limit, len(list))], len(list), nil
}

func (m *memory) Penalties(_ context.Context, shop string, from, to rules.Instant) (list []string, _ error) {
	for id, at := range m.penalties[shop] {
		if at >= from && at < to {
			list = append(list, id)
		}
	}
	slices.SortFunc(list, func(a, b string) int {
		return cmp.Or(cmp.Compare(m.penalties[shop][a], m.penalties[shop][b]), cmp.Compare(a, b))
	})
	return list, nil
}

func (m *memory) Log(_ context.Context, shop string, f func(rules.Event) error) error {
	for _, e := range m.log[shop] {
		if err := f(e); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) Heard(context.Context, string) (rules.Instant, error) { return 0, nil }

func (m *memory) Pulse(_ context.Context, shop string) (rules.Pulse, error) {
	return m.pulses[shop], nil
}

var errLost = errors.New("connection lost")
