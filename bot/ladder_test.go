package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/bot/sla"
)

// line is one event of a replay file.
func line(t *testing.T, id, typ string, at time.Time, data map[string]any) string {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"id": id, "type": typ, "timestamp": at.Format(time.RFC3339), "data": data})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// replayed writes lines to a file and replays it.
func (m *machine) replayed(shop string, lines ...string) {
	m.t.Helper()
	file := filepath.Join(m.t.TempDir(), "events.jsonl")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		m.t.Fatal(err)
	}
	m.must("replay", "--shop", shop, file)
}

func (m *machine) of2025(shop string, more ...string) (r sla.Report) {
	m.t.Helper()
	text := m.must(append([]string{"report", "--shop", shop, "--from", "2025-01-01", "--to", "2026-01-01", "--json"}, more...)...)
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		m.t.Fatal(err)
	}
	return r
}

func TestPointsThatThePlatformTakesBackComeBackInTheReport(t *testing.T) {
	m := newMachine(t)
	m.must("shop", "add", "--id", "s", "--platform", "standard", "--timezone", "Asia/Shanghai", "--pack", "douyin-2023-points")
	at := time.Date(2025, 3, 3, 4, 0, 0, 0, time.UTC)
	about := map[string]any{"penalty_id": "P1"}
	m.replayed("s", line(t, "1", "penalty.issued", at, map[string]any{"penalty_id": "P1", "rung": "severe_points", "points": 4.0, "rule": "虚假发货",
		"amount": 50000, "currency": "CNY"}))
	want := sla.ImposedReport{Penalty: "P1", Rung: "severe_points", Rule: "虚假发货", Points: 4, Amount: 50000, Currency: "CNY",
		Issued: "2025-03-03T12:00:00+08:00", AppealBy: "2025-03-10T23:59:59+08:00", State: "issued"}
	r := m.of2025("s")
	if diff := cmp.Diff([]sla.ImposedReport{want}, r.Imposed); diff != "" {
		t.Errorf("imposed (-want +got):\n%s", diff)
	}
	if len(r.Measures) != 0 || r.Points.Severe != 0 || r.Points.Next == nil || *r.Points.Next != (sla.NodeReport{Class: "severe", At: 4, Missing: 4}) {
		t.Errorf("measures %+v, points %+v: what was imposed is in what is simulated", r.Measures, r.Points)
	}
	plain := m.must("report", "--shop", "s", "--from", "2025-01-01", "--to", "2026-01-01")
	if want := "imposed by the platform: P1, severe_points on 2025-03-03T12:00:00+08:00, 4 points, 50000 minor units of CNY, issued, appeal by"; !strings.Contains(plain, want) {
		t.Errorf("the plain report lacks %q:\n%s", want, plain)
	}
	m.replayed("s", line(t, "2", "penalty.appealed", at.Add(time.Hour), about), line(t, "3", "penalty.withdrawn", at.Add(48*time.Hour), about))
	want.State = "withdrawn"
	if diff := cmp.Diff([]sla.ImposedReport{want}, m.of2025("s").Imposed); diff != "" {
		t.Errorf("after it was taken back (-want +got):\n%s", diff)
	}
}

func TestBreachesOfThePastGiveSimulatedPoints(t *testing.T) {
	m := newMachine(t)
	for shop, pack := range map[string]string{"points": "douyin-2023-points", "now": "douyin-2026"} {
		m.must("shop", "add", "--id", shop, "--platform", "standard", "--timezone", "Asia/Shanghai", "--pack", pack)
	}
	at := time.Date(2025, 3, 3, 4, 0, 0, 0, time.UTC)
	var lines []string
	for i := range 40 { // promised within 48 h, never shipped: out of stock on the 7th
		lines = append(lines, line(t, fmt.Sprint(i), "order.paid", at, map[string]any{"order_id": fmt.Sprint("o", i), "amount": 100_000, "currency": "CNY"}))
	}
	m.replayed("points", lines...)
	m.replayed("now", lines...)
	r := m.of2025("points")
	found, sum := false, 0.0
	for _, s := range r.Measures {
		if !s.Conditional && s.Class == "general" {
			sum += s.Points
		}
		if s.Rule == "out-of-stock" && s.Line == "strike-points" {
			found = true
			if want := (sla.MeasureReport{Day: "2025-03-07", Rule: "out-of-stock", Line: "strike-points", Rung: "general_points", Class: "general", Points: 2, Cases: 40}); s != want {
				t.Errorf("the step is %+v, want %+v", s, want)
			}
		}
	}
	if !found || sum != r.Points.General || sum < 2 || len(r.Imposed) != 0 {
		t.Errorf("found %v, sum of the steps %g, points %+v, imposed %+v", found, sum, r.Points, r.Imposed)
	}
	paid := 0
	for _, o := range r.Compensation {
		if o.Rule == "out-of-stock" && o.Amount == 1000 && o.Currency == "CNY" {
			paid++
		}
	}
	if paid != 40 {
		t.Errorf("%d buyers are paid 10.00 each, want 40 of %+v", paid, r.Compensation)
	}
	if n := m.of2025("now").Points; n.General+n.Severe != 0 {
		t.Errorf("under a pack whose ladder has no points there are %+v", n)
	}
	again := m.of2025("now", "--recount", "--pack", "douyin-2023-points")
	if diff := cmp.Diff(r.Consequences, again.Consequences); diff != "" {
		t.Errorf("under the other pack (-as stored +would have been):\n%s", diff)
	}
}
