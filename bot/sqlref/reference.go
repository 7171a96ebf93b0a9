package main

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	_ "github.com/mattn/go-sqlite3" // registers the driver

	"shopwarden/rules"
)

//go:embed sql
var files embed.FS

// dependent rules look at the verdicts of another rule, and are judged after all others.
var dependent = []string{"delivery-on-time", "proactive-delay-notice"}

// reference is the log in SQLite, in memory, and what plain SQL makes of it. It is not safe for concurrent use.
type reference struct{ db *sql.DB }

// newReference returns an empty log that is looked at at an instant.
func newReference(ctx context.Context, now time.Time) (*reference, error) {
	db, err := sql.Open("sqlite3", "file::memory:?_journal_mode=OFF&_synchronous=OFF&_cache_size=-1000000")
	if err != nil {
		return nil, fmt.Errorf("opening sqlite: %w", err)
	}
	db.SetMaxOpenConns(1) // every connection would have a memory of its own
	r := &reference{db}
	if err := r.run(ctx, "sql/schema.sql"); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if _, err := db.ExecContext(ctx, "INSERT INTO asof VALUES (?)", now.UnixMilli()); err != nil {
		return nil, errors.Join(fmt.Errorf("setting the instant: %w", err), db.Close())
	}
	return r, nil
}

func (r *reference) close() error { return r.db.Close() }

func (r *reference) run(ctx context.Context, name string) error {
	text, err := files.ReadFile(name)
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	if _, err := r.db.ExecContext(ctx, string(text)); err != nil {
		return fmt.Errorf("running %s: %w", name, err)
	}
	return nil
}

// ruleIDs lists the rules that have a file.
func ruleIDs() ([]string, error) {
	list, err := files.ReadDir("sql/rules")
	if err != nil {
		return nil, fmt.Errorf("listing the rules: %w", err)
	}
	var ids []string
	for _, f := range list {
		ids = append(ids, strings.TrimSuffix(f.Name(), ".sql"))
	}
	return ids, nil
}

// count judges the whole log. step is called with the name of each file that was run, and how long it took.
func (r *reference) count(ctx context.Context, step func(name string, took time.Duration)) error {
	ids, err := ruleIDs()
	if err != nil {
		return err
	}
	order := []string{"facts"}
	for _, id := range ids {
		if !slices.Contains(dependent, id) {
			order = append(order, path.Join("rules", id))
		}
	}
	order = append(order, "judge")
	for _, id := range dependent {
		order = append(order, path.Join("rules", id))
	}
	for _, name := range append(order, "judge", "tally", "points") {
		began := time.Now()
		if err := r.run(ctx, path.Join("sql", name+".sql")); err != nil {
			return err
		}
		step(name, time.Since(began))
	}
	return nil
}

// rates reads all numbers: the tally of every shop, rule and span, its rate and its mean.
func (r *reference) rates(ctx context.Context) (numbers, error) {
	rows, err := r.db.QueryContext(ctx, "SELECT span, shop, rule, day, open, met, breached, void, timed, took_ms, met_rate, mean_ms FROM rate")
	if err != nil {
		return nil, fmt.Errorf("reading the counters: %w", err)
	}
	defer func() { _ = rows.Close() }()
	all := numbers{}
	for rows.Next() {
		var k key
		var n number
		var rate sql.NullFloat64
		var mean sql.NullInt64
		t := &n.tally
		if err := rows.Scan(&k.span, &k.shop, &k.rule, &k.day, &t.Open, &t.Met, &t.Breached, &t.Void, &t.Timed, &t.TookMS, &rate, &mean); err != nil {
			return nil, fmt.Errorf("reading the counters: %w", err)
		}
		n.rate, n.rated, n.mean, n.meant = rate.Float64, rate.Valid, mean.Int64, mean.Valid
		all[k] = n
	}
	return all, rows.Err()
}

// points reads the simulated points of all shops: each step, and each node that they reached.
func (r *reference) points(ctx context.Context) (map[string]bool, error) {
	rows, err := r.db.QueryContext(ctx, `
		SELECT shop, day, rule, line, class, points, cut, 0 FROM booked
		UNION ALL SELECT shop, day, rule, line, class, 0, 0, at FROM crossing`)
	if err != nil {
		return nil, fmt.Errorf("reading the points: %w", err)
	}
	defer func() { _ = rows.Close() }()
	all := map[string]bool{}
	for rows.Next() {
		var p point
		if err := rows.Scan(&p.shop, &p.day, &p.rule, &p.line, &p.class, &p.points, &p.cut, &p.node); err != nil {
			return nil, fmt.Errorf("reading the points: %w", err)
		}
		all[p.String()] = true
	}
	return all, rows.Err()
}

// cases reads the verdicts of one rule in one shop.
func (r *reference) cases(ctx context.Context, shop int, rule string) (map[caseKey]verdict, error) {
	rows, err := r.db.QueryContext(ctx, "SELECT kind, id, part, day, outcome, took FROM verdict WHERE shop = ? AND rule = ?", shop, rule)
	if err != nil {
		return nil, fmt.Errorf("reading cases: %w", err)
	}
	defer func() { _ = rows.Close() }()
	all := map[caseKey]verdict{}
	for rows.Next() {
		var kind, id, part string
		var v verdict
		var took sql.NullInt64
		if err := rows.Scan(&kind, &id, &part, &v.day, &v.outcome, &took); err != nil {
			return nil, fmt.Errorf("reading cases: %w", err)
		}
		v.timed, v.took = took.Valid, took.Int64
		all[caseKey{rules.Subject{Kind: rules.Kind(kind), ID: id}, part}] = v
	}
	return all, rows.Err()
}
