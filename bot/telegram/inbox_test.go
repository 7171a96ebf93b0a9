package telegram

import "testing"

func TestEveryKindOfUpdateIsFiledUnderItsChat(t *testing.T) {
	tests := []struct {
		name, raw string
		id, chat  int64
		named     bool
	}{
		{"message", `{"update_id":5,"message":{"message_id":1,"chat":{"id":-100}}}`, 5, -100, true},
		{"button", `{"update_id":6,"callback_query":{"id":"1","from":{"id":9},"message":{"chat":{"id":-100}}}}`, 6, -100, true},
		{"button of an inline message", `{"update_id":7,"callback_query":{"id":"1","from":{"id":9}}}`, 7, 9, true},
		{"membership", `{"update_id":8,"my_chat_member":{"chat":{"id":-5},"from":{"id":9}}}`, 8, -5, true},
		{"a kind of the future", `{"update_id":9,"hologram":{"chat":{"id":3}}}`, 9, 3, true},
		{"no chat", `{"update_id":10,"poll":{"id":"1"}}`, 10, 0, true},
		{"chat of another shape", `{"update_id":11,"message":{"chat":"x"}}`, 11, 0, true},
		{"id as text", `{"update_id":"12","message":{"chat":{"id":4}}}`, 12, 4, true},
		{"cut off", `{"update_id":13,"message":{"chat":{"id":4}`, 13, 0, true},
		{"id beyond all ids", `{"update_id":99999999999999999999}`, 0, 0, false},
		{"no id", `{"message":{"chat":{"id":4}}}`, 0, 4, false},
		{"no object", `7`, 0, 0, false},
		{"null", `null`, 0, 0, false},
		{"nothing", ``, 0, 0, false},
	}
	for _, tt := range tests {
		id, chat, named := identify([]byte(tt.raw))
		if named != tt.named || chat != tt.chat || named && id != tt.id {
			t.Errorf("%s: identify = %d, %d, %v; want %d, %d, %v", tt.name, id, chat, named, tt.id, tt.chat, tt.named)
		}
		if again, _, _ := identify([]byte(tt.raw)); again != id || !named && id >= 0 {
			t.Errorf("%s: an update without an id is %d, then %d; want the same negative number", tt.name, id, again)
		}
	}
}

func FuzzIdentify(f *testing.F) {
	f.Add([]byte(`{"update_id":5,"message":{"chat":{"id":-100}}}`))
	f.Add([]byte(`{"update_id":`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		id, _, named := identify(raw)
		if !named && id >= 0 {
			t.Errorf("%q: unnamed and yet %d", raw, id)
		}
	})
}
