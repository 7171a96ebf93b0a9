package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"shopwarden/bot/sla"
)

// printConsequences prints what could follow, in short, and what the platform imposed. No line holds both.
func printConsequences(out io.Writer, c sla.Consequences) error {
	var lines []string
	for _, m := range measures(c.Measures) {
		lines = append(lines, "could follow, by our own count: "+m)
	}
	if p := c.Points; p.General+p.Severe > 0 {
		line := fmt.Sprintf("points by our own count: %g general, %g severe", p.General, p.Severe)
		if p.Next != nil {
			line += fmt.Sprintf("; %g more %s to %g", p.Next.Missing, p.Next.Class, p.Next.At)
		}
		lines = append(lines, line)
	}
	for _, i := range c.Imposed {
		lines = append(lines, imposed(i))
	}
	lines = append(lines, compensation(c)...)
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, plain(line)); err != nil {
			return err
		}
	}
	return nil
}

// plain takes out what ids and reasons of a platform could do to a terminal or to the lines of the report.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return '\uFFFD'
		}
		return r
	}, text)
}

// measures is a line for each line of a rule that made steps, in the order of the first of them.
func measures(steps []sla.MeasureReport) (lines []string) {
	type sum struct {
		sla.MeasureReport
		steps int
	}
	var list []sum
	for _, s := range steps {
		i := slices.IndexFunc(list, func(x sum) bool { return x.Rule == s.Rule && x.Line == s.Line })
		if i < 0 {
			list = append(list, sum{s, 1})
			continue
		}
		points := list[i].Points + s.Points
		list[i] = sum{s, list[i].steps + 1}
		list[i].Points = points
	}
	for _, s := range list {
		line := fmt.Sprintf("%s by %s (%s), %s, last on %s", s.Rung, s.Rule, s.Line, times(s.steps), s.Day)
		if s.Points > 0 {
			line += fmt.Sprintf(", %g points", s.Points)
		}
		if s.Human {
			line += ", a person decides"
		}
		if s.Conditional {
			line += ", on a condition that the counts cannot show"
		}
		lines = append(lines, line)
	}
	return lines
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func imposed(i sla.ImposedReport) string {
	line := fmt.Sprintf("imposed by the platform: %s, %s on %s", i.Penalty, i.Rung, i.Issued)
	if i.Points > 0 {
		line += fmt.Sprintf(", %g points", i.Points)
	}
	if i.Amount != 0 {
		line += fmt.Sprintf(", %d minor units of %s", i.Amount, i.Currency)
	}
	line += ", " + i.State
	if i.State == "issued" {
		line += ", appeal by " + i.AppealBy
	}
	return line
}

// compensation is a line for each currency.
func compensation(c sla.Consequences) (lines []string) {
	sums, cases, order := map[string]int64{}, map[string]int{}, []string{}
	for _, o := range c.Compensation {
		if cases[o.Currency] == 0 {
			order = append(order, o.Currency)
		}
		sums[o.Currency] += o.Amount
		cases[o.Currency]++
	}
	for _, code := range order {
		line := fmt.Sprintf("compensation by the tables of the rules: %d minor units of %s for %d cases", sums[code], strings.ToUpper(code), cases[code])
		if c.Unread > 0 {
			line += fmt.Sprintf("; %d older broken cases were not looked at", c.Unread)
		}
		lines = append(lines, line)
	}
	return lines
}
