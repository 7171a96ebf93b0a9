package config

import (
	_ "embed" // the catalogue
	"fmt"
	"slices"
	"strconv"
	"strings"

	"shopwarden/rules"
)

//go:embed advice/tips.yaml
var advice []byte

// Tips returns the catalogue of advice that comes with the program, in its order. An error means that the catalogue is
// broken, which the tests rule out.
func Tips() ([]rules.Tip, error) { return ParseTips("advice/tips.yaml", advice) }

// ParseTips reads a catalogue of advice. file is its name for the error, which joins every problem as *[FileError]; a
// catalogue with a problem gives no tips.
func ParseTips(file string, text []byte) ([]rules.Tip, error) {
	src := &source{file: file}
	top, ok := src.parse(text)
	if !ok {
		return nil, src.err()
	}
	tips := readTips(top)
	if err := src.err(); err != nil {
		return nil, err
	}
	return tips, nil
}

func readTips(top value) (tips []rules.Tip) {
	o, ok := top.object("tips")
	if !ok {
		return nil
	}
	list, ok := o.need("tips")
	if !ok {
		return nil
	}
	first := map[string]int{}
	for _, v := range list.list() {
		tip := readTip(v)
		if line := first[tip.ID]; tip.ID != "" && line > 0 {
			v.field("id").fail("%q is already the id of the tip on line %d", tip.ID, line)
		}
		first[tip.ID] = v.line
		tips = append(tips, tip)
	}
	return tips
}

func readTip(v value) (t rules.Tip) {
	o, ok := v.object("id", "principle", "line", "rules", "when", "source")
	if !ok {
		return t
	}
	t.ID = readNeeded(o, "id", parseID)
	t.Principle = readNeeded(o, "principle", rules.ParsePrinciple)
	t.Line = readNeeded(o, "line", parseLine)
	t.Source = readNeeded(o, "source", parseText)
	if _, ok := o.need("rules"); ok {
		t.Rules = readList(o, "rules", parseID)
	}
	if _, ok := o.need("when"); ok {
		t.When = readList(o, "when", parseTrigger)
	}
	return t
}

func parseLine(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 4 {
		return 0, fmt.Errorf("%q is no line of advice; there are 1 to 4", text)
	}
	return n, nil
}

// missed is the trigger that asks for no cause.
const missed = "missed"

// parseTrigger reads "missed", "carrier" or "hour 18-20|20-24".
func parseTrigger(text string) (rules.Trigger, error) {
	name, list, some := strings.Cut(text, " ")
	if name == missed && !some {
		return rules.Trigger{}, nil
	}
	dim, err := rules.ParseDim(name)
	if err != nil {
		return rules.Trigger{}, fmt.Errorf("%w; or write missed", err)
	}
	t := rules.Trigger{Dim: dim}
	if !some {
		return t, nil
	}
	t.Values = strings.Split(list, "|")
	known := map[rules.Dim][]string{rules.ByHour: rules.HourBlocks(), rules.ByWeekday: rules.Weekdays()}[dim]
	for _, v := range t.Values {
		if known != nil && !slices.Contains(known, v) {
			return t, fmt.Errorf("%q is no %s; there are %s", v, dim, strings.Join(known, ", "))
		}
	}
	return t, nil
}
