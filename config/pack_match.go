package config

import (
	"errors"

	"github.com/goccy/go-yaml/ast"

	"shopwarden/rules"
)

// readMatches reads a list of matches. Each is text as [ParseMatch] reads it, or that text and a condition in CEL, which
// must hold as well:
//
//	start: {event: order.paid, if: 'amount >= 50000 && region.startsWith("新疆")'}
//
// What a condition can speak of stands at vocabulary.
func readMatches(o object, name string, subject rules.Kind) (out []rules.Match) {
	v, ok := o.fields[name]
	if !ok {
		return nil
	}
	for _, item := range v.list() {
		out = append(out, readMatch(item, subject))
	}
	return out
}

func readMatch(v value, subject rules.Kind) (m rules.Match) {
	parse := func(text string) (rules.Match, error) { return ParseMatch(text, subject) }
	if _, isObject := v.node.(ast.MapNode); !isObject {
		return readValue(v, parse)
	}
	o, ok := v.object("event", "if")
	if !ok {
		return m
	}
	m = readNeeded(o, "event", parse)
	if cond, ok := o.fields["if"]; ok && rules.Known(m.Type) {
		m.If = readCondition(cond, m.Type)
	}
	return m
}

// readCondition reads a condition on facts of a type, nil when there is something wrong with it.
func readCondition(v value, t rules.Type) rules.Predicate {
	switch v.node.(type) {
	case *ast.TagNode, *ast.AnchorNode, *ast.AliasNode, *ast.SequenceNode, ast.MapNode:
		v.src.swallowed = v.node.Type() == ast.TagType || v.src.swallowed
		v.fail("put the condition between single quotes: to YAML some of its letters mean something else")
		return nil
	}
	text, ok := v.text()
	if !ok {
		return nil
	}
	c, err := v.src.conditions.compile(t, text)
	if err == nil {
		return c
	}
	var wrong *conditionError
	if _, block := v.node.(*ast.LiteralNode); block && errors.As(err, &wrong) && wrong.line > 0 {
		v.line, wrong.line = v.line+wrong.line, 1 // the text begins on the line below its name
	}
	v.fail("%s", err)
	return nil
}
