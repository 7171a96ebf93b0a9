package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
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
	ID        string `json:"id,omitempty"`
	Type      Type   `json:"type"`
	Timestamp string `json:"timestamp"`
	Data      Data   `json:"data"`
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
	var wires []wire
	if json.Unmarshal(body, &wires) != nil || len(wires) > MaxBatch {
		return parseEach(body, deliveryID) // slower, and says which event is wrong
	}
	events := make([]Event, len(wires))
	for i, w := range wires {
		e, err := w.event(deliveryID + "#" + strconv.Itoa(i))
		if err != nil {
			return nil, at(i, err)
		}
		events[i] = e
	}
	return events, nil
}

func parseEach(body []byte, deliveryID string) ([]Event, error) {
	var raws []json.RawMessage
	if err := json.Unmarshal(body, &raws); err != nil {
		return nil, explain(err)
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
	if err := json.Unmarshal(raw, &w); err != nil {
		// encoding/json reads on behind a value of the wrong type: the type of the event is known all the same, and one
		// that is not ours may look as it likes.
		if te := (*json.UnmarshalTypeError)(nil); !errors.As(err, &te) || w.Type == "" || Known(w.Type) {
			return Event{}, explain(err)
		}
		w.Data = Data{}
	}
	return w.event(defaultID)
}

// event checks what was read.
func (w wire) event(defaultID string) (Event, error) {
	e := Event{ID: w.ID, Type: w.Type, Data: w.Data}
	if e.ID == "" {
		e.ID = defaultID
	}
	if w.Type == "" {
		return Event{}, &FieldError{"type", "is missing"}
	}
	if !Known(w.Type) {
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
	if err := e.Check(); err != nil {
		return Event{}, err
	}
	return e, nil
}

// explain turns an error of encoding/json into one that names the field as the sender wrote it.
func explain(err error) error {
	if te := (*json.UnmarshalTypeError)(nil); errors.As(err, &te) {
		if te.Field == "" {
			return errors.New("an event must be a JSON object")
		}
		want := "another type is expected"
		if te.Type != nil {
			want = "expected " + te.Type.Kind().String()
		}
		return &FieldError{te.Field, te.Value + " found, " + want}
	}
	return fmt.Errorf("not valid JSON: %w", err)
}

// MarshalJSON writes the event in the public vocabulary; [ParseEvent] reads it back unchanged.
func (e Event) MarshalJSON() ([]byte, error) {
	return json.Marshal(wire{e.ID, e.Type, e.At.UTC().Format("2006-01-02T15:04:05.999Z07:00"), e.Data})
}
