package webhook

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"shopwarden/rules"
)

// Doudian is the platform of the Doudian message push (op.jinritemai.com, guide-docs/153/99).
//
// A push is an array of entries {tag, msg_id, data}. Public clients show each of them in two spellings, and both are
// taken: one object for an array of one, tag as text or number, msg_id or msgId, data as an object or as text that holds
// one. A byte order mark is part of what is signed and skipped before parsing. One reply covers the whole array, so one
// bad entry refuses all of it. An entry of the future ([Ahead]) is well formed and would be sent again with its whole array
// until its time has come: it is left out, counted as unknown and logged as a warning.
//
// When an address is saved the platform pushes the tag 0 at once and wants a success before it knows the app: a body
// of nothing but such entries is acknowledged unverified, and does nothing.
const Doudian = "doudian"

// maxTestPush bounds the unverified bytes that are parsed, to look for an address test.
const maxTestPush = 4096

// The codes of a refusal. The platform only tells 0 from the rest; 40041 is what its clients send for a body they
// cannot read, the others follow its pattern.
const (
	doudianBadBody   = 40041
	doudianBadSign   = 40044
	doudianRefused   = 40000
	doudianTryAgain  = 50300
	doudianOurMishap = 50000
)

var bom = []byte("\ufeff")

type doudianDialect struct{ tags *DoudianTags }

func (doudianDialect) platform() string { return Doudian }

func (doudianDialect) test(body []byte) bool {
	if len(body) > maxTestPush {
		return false
	}
	entries, err := doudianEntries(body)
	if err != nil || len(entries) == 0 {
		return false
	}
	for _, e := range entries {
		if e.tag() != "0" {
			return false
		}
	}
	return true
}

func (doudianDialect) verify(d delivery, ring Keyring) *failure {
	sameApp := subtle.ConstantTimeCompare([]byte(d.header.Get(HeaderAppID)), []byte(ring.AppKey)) == 1
	signed := doudianSigned(ring, d.header, d.body)
	switch {
	case d.header.Get(HeaderEventSign) == "":
		f := badSignature("header missing")
		f.message = "the header " + HeaderEventSign + " is missing"
		return f
	case !sameApp:
		return badSignature("app-id is not the shop's app key")
	case !signed:
		return badSignature("event-sign matches no secret")
	}
	return nil
}

func (dd doudianDialect) parse(d delivery, ring Keyring) (parsed, error) {
	entries, err := doudianEntries(d.body)
	if err != nil {
		return parsed{}, err
	}
	if len(entries) > rules.MaxBatch {
		return parsed{}, fmt.Errorf("the array holds %d entries, at most %d are taken at once", len(entries), rules.MaxBatch)
	}
	said := parsed{}
	for i, e := range entries {
		event, unknown, err := dd.tags.read(e, ring.ShopID, d.arrived)
		switch {
		case err != nil:
			return parsed{}, inEntry(i, err)
		case unknown != "":
			said.unknown = append(said.unknown, unknown)
		case event.Type == "":
		case Ahead(event, d.arrived) != nil:
			said.ahead = append(said.ahead, fmt.Sprintf("entry %d, tag %s: %v", i, e.tag(), Ahead(event, d.arrived)))
		default:
			said.events = append(said.events, event)
		}
	}
	return said, nil
}

func inEntry(i int, err error) error {
	if fe := (*rules.FieldError)(nil); errors.As(err, &fe) {
		return &rules.BadEventError{Index: i, FieldError: *fe}
	}
	return fmt.Errorf("entry %d: %w", i, err)
}

// doudianReply is the platform's own acknowledgement, and its opposite.
type doudianReply struct {
	Code int    `json:"code"`
	Msg  string `json:"msg"`
}

func (doudianDialect) accept(w http.ResponseWriter, _, _ int) {
	writeJSON(w, http.StatusOK, doudianReply{0, "success"})
}

// refuse answers with an HTTP status as well as a code: the platform reads the code, proxies and dashboards the status.
func (doudianDialect) refuse(w http.ResponseWriter, f *failure) {
	code := doudianRefused
	switch f.status {
	case http.StatusBadRequest:
		code = doudianBadBody
	case http.StatusUnauthorized:
		code = doudianBadSign
	case http.StatusServiceUnavailable:
		code = doudianTryAgain
	case http.StatusInternalServerError:
		code = doudianOurMishap
	}
	writeFailure(w, f, doudianReply{code, f.message})
}

// doudianEntry is one message of a push, as it stands in JSON.
type doudianEntry struct {
	Tag    any             `json:"tag"`
	MsgID  any             `json:"msg_id"`
	MsgID2 any             `json:"msgId"`
	Data   json.RawMessage `json:"data"`
}

func doudianEntries(body []byte) ([]doudianEntry, error) {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, bom))
	if len(body) == 0 {
		return nil, errors.New("the body is empty")
	}
	var entries []doudianEntry
	if body[0] == '[' {
		if err := decodeOne(body, &entries); err != nil {
			return nil, err
		}
		return entries, nil
	}
	entries = make([]doudianEntry, 1)
	return entries, decodeOne(body, &entries[0])
}

// decodeOne reads exactly one JSON value and never turns a number into a float: ids exceed 2^53.
func decodeOne(text []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(into); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return errors.New("the JSON ends too early")
		}
		return fmt.Errorf("not valid JSON: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is data behind the JSON value")
	}
	return nil
}

// tag returns the tag in digits, "" when there is none that can be read.
func (e doudianEntry) tag() string { return word(e.Tag) }

// id returns the message's id or, where the sender left it out, a name for what the entry says.
func (e doudianEntry) id() string {
	for _, id := range []any{e.MsgID, e.MsgID2} {
		if text := word(id); text != "" {
			return text
		}
	}
	sum := sha256.Sum256(append([]byte(e.tag()+"\n"), e.Data...))
	return "doudian-" + hex.EncodeToString(sum[:12])
}

// word returns text and numbers digit for digit, "" for anything else.
func word(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	}
	return ""
}

// fields decodes data, be it an object or text that holds one.
func (e doudianEntry) fields() (doudianData, error) {
	raw := bytes.TrimSpace(e.Data)
	if len(raw) > 0 && raw[0] == '"' {
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return nil, &rules.FieldError{Field: "data", Problem: "is not valid JSON text"}
		}
		raw = bytes.TrimPrefix([]byte(text), bom)
	}
	var data doudianData
	if err := decodeOne(raw, &data); err != nil {
		return nil, &rules.FieldError{Field: "data", Problem: "holds no object: " + err.Error()}
	}
	if data == nil {
		return nil, &rules.FieldError{Field: "data", Problem: "is missing"}
	}
	return data, nil
}
