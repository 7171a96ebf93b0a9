package rules

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"time"
)

// Type names an event as in the public vocabulary, for example "order.paid".
type Type string

// Event is one fact from a platform. ID identifies the delivery only: two events that say the same about the same
// subject at the same instant are one fact, whatever their ids.
type Event struct {
	ID   string
	Type Type
	At   time.Time // when it happened, UTC, whole milliseconds
	Data Data
}

// Data holds the fields of every event type; which of them matter stands in the vocabulary table. Ids are strings.
// Amounts are integer minor units of Currency. Instants are RFC 3339 text, checked by [Event.Check]. Pointers tell
// "absent" from a zero value.
type Data struct {
	OrderID        string      `json:"order_id,omitempty"`
	AftersaleID    string      `json:"aftersale_id,omitempty"`
	ConversationID string      `json:"conversation_id,omitempty"`
	ReviewID       string      `json:"review_id,omitempty"`
	TicketID       string      `json:"ticket_id,omitempty"`
	ClaimID        string      `json:"claim_id,omitempty"`
	PromiseID      string      `json:"promise_id,omitempty"`
	PenaltyID      string      `json:"penalty_id,omitempty"`
	PackageID      string      `json:"package_id,omitempty"`
	MessageID      string      `json:"message_id,omitempty"`
	TrackingNo     string      `json:"tracking_no,omitempty"`
	Carrier        string      `json:"carrier,omitempty"`
	Place          string      `json:"place,omitempty"`
	Amount         *int64      `json:"amount,omitempty"`
	Currency       string      `json:"currency,omitempty"`
	ShipBy         string      `json:"ship_by,omitempty"`
	DeliverBy      string      `json:"deliver_by,omitempty"`
	DecideBy       string      `json:"decide_by,omitempty"`
	AnswerBy       string      `json:"answer_by,omitempty"`
	AppealBy       string      `json:"appeal_by,omitempty"`
	Buyer          string      `json:"buyer,omitempty"`
	Items          []Item      `json:"items,omitempty"`
	SKU            string      `json:"sku,omitempty"`
	Region         string      `json:"region,omitempty"`
	Warehouse      string      `json:"warehouse,omitempty"`
	Reason         string      `json:"reason,omitempty"`
	By             string      `json:"by,omitempty"`
	For            string      `json:"for,omitempty"`
	From           string      `json:"from,omitempty"`
	Kind           string      `json:"kind,omitempty"`
	Agent          string      `json:"agent,omitempty"`
	Program        string      `json:"program,omitempty"`
	Rung           string      `json:"rung,omitempty"`
	Rule           string      `json:"rule,omitempty"`
	Points         json.Number `json:"points,omitempty"`
	Stars          *int        `json:"stars,omitempty"`
	Presale        *bool       `json:"presale,omitempty"`
	Partial        *bool       `json:"partial,omitempty"`
	WithChoice     *bool       `json:"with_choice,omitempty"`
	Quality        *bool       `json:"quality,omitempty"`
	Damage         *bool       `json:"damage,omitempty"`
	Substantive    *bool       `json:"substantive,omitempty"`
	WantsHuman     *bool       `json:"wants_human,omitempty"`
	Valid          *bool       `json:"valid,omitempty"`
	Evidence       Evidence    `json:"evidence,omitempty"`
	Subject        string      `json:"subject,omitempty"`
	Code           string      `json:"code,omitempty"`
	Until          string      `json:"until,omitempty"`
}

// Item is one line of an order.
type Item struct {
	SKU  string `json:"sku,omitempty"`
	Name string `json:"name,omitempty"`
	Qty  int64  `json:"qty,omitempty"`
}

// Evidence is what backs a refusal: a reference (text), or just true or false where the platform says no more.
type Evidence string

// UnmarshalJSON accepts text or a boolean; true is kept as "yes" and false as nothing.
func (e *Evidence) UnmarshalJSON(raw []byte) error {
	switch s := string(raw); s {
	case "true":
		*e = "yes"
	case "false", "null":
		*e = ""
	default:
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return &json.UnmarshalTypeError{Value: "value", Type: reflect.TypeFor[string]()}
		}
		*e = Evidence(text)
	}
	return nil
}

// get returns the text of a field as facts and matches see it, and whether it is present. Instants come back as given.
func (d *Data) get(field string) (string, bool) {
	if s := d.text(field); s != nil {
		return *s, *s != ""
	}
	switch field {
	case "sku":
		return d.firstSKU()
	case "amount":
		return number(d.Amount)
	case "stars":
		return number(d.Stars)
	case "points":
		return d.Points.String(), d.Points != ""
	case "evidence":
		return string(d.Evidence), d.Evidence != ""
	}
	if b := d.flag(field); b != nil {
		return strconv.FormatBool(*b), true
	}
	return "", false
}

func (d *Data) firstSKU() (string, bool) {
	if d.SKU == "" && len(d.Items) > 0 {
		return d.Items[0].SKU, d.Items[0].SKU != ""
	}
	return d.SKU, d.SKU != ""
}

func number[N int | int64](n *N) (string, bool) {
	if n == nil {
		return "", false
	}
	return strconv.FormatInt(int64(*n), 10), true
}

