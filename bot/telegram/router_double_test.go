package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-telegram/bot/models"

	"shopwarden/bot/alarm"
	"shopwarden/bot/appeal"
	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/bot/sla"
	"shopwarden/config"
	"shopwarden/rules"
)

// memoryStore keeps bindings in memory, as the store does it in Redis.
type memoryStore struct {
	mu        sync.Mutex
	down      bool
	codes     map[string]code
	chats     map[string]map[int64]notify.Chat // by shop
	langs     map[int64]string
	shops     map[int64]string // looked at last
	tokens    map[string]string
	alarms    map[string]map[string]alarm.Alarm // by shop and id
	folders   map[string]appeal.Folder          // by shop and penalty
	wishes    map[int64]string                  // files asked for, by chat
	withdrawn []string
}

type code struct {
	shop  string
	role  notify.Role
	taken int64
	by    int64
	spent bool
}

func (m *memoryStore) enter() (func(), error) {
	m.mu.Lock()
	if m.down {
		m.mu.Unlock()
		return nil, errDown
	}
	return m.mu.Unlock, nil
}

func (m *memoryStore) TakeCode(_ context.Context, text string, chat int64) (Invitation, error) {
	leave, err := m.enter()
	if err != nil {
		return Invitation{}, err
	}
	defer leave()
	c, known := m.codes[text]
	if !known || c.taken != 0 && c.taken != chat {
		return Invitation{}, nil
	}
	c.taken = chat
	m.codes[text] = c
	return Invitation{Shop: c.shop, Role: c.role, By: c.by, Spent: c.spent}, nil
}

func (m *memoryStore) SpendCode(_ context.Context, text string) error {
	leave, err := m.enter()
	if err != nil {
		return err
	}
	defer leave()
	c := m.codes[text]
	c.spent = true
	m.codes[text] = c
	return nil
}

func (m *memoryStore) Bind(_ context.Context, shop string, chat notify.Chat) error {
	leave, err := m.enter()
	if err != nil {
		return err
	}
	defer leave()
	if m.chats[shop] == nil {
		return sla.ErrUnknownShop
	}
	m.chats[shop][chat.ID] = chat
	return nil
}

func (m *memoryStore) SaveChat(_ context.Context, shop string, chat notify.Chat) error {
	leave, err := m.enter()
	if err != nil {
		return err
	}
	defer leave()
	if known, bound := m.chats[shop][chat.ID]; bound {
		chat.Role, chat.Paused, chat.PausedAt = known.Role, known.Paused, known.PausedAt
		m.chats[shop][chat.ID] = chat
	}
	return nil
}

func (m *memoryStore) Unbind(_ context.Context, shop string, chat int64) error {
	leave, err := m.enter()
	if err != nil {
		return err
	}
	defer leave()
	delete(m.chats[shop], chat)
	return nil
}

func (m *memoryStore) Chats(_ context.Context, shop string) ([]notify.Chat, error) {
	leave, err := m.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	return slices.Collect(maps.Values(m.chats[shop])), nil
}

func (m *memoryStore) ChatShops(_ context.Context, chat int64) ([]string, error) {
	leave, err := m.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	var shops []string
	for _, shop := range slices.Sorted(maps.Keys(m.chats)) {
		if _, bound := m.chats[shop][chat]; bound {
			shops = append(shops, shop)
		}
	}
	return shops, nil
}

func (m *memoryStore) NewCode(_ context.Context, i Invitation, _ time.Duration) (string, error) {
	leave, err := m.enter()
	if err != nil {
		return "", err
	}
	defer leave()
	text := fmt.Sprintf("NEW-CODE-%d", len(m.codes))
	m.codes[text] = code{shop: i.Shop, role: i.Role, by: i.By}
	return text, nil
}

func (m *memoryStore) SetRole(_ context.Context, shop string, chat int64, role notify.Role) (bool, error) {
	leave, err := m.enter()
	if err != nil {
		return false, err
	}
	defer leave()
	c, bound := m.chats[shop][chat]
	if !bound || role != notify.Owner && notify.LastOwner(slices.Collect(maps.Values(m.chats[shop])), chat) {
		return false, nil
	}
	c.Role = role
	m.chats[shop][chat] = c
	return true, nil
}

