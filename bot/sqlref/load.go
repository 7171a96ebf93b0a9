package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"shopwarden/rules"
)

// row is one event as the table holds it, in the order of its columns behind shop, type and at. It is read from the JSON of
// the public vocabulary, so that the reference shares no reading of events with the program.
type row struct {
	Order        string          `json:"order_id"`
	Aftersale    string          `json:"aftersale_id"`
	Conversation string          `json:"conversation_id"`
	Review       string          `json:"review_id"`
	Ticket       string          `json:"ticket_id"`
	Claim        string          `json:"claim_id"`
	Promise      string          `json:"promise_id"`
	Subject      string          `json:"subject"`
	From         string          `json:"from"`
	Agent        string          `json:"agent"`
	Substantive  json.RawMessage `json:"substantive"`
	WantsHuman   json.RawMessage `json:"wants_human"`
	Kind         string          `json:"kind"`
	Reason       string          `json:"reason"`
	Quality      json.RawMessage `json:"quality"`
	Damage       json.RawMessage `json:"damage"`
	Amount       json.RawMessage `json:"amount"`
	Currency     string          `json:"currency"`
	Package      string          `json:"package_id"`
	Partial      json.RawMessage `json:"partial"`
	Region       string          `json:"region"`
	Warehouse    string          `json:"warehouse"`
	By           string          `json:"by"`
	For          string          `json:"for"`
	Evidence     string          `json:"evidence"`
	Stars        json.RawMessage `json:"stars"`
	WithChoice   json.RawMessage `json:"with_choice"`
	Valid        json.RawMessage `json:"valid"`
	Code         string          `json:"code"`
	ShipBy       *time.Time      `json:"ship_by"`
	DeliverBy    *time.Time      `json:"deliver_by"`
	DecideBy     *time.Time      `json:"decide_by"`
	AnswerBy     *time.Time      `json:"answer_by"`
	Until        *time.Time      `json:"until"`
}

// loader fills the table event.
type loader struct {
	tx     *sql.Tx
	insert *sql.Stmt
}

func newLoader(ctx context.Context, tx *sql.Tx) (*loader, error) {
	text, err := files.ReadFile("sql/insert.sql")
	if err != nil {
		return nil, fmt.Errorf("reading how to load events: %w", err)
	}
	insert, err := tx.PrepareContext(ctx, string(text))
	if err != nil {
		return nil, fmt.Errorf("preparing to load events: %w", err)
	}
	return &loader{tx, insert}, nil
}

// load adds a shop and its events.
func (l *loader) load(ctx context.Context, s Shop, events []rules.Event) error {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return fmt.Errorf("loading the zone of shop %d: %w", s.Number, err)
	}
	_, offset := first.In(zone).Zone()
	if _, err := l.tx.ExecContext(ctx, "INSERT INTO shop VALUES (?, ?, ?, ?)",
		s.Number, offset*1000, s.Always, s.Pack == pointsPack); err != nil {
		return fmt.Errorf("loading shop %d: %w", s.Number, err)
	}
	var args []any
	for i := range events {
		if args, err = appendRow(args[:0], s.Number, &events[i]); err != nil {
			return err
		}
		if _, err := l.insert.ExecContext(ctx, args...); err != nil {
			return fmt.Errorf("loading event %s of shop %d: %w", events[i].ID, s.Number, err)
		}
	}
	return nil
}

// appendRow adds the columns of one event.
func appendRow(args []any, shop int, e *rules.Event) ([]any, error) {
	raw, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("writing event %s: %w", e.ID, err)
	}
	var line struct {
		Type      string
		Timestamp time.Time
		Data      row
	}
	if err := json.Unmarshal(raw, &line); err != nil {
		return nil, fmt.Errorf("reading event %s: %w", e.ID, err)
	}
	args = append(args, shop, line.Type, line.Timestamp.UnixMilli())
	fields := reflect.ValueOf(&line.Data).Elem()
	for i := range fields.NumField() {
		args = append(args, column(fields.Field(i)))
	}
	return args, nil
}

// column is a field as the table holds it: text, or an instant in milliseconds, NULL when absent.
func column(v reflect.Value) any {
	switch x := v.Interface().(type) {
	case json.RawMessage:
		return strings.Trim(string(x), `"`)
	case *time.Time:
		if x == nil {
			return nil
		}
		return x.UnixMilli()
	case string:
		return x
	}
	panic("column: no such kind of field: " + strconv.Quote(v.Type().String()))
}
