package sla

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"shopwarden/bot/alarm"
	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// AlarmBook keeps what people did about cases.
type AlarmBook interface {
	// Alarms returns alarms of a shop in the order of ids, as little as its id for one about which nothing was done.
	Alarms(ctx context.Context, shop string, ids []string) ([]alarm.Alarm, error)
}

// Exporter lists the cases of a shop one after the other. It is safe for concurrent use.
type Exporter struct {
	desk *Desk
	book AlarmBook
}

// NewExporter returns an exporter that reads through a desk.
func NewExporter(desk *Desk, book AlarmBook) *Exporter { return &Exporter{desk, book} }

// exportChunk is how many subjects are looked at together: their dossiers and alarms come in one read each.
const exportChunk = 500

// errEnough ends the reading of a log.
var errEnough = errors.New("enough")

// Export calls row for each case that counts on the days of e, in the order in which their subjects first appear in the log,
// judged as they stand at e.Now by e.Policy, up to [notify.ExportCap] of them. It returns e with what it came to: the
// counters of the days, how many rows there were, whether there are more. A case is not listed when the log no longer knows
// its subject; the counters know it longer.
//
// It reads the log once, a page at a time, and keeps of it which subjects it has seen; an error of row ends it.
func (x *Exporter) Export(ctx context.Context, e notify.ExportView, row func(notify.ExportRow) error) (notify.ExportView, error) {
	days, err := x.desk.tallies(ctx, e.Shop.ID, e.From, e.To)
	if err != nil {
		return e, err
	}
	e.Days = days
	l := listing{Exporter: x, view: &e, row: row, seen: map[rules.Subject]string{}}
	err = x.desk.reader.Log(ctx, e.Shop.ID, func(event rules.Event) error { return l.hear(ctx, event) })
	if err == nil {
		err = l.flush(ctx)
	}
	if errors.Is(err, errEnough) {
		err = nil
	}
	return e, err
}

// listing is an export on its way.
type listing struct {
	*Exporter
	view  *notify.ExportView
	row   func(notify.ExportRow) error
	seen  map[rules.Subject]string // and the first sign of the buyer of an order, as far as it was said yet
	chunk []rules.Subject
}

// hear notes the subjects of an event, and looks at them when there are enough.
func (l *listing) hear(ctx context.Context, e rules.Event) error {
	if at := rules.InstantOf(e.At); l.view.Since == 0 || at < l.view.Since {
		l.view.Since = at
	}
	for _, s := range e.Mentions() {
		if _, known := l.seen[s]; !known {
			l.seen[s] = ""
			l.chunk = append(l.chunk, s)
		}
	}
	if buyer, order := strings.TrimSpace(e.Data.Buyer), (rules.Subject{Kind: rules.Order, ID: e.Data.OrderID}); buyer != "" && order.ID != "" {
		first, _ := utf8.DecodeRuneInString(buyer)
		l.seen[order] = string(first)
	}
	if len(l.chunk) < exportChunk {
		return nil
	}
	return l.flush(ctx)
}

// flush lists the cases of the subjects noted so far.
func (l *listing) flush(ctx context.Context) error {
	dossiers, err := l.desk.reader.Dossiers(ctx, l.view.Shop.ID, l.chunk)
	if err != nil {
		return err
	}
	var rows []notify.ExportRow
	var ids []string
	for i, s := range l.chunk {
		facts := dossiers[i].Facts
		for _, k := range l.view.Policy.Judge(s, facts, l.view.Now) {
			if k.Day < l.view.From || k.Day >= l.view.To || l.view.Rule != "" && k.Rule != l.view.Rule {
				continue
			}
			rows, ids = append(rows, l.known(k, facts)), append(ids, alarm.CaseID(k.Ref(), k.Subject))
		}
	}
	l.chunk = l.chunk[:0]
	if len(rows) == 0 {
		return nil
	}
	alarms, err := l.book.Alarms(ctx, l.view.Shop.ID, ids)
	if err != nil {
		return err
	}
	for i := range rows {
		if l.view.Rows == notify.ExportCap {
			l.view.More = true
			return errEnough
		}
		rows[i].Alarm = alarms[i]
		if err := l.row(rows[i]); err != nil {
			return err
		}
		l.view.Rows++
	}
	return nil
}

// known is a case with what its facts say beside the verdict.
func (l *listing) known(k rules.Case, facts rules.Facts) notify.ExportRow {
	r := notify.ExportRow{Case: k, Paused: l.view.Policy.Standstill(k, facts, l.view.Now), Carrier: rules.FieldOf(k, facts, rules.ByCarrier)}
	for _, f := range facts {
		if minor, err := strconv.ParseInt(f.Get("amount"), 10, 64); err == nil && r.Amount == nil {
			r.Amount, r.Currency = &minor, f.Get("currency")
		}
	}
	order := k.Subject
	if order.Kind != rules.Order {
		order = rules.Subject{Kind: rules.Order, ID: linkedOrder(facts)}
	}
	r.Buyer = l.seen[order]
	return r
}

// linkedOrder is the order that a subject names, "" for none.
func linkedOrder(facts rules.Facts) string {
	for _, f := range facts {
		if id := f.Get("order_id"); id != "" {
			return id
		}
	}
	return ""
}
