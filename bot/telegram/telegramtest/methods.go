package telegramtest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"
)

// method handles one Bot API method. It runs with s.mu held and returns what
// becomes "result".
type method func(*request) (any, error)

// table lists every method but getUpdates, which waits without the lock.
func (s *Server) table() map[string]method {
	table := s.always()
	if s.cfg.Rich {
		table["sendrichmessage"] = s.sendRichMessage
	}
	return table
}

// always are the methods that every server knows.
func (s *Server) always() map[string]method {
	return map[string]method{
		"getme":                  s.getMe,
		"setwebhook":             s.setWebhook,
		"deletewebhook":          s.deleteWebhook,
		"getwebhookinfo":         s.getWebhookInfo,
		"sendmessage":            s.sendMessage,
		"sendphoto":              s.sendPhoto,
		"senddocument":           s.sendDocument,
		"sendchataction":         s.sendChatAction,
		"editmessagetext":        s.editMessageText,
		"editmessagecaption":     s.editMessageCaption,
		"editmessagemedia":       s.editMessageMedia,
		"editmessagereplymarkup": s.editMessageReplyMarkup,
		"deletemessage":          s.deleteMessage,
		"pinchatmessage":         s.pinChatMessage,
		"unpinchatmessage":       s.unpinChatMessage,
		"setmessagereaction":     s.setMessageReaction,
		"answercallbackquery":    s.answerCallbackQuery,
		"getchat":                s.getChat,
		"getchatmember":          s.getChatMember,
		"getchatmembercount":     s.getChatMemberCount,
		"getchatadministrators":  s.getChatAdministrators,
		"leavechat":              s.leaveChat,
		"getfile":                s.getFile,
		"setmycommands":          s.setMyCommands,
		"getmycommands":          s.getMyCommands,
		"deletemycommands":       s.deleteMyCommands,
		"setmyname":              s.setText(profileName),
		"getmyname":              s.getText(profileName),
		"setmydescription":       s.setText(profileDescription),
		"getmydescription":       s.getText(profileDescription),
		"setmyshortdescription":  s.setText(profileShort),
		"getmyshortdescription":  s.getText(profileShort),
		"setchatmenubutton":      s.setChatMenuButton,
		"getchatmenubutton":      s.getChatMenuButton,
	}
}

// Call is one call of a method and what became of it.
type Call struct {
	Method  string    // in lower case
	ChatID  int64     // 0 when it names none
	Text    string    // text, caption or rich text as it was sent, with its markup
	At      time.Time // by Config.Now, when it was handled or went wrong
	Fault   FaultKind // what was made to go wrong, 0 for nothing
	Handled bool      // what it asks for has happened
	Code    int       // error_code or status of a refusal, 0 when there was none or no answer
}

func (s *Server) serveMethod(w http.ResponseWriter, r *http.Request, name string) {
	req, err := readRequest(r, name)
	key := strings.ToLower(name)
	fault := s.begin(key)
	if fault.early() {
		s.observe(r.Context(), key, req, fault, nil)
		s.before(w, r, fault)
		return
	}
	var result json.RawMessage
	if err == nil {
		result, err = s.call(r.Context(), key, req)
	}
	s.observe(r.Context(), key, req, fault, err)
	s.after(r, fault)
	var refused *Error
	switch {
	case err == nil:
		writeResult(w, result)
	case errors.As(err, &refused):
		writeError(w, refused)
	case r.Context().Err() != nil:
		panic(http.ErrAbortHandler) // nobody listens any more
	default:
		writeError(w, &Error{Code: http.StatusInternalServerError, Description: "Internal Server Error: " + err.Error()})
	}
}

// observe tells the observer of a call; req is nil when it could not be read.
func (s *Server) observe(ctx context.Context, key string, req *request, f Fault, err error) {
	if s.cfg.Observe == nil {
		return
	}
	c := Call{Method: key, At: s.cfg.Now(), Fault: f.Kind, Handled: err == nil && !f.early(), Code: f.code()}
	if req != nil {
		c.ChatID, c.Text = req.number("chat_id"), req.words()
	}
	var refused *Error
	if errors.As(err, &refused) {
		c.Code = refused.Code
	}
	s.cfg.Observe(ctx, c)
}

// words are the text or caption of a call as they were sent, wherever they stand.
func (r *request) words() string {
	var media struct{ Caption string }
	var rich struct{ HTML string }
	_ = errors.Join(r.object("media", &media), r.object("rich_message", &rich)) // what is no JSON has no words
	return cmp.Or(r.text("text"), r.text("caption"), media.Caption, rich.HTML)
}

// begin counts the call and takes the fault that awaits it.
func (s *Server) begin(key string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[key]++
	s.announce()
	return s.takeFault(key)
}

func (s *Server) call(ctx context.Context, key string, req *request) (json.RawMessage, error) {
	if key == "getupdates" {
		return s.getUpdates(ctx, req)
	}
	handle, known := s.methods[key]
	if !known {
		return nil, notFound("Not Found: method not found")
	}
	if key == "sendphoto" || key == "editmessagemedia" {
		req.look()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	result, err := handle(req)
	if err != nil {
		return nil, err
	}
	return json.Marshal(result)
}

// Calls counts the requests for a method so far, those that failed included;
// an empty method counts all of them.
func (s *Server) Calls(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if method != "" {
		return s.calls[strings.ToLower(method)]
	}
	total := 0
	for _, n := range s.calls {
		total += n
	}
	return total
}
