package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"shopwarden/bot/outbox"
	"shopwarden/bot/telegram"
	"shopwarden/bot/telegram/telegramtest"
	"shopwarden/config"
)

var _ outbox.Sender = (*telegram.Sender)(nil)

// tokens is where long actions go.
type tokens map[string]string

func (k tokens) SaveToken(_ context.Context, payload string) (string, error) {
	if k == nil {
		return "", errors.New("the store is away")
	}
	k["T"] = payload
	return "T", nil
}

// log collects what is logged.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *log) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// booth is a sender in front of a local Bot API with one person and one forum.
type booth struct {
	*telegramtest.Server
	client *telegram.Client
	sender *telegram.Sender
	kept   tokens
	log    log
	chat   int64
	forum  int64
}

var owner = telegramtest.User{ID: 7, FirstName: "Owner"}

func newBooth(t *testing.T, limits telegramtest.Limits) *booth {
	t.Helper()
	return newBoothOf(t, telegramtest.Config{Limits: limits})
}

func newBoothOf(t *testing.T, cfg telegramtest.Config) *booth {
	t.Helper()
	b := &booth{Server: telegramtest.New(cfg), kept: tokens{}}
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	b.client = newClient(t, telegram.Config{Token: config.Secret(b.Token()), APIURL: b.URL(), Timeout: 400 * time.Millisecond, Log: b.log.logger()})
	b.sender = telegram.NewSender(b.client, b.kept, telegram.SenderConfig{}, b.log.logger())
	b.chat = b.AddPrivateChat(owner)
	b.forum = b.AddGroup("Team", true)
	b.enter(t, b.forum)
	return b
}

// enter makes the owner and the bot members of a group.
func (b *booth) enter(t *testing.T, group int64) {
	t.Helper()
	if err := errors.Join(b.SetMember(group, owner, telegramtest.Creator), b.AddBot(group, owner.ID, telegramtest.Administrator)); err != nil {
		t.Fatal(err)
	}
}

