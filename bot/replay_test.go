package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/bot/store/storetest"
	"shopwarden/rules"
)

// machine runs the command line over a Redis of its own.
type machine struct {
	t   *testing.T
	env map[string]string
}

func newMachine(t *testing.T) *machine {
	return &machine{t, map[string]string{"REDIS_URL": storetest.Redis(t), "DATA_SECRET": strings.Repeat("x", 40), "LOG_LEVEL": "error"}}
}

func (m *machine) run(args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	code = run(m.t.Context(), args, world{env: func(name string) (string, bool) { v, ok := m.env[name]; return v, ok },
		in: strings.NewReader(""), out: &stdout, err: &stderr})
	return code, stdout.String(), stderr.String()
}

func (m *machine) must(args ...string) string {
	m.t.Helper()
	code, out, errs := m.run(args...)
	if code != 0 {
		m.t.Fatalf("shopwarden %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

func (m *machine) report(shop string) (sla.Report, string) {
	m.t.Helper()
	text := m.must("report", "--shop", shop, "--from", "2016-01-01", "--to", "2021-01-01", "--json")
	var r sla.Report
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		m.t.Fatal(err)
	}
	return r, text
}

func rule(t *testing.T, r sla.Report, id string) sla.RuleReport {
	t.Helper()
	for _, x := range r.Rules {
		if x.Rule == id {
			return x
		}
	}
	t.Fatalf("no rule %s in the report", id)
	return sla.RuleReport{}
}

func expect(t *testing.T, got sla.RuleReport, met, breached, void int64) {
	t.Helper()
	if got.Met != met || got.Breached != breached || got.Void != void || got.Open != 0 {
		t.Errorf("%s: met %d, breached %d, void %d, open %d; want %d, %d, %d, 0", got.Rule, got.Met, got.Breached, got.Void, got.Open, met, breached, void)
	}
}

// bench is the folder of real orders and chats beside the project; it is no part of it.
func bench(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../shared/data")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("SKIPPED: the real orders and chats are not beside this checkout; the counts of made-up orders are tested all the same")
	}
	return dir
}

type oracle struct {
	Ship struct {
		Met      int64   `json:"met"`
		Late     int64   `json:"late"`
		Never    int64   `json:"never_picked_up"`
		Canceled int64   `json:"canceled_before_pickup"`
		P50      float64 `json:"p50_seconds"`
	} `json:"ship-on-time"`
	Delivery struct {
		Met   int64 `json:"met"`
		Late  int64 `json:"late"`
		Never int64 `json:"never_delivered"`
	} `json:"delivery-on-time"`
	Reviews struct {
		Bad int64 `json:"one_to_three_stars"`
	} `json:"reviews"`
	Answered int64   `json:"answered"`
	In180    int64   `json:"within_180s"`
	P50      float64 `json:"p50_seconds"`
	Mean     float64 `json:"mean_seconds"`
}

func readOracle(t *testing.T, file string) (o oracle) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func TestRealOrdersAreCountedAsTheirSourceCountsThem(t *testing.T) {
	dir := bench(t)
	events, counted := filepath.Join(t.TempDir(), "events.jsonl"), filepath.Join(t.TempDir(), "oracle.json")
	out, err := exec.CommandContext(t.Context(), "python3", filepath.Join(dir, "to_events.py"), "olist", filepath.Join(dir, "olist"), events, counted).CombinedOutput()
	if err != nil {
		t.Skipf("SKIPPED: the real orders need python3: %v %s", err, out)
	}
	want := readOracle(t, filepath.Join(dir, "olist_expected.json"))
	m := newMachine(t)
	for _, id := range []string{"straight", "shuffled"} {
		m.must("shop", "add", "--id", id, "--platform", "standard", "--timezone", "UTC")
	}
	m.must("replay", "--shop", "straight", events)
	m.must("replay", "--shop", "shuffled", shuffle(t, events))
	r, text := m.report("straight")
	ship, delivery := rule(t, r, "ship-on-time"), rule(t, r, "delivery-on-time")
	expect(t, ship, want.Ship.Met, want.Ship.Late+want.Ship.Never, want.Ship.Canceled)
	expect(t, delivery, want.Delivery.Met, want.Delivery.Late+want.Delivery.Never, delivery.Void)
	if *ship.P50 != want.Ship.P50 {
		t.Errorf("median to the pickup %v s, want %v", *ship.P50, want.Ship.P50)
	}
	if bad := rule(t, r, "bad-review-recovery"); bad.Breached != want.Reviews.Bad {
		t.Errorf("%d bad reviews without an answer, want %d", bad.Breached, want.Reviews.Bad)
	}
	if _, other := m.report("shuffled"); strings.Replace(other, "shuffled", "straight", 1) != text {
		t.Error("the shuffled replay with repetitions gives another report")
	}
	m.must("report", "--shop", "shuffled", "--from", "2016-01-01", "--to", "2021-01-01", "--recount")
}

func TestRealChatsAreCountedAsTheirSourceCountsThem(t *testing.T) {
	dir := bench(t)
	want := readOracle(t, filepath.Join(dir, "chats_expected.json"))
	m := newMachine(t)
	m.must("shop", "add", "--id", "chats", "--platform", "standard", "--timezone", "UTC", "--hours", "always")
	m.must("replay", "--shop", "chats", filepath.Join(dir, "chats.jsonl"))
	r, _ := m.report("chats")
	got := rule(t, r, "chat-first-response")
	expect(t, got, want.In180, want.Answered-want.In180, 0)
	if *got.P50 != want.P50 || *got.Mean-want.Mean > 0.001 || want.Mean-*got.Mean > 0.001 {
		t.Errorf("median %v s, mean %v s; want %v, %v", *got.P50, *got.Mean, want.P50, want.Mean)
	}
}

// shuffle writes the lines of a file in another order, one in twenty of them twice.
func shuffle(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(7, 7))
	list := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	for _, line := range list {
		if r.IntN(20) == 0 {
			list = append(list, line)
		}
	}
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	out := filepath.Join(t.TempDir(), "shuffled.jsonl")
	if err := os.WriteFile(out, bytes.Join(list, []byte("\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}

// madeUp draws orders and counts them without any of the rules' code.
func madeUp(n int) (lines []string, met, late, void int64) {
	r := rand.New(rand.NewPCG(3, 4))
	day := time.Date(2018, 3, 1, 0, 0, 0, 0, time.UTC)
	line := func(typ string, at time.Time, data string) {
		lines = append(lines, fmt.Sprintf(`{"type":%q,"timestamp":%q,"data":{%s}}`, typ, at.Format(time.RFC3339), data))
	}
	for i := range n {
		paid := day.Add(time.Duration(r.IntN(90*24*60)) * time.Minute)
		due := paid.Add(time.Duration(12+r.IntN(60)) * time.Hour)
		stop := paid.Add(time.Duration(r.IntN(80)) * time.Hour)
		cancel := paid.Add(time.Duration(r.IntN(80)) * time.Hour)
		id := fmt.Sprintf(`"order_id":"%d"`, i)
		line("order.paid", paid, id+fmt.Sprintf(`,"ship_by":%q`, due.Format(time.RFC3339)))
		stopped, canceled := r.IntN(10) > 0, r.IntN(6) == 0
		if stopped {
			line("order.picked_up", stop, id)
		}
		if canceled {
			line("order.canceled", cancel, id+`,"by":"buyer"`)
		}
		switch {
		case canceled && (!stopped || cancel.Before(stop)):
			void++
		case stopped && !stop.After(due):
			met++
		default:
			late++
		}
	}
	return lines, met, late, void
}

func TestMadeUpOrdersAreCountedExactlyInAnyOrder(t *testing.T) {
	lines, met, late, void := madeUp(3000)
	file := filepath.Join(t.TempDir(), "orders.jsonl")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	m := newMachine(t)
	m.must("shop", "add", "--id", "a", "--platform", "standard", "--timezone", "America/Santiago")
	m.must("shop", "add", "--id", "b", "--platform", "standard", "--timezone", "America/Santiago")
	m.must("replay", "--shop", "a", file)
	m.must("replay", "--shop", "b", shuffle(t, file))
	m.must("replay", "--shop", "b", file)
	r, text := m.report("a")
	expect(t, rule(t, r, "ship-on-time"), met, late, void)
	if _, other := m.report("b"); strings.Replace(other, `"b"`, `"a"`, 1) != text {
		t.Error("shuffled and repeated, the same events give another report")
	}
	m.must("report", "--shop", "b", "--from", "2018-01-01", "--to", "2019-01-01", "--recount")
}

func TestABadLineIsNamedAndNothingIsApplied(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bad.jsonl")
	text := `{"type":"order.paid","timestamp":"2018-03-01T00:00:00Z","data":{"order_id":"1"}}` + "\n\n" + `{"type":"order.paid","timestamp":"2018-03-01T00:00:00Z","data":{}}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	m := newMachine(t)
	m.must("shop", "add", "--id", "a", "--platform", "standard")
	code, _, errs := m.run("replay", "--shop", "a", file)
	if code != 1 || !strings.Contains(errs, file+":3: data.order_id: is required for order.paid") || !strings.Contains(errs, "nothing was applied") {
		t.Errorf("exit %d: %s", code, errs)
	}
	r, _ := m.report("a")
	if i := slices.IndexFunc(r.Rules, func(x sla.RuleReport) bool { return x.Met+x.Breached+x.Open+x.Void > 0 }); i >= 0 {
		t.Errorf("something was applied: %+v", r.Rules[i])
	}
}

func TestCommandsSayWhatIsMissing(t *testing.T) {
	m := newMachine(t)
	m.must("shop", "add", "--id", "a", "--platform", "standard")
	for _, x := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"report", "--shop", "nobody"}, 1, `no shop "nobody" is set up`},
		{[]string{"replay", "--shop", "nobody", "/dev/null"}, 1, `no shop "nobody" is set up`},
		{[]string{"report", "--shop", "a", "--from", "tomorrow"}, 1, `--from: "tomorrow" is no date such as 2026-11-22`},
		{[]string{"report", "--shop", "a", "--from", "2026-11-02", "--to", "2026-11-02"}, 1, "the report must cover 1 to"},
		{[]string{"shop", "add", "--id", "a", "--platform", "standard"}, 1, "is set up already"},
		{[]string{"shop", "add", "--id", "b c", "--platform", "moon", "--timezone", "Mars/Base"}, 1, "Mars/Base"},
		{[]string{"shop", "set", "a", "hours=25:00-26:00"}, 1, "25:00-26:00"},
		{[]string{"dance"}, 2, "dance"},
		{[]string{"report"}, 2, "--shop"},
	} {
		code, _, errs := m.run(x.args...)
		if code != x.code || !strings.Contains(errs, x.want) {
			t.Errorf("%v: exit %d, %s", x.args, code, errs)
		}
	}
}

func TestAShopIsSetUpChangedAndForgotten(t *testing.T) {
	m := newMachine(t)
	out := m.must("shop", "add", "--id", "tea", "--platform", "standard", "--name", "茶铺", "--hours", "09:00-21:00")
	for _, want := range []string{"/hooks/standard/tea", "whsec_", "/bind "} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	m.must("shop", "set", "tea", "alert_at=7", "rules.ship-on-time.within=24h")
	if out := m.must("shop", "list"); !strings.Contains(out, "茶铺") {
		t.Errorf("list:\n%s", out)
	}
	m.must("shop", "rotate-secret", "tea")
	m.must("shop", "code", "tea")
	if code, _, _ := m.run("shop", "remove", "tea"); code == 0 {
		t.Error("removed without being asked")
	}
	m.must("shop", "remove", "tea", "--yes")
	if out := m.must("shop", "list"); strings.Contains(out, "tea") {
		t.Errorf("list:\n%s", out)
	}
}

func TestChangedHoursAreInEveryNumberAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "chat.jsonl")
	text := `{"type":"chat.message","timestamp":"2018-03-01T02:00:00Z","data":{"conversation_id":"c","from":"buyer"}}` + "\n" +
		`{"type":"chat.message","timestamp":"2018-03-01T02:30:00Z","data":{"conversation_id":"c","from":"agent"}}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	m := newMachine(t)
	m.must("shop", "add", "--id", "a", "--platform", "standard", "--timezone", "UTC")
	m.must("replay", "--shop", "a", file)
	r, _ := m.report("a")
	expect(t, rule(t, r, "chat-first-response"), 0, 0, 0) // 02:00 is outside 08:00–23:00
	if out := m.must("shop", "set", "a", "hours=always"); !strings.Contains(out, "Judged anew") {
		t.Errorf("said %q", out)
	}
	r, _ = m.report("a")
	expect(t, rule(t, r, "chat-first-response"), 0, 1, 0)
	m.must("report", "--shop", "a", "--from", "2018-01-01", "--to", "2019-01-01", "--recount")
	if out := m.must("shop", "set", "a", "alert_at=9"); strings.Contains(out, "Judged anew") {
		t.Errorf("a threshold judges nothing anew: %q", out)
	}
}

func TestCheckNamesAShopWhoseRulesAreGone(t *testing.T) {
	dir := t.TempDir()
	pack, err := os.ReadFile("../config/rulebook/douyin-2026.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(pack), "pack: douyin-2026", "pack: mine", 1)
	if err := os.WriteFile(filepath.Join(dir, "mine.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	m := newMachine(t)
	m.env["RULES_DIR"] = dir
	m.must("shop", "add", "--id", "a", "--platform", "standard", "--pack", "mine")
	delete(m.env, "RULES_DIR")
	code, out, _ := m.run("check")
	if code != 1 || !strings.Contains(out, "shop a") || !strings.Contains(out, "mine") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

func TestCheckNamesHoursThatNeedHolidaysNobodyPublished(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "calendar")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC()
	for name, year := range map[string]int{"old-holidays": 2001, "new-holidays": now.Year()} {
		text := fmt.Sprintf("calendar: %s\nname: {zh: x, en: x}\nworkweek: mon-fri\nsource: x\nyears:\n  - {year: %d, source: x, off: []}\n", name, year)
		if err := os.WriteFile(filepath.Join(dir, name+".yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m := newMachine(t)
	m.env["RULES_DIR"] = filepath.Dir(dir)
	m.must("shop", "add", "--id", "a", "--platform", "standard", "--hours", "mon-fri 09:00-18:00 old-holidays")
	m.must("shop", "add", "--id", "b", "--platform", "standard")
	m.must("shop", "set", "b", "hours=mon-fri 09:00-18:00; sat 10:00-16:00; new-holidays")
	code, out, _ := m.run("check")
	if want := "\nshop a: its hours take "; code != 1 || !strings.Contains("\n"+out, want) || !strings.Contains(out, "are not listed; once they are published, write them into "+filepath.Join(dir, "old-holidays.yaml")) {
		t.Errorf("exit %d:\n%s", code, out)
	}
	want := "note: shop b: its hours take " // in December it is a problem
	if now.Month() == time.December {
		want = "shop b: its hours take "
	}
	if !strings.Contains(out, want) {
		t.Errorf("want %q in\n%s", want, out)
	}
	if code, _, errs := m.run("shop", "set", "b", "calendar=spring-festival-2062"); code != 1 || !strings.Contains(errs, "did you mean spring-festival-2026") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestReplayRefusesWhatHasNotHappenedAndWhatIsNoText(t *testing.T) {
	m := newMachine(t)
	m.must("shop", "add", "--id", "a", "--platform", "standard")
	for text, want := range map[string]string{
		`{"type":"order.paid","timestamp":"2099-03-01T02:00:00Z","data":{"order_id":"1"}}`: "in the future",
		"\x1f\x8b\x08\x00": "gunzip -c",
		`{"x":"` + strings.Repeat("y", maxLine) + `"}`: "longer than",
	} {
		file := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := m.run("replay", "--shop", "a", file); code != 1 || !strings.Contains(errs, want) {
			t.Errorf("exit %d, %.200s; want %q", code, errs, want)
		}
	}
}

func TestAScorecardThatIsOwedIsNotLostByOtherChangesOfTheShop(t *testing.T) {
	m := newMachine(t)
	m.must("shop", "add", "--id", "a", "--platform", "standard")
	db, err := store.Connect(t.Context(), store.Options{URL: m.env["REDIS_URL"]})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	const owed = 1_700_000_000_000 // long ago, as after downtime
	if err := db.Schedule(t.Context(), "a", owed); err != nil {
		t.Fatal(err)
	}
	next := func() rules.Instant {
		at, err := db.Scheduled(t.Context(), "a")
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, args := range [][]string{{"code", "a"}, {"rotate-secret", "a"}, {"set", "a", "name=Tea"}} {
		m.must(append([]string{"shop"}, args...)...)
		if at := next(); at != owed {
			t.Errorf("after shop %v the scorecard is due at %v", args, at.Time())
		}
	}
	m.must("shop", "set", "a", "digest_at=21:30")
	if at := next(); at == owed {
		t.Error("a new time of day changes nothing")
	}
}
