package rules

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Form says how the text of a kept field is to be read.
type Form int

// FormText is any text; FormWhole a whole number in decimal; FormDecimal a number that may have a fraction; FormFlag "true"
// or "false"; FormInstant an [Instant], milliseconds in decimal.
const (
	FormText Form = iota + 1
	FormWhole
	FormDecimal
	FormFlag
	FormInstant
)

// String returns "text", "whole number", "number", "yes or no" or "instant".
func (f Form) String() string {
	if f < FormText || f > FormInstant {
		return "form(" + strconv.Itoa(int(f)) + ")"
	}
	return [...]string{FormText: "text", FormWhole: "whole number", FormDecimal: "number", FormFlag: "yes or no", FormInstant: "instant"}[f]
}

// Field is a field that facts of a type keep. Choices are the only values it can have, nil where any will do.
type Field struct {
	Name    string
	Form    Form
	Choices []string
}

// Types lists the event types of the vocabulary in alphabetical order.
func Types() []Type { return slices.Sorted(maps.Keys(vocabulary)) }

// FieldsOf lists the fields that facts of a type keep, in the order of the vocabulary; nothing for an unknown type.
func FieldsOf(t Type) []Field {
	w := vocabulary[t]
	list := make([]Field, len(w.keep))
	for i, name := range w.keep {
		list[i] = Field{name, formOf(name), w.choices[name]}
	}
	return list
}

// formOf reads the form of a field off the type it has in [Data].
func formOf(name string) Form {
	if contains(instantFields, name) {
		return FormInstant
	}
	for f := range reflect.TypeFor[Data]().Fields() {
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag != name {
			continue
		}
		switch f.Type {
		case reflect.TypeFor[*int64](), reflect.TypeFor[*int]():
			return FormWhole
		case reflect.TypeFor[*bool]():
			return FormFlag
		case reflect.TypeFor[json.Number]():
			return FormDecimal
		}
	}
	return FormText
}