func newClient(t *testing.T, cfg telegram.Config) *telegram.Client {
	t.Helper()
	c, err := telegram.NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func (b *booth) send(t *testing.T, m outbox.Message, editID int) outbox.Outcome {
	t.Helper()
	return b.sender.Send(t.Context(), m, editID)
}

func want(t *testing.T, got outbox.Outcome, verdict outbox.Verdict, reason string) {
	t.Helper()
	if got.Verdict != verdict || got.Reason != reason {
		t.Errorf("got %+v, want verdict %d %q", got, verdict, reason)
	}
}

func (b *booth) only(t *testing.T, chat int64) telegramtest.Message {
	t.Helper()
	sent := b.Sent(chat)
	if len(sent) != 1 {
		t.Fatalf("the chat shows %d messages:\n%s", len(sent), b.Transcript(chat))
	}
	return sent[0]
}

func TestAMessageArrivesAsItWasWritten(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	question, err := b.Say(b.forum, owner.ID, "/due@shopwarden_bot")
	if err != nil {
		t.Fatal(err)
	}
	topic, err := b.AddTopic(b.forum, owner.ID, "Parcels")
	if err != nil {
		t.Fatal(err)
	}
	long := "why:S1|" + strings.Repeat("单", 30)
	out := b.send(t, outbox.Message{
		Key: "k", Chat: b.forum, Thread: topic, HTML: "<b>A1</b> is late & 5 &lt; 6", Silent: true, ReplyTo: question.ID,
		Buttons: [][]outbox.Button{{{Text: "Why", Action: "why:A1"}, {Text: "More", Action: long}}, {}, {{Text: "Open", URL: "https://shop.example/"}}},
	}, 0)
	want(t, out, outbox.Delivered, "")
	m := b.only(t, b.forum)
	if m.ID != out.MessageID || m.HTML != "<b>A1</b> is late &amp; 5 &lt; 6" || !m.Silent || m.ThreadID != topic {
		t.Errorf("the chat shows %+v", m)
	}
	wantKeys := [][]telegramtest.Button{{{Text: "Why", CallbackData: "n1:why:A1"}, {Text: "More", CallbackData: "u1:T"}}, {{Text: "Open", URL: "https://shop.example/"}}}
	if diff := cmp.Diff(wantKeys, m.Keyboard); diff != "" {
		t.Error(diff)
	}
	if b.kept["T"] != long {
		t.Errorf("kept %q", b.kept["T"])
	}
}

func TestAnAnswerNamesItsQuestionAndDoesWithoutIt(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	question, err := b.Say(b.chat, owner.ID, "/due")
	if err != nil {
		t.Fatal(err)
	}
	want(t, b.send(t, outbox.Message{Chat: b.chat, HTML: "a", ReplyTo: question.ID}, 0), outbox.Delivered, "")
	want(t, b.send(t, outbox.Message{Chat: b.chat, HTML: "b", ReplyTo: 4711}, 0), outbox.Delivered, "")
	sent := b.Sent(b.chat)
	if len(sent) != 2 || sent[0].ReplyTo != question.ID || sent[1].ReplyTo != 0 {
		t.Errorf("the chat shows %+v", sent)
	}
}

func TestAnEditReplacesTheMessageAndRepeatingItDoesNoHarm(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	first := b.send(t, outbox.Message{Chat: b.chat, HTML: "late"}, 0)
	edit := outbox.Message{Chat: b.chat, HTML: "in time after all"}
	want(t, b.send(t, edit, first.MessageID), outbox.Delivered, "")
	again := b.send(t, edit, first.MessageID)
	want(t, again, outbox.Delivered, outbox.ReasonNotModified)
	if m := b.only(t, b.chat); m.Text != "in time after all" || again.MessageID != m.ID {
		t.Errorf("the chat shows %q, the edit says message %d", m.Text, again.MessageID)
	}
}

func TestAnEditOfAMessageThatIsGoneIsSentAnew(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	first := b.send(t, outbox.Message{Chat: b.chat, HTML: "late"}, 0)
	if err := b.Remove(b.chat, first.MessageID); err != nil {
		t.Fatal(err)
	}
	out := b.send(t, outbox.Message{Chat: b.chat, HTML: "in time"}, first.MessageID)
	want(t, out, outbox.Delivered, outbox.ReasonSentAnew)
	b.ExpectMessage(t, b.chat, "in time")
	if out.MessageID == first.MessageID {
		t.Error("the new message has the old id")
	}
}

func TestATextThatDoesNotParseArrivesWithoutItsTags(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	out := b.send(t, outbox.Message{Chat: b.chat, HTML: "<b>A1</i> costs <5 & \xff", Buttons: [][]outbox.Button{{{Text: "Why", Action: "why:A1"}}}}, 0)
	want(t, out, outbox.Delivered, outbox.ReasonPlainText)
	if m := b.only(t, b.chat); m.Text != "A1 costs <5 & \uFFFD" || len(m.Keyboard) != 1 {
		t.Errorf("the chat shows %q with %v", m.Text, m.Keyboard)
	}
}

func TestATextThatIsTooLongArrivesWholeAsAFile(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	line := "order 1001 &amp; more is <b>late</b>\n"
	out := b.send(t, outbox.Message{Chat: b.chat, HTML: strings.Repeat(line, 500), Buttons: [][]outbox.Button{{{Text: "Why", Action: "why:A1"}}}}, 0)
	want(t, out, outbox.Delivered, outbox.ReasonAsDocument)
	m := b.only(t, b.chat)
	plain := strings.Repeat("order 1001 & more is late\n", 500)
	if string(m.Document) != plain || m.FileName != "message.txt" || len(m.Keyboard) != 1 || out.MessageID != m.ID {
		t.Errorf("%s of %d bytes, want %d", m.FileName, len(m.Document), len(plain))
	}
	if !strings.HasPrefix(plain, strings.TrimSuffix(m.Text, "…")) || !strings.HasSuffix(m.Text, "late\n…") || len(m.Text) < 900 {
		t.Errorf("the caption is %q", m.Text)
	}
}

func TestAnEditThatIsTooLongIsCut(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	first := b.send(t, outbox.Message{Chat: b.chat, HTML: "short"}, 0)
	out := b.send(t, outbox.Message{Chat: b.chat, HTML: "<b>" + strings.Repeat("晚点 ", 2000) + "</b>"}, first.MessageID)
	want(t, out, outbox.Delivered, outbox.ReasonPlainText)
	if m := b.only(t, b.chat); !strings.HasSuffix(m.Text, "…") {
		t.Errorf("the chat shows a text that ends in %q", m.Text[len(m.Text)-20:])
	}
}

func TestADocumentArrivesWithItsCaptionAlsoWhenTheFirstTryFails(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	file := &outbox.File{Name: "cases.csv", Data: []byte(strings.Repeat("order,due\n", 300))}
	out := b.send(t, outbox.Message{Chat: b.chat, Kind: outbox.Export, HTML: "<b>30 days</i>", File: file, Thread: 4711}, 0)
	if out.Verdict != outbox.Delivered {
		t.Fatalf("%+v", out)
	}
	m := b.only(t, b.chat)
	if m.Text != "30 days" || m.FileName != "cases.csv" || !bytes.Equal(m.Document, file.Data) {
		t.Errorf("%q with %s of %d bytes", m.Text, m.FileName, len(m.Document))
	}
}

func TestABadButtonCostsTheKeyboardNotTheMessage(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	out := b.send(t, outbox.Message{Chat: b.chat, HTML: "late", Buttons: [][]outbox.Button{{{Text: "Open", URL: "no address"}}}}, 0)
	want(t, out, outbox.Delivered, outbox.ReasonNoButtons)
	b.only(t, b.chat)
}

func TestAClosedOrMissingTopicFallsBackToTheGeneralOne(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	out := b.send(t, outbox.Message{Chat: b.forum, Thread: 4711, HTML: "late"}, 0)
	want(t, out, outbox.Delivered, outbox.ReasonGeneral)
	if m := b.only(t, b.forum); m.ThreadID != 0 {
		t.Errorf("the message is in topic %d", m.ThreadID)
	}
}

func TestChatsThatAreGoneAreNamedAsSuch(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	if err := b.Block(owner.ID); err != nil {
		t.Fatal(err)
	}
	if err := b.Kick(b.forum, owner.ID); err != nil {
		t.Fatal(err)
	}
	want(t, b.send(t, outbox.Message{Chat: b.chat, HTML: "a"}, 0), outbox.Refused, outbox.ReasonBlocked)
	want(t, b.send(t, outbox.Message{Chat: b.forum, HTML: "a"}, 0), outbox.Refused, outbox.ReasonKicked)
	want(t, b.send(t, outbox.Message{Chat: 4711, HTML: "a"}, 0), outbox.Refused, outbox.ReasonChatNotFound)
	want(t, b.send(t, outbox.Message{Chat: b.chat, HTML: "<b></b>"}, 0), outbox.Refused, outbox.ReasonBlocked)
}

func TestAGroupThatMovedGivesItsNewID(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	group := b.AddGroup("Old", false)
	b.enter(t, group)
	now, err := b.Migrate(group)
	if err != nil {
		t.Fatal(err)
	}
	out := b.send(t, outbox.Message{Chat: group, HTML: "a"}, 0)
	want(t, out, outbox.Moved, outbox.ReasonMoved)
	if out.NewChat != now {
		t.Errorf("moved to %d, want %d", out.NewChat, now)
	}
}

func TestWhatGoesWrongOnTheWayIsSentNotSentOrInDoubt(t *testing.T) {
	tests := []struct {
		name    string
		fault   telegramtest.Fault
		verdict outbox.Verdict
		reason  string
	}{
		{"flood", telegramtest.Fault{Code: 429, RetryAfter: 3}, outbox.Flooded, outbox.ReasonFlood},
		{"500", telegramtest.Fault{Code: 500}, outbox.NotSent, outbox.ReasonServerError},
		{"HTML 502", telegramtest.Fault{Kind: telegramtest.FaultHTML}, outbox.NotSent, outbox.ReasonServerError},
		{"HTML 200", telegramtest.Fault{Kind: telegramtest.FaultHTML, Code: 200}, outbox.Unknown, outbox.ReasonOddReply},
		{"hang", telegramtest.Fault{Kind: telegramtest.FaultHang}, outbox.Unknown, outbox.ReasonTimeout},
		{"late reply", telegramtest.Fault{Kind: telegramtest.FaultLateReply}, outbox.Unknown, outbox.ReasonTimeout},
		{"cut", telegramtest.Fault{Kind: telegramtest.FaultDrop}, outbox.Unknown, outbox.ReasonNetwork},
		{"lost reply", telegramtest.Fault{Kind: telegramtest.FaultLostReply}, outbox.Unknown, outbox.ReasonNetwork},
		{"wrong token", telegramtest.Fault{Code: 401, Description: "Unauthorized"}, outbox.NotSent, outbox.ReasonUnauthorized},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBooth(t, telegramtest.Limits{})
			b.FailNext("sendMessage", tt.fault, 1)
			out := b.send(t, outbox.Message{Chat: b.chat, HTML: "a"}, 0)
			want(t, out, tt.verdict, tt.reason)
			if out.RetryAfter != time.Duration(tt.fault.RetryAfter)*time.Second {
				t.Errorf("retry after %v", out.RetryAfter)
			}
			if text := b.log.String(); strings.Contains(text, b.Token()) {
				t.Errorf("the log holds the token:\n%s", text)
			}
		})
	}
}

