package telegramtest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"shopwarden/bot/telegram/telegramtest"
)

const scorecard = "<b>Shop 12345, Thursday</b>\n🟢 timely 97.2% (+0.4)\n🟢 reliable 99.0%\n🟡 worry-free 91.3% (you can miss 2 more)\n" +
	"🟢 delight 4.8\n\nOldest open: refund 12 h 40 min\n<i>/violations /why</i>\n"

// BenchmarkSend is one message to one of 100,000 chats, without the network. MB-kept is what chats and messages hold; with
// -benchtime 100000x each chat has one.
func BenchmarkSend(b *testing.B) {
	const chats = 100_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := telegramtest.New(telegramtest.Config{Limits: telegramtest.Limits{ChatPerSecond: 1000, GroupPerMinute: 1000, PerSecond: 1e6}})
	defer s.Close()
	for i := range chats {
		s.AddPrivateChat(telegramtest.User{ID: int64(i + 1), FirstName: "Owner"})
	}
	n := 0
	for b.Loop() {
		n++
		w := httptest.NewRecorder()
		s.ServeHTTP(w, sending(s, n%chats+1, fmt.Sprint(scorecard, n)))
		if w.Code != http.StatusOK {
			b.Fatal(w.Body.String())
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-kept")
	runtime.KeepAlive(s)
}

// sending is a sendMessage as the bot's library puts it together.
func sending(s *telegramtest.Server, chat int, text string) *http.Request {
	var body strings.Builder
	for _, field := range [][2]string{
		{"chat_id", fmt.Sprint(chat)},
		{"text", text},
		{"parse_mode", "HTML"},
		{"reply_markup", `{"inline_keyboard":[[{"text":"Why","callback_data":"a:why:1"},{"text":"Open","callback_data":"a:open:1"}]]}`},
	} {
		fmt.Fprintf(&body, "--x\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", field[0], field[1])
	}
	body.WriteString("--x--\r\n")
	r := httptest.NewRequest(http.MethodPost, "/bot"+s.Token()+"/sendMessage", strings.NewReader(body.String()))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	return r
}
