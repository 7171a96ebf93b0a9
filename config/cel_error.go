package config

import (
	"fmt"
	"regexp"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"

	"shopwarden/rules"
)

// conditionError is what is wrong with a condition. Line and column count from 1, columns in letters; 0 is the whole of it.
type conditionError struct {
	line, column int
	problem      string
}

func (e *conditionError) Error() string {
	switch {
	case e.line > 1:
		return fmt.Sprintf("line %d, column %d: %s", e.line, e.column, e.problem)
	case e.column > 0:
		return fmt.Sprintf("column %d: %s", e.column, e.problem)
	}
	return e.problem
}

// explain turns the first thing the compiler minds into an error with a remedy; what it says after that follows from the
// first more often than not.
func (v *vocabulary) explain(text string, issues *cel.Issues) error {
	if strings.TrimSpace(text) == "" {
		return &conditionError{problem: "is empty; write a condition such as " + v.example() + ", or leave it out"}
	}
	list := issues.Errors()
	if len(list) == 0 {
		return &conditionError{problem: issues.Err().Error()}
	}
	first := list[0]
	for _, e := range list[1:] {
		if before(e.Location, first.Location) {
			first = e
		}
	}
	line, column := max(first.Location.Line(), 1), max(first.Location.Column()+1, 1)
	return &conditionError{line, column, v.remedy(first.Message, text, line, column)}
}

func before(a, b common.Location) bool {
	return a.Line() < b.Line() || a.Line() == b.Line() && a.Column() < b.Column()
}

var (
	undeclared = regexp.MustCompile(`^undeclared reference to '([^']*)'(?: \(did you mean '([^']*)'\?\))?`)
	expecting  = regexp.MustCompile(` expecting .*$`)
)

// remedy is the compiler's message and what to write instead.
func (v *vocabulary) remedy(message, text string, line, column int) string {
	if m := undeclared.FindStringSubmatch(message); m != nil {
		problem := fmt.Sprintf("undeclared reference to '%s'", m[1])
		switch called := letterAt(text, line, column) == '('; {
		case called && m[2] != "":
			return problem + "; did you mean " + m[2] + "?"
		case called:
			return problem + "; there is no such function"
		}
		if near := didYouMean(m[1], v.names); len(m[1]) > 3 && strings.HasPrefix(near, "; did you mean") {
			return problem + near
		}
		return problem + "; " + v.keeps()
	}
	switch {
	case strings.HasPrefix(message, "Syntax error: "):
		return expecting.ReplaceAllString(message, "") + syntaxHint(message)
	case strings.HasPrefix(message, "found no matching overload for '@in'"):
		return message + "; write region.contains('x') for a part of a text, sku in ['a', 'b'] for one of several"
	case strings.HasPrefix(message, "found no matching overload"):
		return message + "; " + v.keeps()
	case strings.HasPrefix(message, "reserved identifier: "):
		if name := reserved[strings.TrimPrefix(message, "reserved identifier: ")]; name != "" {
			return message + "; write " + name
		}
		return message + "; " + v.keeps()
	case strings.HasPrefix(message, "invalid argument to has()"):
		return message + "; write has_amount, not has(amount)"
	case strings.HasPrefix(message, "invalid matches argument"):
		return message + "; write a regular expression (RE2), as in sku.matches('^A[0-9]+$')"
	case strings.HasPrefix(message, "invalid timestamp argument"):
		return message + "; write timestamp('2026-01-31T00:00:00Z')"
	case strings.HasPrefix(message, "invalid duration argument"):
		return message + "; write duration('36h')"
	}
	return message + "; write a condition such as " + v.example()
}

// syntaxHint names what people write out of habit.
func syntaxHint(message string) string {
	switch {
	case strings.Contains(message, "'= '"), strings.Contains(message, "'='"):
		return "; write == to compare"
	case strings.Contains(message, "input 'and'"), strings.Contains(message, "input 'AND'"):
		return "; write && for and"
	case strings.Contains(message, "input 'or'"), strings.Contains(message, "input 'OR'"):
		return "; write || for or"
	case strings.Contains(message, "input 'not'"), strings.Contains(message, "input 'NOT'"):
		return "; write ! for not"
	case strings.Contains(message, "'<EOF>'"):
		return "; something is missing at the end"
	}
	return "; join comparisons with && and ||, put text in quotes"
}

// keeps lists the fields with their types.
func (v *vocabulary) keeps() string {
	var list []string
	for _, name := range v.names {
		if x := v.fields[name]; x.field != "" && !x.has {
			list = append(list, fmt.Sprintf("%s (%s)", name, cel.FormatCELType(typeOf(x.form))))
		}
	}
	if len(list) == 0 {
		return fmt.Sprintf("%s keeps no fields, only at (timestamp)", v.typ)
	}
	return fmt.Sprintf("%s keeps %s", v.typ, strings.Join(list, ", "))
}

// example is a condition on this type.
func (v *vocabulary) example() string {
	for _, name := range v.names {
		if x := v.fields[name]; !x.has && x.form == rules.FormWhole {
			return name + " >= 5"
		}
	}
	return `at.getHours("Asia/Shanghai") >= 20`
}

// letterAt is the letter at a place that the compiler names, 0 when there is none.
func letterAt(text string, line, column int) rune {
	lines := strings.Split(text, "\n")
	if line > len(lines) {
		return 0
	}
	letters := []rune(lines[line-1])
	if column > len(letters) {
		return 0
	}
	return letters[column-1]
}
