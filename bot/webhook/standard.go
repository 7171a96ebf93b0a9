package webhook

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"shopwarden/rules"
)

// Standard is the platform of the generic door: https://www.standardwebhooks.com, version 1.0.0, with the events of the
// public vocabulary as body. Signatures are v1 (HMAC-SHA-256); v1a and later versions in the same header are ignored.
const Standard = "standard"

type standardDialect struct {
	now       func() time.Time
	tolerance time.Duration
}

func (standardDialect) platform() string { return Standard }

func (standardDialect) test([]byte) bool { return false }

// verify judges the timestamp first: that needs no secret, so its answer can be a helpful one.
func (s standardDialect) verify(d delivery, ring Keyring) *failure {
	for _, name := range []string{HeaderID, HeaderTimestamp, HeaderSignature} {
		if d.header.Get(name) == "" {
			f := badSignature("header missing")
			f.message = "the header " + name + " is missing"
			return f
		}
	}
	if len(d.header.Get(HeaderID)) > rules.MaxID {
		f := badSignature("id too long")
		f.message = fmt.Sprintf("%s is longer than %d bytes", HeaderID, rules.MaxID)
		return f
	}
	if fail := s.fresh(d.header.Get(HeaderTimestamp)); fail != nil {
		return fail
	}
	if !standardSigned(ring.Secrets, d.header, d.body) {
		return badSignature("no signature matches any secret")
	}
	return nil
}

func (s standardDialect) fresh(header string) *failure {
	stale := &failure{status: http.StatusUnauthorized, code: ResultBadTimestamp}
	seconds, err := strconv.ParseInt(header, 10, 64)
	if err != nil {
		stale.message = HeaderTimestamp + " must be unix seconds"
		return stale
	}
	// In whole seconds, as the header is: the fraction of our own second would shorten one side. A Duration would overflow
	// on absurd timestamps.
	now := time.Unix(s.now().Unix(), 0)
	oldest, newest := now.Add(-s.tolerance), now.Add(s.tolerance)
	at := time.Unix(seconds, 0)
	if at.Before(oldest) || at.After(newest) {
		stale.message = fmt.Sprintf("%s is more than %s off; is the sender's clock right?", HeaderTimestamp, s.tolerance)
		return stale
	}
	return nil
}

func (standardDialect) parse(d delivery, _ Keyring) (parsed, error) {
	all, err := rules.ParseEvents(d.body, d.header.Get(HeaderID))
	if err != nil {
		return parsed{}, err
	}
	said := parsed{events: all[:0]}
	for i, e := range all {
		if !rules.Known(e.Type) {
			said.unknown = append(said.unknown, string(e.Type))
			continue
		}
		if err := Ahead(e, d.arrived); err != nil {
			return parsed{}, inEntry(i, err)
		}
		said.events = append(said.events, e)
	}
	return said, nil
}

func (standardDialect) accept(w http.ResponseWriter, accepted, unknown int) {
	writeJSON(w, http.StatusOK, struct {
		OK       bool `json:"ok"`
		Accepted int  `json:"accepted"`
		Unknown  int  `json:"unknown"`
	}{true, accepted, unknown})
}

func (standardDialect) refuse(w http.ResponseWriter, f *failure) { writeFailure(w, f, f.json()) }