func TestAnEditInDoubtMayBeRepeated(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	first := b.send(t, outbox.Message{Chat: b.chat, HTML: "late"}, 0)
	b.FailNext("editMessageText", telegramtest.Fault{Kind: telegramtest.FaultLostReply}, 1)
	edit := outbox.Message{Chat: b.chat, HTML: "in time"}
	want(t, b.send(t, edit, first.MessageID), outbox.NotSent, outbox.ReasonNetwork)
	want(t, b.send(t, edit, first.MessageID), outbox.Delivered, outbox.ReasonNotModified)
}

func TestASilentTelegramPutsThreeMessagesInDoubtNotAll(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	b.FailNext("", telegramtest.Fault{Kind: telegramtest.FaultHang}, -1)
	for range 3 {
		want(t, b.send(t, outbox.Message{Chat: b.chat, HTML: "a"}, 0), outbox.Unknown, outbox.ReasonTimeout)
	}
	for range 2 {
		want(t, b.send(t, outbox.Message{Chat: b.chat, HTML: "b"}, 0), outbox.NotSent, outbox.ReasonUnreachable)
	}
	if n := b.Calls("sendMessage"); n != 3 {
		t.Errorf("%d messages were put in doubt", n)
	}
	b.ClearFaults()
	want(t, b.send(t, outbox.Message{Chat: b.chat, HTML: "b"}, 0), outbox.Delivered, "")
}

