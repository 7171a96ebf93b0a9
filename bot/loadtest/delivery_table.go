package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// goal is one row of the table: a number, and what it should be.
type goal struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Goal  string  `json:"goal"` // "" = none
	OK    bool    `json:"ok"`   // true without a goal
}

// goals is what --json prints.
type goals struct {
	Rows []goal `json:"rows"`
}

func info(name string, value float64, unit string) goal {
	return goal{name, rounded(value), unit, "", true}
}

func none(name string, n int, unit string) goal { return goal{name, float64(n), unit, "0", n == 0} }

func atLeast(name string, value float64, unit string, least float64) goal {
	return goal{name, rounded(value), unit, "≥ " + plain(least), value >= least}
}

func atMost(name string, value float64, unit string, most float64) goal {
	return goal{name, rounded(value), unit, "≤ " + plain(most), value <= most}
}

func below(name string, value float64, unit string, limit float64) goal {
	return goal{name, rounded(value), unit, "< " + plain(limit), value < limit}
}

// rounded keeps three places behind the point.
func rounded(f float64) float64 { return math.Round(f*1000) / 1000 }

func plain(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

func missed(rows []goal) bool {
	return slices.ContainsFunc(rows, func(g goal) bool { return !g.OK })
}

// printGoals writes the table for people.
func printGoals(out io.Writer, rows []goal) error {
	var text strings.Builder
	text.WriteString("\n\tvalue\tgoal\t\t\n")
	run := ""
	for _, g := range rows {
		name, rest, _ := strings.Cut(g.Name, ": ")
		if name != run {
			run = name
			fmt.Fprintf(&text, "%s\t\t\t\t\n", run)
		}
		mark := ""
		switch {
		case !g.OK:
			mark = "MISSED"
		case g.Goal != "":
			mark = "ok"
		}
		fmt.Fprintf(&text, "  %s\t%s\t%s\t%s\t\n", rest, strings.TrimSpace(number(g.Value)+" "+g.Unit), g.Goal, mark)
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if _, err := io.WriteString(t, text.String()); err != nil {
		return err
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(out, notes)
	return err
}

const notes = `
Seconds are seconds of the run's clock. Bot API, workers and Redis share the machine. Nobody can tell a call that was
swallowed from one whose answer was: an alert is then sent again, a digest is not, and so some digests never arrive.
`

// number writes whole numbers with commas and others with what they have behind the point.
func number(f float64) string {
	if f == math.Trunc(f) {
		return thousands(f)
	}
	return plain(f)
}