func (m *memoryStore) Forget(_ context.Context, chat int64) error {
	leave, err := m.enter()
	if err != nil {
		return err
	}
	defer leave()
	for _, chats := range m.chats {
		delete(chats, chat)
	}
	delete(m.langs, chat)
	delete(m.shops, chat)
	for _, alarms := range m.alarms {
		for id, a := range alarms {
			alarms[id], _ = a.Forget(chat)
		}
	}
	return nil
}

func (m *memoryStore) ChatPrefs(_ context.Context, chat int64) (lang, shop string, err error) {
	leave, err := m.enter()
	if err != nil {
		return "", "", err
	}
	defer leave()
	return m.langs[chat], m.shops[chat], nil
}

func (m *memoryStore) SaveChatPrefs(_ context.Context, chat int64, lang, shop string) error {
	leave, err := m.enter()
	if err != nil {
		return err
	}
	defer leave()
	m.langs[chat], m.shops[chat] = lang, shop
	return nil
}

func (m *memoryStore) MoveThread(_ context.Context, chat int64, from, to int) error {
	leave, err := m.enter()
	if err != nil {
		return err
	}
	defer leave()
	for _, chats := range m.chats {
		if c, bound := chats[chat]; bound {
			chats[chat] = c.Moved(from, to)
		}
	}
	return nil
}

func (m *memoryStore) Withdraw(_ context.Context, _ string, keys []string) error {
	leave, err := m.enter()
	if err != nil {
		return err
	}
	defer leave()
	m.withdrawn = append(m.withdrawn, keys...)
	return nil
}

func (m *memoryStore) MigrateChat(_ context.Context, from, to int64) error {
	leave, err := m.enter()
	if err != nil {
		return err
	}
	defer leave()
	for _, chats := range m.chats {
		if c, bound := chats[from]; bound {
			delete(chats, from)
			c.ID = to
			chats[to] = c
		}
	}
	return nil
}

func (m *memoryStore) PauseChat(_ context.Context, chat int64, paused bool) error {
	leave, err := m.enter()
	if err != nil {
		return err
	}
	defer leave()
	for _, chats := range m.chats {
		if c, bound := chats[chat]; bound {
			if c.Paused, c.PausedAt = paused, 0; paused {
				c.PausedAt = rules.InstantOf(noon)
			}
			chats[chat] = c
		}
	}
	return nil
}

func (m *memoryStore) Token(_ context.Context, token string) (string, error) {
	leave, err := m.enter()
	if err != nil {
		return "", err
	}
	defer leave()
	return m.tokens[token], nil
}

func (m *memoryStore) Alarm(_ context.Context, shop, id string) (alarm.Alarm, error) {
	return m.EditAlarm(context.Background(), shop, id, func(a alarm.Alarm) alarm.Alarm { return a })
}

func (m *memoryStore) ShopAlarms(_ context.Context, shop string) ([]alarm.Alarm, error) {
	leave, err := m.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	return slices.Collect(maps.Values(m.alarms[shop])), nil
}

func (m *memoryStore) EditAlarm(_ context.Context, shop, id string, edit func(alarm.Alarm) alarm.Alarm) (alarm.Alarm, error) {
	leave, err := m.enter()
	if err != nil {
		return alarm.Alarm{ID: id}, err
	}
	defer leave()
	a, known := m.alarms[shop][id]
	a.ID = id
	if a = edit(a); !known && a.Version == 0 {
		return a, nil
	}
	if m.alarms[shop] == nil {
		m.alarms[shop] = map[string]alarm.Alarm{}
	}
	m.alarms[shop][id] = a
	return a, nil
}

func (m *memoryStore) chat(shop string, chat int64) (notify.Chat, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.chats[shop][chat]
	return c, ok
}

// office knows shops and remembers what was set. Every page of it names the shop.
type office struct {
	mu      sync.Mutex
	policy  *rules.Policy
	shops   map[string]config.Shop
	broken  bool
	sought  string // by Why: rule|subject
	noCase  bool   // Why finds what no rule applies to
	chosen  []chosen
	cases   map[string][]rules.Fact // by shop and subject, for alarms; the rule is that of the policy
	events  []rules.Event           // by which the count was corrected
	duty    []string                // hours that were set
	filter  string                  // of the last list
	weighed []rules.Event           // corrections that were asked about
	missed  int                     // promises that broke while a chat was away

	penalties map[string]rules.Sanction // by shop and id
}

