package telegram

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Shards is the number of lines updates wait in. Updates of one chat stand in one line, in the order of their arrival.
const Shards = 16

// Intake keeps raw updates until they are handled.
type Intake interface {
	// StoreUpdate appends an update to the line of its chat. Repeating an update id changes nothing for at least 48 hours:
	// Telegram repeats an update for 24. After nil the update survives a crash. chatID is 0 for an update of no chat.
	StoreUpdate(ctx context.Context, updateID, chatID int64, raw []byte) error
}

// StoredUpdate is one waiting update. ID is the store's own.
type StoredUpdate struct {
	ID       string
	UpdateID int64
	Raw      []byte
}

// Backlog is the other end of an Intake.
type Backlog interface {
	// NextUpdates returns up to n waiting updates of a shard, the oldest first. It removes nothing.
	NextUpdates(ctx context.Context, shard, n int) ([]StoredUpdate, error)
	// DoneUpdate forgets a handled update. Repeating a call changes nothing.
	DoneUpdate(ctx context.Context, shard int, id string) error
	// SetAside moves an update that cannot be handled out of the line and keeps it with the reason. Repeating a call
	// changes nothing.
	SetAside(ctx context.Context, shard int, id, reason string) error
}

// Leases give one process at a time the right to do something.
type Leases interface {
	// Lease takes or renews a lease; false means that another owner holds it. It ends after ttl without renewal.
	Lease(ctx context.Context, name, owner string, ttl time.Duration) (bool, error)
	// Release gives a lease back; nothing happens when owner does not hold it.
	Release(ctx context.Context, name, owner string) error
}

// AllowedUpdates is what Telegram is asked to send. It has to be said each time: what is left out keeps its last setting.
func AllowedUpdates() []string { return []string{"message", "callback_query", "my_chat_member"} }

// updateNumber finds the id in a raw update, even in one whose other fields make no sense.
var updateNumber = regexp.MustCompile(`"update_id"\s*:\s*"?(\d{1,18})\b`)

// identify returns the id of a raw update and the chat it belongs to, 0 for none. An update without an id gets a negative
// one made of its bytes, so that its repetition is known as such; named is false then.
func identify(raw []byte) (id, chat int64, named bool) {
	chat = chatOf(raw)
	var head struct {
		ID *int64 `json:"update_id"`
	}
	if json.Unmarshal(raw, &head) == nil && head.ID != nil {
		return *head.ID, chat, true
	}
	if m := updateNumber.FindSubmatch(raw); m != nil {
		if id, err := strconv.ParseInt(string(m[1]), 10, 64); err == nil {
			return id, chat, true
		}
	}
	h := fnv.New64a()
	h.Write(raw) // a hash takes everything
	return -1 - int64(h.Sum64()>>1), chat, false
}

// chatOf finds the chat of an update of any kind, also of kinds this program does not know: the chat of its only payload,
// or of the message in it, or else the person it comes from, whose private chat has the same id.
func chatOf(raw []byte) int64 {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return 0
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) { // an update has one payload; should it have two, always the same
		field := fields[name]
		var payload, message map[string]json.RawMessage
		if json.Unmarshal(field, &payload) != nil {
			continue
		}
		if json.Unmarshal(payload["message"], &message) == nil {
			if id := idOf(message["chat"]); id != 0 {
				return id
			}
		}
		if id := idOf(payload["chat"]); id != 0 {
			return id
		}
		if id := idOf(payload["from"]); id != 0 {
			return id
		}
	}
	return 0
}

// idOf reads the id of an object, 0 when it has none.
func idOf(raw json.RawMessage) int64 {
	var object struct {
		ID int64 `json:"id"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &object) != nil {
		return 0
	}
	return object.ID
}
