package config

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/rules"
)

var update = flag.Bool("update", false, "write the golden files of problems anew")

// loadOnce loads what comes with the program; packs are read-only, so that all tests may share them.
var loadOnce = sync.OnceValues(func() (*Packs, error) { return LoadPacks(BuiltIn(), "") })

func builtIn(t testing.TB) *Packs {
	t.Helper()
	packs, err := loadOnce()
	if err != nil {
		t.Fatal(err)
	}
	return packs
}

// bookOf returns a pack that comes with the program.
func bookOf(t testing.TB, name string) *rules.Rulebook {
	t.Helper()
	book, err := builtIn(t).Get(name)
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// eachRule calls visit with every rule of every built-in pack.
func eachRule(t *testing.T, visit func(where string, r rules.Rule)) {
	t.Helper()
	packs := builtIn(t)
	for _, name := range packs.Names() {
		for _, e := range bookOf(t, name).Editions {
			for _, r := range e.Rules {
				visit(name+" "+e.From.String()+" "+r.ID, r)
			}
		}
	}
}

func TestThePacksComeWithTheProgram(t *testing.T) {
	if got := builtIn(t).Names(); !slices.Equal(got, []string{"amazon-style", "custom", "douyin-2023-points", "douyin-2026", "standard", "tiktok-shop", "tmall"}) || !slices.Contains(got, DefaultPack) {
		t.Errorf("got %v", got)
	}
}

func TestEveryBuiltInRuleIsComplete(t *testing.T) {
	eachRule(t, func(where string, r rules.Rule) {
		if err := r.Check(); err != nil {
			t.Errorf("%s: %v", where, err)
		}
		if r.Name.Zh == "" || r.Name.En == "" || r.Source == "" || r.Severity == "" || r.MinSample == 0 && r.Metric != rules.Count || r.Weight <= 0 {
			t.Errorf("%s lacks something", where)
		}
		if err := checkAnchors(r.Anchors, r.Metric); err != nil {
			t.Errorf("%s: targets %v", where, err)
		}
		if len(r.WarnAt) == 0 && r.OnlyIfLate == "" && len(r.Fail) == 0 && !r.Counted() {
			t.Errorf("%s warns nobody", where)
		}
		if r.OnlyIfLate != "" && (len(r.WarnAt) > 0 || r.AlertAt > 0) {
			t.Errorf("%s alerts when it is too late to do anything", where)
		}
		if r.AlertAt == 0 && r.Severity != "bonus" && r.Metric != rules.MeanTime && r.Metric != rules.Bonus {
			t.Errorf("%s never makes a violation", where)
		}
	})
}

func TestEachPackServesAllFourPrinciples(t *testing.T) {
	packs := builtIn(t)
	for _, name := range packs.Names() {
		if name == "custom" { // an example of four rules
			continue
		}
		for _, e := range bookOf(t, name).Editions {
			count := map[rules.Principle]int{}
			for _, r := range e.Rules {
				count[r.Principle]++
			}
			for _, p := range rules.Principles() {
				if count[p] < 2 {
					t.Errorf("%s from %s: %d rules of %s, want at least 2", name, e.From, count[p], p)
				}
			}
		}
	}
}

func TestARuleIDMeansTheSameInEveryPack(t *testing.T) {
	douyin := bookOf(t, "douyin-2026")
	for _, r := range bookOf(t, "standard").Editions[0].Rules {
		d, ok := lastOf(douyin, r.ID)
		if !ok {
			t.Errorf("%s is in the pack standard only", r.ID)
			continue
		}
		type meaning struct {
			Name      rules.Text
			Principle rules.Principle
			Subject   rules.Kind
			Start     []rules.Match
			Stop      []rules.Match
			Metric    rules.Metric
			Day       rules.DayOf
		}
		got := meaning{r.Name, r.Principle, r.Subject, r.Start, r.Stop, r.Metric, r.Day}
		want := meaning{d.Name, d.Principle, d.Subject, d.Start, d.Stop, d.Metric, d.Day}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", r.ID, diff)
		}
	}
}

