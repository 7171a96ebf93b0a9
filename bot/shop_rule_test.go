package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bigOrders is a rule that only big orders come under.
const bigOrders = `id: big-orders
name: {zh: 大单, en: Big orders}
principle: timely
subject: order
start: {event: order.paid, if: 'amount >= 50000 && region.startsWith("新疆")'}
stop: order.picked_up
deadline: {within: 12h}
day: due
metric: met_rate
targets: {excellent: 99%, good: 98%, pass: 96%, floor: 80%}
weight: 1
alert_at: 1
severity: low
source: own
`

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAnOwnRuleIsInEveryNumberAtOnceAndTakenOutAgain(t *testing.T) {
	events := write(t, "orders.jsonl", strings.Join([]string{
		`{"type":"order.paid","timestamp":"2018-03-01T02:00:00Z","data":{"order_id":"1","amount":50000,"region":"新疆乌鲁木齐"}}`,
		`{"type":"order.picked_up","timestamp":"2018-03-01T15:00:00Z","data":{"order_id":"1"}}`,
		`{"type":"order.paid","timestamp":"2018-03-01T02:00:00Z","data":{"order_id":"2","amount":50000,"region":"新疆乌鲁木齐"}}`,
		`{"type":"order.picked_up","timestamp":"2018-03-01T13:00:00Z","data":{"order_id":"2"}}`,
		`{"type":"order.paid","timestamp":"2018-03-01T02:00:00Z","data":{"order_id":"3","amount":49999,"region":"新疆乌鲁木齐"}}`,
	}, "\n"))
	m := newMachine(t)
	m.must("shop", "add", "--id", "a", "--platform", "standard", "--timezone", "UTC")
	m.must("replay", "--shop", "a", events)
	out := m.must("shop", "rule", "add", "--id", "a", write(t, "big.yaml", bigOrders))
	if !strings.Contains(out, "Shop a has of its own: big-orders.") || !strings.Contains(out, "Judged anew by the new settings: 3 ") {
		t.Errorf("said %q", out)
	}
	r, _ := m.report("a")
	expect(t, rule(t, r, "big-orders"), 1, 1, 0)
	m.must("report", "--shop", "a", "--from", "2018-01-01", "--to", "2019-01-01", "--recount")
	if out := m.must("shop", "rule", "list", "a"); !strings.Contains(out, "big-orders  大单 / Big orders  timely") {
		t.Errorf("list:\n%s", out)
	}
	if out := m.must("shop", "rule", "add", "--id", "a", write(t, "big.yaml", bigOrders)); strings.Contains(out, "Judged anew") {
		t.Errorf("the same rule judges nothing anew: %q", out)
	}
	if out := m.must("shop", "rule", "remove", "a", "big-orders"); !strings.Contains(out, "Judged anew") {
		t.Errorf("said %q", out)
	}
	if _, text := m.report("a"); strings.Contains(text, "big-orders") {
		t.Errorf("the rule is still counted: %s", text)
	}
	m.must("report", "--shop", "a", "--from", "2018-01-01", "--to", "2019-01-01", "--recount")
}

func TestABadOwnRuleIsRefusedWithItsPlace(t *testing.T) {
	m := newMachine(t)
	m.must("shop", "add", "--id", "a", "--platform", "standard")
	bad := write(t, "big.yaml", strings.Replace(bigOrders, "amount", "amuont", 1))
	for _, x := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"shop", "rule", "add", "--id", "a", bad}, 1, "big.yaml:5: start.if: column 1: undeclared reference to 'amuont'; did you mean amount?"},
		{[]string{"shop", "rule", "add", "--id", "a", write(t, "x.yaml", strings.Replace(bigOrders, "big-orders", "ship-on-time", 1))}, 1, `x.yaml:1: id: "ship-on-time" is a rule of the pack douyin-2026; choose another id`},
		{[]string{"shop", "rule", "add", "--id", "nobody", bad}, 1, `no shop "nobody" is set up`},
		{[]string{"shop", "rule", "add", "--id", "a", "/no/such.yaml"}, 1, "no such file"},
		{[]string{"shop", "rule", "add", bad}, 2, "--id"},
		{[]string{"shop", "rule", "list", "nobody"}, 1, `no shop "nobody" is set up`},
		{[]string{"shop", "rule", "remove", "a", "big-orders"}, 1, "shop a has no rules of its own"},
	} {
		code, _, errs := m.run(x.args...)
		if code != x.code || !strings.Contains(errs, x.want) {
			t.Errorf("%v: exit %d, %s", x.args, code, errs)
		}
	}
	if out := m.must("shop", "rule", "list", "a"); strings.Contains(out, "big-orders") {
		t.Errorf("a refused rule is kept:\n%s", out)
	}
}
