package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"shopwarden/rules"
)

// operators in the order in which they are looked for: "=" is a part of the others.
var operators = [...]string{"!=", "<=", ">=", "="}

// ParseMatch reads the text form of a match: an event type, then conditions on the fields that a fact keeps, all of which
// must hold.
//
//	order.shipped partial!=true
//	aftersale.opened kind=refund|return
//	review.posted stars<=3
//	aftersale.rejected evidence!=        (a field that is there)
//	order.picked_up @before=order.paid   (earlier than the first fact of that type)
//	aftersale.judged for=buyer @after=aftersale.rejected
//	aftersale.opened quality=true @first (only the earliest fact of the type counts)
//
// It fails when the type is unknown, is not about the subject, keeps no such field, or when no valid event can ever hold
// the value.
func ParseMatch(text string, subject rules.Kind) (rules.Match, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return rules.Match{}, errors.New("is empty; write an event type such as order.paid")
	}
	m := rules.Match{Type: rules.Type(words[0])}
	if !rules.Known(m.Type) {
		return m, fmt.Errorf("%q is no event type; the vocabulary has order.paid, chat.message …", words[0])
	}
	for _, w := range words[1:] {
		if strings.HasPrefix(w, "@") {
			if err := parsePlace(&m, w); err != nil {
				return m, err
			}
			continue
		}
		c, err := parseCondition(w)
		if err != nil {
			return m, err
		}
		m.Where = append(m.Where, c)
	}
	if err := fits(m, subject); err != nil {
		return m, err
	}
	for _, c := range m.Where {
		if err := possible(m.Type, c); err != nil {
			return m, err
		}
	}
	return m, nil
}

// parsePlace reads what a match says of the other facts.
func parsePlace(m *rules.Match, word string) error {
	name, of, _ := strings.Cut(word, "=")
	switch {
	case word == "@first":
		m.First = true
	case name == "@before" && rules.Known(rules.Type(of)):
		m.Before = rules.Type(of)
	case name == "@after" && rules.Known(rules.Type(of)):
		m.After = rules.Type(of)
	default:
		return fmt.Errorf("%q says nothing of other facts; write @first, @before=order.paid or @after=order.paid", word)
	}
	return nil
}

func parseCondition(word string) (rules.Condition, error) {
	for _, op := range operators {
		field, want, ok := strings.Cut(word, op)
		if !ok {
			continue
		}
		if field == "" || strings.ContainsAny(field+want, "=<>!") {
			break
		}
		if _, err := strconv.Atoi(want); err != nil && (op == "<=" || op == ">=") {
			return rules.Condition{}, fmt.Errorf("%q: %s compares whole numbers", word, op)
		}
		return rules.Condition{Field: field, Op: op, Value: want}, nil
	}
	return rules.Condition{}, fmt.Errorf("%q is no condition; write field=value, field!=value, field=a|b, field<=3 or field>=3", word)
}

// fits reports a match that a rule about the subject cannot use, in the words of the rules themselves.
func fits(m rules.Match, subject rules.Kind) error {
	probe := rules.Rule{ID: "probe", Principle: rules.Timely, Subject: subject, Start: []rules.Match{m}, Stop: []rules.Match{m},
		Deadline: rules.Deadline{Within: time.Hour}, Day: rules.ByDue, Metric: rules.MetRate}
	return probe.Check()
}

// possible reports a value that no event of the type can carry. It asks the door: an otherwise complete event with that
// value in that field either passes there or is refused because of that very field.
func possible(t rules.Type, c rules.Condition) error {
	for _, want := range strings.Split(c.Value, "|") {
		if want == "" {
			continue
		}
		var refused *rules.FieldError
		_, err := rules.ParseEvent(sample(t, c.Field, want), "probe")
		if errors.As(err, &refused) && refused.Field == "data."+c.Field {
			return fmt.Errorf("%s%s%s can never hold: %s", c.Field, c.Op, c.Value, refused.Problem)
		}
	}
	return nil
}

// sample returns an event of a type with one field set.
func sample(t rules.Type, field, text string) []byte {
	data := map[string]any{"stars": 3, "valid": true}
	for _, id := range []string{"order_id", "aftersale_id", "conversation_id", "review_id", "ticket_id", "claim_id", "promise_id", "penalty_id"} {
		data[id] = "1"
	}
	data["subject"], data["code"] = "order/1", "spam"
	for _, at := range []string{"ship_by", "decide_by"} {
		data[at] = "2026-01-01T00:00:00Z"
	}
	data[field] = typed(field, text)
	body, err := json.Marshal(map[string]any{"type": t, "timestamp": "2026-01-01T00:00:00Z", "data": data})
	if err != nil {
		return nil
	}
	return body
}

// typed gives the value the type its looks suggest, except where a field holds ids and words that may look like numbers.
func typed(field, text string) any {
	if slices.Contains([]string{"sku", "package_id", "order_id", "reason", "agent"}, field) {
		return text
	}
	if text == "true" || text == "false" {
		return text == "true"
	}
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return text
}