func TestEveryProblemOfAPackIsReportedInItsPlace(t *testing.T) {
	text, err := os.ReadFile("testdata/bad.yaml")
	if err != nil {
		t.Fatal(err)
	}
	book, err := ParsePack("packs/bad.yaml", text)
	if err == nil || book != nil {
		t.Fatalf("got %v, %v", book, err)
	}
	const golden = "testdata/bad.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(err.Error()+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, errRead := os.ReadFile(golden)
	if errRead != nil {
		t.Fatal(errRead)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(err.Error()+"\n", "\n")); diff != "" {
		t.Error(diff)
	}
	for _, p := range Explain(err) {
		if !strings.HasPrefix(p.Where, "packs/bad.yaml:") || p.What == "" {
			t.Errorf("explained as %+v", p)
		}
	}
}

// minimal is the least a pack can say.
const minimal = `pack: mine
zone: Europe/Berlin
editions:
  - from: 2026-01-01
    rules:
      - id: ship-on-time
        name: {zh: 发货, en: Ship}
        principle: timely
        subject: order
        start: order.paid
        stop: order.shipped
        deadline: {within: 12h}
        day: due
        metric: met_rate
        targets: {excellent: 99%, good: 98%, pass: 96%, floor: 80%}
        weight: 0.5
        alert_at: 1
        severity: low
        source: own
`