func TestAnActionThatCannotBeKeptHoldsTheMessageBack(t *testing.T) {
	b := newBooth(t, telegramtest.Limits{})
	sender := telegram.NewSender(b.client, tokens(nil), telegram.SenderConfig{}, b.log.logger())
	m := outbox.Message{Chat: b.chat, HTML: "a", Buttons: [][]outbox.Button{{{Text: "Why", Action: strings.Repeat("x", 62)}}}}
	want(t, sender.Send(t.Context(), m, 0), outbox.NotSent, outbox.ReasonStore)
}

// TestACallThatNeverReachedTheServerIsNotSent needs no server: nobody listens, or there is no such host.
func TestACallThatNeverReachedTheServerIsNotSent(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{closed, "http://no-such-host.invalid"} {
		var l log
		client := newClient(t, telegram.Config{Token: "42:SECRET", APIURL: address, Log: l.logger(), Timeout: 5 * time.Second})
		out := telegram.NewSender(client, tokens{}, telegram.SenderConfig{}, l.logger()).Send(t.Context(), outbox.Message{Chat: 1, HTML: "a"}, 0)
		want(t, out, outbox.NotSent, outbox.ReasonNetwork)
		_, err := client.Me(t.Context())
		var failed *telegram.CallError
		if !errors.As(err, &failed) || failed.Verdict != outbox.NotSent {
			t.Errorf("asking who the bot is: %v", err)
		}
		if text := l.String() + err.Error(); strings.Contains(text, "SECRET") {
			t.Errorf("the token is in %s", text)
		}
	}
}

