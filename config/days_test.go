package config

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shopwarden/rules"
	"shopwarden/rules/rulestest"
)

// day is a story of testdata/days: what happened in a shop, when it is looked at, and what the cases of one rule must then
// be. A story is named RULE.what.txt. Its lines are
//
//	pack NAME                                     the pack, douyin-2026 unless it says otherwise
//	calendar ID…                                  dated calendars that the shop joined
//	2026-11-23 10:00 order.paid order_id=1        an event, in Shanghai time
//	at 2026-11-26 10:00                           when it is looked at
//	order/1: met, stopped_in_time, due …, day …   a case of the rule; a part stands behind the subject: order/1@P1, chat/1@2026-11-23T10:00
//	none                                          the rule makes no case
//
// and # begins a comment. What is expected lists every case of the rule.
type day struct {
	rule, pack string
	calendars  []string
	events     []rules.Event
	at         rules.Instant
	want       []string
}

func readDay(t *testing.T, file string) (d day) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	d.pack = "douyin-2026"
	d.rule, _, _ = strings.Cut(filepath.Base(file), ".")
	scan := bufio.NewScanner(bytes.NewReader(raw))
	for n := 1; scan.Scan(); n++ {
		line, _, _ := strings.Cut(scan.Text(), "#")
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[0] == "pack":
			d.pack = words[1]
		case words[0] == "calendar":
			d.calendars = append(d.calendars, words[1:]...)
		case words[0] == "at":
			d.at = shanghai(t, words[1]+" "+words[2])
		case strings.HasPrefix(words[0], "20"):
			d.events = append(d.events, dayEvent(t, fmt.Sprintf("%s:%d", file, n), words))
		case words[0] == "none":
		default:
			d.want = append(d.want, strings.Join(words, " "))
		}
	}
	if d.at == 0 || len(d.events) == 0 {
		t.Fatalf("%s: nothing happens, or nobody looks", file)
	}
	return d
}

func dayEvent(t *testing.T, where string, words []string) rules.Event {
	t.Helper()
	data := map[string]any{}
	for _, w := range words[3:] {
		key, text, ok := strings.Cut(w, "=")
		if !ok {
			t.Fatalf("%s: %q is no field", where, w)
		}
		data[key] = dayValue(t, key, text)
	}
	body, err := json.Marshal(map[string]any{"type": words[2], "data": data,
		"timestamp": shanghai(t, words[0]+" "+words[1]).Time().Format(time.RFC3339Nano)})
	if err != nil {
		t.Fatal(err)
	}
	e, err := rules.ParseEvent(body, where)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	return e
}

func dayValue(t *testing.T, key, text string) any {
	t.Helper()
	switch {
	case slices.Contains([]string{"ship_by", "deliver_by", "decide_by", "answer_by", "until"}, key):
		return shanghai(t, strings.Replace(text, "T", " ", 1)).Time().Format(time.RFC3339Nano)
	case key == "amount" || key == "stars":
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	case text == "true" || text == "false":
		return text == "true"
	}
	return text
}

// cases writes down the cases of the rule as a story does.
func (d day) cases(w *rulestest.World) (list []string) {
	for _, k := range w.Cases(d.at) {
		if k.Rule != d.rule {
			continue
		}
		line := k.Subject.String()
		if k.Part != "" {
			line += "@" + dayPart(k.Part)
		}
		line += ": " + k.Outcome.String() + ", " + k.Reason.String()
		if k.Due != 0 {
			line += ", due " + local(k.Due)
		}
		line += ", day " + k.Day.String()
		if k.Timed {
			line += ", took " + k.Took.String()
		}
		list = append(list, line)
	}
	return list
}

// dayPart writes a part that is an instant as people read it.
func dayPart(part string) string {
	if ms, err := strconv.ParseInt(part, 10, 64); err == nil && len(part) == 13 {
		return strings.Replace(local(rules.Instant(ms)), " ", "T", 1)
	}
	return part
}

func local(t rules.Instant) string {
	text := t.Time().In(time.FixedZone("", 8*3600)).Format("2006-01-02 15:04:05.000")
	return strings.TrimSuffix(strings.TrimSuffix(text, ".000"), ":00")
}

// TestDaysInAShopEndAsTold tells each story as it happened, with the clock looked at after every event, then shuffled, then
// with everything said twice: the same cases, and the same counters.
func TestDaysInAShopEndAsTold(t *testing.T) {
	files, err := filepath.Glob("testdata/days/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			d := readDay(t, file)
			policy, err := Shop{ID: "s", Pack: d.pack, Calendar: d.calendars}.Policy(builtIn(t))
			if err != nil {
				t.Fatal(err)
			}
			told := rulestest.New(policy)
			for _, e := range d.events {
				told.Apply(rules.InstantOf(e.At), e)
				told.Tick(rules.InstantOf(e.At))
			}
			told.Tick(d.at)
			if diff := cmp.Diff(d.want, d.cases(told)); diff != "" {
				t.Errorf("as it happened (-want +got):\n%s", diff)
			}
			d.again(t, told)
		})
	}
}

func (d day) again(t *testing.T, told *rulestest.World) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, uint64(len(d.events))))
	for round := range 10 {
		stream := slices.Clone(d.events)
		if round%2 == 1 {
			stream = append(stream, d.events...)
		}
		random.Shuffle(len(stream), func(i, j int) { stream[i], stream[j] = stream[j], stream[i] })
		w := rulestest.New(told.Policy)
		for i, e := range stream {
			w.Apply(d.at-rules.Instant((len(stream)-i)*3600_000), e)
		}
		w.Tick(d.at)
		if diff := cmp.Diff(d.cases(told), d.cases(w)); diff != "" {
			t.Fatalf("shuffled, round %d (-told +got):\n%s", round, diff)
		}
		if diff := cmp.Diff(told.Tallies, w.Tallies); diff != "" {
			t.Fatalf("counters shuffled, round %d (-told +got):\n%s", round, diff)
		}
	}
}

// TestEveryRuleHasADayItBrokeAndADayItWasSaved holds the stories to the rulebook: both kinds for every rule, and their cases
// end as their names say.
func TestEveryRuleHasADayItBrokeAndADayItWasSaved(t *testing.T) {
	for _, e := range bookOf(t, DefaultPack).Editions {
		for _, r := range e.Rules {
			for what, outcome := range map[string]string{"broken": ": breached", "saved": ": met"} {
				d := readDay(t, filepath.Join("testdata", "days", r.ID+"."+what+".txt"))
				if !slices.ContainsFunc(d.want, func(w string) bool { return strings.Contains(w, outcome) }) {
					t.Errorf("%s.%s: no case is %s: %v", r.ID, what, outcome, d.want)
				}
			}
		}
	}
}
