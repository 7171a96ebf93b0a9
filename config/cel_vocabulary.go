package config

import (
	"strconv"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"shopwarden/rules"
)

// vocabulary is what a condition on the facts of one type can speak of:
//
//	amount, stars …     each field that the fact keeps, by its name: text is string, whole numbers int, points double, flags
//	                    bool, instants timestamp
//	has_amount …        whether the event gave the field; one it did not give is "", 0, 0.0, false or 1970-01-01T00:00:00Z
//	at                  when it happened (timestamp)
//	type                the type of the event
//
// A field with the name of a word of the language has an underscore behind it (for_). Beside them stands the language itself
// with its own functions; at.getHours("Asia/Shanghai") and its like take a zone, without one they mean UTC.
type vocabulary struct {
	typ        rules.Type
	env        *cel.Env
	fields     map[string]variable
	names      []string   // in the order of the fields
	full, bare rules.Fact // an event with all of its fields, and one with none
}

// variable is a name in conditions: a field of the fact, whether it has one, or, without a field, at or type.
type variable struct {
	field string
	has   bool
	form  rules.Form
}

// reserved are the fields that CEL wants for itself.
var reserved = map[string]string{"for": "for_"}

func newVocabulary(base *cel.Env, t rules.Type) (*vocabulary, error) {
	v := &vocabulary{typ: t, fields: map[string]variable{}}
	v.full = rules.Fact{Type: t, At: rules.InstantOf(time.Date(2026, 1, 5, 4, 0, 0, 0, time.UTC))}
	v.bare = v.full
	var options []cel.EnvOption
	add := func(name string, x variable, typ *cel.Type) {
		v.fields[name], v.names = x, append(v.names, name)
		options = append(options, cel.Variable(name, typ))
	}
	for _, f := range rules.FieldsOf(t) {
		name := f.Name
		if other := reserved[name]; other != "" {
			name = other
		}
		add(name, variable{field: f.Name, form: f.Form}, typeOf(f.Form))
		add("has_"+f.Name, variable{field: f.Name, has: true}, cel.BoolType)
		v.full.Attrs = append(v.full.Attrs, rules.Attr{Key: f.Name, Value: ordinary(f, v.full.At)})
	}
	add("at", variable{form: rules.FormInstant}, cel.TimestampType)
	add("type", variable{form: rules.FormText}, cel.StringType)
	env, err := base.Extend(options...)
	v.env = env
	return v, err
}

func typeOf(f rules.Form) *cel.Type {
	switch f {
	case rules.FormWhole:
		return cel.IntType
	case rules.FormDecimal:
		return cel.DoubleType
	case rules.FormFlag:
		return cel.BoolType
	case rules.FormInstant:
		return cel.TimestampType
	}
	return cel.StringType
}

// ordinary is what a field of a fact may well hold.
func ordinary(f rules.Field, at rules.Instant) string {
	switch {
	case len(f.Choices) > 0:
		return f.Choices[0]
	case f.Form == rules.FormWhole || f.Form == rules.FormDecimal:
		return "5"
	case f.Form == rules.FormFlag:
		return "true"
	case f.Form == rules.FormInstant:
		return strconv.FormatInt(int64(at)+time.Hour.Milliseconds(), 10)
	}
	return "x"
}

// reading shows a fact to a condition, which looks up no more than it needs.
type reading struct {
	fields map[string]variable
	fact   rules.Fact
}

// ResolveName returns the value of a variable.
func (r *reading) ResolveName(name string) (any, bool) {
	v, ok := r.fields[name]
	switch {
	case !ok:
		return nil, false
	case v.has:
		return types.Bool(r.has(v.field)), true
	case v.field != "":
		return valueOf(v.form, r.fact.Get(v.field)), true
	case v.form == rules.FormInstant:
		return instant(r.fact.At), true
	}
	return types.String(r.fact.Type), true
}

// Parent returns nil: there is nothing but the fact.
func (r *reading) Parent() cel.Activation { return nil }

func (r *reading) has(field string) bool {
	for i := range r.fact.Attrs {
		if r.fact.Attrs[i].Key == field {
			return true
		}
	}
	return false
}

// valueOf reads the text of a kept field; text that is none of its form is as if it were absent.
func valueOf(f rules.Form, text string) ref.Val {
	switch f {
	case rules.FormWhole:
		n, _ := strconv.ParseInt(text, 10, 64)
		return types.Int(n)
	case rules.FormDecimal:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			n = 0
		}
		return types.Double(n)
	case rules.FormFlag:
		return types.Bool(text == "true")
	case rules.FormInstant:
		n, _ := strconv.ParseInt(text, 10, 64)
		return instant(rules.Instant(n))
	}
	return types.String(text)
}

// instant is not Instant.Time: what is absent has the zero of timestamps, 1970, from which a duration can be counted.
func instant(i rules.Instant) ref.Val { return types.Timestamp{Time: time.UnixMilli(int64(i)).UTC()} }

// newBase returns the language without variables.
func newBase() (*cel.Env, error) {
	options := append(zoned(newZones()), cel.ExtendedValidations(), cel.DefaultUTCTimeZone(true),
		cel.ParserExpressionSizeLimit(maxCondition), cel.ParserRecursionLimit(50), cel.ParserErrorRecoveryLimit(5),
		cel.ExpressionNodeLimit(2000), cel.RegexProgramSizeLimit(maxRegex))
	return cel.NewEnv(options...)
}

// textSizes tells the estimate how long texts are.
type textSizes struct{}

// EstimateSize bounds what comes from an event.
func (textSizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	if len(n.Path()) == 0 {
		return nil
	}
	return &cost.SizeEstimate{Max: longText}
}

// EstimateCallCost leaves functions at the prices of the library.
func (textSizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate { //nolint:gocritic // the interface is the library's
	return nil
}