func TestACallHasALengthAndIsNeverRedirected(t *testing.T) {
	var mu sync.Mutex
	var lengths []int64
	var paths []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		lengths, paths = append(lengths, r.ContentLength), append(paths, r.URL.Path)
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	defer server.Close()
	client := newClient(t, telegram.Config{Token: "42:SECRET", APIURL: server.URL + "/"})
	out := telegram.NewSender(client, tokens{}, telegram.SenderConfig{}, slog.New(slog.DiscardHandler)).Send(t.Context(), outbox.Message{Chat: 1, HTML: "a"}, 0)
	want(t, out, outbox.NotSent, outbox.ReasonProxy)
	if len(lengths) != 1 || lengths[0] <= 0 || paths[0] != "/bot42:SECRET/sendMessage" {
		t.Errorf("calls to %v of lengths %v", paths, lengths)
	}
}

func TestAClientNeedsATokenAndAddresses(t *testing.T) {
	for _, cfg := range []telegram.Config{
		{},
		{Token: "42:SECRET", APIURL: "::SECRET"},
		{Token: "42:SECRET", APIURL: "api.telegram.org"},
		{Token: "42:SECRET", Proxy: "SECRET:password"},
		{Token: "42:SECRET", Proxy: "%zzSECRET"},
	} {
		_, err := telegram.NewClient(cfg)
		if err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}

// TestHTTPSGoesThroughTheProxy asks a proxy of our own for the address it is to connect to.
func TestHTTPSGoesThroughTheProxy(t *testing.T) {
	asked := make(chan string, 10)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme, _, _ := strings.Cut(r.Header.Get("Proxy-Authorization"), " ")
		asked <- r.Method + " " + r.Host + " " + scheme
		w.WriteHeader(http.StatusForbidden)
	}))
	defer proxy.Close()
	setting := config.Secret(strings.Replace(proxy.URL, "http://", "http://me:PASSWORD@", 1))
	client := newClient(t, telegram.Config{Token: "42:SECRET", APIURL: "https://api.telegram.test", Proxy: setting})
	_, err := client.Me(t.Context())
	var failed *telegram.CallError
	if !errors.As(err, &failed) || failed.Verdict != outbox.NotSent || strings.Contains(err.Error(), "PASSWORD") {
		t.Errorf("got %v", err)
	}
	if got := <-asked; got != "CONNECT api.telegram.test:443 Basic" {
		t.Errorf("the proxy was asked for %q", got)
	}
}

func TestNoCallLeavesAnythingBehind(t *testing.T) {
	before := goleak.IgnoreCurrent()
	func() {
		b := telegramtest.New(telegramtest.Config{})
		if err := b.Start(); err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		chat := b.AddPrivateChat(owner)
		client, err := telegram.NewClient(telegram.Config{Token: config.Secret(b.Token()), APIURL: b.URL(), Timeout: 100 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		sender := telegram.NewSender(client, tokens{}, telegram.SenderConfig{}, slog.New(slog.DiscardHandler))
		for _, kind := range []telegramtest.FaultKind{0, telegramtest.FaultHang, telegramtest.FaultDrop, telegramtest.FaultHTML} {
			if kind != 0 {
				b.FailNext("sendMessage", telegramtest.Fault{Kind: kind}, 1)
			}
			sender.Send(t.Context(), outbox.Message{Chat: chat, HTML: "a"}, 0)
		}
	}()
	goleak.VerifyNone(t, before)
}
