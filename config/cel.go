package config

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"shopwarden/rules"
)

// What a condition may cost, in the units of CEL: about 50 ns each on the machine this was measured on. A comparison costs
// 1 to 3, a search in a text a tenth of its length, a loop all of its steps. What is estimated assumes texts of longText
// bytes; the limit at run time is twice that of the estimate, for texts that are longer, and stops any evaluation within
// about 0.2 ms. There is no clock beside it: one would make the answer depend on how busy the machine is, and a verdict must
// be the same on every replica.
const (
	maxCost      = 1000
	maxRunCost   = 2 * maxCost
	longText     = 256
	maxCondition = 1000 // letters
	maxRegex     = 200  // instructions of a compiled pattern
	maxKnown     = 1024 // conditions that are remembered
)

// condition is a compiled condition on the facts of one type.
type condition struct {
	text    string
	program cel.Program
	fields  map[string]variable
}

// Holds evaluates the condition. An error (a division by 0, a text that is no number) and a cost beyond the limit mean that
// it does not hold: a fact of which the condition cannot be said does not make a case, stop one or break one. What fails on
// every event, or on one without optional fields, was refused when it was compiled.
func (c *condition) Holds(f rules.Fact) bool {
	out, err := c.answer(f)
	return err == nil && out == types.True
}

func (c *condition) answer(f rules.Fact) (ref.Val, error) {
	out, _, err := c.program.Eval(&reading{c.fields, f})
	return out, err
}

// String returns the condition as it was written.
func (c *condition) String() string { return c.text }

// Equal reports whether two conditions are written alike.
func (c *condition) Equal(other rules.Predicate) bool {
	o, ok := other.(*condition)
	return ok && (c == o || c != nil && o != nil && c.text == o.text)
}

// conditions compiles each condition once for each type of event, however many packs and shops have it. It is safe for
// concurrent use.
type conditions struct {
	known memory[conditionKey, *condition]
	base  *cel.Env                   // this and envs are guarded by the lock of known
	envs  map[rules.Type]*vocabulary // by type
}

type conditionKey struct {
	typ  rules.Type
	text string
}

func newConditions() *conditions {
	return &conditions{known: memory[conditionKey, *condition]{max: maxKnown}, envs: map[rules.Type]*vocabulary{}}
}

// compile returns the condition on facts of a known type, or what is wrong with it as *[conditionError].
func (c *conditions) compile(t rules.Type, text string) (*condition, error) {
	if n := utf8.RuneCountInString(text); n > maxCondition {
		return nil, &conditionError{problem: fmt.Sprintf("has %d letters, at most %d are allowed; make two rules of it", n, maxCondition)}
	}
	return c.known.get(conditionKey{t, text}, func(conditionKey) (*condition, error) {
		v, err := c.vocabulary(t)
		if err != nil {
			return nil, err
		}
		return v.compile(text)
	})
}

// vocabulary returns what conditions on a type can say.
func (c *conditions) vocabulary(t rules.Type) (*vocabulary, error) {
	if v, ok := c.envs[t]; ok {
		return v, nil
	}
	if c.base == nil {
		base, err := newBase()
		if err != nil {
			return nil, fmt.Errorf("preparing conditions: %w", err)
		}
		c.base = base
	}
	v, err := newVocabulary(c.base, t)
	if err != nil {
		return nil, fmt.Errorf("preparing conditions on %s: %w", t, err)
	}
	c.envs[t] = v
	return v, nil
}

// compile parses, checks, prices and tries a condition.
func (v *vocabulary) compile(text string) (*condition, error) {
	ast, err := v.parse(text)
	if err != nil {
		return nil, err
	}
	if err := v.price(ast); err != nil {
		return nil, err
	}
	c, err := v.program(text, ast)
	if err != nil {
		return nil, err
	}
	return c, v.try(c)
}

func (v *vocabulary) parse(text string) (*cel.Ast, error) {
	ast, issues := v.env.Compile(text)
	if issues.Err() != nil {
		return nil, v.explain(text, issues)
	}
	return ast, nil
}

// program makes a condition that stops at the limit of run time.
func (v *vocabulary) program(text string, ast *cel.Ast) (*condition, error) {
	p, err := v.env.Program(ast, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(maxRunCost))
	if err != nil {
		return nil, &conditionError{problem: fmt.Sprintf("%s; correct the constant it is about", err)}
	}
	return &condition{text: text, program: p, fields: v.fields}, nil
}

// price refuses what is no question of yes or no, and what may cost too much.
func (v *vocabulary) price(ast *cel.Ast) error {
	if out := ast.OutputType(); !out.IsExactType(cel.BoolType) {
		return &conditionError{problem: fmt.Sprintf("is of type %s and must be true or false; compare it, as in amount >= 100", cel.FormatCELType(out))}
	}
	cost, err := v.env.EstimateCost(ast, textSizes{})
	if err != nil {
		return &conditionError{problem: fmt.Sprintf("cannot be priced: %s", err)}
	}
	if cost.Max > maxCost {
		return &conditionError{problem: fmt.Sprintf("may cost %d, at most %d is allowed; do without loops in loops and long patterns", cost.Max, maxCost)}
	}
	return nil
}

// try asks the condition about two events, one with all of its fields and one with none, so that a mistake which no
// compiler sees is found now and not by a case that never was.
func (v *vocabulary) try(c *condition) error {
	if _, err := c.answer(v.full); err != nil {
		return &conditionError{problem: fmt.Sprintf("fails on an ordinary %s: %s%s", v.typ, err, guard(err))}
	}
	if _, err := c.answer(v.bare); err != nil {
		return &conditionError{problem: fmt.Sprintf("fails where %s leaves its fields out: %s%s", v.typ, err, guard(err))}
	}
	return nil
}

// guard says how to keep a condition from failing.
func guard(err error) string {
	switch text := err.Error(); {
	case strings.Contains(text, "by zero"):
		return "; ask first, as in has_amount && amount > 0 && 100 / amount > 2"
	case strings.Contains(text, "conversion error"):
		return "; ask first, as in sku.matches('^[0-9]+$') && int(sku) > 5"
	}
	return ""
}
