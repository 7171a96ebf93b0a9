package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
)

// MaxBatch is the largest number of events one body may hold.
const MaxBatch = 500

// BadEventError says which event of a body is wrong, in which field, and how. Index counts from 0.
type BadEventError struct {
	Index int
	FieldError
}

func (e *BadEventError) Error() string {
	return fmt.Sprintf("event %d: %s: %s", e.Index, e.Field, e.Problem)
}

// wire is an event as it stands in JSON.
type wire struct {
	ID        string          `json:"id"`
	Type      Type            `json:"type"`
	Timestamp string          `json:"timestamp"`
	Data      json.RawMessage `json:"data"`
}

// ParseEvents reads one event object or an array of up to [MaxBatch], in the public vocabulary. deliveryID is the id of an
// event that brings none of its own; in an array "#index" is appended. Events of unknown type come back too, with empty
// Data. Any error (*[BadEventError] for a bad event, else a plain syntax error) means that nothing may be applied.
func ParseEvents(body []byte, deliveryID string) ([]Event, error) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return nil, errors.New("the body is empty")
	}
	if body[0] != '[' {
		e, err := ParseEvent(body, deliveryID)
		if err != nil {
			return nil, at(0, err)
		}
		return []Event{e}, nil
	}
	return parseArray(body, deliveryID)
}

func parseArray(body []byte, deliveryID string) ([]Event, error) {
	var raws []json.RawMessage
	if err := strict(body, &raws); err != nil {
		return nil, syntax(err)
	}
	if len(raws) > MaxBatch {
		return nil, fmt.Errorf("the array holds %d events, at most %d are taken at once", len(raws), MaxBatch)
	}
	events := make([]Event, len(raws))
	for i, raw := range raws {
		e, err := ParseEvent(raw, deliveryID+"#"+strconv.Itoa(i))
		if err != nil {
			return nil, at(i, err)
		}
		events[i] = e
	}
	return events, nil
}

func at(i int, err error) error {
	if fe := (*FieldError)(nil); errors.As(err, &fe) {
		return &BadEventError{Index: i, FieldError: *fe}
	}
	return err
}

// ParseEvent reads one event object and checks it. defaultID is used where the object has no id.
func ParseEvent(raw []byte, defaultID string) (Event, error) {
	var w wire
	err := strict(raw, &w)
	if te := (*json.UnmarshalTypeError)(nil); err != nil && !(errors.As(err, &te) && w.Type != "" && !Known(w.Type)) {
		return Event{}, field("", err) // an unknown type may look as it likes
	}
	e := Event{ID: w.ID, Type: w.Type}
	if e.ID == "" {
		e.ID = defaultID
	}
	if w.Type == "" {
		return Event{}, &FieldError{"type", "is missing"}
	}
	if !Known(w.Type) {
		e.At, _ = time.Parse(time.RFC3339, w.Timestamp)
		return e, nil
	}
	if w.Timestamp == "" {
		return Event{}, &FieldError{"timestamp", "is missing"}
	}
	t, err := time.Parse(time.RFC3339, w.Timestamp)
	if err != nil {
		return Event{}, &FieldError{"timestamp", fmt.Sprintf("%q is not an RFC 3339 instant", w.Timestamp)}
	}
	e.At = t.UTC().Truncate(time.Millisecond)
	if len(w.Data) > 0 {
		if err := json.Unmarshal(w.Data, &e.Data); err != nil {
			return Event{}, field("data", err)
		}
	}
	return e, e.Check()
}

// strict decodes exactly one JSON value; anything behind it is an error.
func strict(raw []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is data behind the JSON value")
	}
	return nil
}

// field turns a type error of encoding/json into one that names the field as the sender wrote it.
func field(prefix string, err error) error {
	te := (*json.UnmarshalTypeError)(nil)
	if !errors.As(err, &te) {
		return syntax(err)
	}
	name := te.Field
	switch {
	case name == "":
		name = prefix
	case prefix != "":
		name = prefix + "." + name
	}
	if name == "" {
		return errors.New("an event must be a JSON object")
	}
	want := "another type is expected"
	if te.Type != nil {
		want = "expected " + te.Type.Kind().String()
	}
	return &FieldError{name, te.Value + " found, " + want}
}

func syntax(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the JSON ends too early")
	}
	return fmt.Errorf("not valid JSON: %w", err)
}

// MarshalJSON writes the event in the public vocabulary; [ParseEvent] reads it back unchanged.
func (e Event) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		ID        string `json:"id,omitempty"`
		Type      Type   `json:"type"`
		Timestamp string `json:"timestamp"`
		Data      Data   `json:"data"`
	}{e.ID, e.Type, e.At.UTC().Format("2006-01-02T15:04:05.999Z07:00"), e.Data})
}
