package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// understudy is a program that stands in for the real one where only the page is tried: it accepts every webhook, answers
// /start, echoes what is typed as a message with mark-up and buttons, and edits a message whose button is pressed.
func understudy(ctx context.Context, p Parts) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/hooks/", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"ok":true}`)) })
	mux.Handle("/", p.Pages)
	server := &http.Server{Handler: mux}
	served := make(chan error, 1)
	go func() { served <- server.Serve(p.Listener) }()
	bot := understudyBot{base: p.Settings.TelegramAPIURL + "/bot" + p.Settings.TelegramToken.Reveal() + "/"}
	err := bot.run(ctx)
	err = errors.Join(err, server.Shutdown(context.WithoutCancel(ctx)))
	if stopped := <-served; !errors.Is(stopped, http.ErrServerClosed) {
		err = errors.Join(err, stopped)
	}
	return err
}

type understudyBot struct{ base string }

type botUpdate struct {
	ID      int `json:"update_id"`
	Message *struct {
		Text string
		Chat struct{ ID int64 }
	}
	Query *struct {
		ID      string
		Data    string
		Message struct {
			ID    int `json:"message_id"`
			Chat  struct{ ID int64 }
			Photo []struct{}
		}
	} `json:"callback_query"`
}

func (b understudyBot) run(ctx context.Context) error {
	defer http.DefaultClient.CloseIdleConnections()
	for offset := 0; ctx.Err() == nil; {
		var updates []botUpdate
		err := b.call(ctx, "getUpdates", map[string]any{"offset": offset, "timeout": 30}, &updates)
		if err != nil && ctx.Err() == nil {
			return err
		}
		for _, u := range updates {
			offset = u.ID + 1
			if err := b.answer(ctx, u); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
	return nil
}

func (b understudyBot) answer(ctx context.Context, u botUpdate) error {
	keys := map[string]any{"inline_keyboard": [][]map[string]string{{
		{"text": "Press me", "callback_data": "v1:press"}, {"text": "Read", "url": "https://example.com/x"}}}}
	switch {
	case u.Query != nil:
		q := u.Query
		method, text := "editMessageText", "text"
		if len(q.Message.Photo) > 0 {
			method, text = "editMessageCaption", "caption"
		}
		return errors.Join(
			b.call(ctx, "answerCallbackQuery", map[string]any{"callback_query_id": q.ID, "text": "Noted."}, nil),
			b.call(ctx, method, map[string]any{"chat_id": q.Message.Chat.ID, "message_id": q.Message.ID, "parse_mode": "HTML",
				text: "<s>before</s> after", "reply_markup": keys}, nil))
	case u.Message != nil && strings.HasPrefix(u.Message.Text, "/start"):
		return b.call(ctx, "sendMessage", map[string]any{"chat_id": u.Message.Chat.ID, "text": "Bound. Try /help."}, nil)
	case u.Message != nil && u.Message.Text != "":
		safe := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(u.Message.Text)
		return b.call(ctx, "sendMessage", map[string]any{"chat_id": u.Message.Chat.ID, "parse_mode": "HTML", "reply_markup": keys,
			"text": "🍵 <b>You said <i>" + safe + "</i></b> <a href=\"https://example.com/\">link</a>"}, nil)
	}
	return nil
}

func (b understudyBot) call(ctx context.Context, method string, params, result any) error {
	body, err := json.Marshal(params)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.base+method, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	out := struct {
		OK          bool
		Description string
		Result      json.RawMessage
	}{}
	if err := json.NewDecoder(answer.Body).Decode(&out); err != nil {
		return err
	}
	if !out.OK {
		return fmt.Errorf("%s: %s", method, out.Description)
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(out.Result, result)
}