func TestAFileThatIsNoPackIsReportedWhereItBreaks(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "mine.yaml:1: the file is empty",
		"# nothing\n":                      "mine.yaml:1: the file is empty",
		"ship":                             "mine.yaml:1: must be a list of fields: pack, zone, hours, editions",
		"pack: mine\npack: mine\n":         "mine.yaml:2: mapping key",
		"pack: [mine\n":                    "mine.yaml:1: ",
		minimal + "---\npack: two\n":       "mine.yaml:21: a second document begins here",
		minimal + "\n  - from: 2026-01-01": "mine.yaml:21: editions[1].from: 2026-01-01 is not after 2026-01-01; put the oldest edition first",
		strings.Replace(minimal, "pack: mine", "pack: &p mine", 1):                         "mine.yaml:1: pack: anchors, aliases and tags are not read here",
		strings.Replace(minimal, "start: order.paid", "start: []", 1):                      "start is missing",
		strings.Replace(minimal, "order.shipped", "order.shipped\n  bad: x", 1):            "mine.yaml:1",
		strings.Replace(minimal, "deadline: {", "only_if_late: x\n        deadline: {", 1): "deadline.within: the deadline is that of x; only before and after can be given",
		"pack: mine\nzone: UTC\n": "mine.yaml:1: editions: is missing",
	} {
		book, err := ParsePack("mine.yaml", []byte(text))
		if err == nil || book != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestARuleThatHangsOnAnotherTakesItsDeadline(t *testing.T) {
	dependent := strings.SplitAfterN(minimal, "rules:\n", 2)[1]
	dependent = strings.Replace(dependent, "id: ship-on-time", "id: tell-first\n        only_if_late: ship-on-time", 1)
	for deadline, want := range map[string]time.Duration{"deadline: {before: 2h}": 2 * time.Hour, "deadline: {}": 0, "early_stop: true": 0} {
		book, err := ParsePack("mine.yaml", []byte(minimal+strings.Replace(dependent, "deadline: {within: 12h}", deadline, 1)))
		if err != nil {
			t.Errorf("%s: %v", deadline, err)
			continue
		}
		if got := book.Editions[0].Rules[1].Deadline; !reflect.DeepEqual(got, rules.Deadline{Before: want}) {
			t.Errorf("%s: got %+v", deadline, got)
		}
	}
}

func TestAFolderAddsPacksAndReplacesBuiltInOnes(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("mine.yaml", minimal)
	write("standard.yml", strings.Replace(minimal, "pack: mine", "pack: standard", 1))
	write("README.md", "not a pack")
	packs, err := LoadPacks(BuiltIn(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := packs.Names(); !slices.Equal(got, []string{"amazon-style", "custom", "douyin-2023-points", "douyin-2026", "mine", "standard", "tiktok-shop", "tmall"}) {
		t.Errorf("got %v", got)
	}
	book, err := packs.Get("standard")
	if err != nil || len(book.Editions[0].Rules) != 1 || book.Zone != "Europe/Berlin" {
		t.Errorf("the folder's pack replaces the built-in one as a whole: %+v, %v", book, err)
	}
	if got := packs.Origin("standard"); got != filepath.Join(dir, "standard.yml") {
		t.Errorf("origin %q", got)
	}
	if p := Problems(Settings{TelegramToken: "t", DataSecret: "d", RulesDir: dir}, packs); p != nil {
		t.Errorf("got %v", p)
	}

	write("mine.yml", minimal)
	write("worse.yaml", minimal)
	packs, err = LoadPacks(BuiltIn(), dir)
	for _, want := range []string{"mine.yaml and ", "mine.yml are the same pack; remove one", `worse.yaml:1: pack: "mine" must be the name of the file, "worse"`} {
		if err == nil || packs != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestAFolderThatIsNotThereIsAProblemOfItsSetting(t *testing.T) {
	_, err := LoadPacks(BuiltIn(), filepath.Join(t.TempDir(), "gone"))
	if p := Explain(err); len(p) != 1 || p[0].Where != "RULES_DIR" || p[0].Remedy == "" {
		t.Errorf("got %v", p)
	}
	packs, err := LoadPacks(fstest.MapFS{}, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := Problems(Settings{TelegramToken: "t", DataSecret: "d", RulesDir: "packs"}, packs)
	if len(p) != 1 || p[0].String() != "RULES_DIR: packs holds no rule pack and no calendar; put a .yaml file there, or leave the setting out" {
		t.Errorf("got %v", p)
	}
}

func TestAnUnknownPackIsNamedWithThoseThereAre(t *testing.T) {
	_, err := builtIn(t).Get("douyin-2023")
	if want := `pack "douyin-2023" is unknown; there are amazon-style, custom, douyin-2023-points, douyin-2026, standard, tiktok-shop, tmall`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestWhatTheBotNeedsAndLacksIsListed(t *testing.T) {
	var got []string
	for _, p := range Problems(Settings{PublicURL: "http://shop.example.com"}, builtIn(t)) {
		got = append(got, p.Where)
	}
	if want := []string{"TELEGRAM_TOKEN", "DATA_SECRET", "PUBLIC_URL"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	same := Settings{TelegramToken: "t", DataSecret: keyA, DataSecretPrevious: keyA}
	if p := Problems(same, builtIn(t)); len(p) != 1 || p[0].Where != "DATA_SECRET_PREVIOUS" {
		t.Errorf("got %v", p)
	}
}

func TestDurationsAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"180s": 3 * time.Minute, "36h": 36 * time.Hour, "10d": 240 * time.Hour, "1d12h": 36 * time.Hour, "1h30m": 90 * time.Minute,
		"1ms": time.Millisecond, "": 0, "d": 0, "36": 0, "36x": 0, "-1h": 0, "0s": 0, "1.5d": 0, "1d-1h": 0, "800d": 0, "1us": 0,
		"99999d": 0, "9999999h": 0, "1h 30m": 0, "d1h": 0,
	} {
		got, err := parseDuration(text)
		if (err == nil) != (want > 0) || err == nil && got != want {
			t.Errorf("%q: got %v, %v, want %v", text, got, err, want)
		}
	}
}

func FuzzParsePack(f *testing.F) {
	f.Add(minimal)
	f.Add(measured)
	for _, name := range []string{"rulebook/douyin-2026.yaml", "rulebook/custom.yaml", "testdata/bad.yaml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		book, err := ParsePack("mine.yaml", []byte(text))
		if (book == nil) == (err == nil) {
			t.Fatalf("got %v and %v", book, err)
		}
		if err != nil {
			return
		}
		if _, err := rules.NewPolicy(book, rules.Terms{Zone: time.UTC, Hours: rules.ByPlatform}); err != nil {
			t.Errorf("a pack that loads cannot be used: %v", err)
		}
	})
}
