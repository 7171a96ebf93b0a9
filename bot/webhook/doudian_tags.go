package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"shopwarden/rules"
)

// DoudianTags says what Doudian's tags mean in the public vocabulary; [LoadDoudianTags] reads it from YAML. It is
// read-only and safe for concurrent use.
type DoudianTags struct {
	rows   map[string][]doudianRow
	values map[string][]doudianValue
}

// doudianRow is one meaning of a tag. Of several rows of a tag the first whose When agrees is taken.
type doudianRow struct {
	Tag    string              `yaml:"tag"`
	Name   string              `yaml:"name"`   // the platform's name, for the reader
	When   map[string][]string `yaml:"when"`   // platform field → one of these values
	Event  rules.Type          `yaml:"event"`  // none: counted as unknown on purpose
	Time   []string            `yaml:"time"`   // the first of these that is there says when it happened
	Fields map[string]string   `yaml:"fields"` // vocabulary field → platform field
	Values []string            `yaml:"values"` // platform fields that the table of values translates
	Set    map[string]any      `yaml:"set"`    // vocabulary fields that follow from the tag alone
}

// doudianValue translates values of one platform field.
type doudianValue struct {
	Is       []string       `yaml:"is"`
	Contains []string       `yaml:"contains"`
	Set      map[string]any `yaml:"set"`
}

// Words of Time that are no fields of data.
const (
	timeMsgID   = "msg_id"  // the unix seconds inside the message's id
	timeArrival = "arrival" // when the delivery came, to the second
)

// msgIDTime finds the seconds in ids such as "0428::100:1618990587:6837": something, tag, unix seconds, something.
var msgIDTime = regexp.MustCompile(`^[^:]*::\d+:(\d{10})(:|$)`)

// read turns one entry into an event. unknown is not "" for an entry that says nothing the vocabulary has a word for;
// both are empty for an address test. shopID is the only shop whose entries are meant, any shop when "".
func (t *DoudianTags) read(e doudianEntry, shopID string, arrived time.Time) (event rules.Event, unknown string, err error) {
	tag := e.tag()
	switch {
	case tag == "":
		return event, "", &rules.FieldError{Field: "tag", Problem: "is missing, or neither text nor a number"}
	case tag == "0":
		return event, "", nil
	case t.rows[tag] == nil:
		return event, "tag " + tag, nil
	}
	data, err := e.fields()
	if err != nil {
		return event, "", err
	}
	if shop := word(data.at("shop_id")); shopID != "" && shop != "" && shop != shopID {
		return event, "tag " + tag + " of another shop", nil
	}
	for _, row := range t.rows[tag] {
		if !row.applies(data) {
			continue
		}
		if row.Event == "" {
			break
		}
		return t.translate(row, e, data, arrived)
	}
	return event, "tag " + tag + " in a case of no concern", nil
}

func (r doudianRow) applies(data doudianData) bool {
	for path, values := range r.When {
		if !slices.Contains(values, word(data.at(path))) {
			return false
		}
	}
	return true
}

// translate builds the event of a row: time, fields, what follows from the tag, what follows from values.
func (t *DoudianTags) translate(row doudianRow, e doudianEntry, data doudianData, arrived time.Time) (event rules.Event, unknown string, err error) {
	event = rules.Event{ID: e.id(), Type: row.Event}
	if event.At, err = row.when(e, data, arrived); err != nil {
		return event, "", err
	}
	said := map[string]any{}
	for field, v := range row.Set {
		said[field] = v
	}
	for _, field := range slices.Sorted(maps.Keys(row.Fields)) { // the same complaint every time
		if err := convert(said, field, data, row.Fields[field]); err != nil {
			return event, "", err
		}
	}
	strange := map[string]string{} // values that the table does not know
	for _, path := range row.Values {
		text, err := data.text(path)
		if err != nil {
			return event, "", err
		}
		if !t.translateValue(said, path, text) && text != "" {
			strange[path] = text
		}
	}
	if event.Data, err = vocabularyData(said); err != nil {
		return event, "", err
	}
	unknown, err = t.check(row, event, strange)
	return event, unknown, err
}

