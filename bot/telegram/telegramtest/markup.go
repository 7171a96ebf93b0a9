package telegramtest

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Button is one button of an inline keyboard.
type Button struct {
	Text         string `json:"text"`
	CallbackData string `json:"callback_data,omitempty"`
	URL          string `json:"url,omitempty"`
	WebApp       string `json:"web_app,omitempty"` // its URL
	CopyText     string `json:"copy_text,omitempty"`
	Style        string `json:"style,omitempty"` // danger, success or primary
	Disabled     bool   `json:"disabled,omitempty"`
}

// markup is a checked reply_markup: an inline keyboard or something else.
type markup struct {
	inline  json.RawMessage // as sent; nil without buttons
	buttons [][]Button
	other   json.RawMessage
}

// place is what a keyboard's check needs to know of where it goes.
type place struct{ private, plainWebApps bool }

func (s *Server) placeOf(c *chat) place {
	return place{private: c.private(), plainWebApps: s.cfg.PlainWebApps}
}

const maxCallbackData = 64 // bytes

// markupOf checks the reply_markup of a call.
func markupOf(r *request, at place) (markup, error) {
	if !r.has("reply_markup") {
		return markup{}, nil
	}
	raw := []byte(r.text("reply_markup"))
	if !json.Valid(raw) {
		return markup{}, badRequest("can't parse reply keyboard markup JSON object")
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || fields == nil {
		return markup{}, badRequest("object expected as reply markup")
	}
	if _, inline := fields["inline_keyboard"]; inline {
		return inlineMarkup(raw, fields["inline_keyboard"], at)
	}
	if keyboard, ok := fields["keyboard"]; ok {
		var rows [][]json.RawMessage
		if isNull(keyboard) || json.Unmarshal(keyboard, &rows) != nil {
			return markup{}, badRequest("field \"keyboard\" of the ReplyKeyboardMarkup must be an Array of Arrays")
		}
		return markup{other: raw}, nil
	}
	for _, key := range []string{"remove_keyboard", "force_reply"} {
		if _, ok := fields[key]; ok {
			return markup{other: raw}, nil
		}
	}
	return markup{}, nil
}

func inlineMarkup(whole, keyboard json.RawMessage, at place) (markup, error) {
	var rows []json.RawMessage
	if isNull(keyboard) || json.Unmarshal(keyboard, &rows) != nil {
		return markup{}, badRequest("field \"inline_keyboard\" must be of type Array")
	}
	var out markup
	for _, rawRow := range rows {
		var row []json.RawMessage
		if isNull(rawRow) || json.Unmarshal(rawRow, &row) != nil {
			return markup{}, badRequest("field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays")
		}
		buttons, err := inlineRow(row, at)
		if err != nil {
			return markup{}, err
		}
		if len(buttons) > 0 {
			out.buttons = append(out.buttons, buttons)
		}
	}
	if len(out.buttons) > 0 {
		var compact bytes.Buffer
		_ = json.Compact(&compact, whole) // checked to be valid
		out.inline = compact.Bytes()
	}
	return out, nil
}

func inlineRow(row []json.RawMessage, at place) ([]Button, error) {
	var out []Button
	for _, raw := range row {
		button, err := inlineButton(raw, at)
		if err != nil {
			return nil, err
		}
		out = append(out, button)
	}
	return out, nil
}

// wireButton is an inline button in Telegram's JSON.
type wireButton struct {
	Text     *string                    `json:"text"`
	Style    string                     `json:"style"`
	Data     *string                    `json:"callback_data"`
	URL      string                     `json:"url"`
	WebApp   *struct{ URL string }      `json:"web_app"`
	CopyText *struct{ Text string }     `json:"copy_text"`
	Others   map[string]json.RawMessage `json:"-"`
}

func inlineButton(raw json.RawMessage, at place) (Button, error) {
	var w wireButton
	if err := json.Unmarshal(raw, &w); err != nil || json.Unmarshal(raw, &w.Others) != nil {
		return Button{}, badButton("wrong JSON")
	}
	if w.Text == nil || strings.TrimSpace(*w.Text) == "" {
		return Button{}, badButton("Field \"text\" must be a non-empty String")
	}
	switch n := w.actions(); {
	case n == 0:
		return Button{}, badButton("Text buttons are unallowed in the inline keyboard")
	case n > 1:
		return Button{}, badButton("exactly one kind of action is allowed")
	}
	return w.checked(at)
}

func badButton(why string) error { return badRequest("can't parse inline keyboard button: %s", why) }

// actions counts the optional fields of which a button has exactly one.
func (w wireButton) actions() int {
	n := 0
	for key, value := range w.Others {
		if !slices.Contains([]string{"text", "style", "icon_custom_emoji_id"}, key) && !isNull(value) {
			n++
		}
	}
	return n
}

func (w wireButton) checked(at place) (Button, error) {
	button := Button{Text: *w.Text, Style: w.Style, URL: w.URL}
	_, button.Disabled = w.Others["disabled"]
	if w.Style != "" && !slices.Contains([]string{"danger", "success", "primary"}, w.Style) {
		return Button{}, badButton("unknown button style specified")
	}
	if w.Data != nil {
		if n := len(*w.Data); n < 1 || n > maxCallbackData {
			return Button{}, badRequest("BUTTON_DATA_INVALID")
		}
		button.CallbackData = *w.Data
	}
	if w.URL != "" && !linkable(w.URL) {
		return Button{}, badRequest("inline keyboard button URL '%s' is invalid: Wrong HTTP URL", w.URL)
	}
	if w.CopyText != nil {
		if n := units(w.CopyText.Text); n < 1 || n > 256 {
			return Button{}, badRequest("BUTTON_COPY_TEXT_INVALID")
		}
		button.CopyText = w.CopyText.Text
	}
	if w.WebApp != nil {
		button.WebApp = w.WebApp.URL
		return button, checkWebApp(w.WebApp.URL, at)
	}
	return button, nil
}

func checkWebApp(target string, at place) error {
	if !at.private {
		return badRequest("BUTTON_TYPE_INVALID")
	}
	if at.plainWebApps && strings.HasPrefix(target, "http://") {
		return nil
	}
	if !strings.HasPrefix(target, "https://") || !linkable(target) {
		return badRequest("inline keyboard button Web App URL '%s' is invalid: Only HTTPS links are allowed", target)
	}
	return nil
}

func isNull(raw json.RawMessage) bool { return string(bytes.TrimSpace(raw)) == "null" }
