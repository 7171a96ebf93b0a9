package telegram

import (
	"context"

	"shopwarden/bot/appeal"
	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/rules"
)

func (m *memoryStore) Folder(_ context.Context, shop, penalty string) (appeal.Folder, error) {
	leave, err := m.enter()
	if err != nil {
		return appeal.Folder{}, err
	}
	defer leave()
	return m.folders[shop+" "+penalty], nil
}

func (m *memoryStore) EditFolder(_ context.Context, shop, penalty string, edit func(appeal.Folder) appeal.Folder) (appeal.Folder, error) {
	leave, err := m.enter()
	if err != nil {
		return appeal.Folder{}, err
	}
	defer leave()
	if m.folders == nil {
		m.folders = map[string]appeal.Folder{}
	}
	m.folders[shop+" "+penalty] = edit(m.folders[shop+" "+penalty])
	return m.folders[shop+" "+penalty], nil
}

func (o *office) Points(ctx context.Context, shop string) (notify.LadderView, error) {
	v, err := o.View(ctx, shop)
	return notify.LadderView{View: v, Day: rules.NewDate(2026, 11, 23), Ledger: rules.Ledger{Sums: [2]rules.Sum{{Class: rules.General}, {Class: rules.Severe}}}}, err
}

func (o *office) Appeals(ctx context.Context, shop string) (notify.AppealsView, error) {
	v, err := o.View(ctx, shop)
	return notify.AppealsView{View: v}, err
}

func (o *office) Appeal(ctx context.Context, shop, penalty string) (notify.AppealView, error) {
	v, err := o.View(ctx, shop)
	if err != nil {
		return notify.AppealView{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	s, known := o.penalties[shop+" "+penalty]
	if !known {
		return notify.AppealView{View: v}, sla.ErrNotFound
	}
	return notify.AppealView{View: v, Sanction: s, From: s.Day.Next(-6), To: s.Day.Next(1)}, nil
}

func (o *office) Trend(ctx context.Context, shop string, days int) (notify.TrendView, error) {
	v, err := o.View(ctx, shop)
	t := notify.TrendView{View: v, To: rules.NewDate(2026, 11, 24)}
	t.From = t.To.Next(-days)
	for day := t.From; err == nil && day < t.To; day++ {
		t.Days = append(t.Days, o.policy.Score(day, day.Next(1), rules.DayTallies{"ship-on-time": {Met: 20, Breached: int64(day % 3)}}))
	}
	return t, err
}

func (o *office) Heat(ctx context.Context, shop string) (notify.HeatView, error) {
	v, err := o.View(ctx, shop)
	h := notify.HeatView{View: v, From: rules.NewDate(2026, 10, 25), To: rules.NewDate(2026, 11, 24), Read: 9, Total: 9}
	h.Counts[5][12] = 9
	return h, err
}

// penalty is one that was announced the day before, and can be appealed for six days more.
func penalty(id string) rules.Sanction {
	at := rules.InstantOf(noon) - 24*3600*1000
	return rules.Sanction{ID: id, State: rules.Issued, Rung: rules.GeneralPoints, Points: 200, Issued: at, Day: rules.NewDate(2026, 11, 22), AppealBy: at + 7*24*3600*1000}
}