// chosen is what was said to a tip of a shop.
type chosen struct {
	shop string
	notify.TipChoice
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func (o *office) View(_ context.Context, shop string) (notify.View, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.broken {
		return notify.View{}, errors.New("secret words of a database")
	}
	s, known := o.shops[shop]
	if !known {
		return notify.View{}, sla.ErrUnknownShop
	}
	return notify.View{Shop: s, Policy: o.policy, Now: rules.InstantOf(noon), Heard: rules.InstantOf(noon)}, nil
}

func (o *office) Today(ctx context.Context, shop string) (notify.TodayView, error) {
	v, err := o.View(ctx, shop)
	return notify.TodayView{View: v}, err
}

func (o *office) Due(ctx context.Context, shop string, _ int) (notify.DueView, error) {
	v, err := o.Save(ctx, shop)
	out := notify.DueView{View: v.View}
	for _, r := range v.Rescues {
		out.Cases = append(out.Cases, r.Case)
	}
	return out, err
}

func (o *office) Save(ctx context.Context, shop string) (notify.SaveView, error) {
	v, err := o.View(ctx, shop)
	if err != nil {
		return notify.SaveView{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	out := notify.SaveView{View: v}
	for _, key := range slices.Sorted(maps.Keys(o.cases)) {
		id, ok := strings.CutPrefix(key, shop+" order/")
		if !ok {
			continue
		}
		set := rules.Facts{}
		for _, f := range o.cases[key] {
			set, _ = set.Add(f)
		}
		if k := o.policy.Judge(rules.Subject{Kind: rules.Order, ID: id}, set, v.Now)[0]; k.Outcome == rules.Open {
			out.Rescues = append(out.Rescues, rules.Rescue{Case: k, Saved: 2.5, Left: time.Duration(k.Due-v.Now) * time.Millisecond})
		}
	}
	return out, nil
}

func (o *office) WhatIf(ctx context.Context, shop string, q rules.Suppose) (notify.WhatIfView, error) {
	v, err := o.View(ctx, shop)
	if err != nil {
		return notify.WhatIfView{}, err
	}
	day := v.Policy.Day(v.Now)
	out := notify.WhatIfView{View: v}
	for _, rule := range v.Policy.Rules(day) {
		out.Rules = append(out.Rules, notify.WhatIfRule{Rule: rule, Tally: rules.Tally{Met: 9}})
	}
	out.Asked = v.Policy.Suppose(rules.Pace{Day: day, Now: v.Now, Days: rules.Days{day: {"ship-on-time": {Met: 9}}}}, q)
	return out, nil
}

func (o *office) Violations(ctx context.Context, shop string, f notify.Filter) (notify.ViolationsView, error) {
	v, err := o.View(ctx, shop)
	if err != nil {
		return notify.ViolationsView{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.filter = f.String()
	w := notify.ViolationsView{View: v, Filter: f, Counts: map[string]int{}, Oldest: o.policy.Day(v.Now).Next(-400)}
	w.From, w.To = f.Span(o.policy.Day(v.Now))
	for _, k := range o.judged(shop, v.Now) {
		if k.Outcome == rules.Breached {
			w.Cases, w.Total, w.Counts[k.Rule] = append(w.Cases, k), w.Total+1, w.Counts[k.Rule]+1
		}
	}
	return w, nil
}

// judged are all cases of a shop, in the order of their subjects. The office is locked.
func (o *office) judged(shop string, now rules.Instant) (list []rules.Case) {
	for _, key := range slices.Sorted(maps.Keys(o.cases)) {
		if of, subject, _ := strings.Cut(key, " "); of == shop {
			set, _ := rules.Facts{}.AddAll(o.cases[key])
			s, _ := rules.ParseSubject(subject)
			list = append(list, o.policy.Judge(s, set, now)...)
		}
	}
	return list
}

func (o *office) Explain(ctx context.Context, shop, rule, subject string) (notify.WhyView, error) {
	return o.Why(ctx, shop, rule, subject)
}

func (o *office) Weigh(ctx context.Context, shop, id string, e rules.Event) (notify.CorrectionView, error) {
	w, err := o.Alarm(ctx, shop, id)
	c := notify.CorrectionView{AlarmView: w, Before: notify.CorrectionSide{Outcome: w.Case.Outcome, Missed: 1}, After: notify.CorrectionSide{Outcome: rules.Void}}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.weighed = append(o.weighed, e)
	return c, err
}

func (o *office) Pick(ctx context.Context, shop string, act alarm.Act, done map[string]bool) (notify.PickView, error) {
	v, err := o.View(ctx, shop)
	if err != nil {
		return notify.PickView{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	p := notify.PickView{View: v, Act: act}
	for _, k := range o.judged(shop, v.Now) {
		if !done[alarm.CaseID(k.Ref(), k.Subject)] && (k.Outcome == rules.Breached || act == alarm.Take && k.Outcome == rules.Open) {
			p.Cases = append(p.Cases, k)
		}
	}
	return p, nil
}

func (o *office) Tips(ctx context.Context, shop, rule string) (notify.TipsView, error) {
	v, err := o.View(ctx, shop)
	return notify.TipsView{View: v, Rule: rule}, err
}

func (o *office) Why(ctx context.Context, shop, rule, subject string) (notify.WhyView, error) {
	v, err := o.View(ctx, shop)
	if err != nil {
		return notify.WhyView{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sought, err = rule+"|"+subject, sla.ErrNotFound
	subject = strings.TrimPrefix(subject, "order/")
	if facts := o.cases[shop+" order/"+subject]; len(facts) > 0 {
		set := rules.Facts{}
		for _, f := range facts {
			set, _ = set.Add(f)
		}
		k := o.policy.Judge(rules.Subject{Kind: rules.Order, ID: subject}, set, v.Now)[0]
		return notify.WhyView{View: v, Rule: k.Rule, Subject: k.Subject, Case: k, Found: true}, nil
	}
	if o.noCase {
		err = sla.ErrNoCase
	}
	return notify.WhyView{View: v, Rule: rule, Subject: rules.Subject{Kind: rules.Order, ID: subject + " of " + shop}}, err
}

func (o *office) Alarm(ctx context.Context, shop, id string) (notify.AlarmView, error) {
	v, err := o.View(ctx, shop)
	if err != nil {
		return notify.AlarmView{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	about, ok := alarm.Read(id)
	w := notify.AlarmView{View: v, About: about, Alarm: alarm.Alarm{ID: id}}
	if !ok {
		return w, sla.ErrNotFound
	}
	set := rules.Facts{}
	for _, f := range o.cases[shop+" "+about.Subject.String()] {
		set, _ = set.Add(f)
	}
	for _, k := range o.policy.Judge(about.Subject, set, v.Now) {
		if k.Ref() == about.Ref {
			w.Case = k
			return w, nil
		}
	}
	return w, sla.ErrNotFound
}

// Correct takes an event as the tracker does.
func (o *office) Correct(_ context.Context, shop string, e rules.Event) error {
	if err := e.Check(); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.events = append(o.events, e)
	key := shop + " " + e.Data.Subject
	o.cases[key] = append(o.cases[key], rules.Fact{Type: e.Type, At: rules.InstantOf(e.At), Attrs: []rules.Attr{{Key: "code", Value: e.Data.Code}}})
	return nil
}

func (o *office) Score(_ context.Context, shop string) (notify.ScoreView, error) {
	v, err := o.View(context.Background(), shop)
	return notify.ScoreView{View: v}, err
}

func (o *office) Missed(context.Context, string, rules.Instant) (int, error) {
	return o.missed, nil
}

func (o *office) DecideTip(_ context.Context, shop string, c notify.TipChoice) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.chosen = append(o.chosen, chosen{shop, c})
	return nil
}

func (o *office) SetAlerts(_ context.Context, shop string, n int) error {
	return o.set(shop, func(s *config.Shop) { s.AlertAt = n })
}

func (o *office) SetDigest(_ context.Context, shop, at string) error {
	return o.set(shop, func(s *config.Shop) { s.DigestAt = at })
}

func (o *office) SetZone(_ context.Context, shop, zone string) (bool, error) {
	return true, o.set(shop, func(s *config.Shop) { s.Timezone = zone })
}

func (o *office) SetHours(_ context.Context, shop, hours string) (bool, error) {
	if hours == "12:00-12:01" { // what only the pack of the shop can know
		return false, nil
	}
	return true, o.set(shop, func(s *config.Shop) { s.Hours = hours })
}

func (o *office) set(shop string, f func(*config.Shop)) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.shops[shop]
	f(&s)
	o.shops[shop] = s
	return nil
}

func (o *office) shop(id string) config.Shop {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.shops[id]
}

// memoryQueue drops repeated keys, as the outbox does.
type memoryQueue struct {
	mu       sync.Mutex
	down     bool
	messages []outbox.Message
}

func (q *memoryQueue) Enqueue(_ context.Context, _ rules.Instant, messages []outbox.Message) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.down {
		return errDown
	}
	for _, m := range messages {
		if !slices.ContainsFunc(q.messages, func(old outbox.Message) bool { return old.Key == m.Key }) {
			q.messages = append(q.messages, m)
		}
	}
	return nil
}

func (q *memoryQueue) all() []outbox.Message {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.messages)
}

// crowd knows who is what in every group, and hears the notices.
type crowd struct {
	mu       sync.Mutex
	standing map[int64]string
	asked    int
	notices  []string
	down     bool
	silenced bool // this bot may not write
}

func (c *crowd) ChatMember(_ context.Context, _, user int64) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	if c.down {
		return "", errors.New("telegram is down")
	}
	return c.standing[user], nil
}

func (c *crowd) CanPost(context.Context, int64) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.down {
		return false, errors.New("telegram is down")
	}
	return !c.silenced, nil
}

func (c *crowd) AnswerCallback(_ context.Context, _, text string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.notices = append(c.notices, text)
	if c.down {
		return errors.New("telegram is down")
	}
	return nil
}

// stage is a Router among doubles: two shops, and people.
type stage struct {
	t      *testing.T
	store  *memoryStore
	office *office
	queue  *memoryQueue
	people *crowd
	router *Router
	now    time.Time
	update int64
}

// The people and chats of a stage. The owner's private chat is bound to alpha, the group to alpha, the rival's private chat
// to beta.
const (
	ownerID  int64 = 11
	rivalID  int64 = 12
	memberID int64 = 13
	adminID  int64 = 14
	groupID  int64 = -1001
)

func newStage(t *testing.T) *stage {
	t.Helper()
	texts, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, now: noon, queue: &memoryQueue{},
		store: &memoryStore{alarms: map[string]map[string]alarm.Alarm{}, langs: map[int64]string{}, shops: map[int64]string{}, tokens: map[string]string{},
			codes: map[string]code{"ALPHA-CODE": {shop: "alpha", role: notify.Owner}, "BETA-CODE": {shop: "beta", role: notify.Owner}},
			chats: map[string]map[int64]notify.Chat{
				"alpha": {ownerID: {ID: ownerID, Role: notify.Owner, Lang: "en", Alerts: true}, groupID: {ID: groupID, Role: notify.Team, Lang: "en", Alerts: true}},
				"beta":  {rivalID: {ID: rivalID, Role: notify.Owner, Lang: "en", Alerts: true}},
			}},
		office: &office{policy: testPolicy(t), cases: map[string][]rules.Fact{}, shops: map[string]config.Shop{
			"alpha": {ID: "alpha", Name: "Alpha Toys", Timezone: "UTC", Lang: "zh"}, "beta": {ID: "beta", Name: "Beta Hats", Timezone: "UTC"}}},
		people: &crowd{standing: map[int64]string{adminID: "administrator", memberID: "member"}},
	}
	s.router = NewRouter(s.store, s.office, s.queue, s.people, notify.New(texts, nil), quiet(), RouterConfig{
		Username: func() string { return "shopwarden_bot" }, Now: func() time.Time { return s.now }})
	return s
}

func testPolicy(t *testing.T) *rules.Policy {
	t.Helper()
	rule := rules.Rule{ID: "ship-on-time", Principle: rules.Timely, Subject: rules.Order, Start: []rules.Match{{Type: "order.paid"}},
		Stop: []rules.Match{{Type: "order.shipped"}}, Deadline: rules.Deadline{Within: 48 * time.Hour}, Day: rules.ByDue, Metric: rules.MetRate,
		Excuses: []string{"outage"},
		Anchors: rules.Anchors{Excellent: 1, Good: 0.9, Pass: 0.8, Floor: 0.5}, Weight: 1, AlertAt: 3, Severity: "low"}
	p, err := rules.NewPolicy(&rules.Rulebook{Pack: "test", Zone: "UTC", Editions: []rules.Edition{{Rules: []rules.Rule{rule}}}}, rules.Terms{Zone: time.UTC, Hours: rules.ByPlatform})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// handle feeds one update, given as JSON without its id, and returns what came of it.
func (s *stage) handle(update string) (answers []outbox.Message, notices []string) {
	s.t.Helper()
	s.update++
	return s.repeat(update)
}

// repeat feeds an update under the last id.
func (s *stage) repeat(update string) (answers []outbox.Message, notices []string) {
	s.t.Helper()
	before, noticed := len(s.queue.all()), len(s.people.notices)
	if err := s.try(update); err != nil {
		s.t.Fatalf("handling %s: %v", update, err)
	}
	return s.queue.all()[before:], s.people.notices[noticed:]
}

func (s *stage) try(update string) error {
	s.t.Helper()
	var u models.Update
	if err := json.Unmarshal([]byte(update), &u); err != nil {
		s.t.Fatalf("%s: %v", update, err)
	}
	return s.router.Handle(s.t.Context(), s.update, &u)
}

func chatJSON(chat int64) string {
	if chat > 0 {
		return fmt.Sprintf(`{"id":%d,"type":"private","first_name":"Li"}`, chat)
	}
	return fmt.Sprintf(`{"id":%d,"type":"supergroup","title":"Packers"}`, chat)
}

func saidJSON(chat, user int64, text string) string {
	quoted, _ := json.Marshal(text)
	return fmt.Sprintf(`{"message":{"message_id":5,"date":1,"chat":%s,"from":{"id":%d,"language_code":"en"},"text":%s}}`, chatJSON(chat), user, quoted)
}

func pressedJSON(chat, user int64, data string) string {
	quoted, _ := json.Marshal(data)
	return fmt.Sprintf(`{"callback_query":{"id":"q","from":{"id":%d,"language_code":"en"},"data":%s,"message":{"message_id":9,"date":1,"chat":%s,"text":"page"}}}`,
		user, quoted, chatJSON(chat))
}

func (s *stage) say(chat, user int64, text string) []outbox.Message {
	s.t.Helper()
	answers, _ := s.handle(saidJSON(chat, user, text))
	return answers
}

func (s *stage) press(chat, user int64, data string) ([]outbox.Message, string) {
	s.t.Helper()
	answers, notices := s.handle(pressedJSON(chat, user, data))
	if len(notices) != 1 {
		s.t.Fatalf("%d notices for one press, want 1: the button waits for ever", len(notices))
	}
	return answers, notices[0]
}

// expect wants exactly one answer with all parts in it.
func (s *stage) expect(answers []outbox.Message, parts ...string) outbox.Message {
	s.t.Helper()
	if len(answers) != 1 {
		s.t.Fatalf("%d answers, want 1: %v", len(answers), answers)
	}
	for _, part := range parts {
		if !strings.Contains(answers[0].HTML, part) {
			s.t.Errorf("answer lacks %q:\n%s", part, answers[0].HTML)
		}
	}
	return answers[0]
}

func (m *memoryStore) AskExport(_ context.Context, _ int, chat int64, wish string) (string, error) {
	leave, err := m.enter()
	if err != nil {
		return "", err
	}
	defer leave()
	if m.wishes == nil {
		m.wishes = map[int64]string{}
	}
	if m.wishes[chat] == "" {
		m.wishes[chat] = wish
	}
	return m.wishes[chat], nil
}

func (m *memoryStore) Exports(_ context.Context, line int) (map[int64]string, error) {
	leave, err := m.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	wishes := maps.Clone(m.wishes)
	maps.DeleteFunc(wishes, func(chat int64, _ string) bool { return exportLine(chat) != line })
	return wishes, nil
}

func (m *memoryStore) DoneExport(_ context.Context, _ int, chat int64, wish string) error {
	leave, err := m.enter()
	if err != nil {
		return err
	}
	defer leave()
	if m.wishes[chat] == wish {
		delete(m.wishes, chat)
	}
	return nil
}

func (o *office) Standings(ctx context.Context, shops []string) (list []notify.ShopStanding, err error) {
	for _, shop := range shops {
		t, err := o.Today(ctx, shop)
		if errors.Is(err, sla.ErrUnknownShop) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, notify.ShopStanding{Today: t, Read: true})
	}
	return list, nil
}