// when says when it happened, by the first source that knows.
func (r doudianRow) when(e doudianEntry, data doudianData, arrived time.Time) (time.Time, error) {
	for _, source := range r.Time {
		switch source {
		case timeArrival:
			return arrived.UTC().Truncate(time.Second), nil
		case timeMsgID:
			if m := msgIDTime.FindStringSubmatch(e.id()); m != nil {
				seconds, _ := strconv.ParseInt(m[1], 10, 64) // ten digits
				return time.Unix(seconds, 0).UTC(), nil
			}
		default:
			if at, err := data.instant(source); err != nil || !at.IsZero() {
				return at, err
			}
		}
	}
	return time.Time{}, wrong(r.Time[0], "is missing or zero")
}

func (t *DoudianTags) translateValue(said map[string]any, path, text string) bool {
	for _, v := range t.values[path] {
		if !v.matches(text) {
			continue
		}
		for field, value := range v.Set {
			said[field] = value
		}
		return true
	}
	return false
}

func (v doudianValue) matches(text string) bool {
	if text == "" {
		return false
	}
	return slices.Contains(v.Is, text) ||
		slices.ContainsFunc(v.Contains, func(part string) bool { return strings.Contains(text, part) })
}

// check holds the event to the vocabulary, and says what is wrong in the platform's words. A required field that hangs
// on a value which the table does not know makes the entry unknown rather than bad: sending it again would not help.
func (t *DoudianTags) check(row doudianRow, event rules.Event, strange map[string]string) (unknown string, err error) {
	err = event.Check()
	bad := (*rules.FieldError)(nil)
	if err == nil || !errors.As(err, &bad) {
		return "", err
	}
	field := strings.TrimPrefix(bad.Field, "data.")
	if path, ok := row.Fields[field]; ok {
		return "", wrong(path, bad.Problem)
	}
	for _, path := range row.Values {
		if len(t.values[path]) > 0 && !t.canSet(path, field) {
			continue
		}
		if text, ok := strange[path]; ok || len(t.values[path]) == 0 {
			return fmt.Sprintf("tag %s with %s %q", row.Tag, path, text), nil
		}
		return "", wrong(path, bad.Problem)
	}
	return "", bad
}

func (t *DoudianTags) canSet(path, field string) bool {
	return slices.ContainsFunc(t.values[path], func(v doudianValue) bool { _, ok := v.Set[field]; return ok })
}

// convert puts the platform's field at path into the vocabulary field, in the type that field has.
func convert(said map[string]any, field string, data doudianData, path string) error {
	var value any
	var ok bool
	var err error
	switch kind := fieldKinds[field]; {
	case kind == reflect.Bool:
		value, ok, err = data.flag(path)
	case kind == reflect.Int64:
		var n json.Number
		n, err = data.whole(path)
		value, ok = n, n != ""
	case strings.HasSuffix(field, "_by"):
		var at time.Time
		at, err = data.deadline(path)
		value, ok = at.Format(time.RFC3339), !at.IsZero()
	default:
		var text string
		text, err = data.text(path)
		none := strings.HasSuffix(field, "_id") && text == "0" // this platform's way to write "none"
		value, ok = text, text != "" && !none
	}
	if err == nil && ok {
		said[field] = value
	}
	return err
}

// vocabularyData goes through JSON, the one form in which the vocabulary names its fields.
func vocabularyData(said map[string]any) (data rules.Data, err error) {
	text, err := json.Marshal(said)
	if err != nil {
		return data, fmt.Errorf("writing fields: %w", err)
	}
	if err := json.Unmarshal(text, &data); err != nil {
		return data, fmt.Errorf("reading fields: %w", err)
	}
	return data, nil
}

// fieldKinds tells the vocabulary fields that a table may fill: Bool, Int64 for any whole number, else String.
// It is read-only.
var fieldKinds = vocabularyKinds()

func vocabularyKinds() map[string]reflect.Kind {
	kinds := map[string]reflect.Kind{}
	for f := range reflect.TypeFor[rules.Data]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		typ := f.Type
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		switch {
		case typ == reflect.TypeFor[json.Number](), typ.Kind() == reflect.Int, typ.Kind() == reflect.Int64:
			kinds[name] = reflect.Int64
		case typ.Kind() == reflect.Bool, typ.Kind() == reflect.String:
			kinds[name] = typ.Kind()
		}
	}
	return kinds
}