// text points at the text field of that name, nil when the field is no text.
func (d *Data) text(field string) *string {
	switch field {
	case "order_id":
		return &d.OrderID
	case "aftersale_id":
		return &d.AftersaleID
	case "conversation_id":
		return &d.ConversationID
	case "review_id":
		return &d.ReviewID
	case "ticket_id":
		return &d.TicketID
	case "claim_id":
		return &d.ClaimID
	case "promise_id":
		return &d.PromiseID
	case "penalty_id":
		return &d.PenaltyID
	case "package_id":
		return &d.PackageID
	case "carrier":
		return &d.Carrier
	case "place":
		return &d.Place
	case "currency":
		return &d.Currency
	case "region":
		return &d.Region
	case "warehouse":
		return &d.Warehouse
	}
	return d.word(field)
}

// word points at the fields that hold an instant, a choice or a free word.
func (d *Data) word(field string) *string {
	switch field {
	case "ship_by":
		return &d.ShipBy
	case "deliver_by":
		return &d.DeliverBy
	case "decide_by":
		return &d.DecideBy
	case "answer_by":
		return &d.AnswerBy
	case "appeal_by":
		return &d.AppealBy
	case "reason":
		return &d.Reason
	case "by":
		return &d.By
	case "for":
		return &d.For
	case "from":
		return &d.From
	case "kind":
		return &d.Kind
	case "agent":
		return &d.Agent
	case "program":
		return &d.Program
	case "rung":
		return &d.Rung
	case "rule":
		return &d.Rule
	case "subject":
		return &d.Subject
	case "code":
		return &d.Code
	case "until":
		return &d.Until
	}
	return nil
}

func (d *Data) flag(field string) *bool {
	switch field {
	case "presale":
		return d.Presale
	case "partial":
		return d.Partial
	case "with_choice":
		return d.WithChoice
	case "quality":
		return d.Quality
	case "damage":
		return d.Damage
	case "substantive":
		return d.Substantive
	case "wants_human":
		return d.WantsHuman
	case "valid":
		return d.Valid
	}
	return nil
}

// FieldError says which field of an event is wrong and how. Field is a path such as "data.order_id".
type FieldError struct {
	Field   string
	Problem string
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Problem }

// Check reports the first field that breaks the vocabulary as a *[FieldError]; nil for a good event and for an unknown
// type, which carries no promise to keep.
func (e Event) Check() error {
	word, known := vocabulary[e.Type]
	if !known {
		return nil
	}
	if e.At.IsZero() {
		return &FieldError{"timestamp", "is missing"}
	}
	if err := checkYear("timestamp", e.At); err != nil {
		return err
	}
	for _, field := range word.required {
		if _, ok := e.Data.get(field); !ok {
			return &FieldError{"data." + field, "is required for " + string(e.Type)}
		}
	}
	return e.checkValues(word)
}

func (e Event) checkValues(word word) error {
	for field, allowed := range word.choices {
		if got, ok := e.Data.get(field); ok && !contains(allowed, got) {
			return &FieldError{"data." + field, fmt.Sprintf("%q is not one of %v", got, allowed)}
		}
	}
	for _, field := range instantFields {
		if text := *e.Data.word(field); text != "" {
			t, err := time.Parse(time.RFC3339, text)
			if err != nil {
				return &FieldError{"data." + field, fmt.Sprintf("%q is not an RFC 3339 instant", text)}
			}
			if err := checkYear("data."+field, t); err != nil {
				return err
			}
		}
	}
	if err := e.checkSubject(word); err != nil {
		return err
	}
	if s := e.Data.Stars; s != nil && (*s < 1 || *s > 5) {
		return &FieldError{"data.stars", fmt.Sprintf("%d is out of range 1–5", *s)}
	}
	if err := e.checkPoints(); err != nil {
		return err
	}
	for _, field := range []string{word.id, "order_id"} {
		if id := e.Data.text(field); id != nil && len(*id) > MaxID {
			return &FieldError{"data." + field, fmt.Sprintf("is longer than %d bytes", MaxID)}
		}
	}
	return nil
}

// mostIssued is the most points that one penalty may give.
const mostIssued = 100 * 100

// checkPoints looks at the points of a penalty: 1e2 and 0.333 are JSON numbers too, and no points.
func (e Event) checkPoints() error {
	text := e.Data.Points.String()
	if text == "" || e.Type != "penalty.issued" {
		return nil
	}
	if p, err := ParsePenaltyPoints(text); err != nil || p > mostIssued {
		return &FieldError{"data.points", fmt.Sprintf("%q is no decimal number from 0 to 100 with at most two decimals", text)}
	}
	return nil
}

// checkSubject looks at the subject of an event that names it in its data.
func (e Event) checkSubject(word word) error {
	if word.kind != "" {
		return nil
	}
	s, ok := ParseSubject(e.Data.Subject)
	if !ok || s.ID == "" || !containsKind(s.Kind) {
		return &FieldError{"data.subject", fmt.Sprintf("%q is no subject such as order/1001", e.Data.Subject)}
	}
	if len(s.ID) > MaxID {
		return &FieldError{"data.subject", fmt.Sprintf("is longer than %d bytes", MaxID)}
	}
	return nil
}

func checkYear(field string, t time.Time) error {
	if y := t.Year(); y < 1990 || y > 2100 {
		return &FieldError{field, fmt.Sprintf("year %d is out of range 1990–2100", y)}
	}
	return nil
}

// MaxID is the longest id, in bytes, that an event may carry.
const MaxID = 256

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
