package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"shopwarden/bot/export"
	"shopwarden/bot/locale"
	"shopwarden/bot/notify"
	"shopwarden/rules"
)

// Wishes keeps which chats ask for a file until it is made, so that neither a crash nor a stop loses it. All methods may be
// repeated.
type Wishes interface {
	// AskExport keeps what a chat asks for and returns the wish that stands: this one, or an earlier one still to be made.
	AskExport(ctx context.Context, line int, chat int64, wish string) (standing string, err error)
	// Exports returns what is asked for on a line, by chat.
	Exports(ctx context.Context, line int) (map[int64]string, error)
	// DoneExport forgets a wish; nothing happens when the chat has another one by now.
	DoneExport(ctx context.Context, line int, chat int64, wish string) error
}

// exportWish is a file that somebody asks for. Update is the number of the update that asks.
type exportWish struct {
	Update  int64         `json:"update"`
	Chat    int64         `json:"chat"`
	Private bool          `json:"private,omitempty"`
	Thread  int           `json:"thread,omitempty"`
	ReplyTo int           `json:"reply_to,omitempty"`
	Lang    string        `json:"lang"`
	Shop    string        `json:"shop"`
	From    int32         `json:"from"` // local days, half-open
	To      int32         `json:"to"`
	Format  export.Format `json:"format"`
	Rule    string        `json:"rule,omitempty"`
}

// view is what is known of the file before it is made.
func (w exportWish) view(v notify.View) notify.ExportView {
	v.Lang = w.Lang
	return notify.ExportView{View: v, From: rules.Date(w.From), To: rules.Date(w.To), Format: w.Format, Rule: w.Rule}
}

// fullIDs reports whether a chat sees ids as they are. A group shows them to whoever is in it, and agents come and go.
func fullIDs(private bool, role notify.Role) bool {
	return private && (role == notify.Owner || role == notify.Manager)
}

// mayExport reports whether a chat may take cases away. In a group the table of roles has asked for an administrator.
func mayExport(private bool, role notify.Role) bool { return !private || role != notify.Viewer }

// export offers periods and formats, or asks for the file that is named. The file comes by itself: making it would hold up
// the other chats of this line, so an [Exporter] does it.
func (r *Router) export(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	v, err := r.counter.View(ctx, shop)
	if err != nil {
		return answer{}, fmt.Errorf("reading shop %s: %w", shop, err)
	}
	v.Lang = a.lang
	if !mayExport(a.private(), chat.Role) {
		return page(r.say.ExportRefused(v)), nil
	}
	masked := !fullIDs(a.private(), chat.Role)
	if len(a.args) == 0 {
		return page(r.say.ExportChoice(v, "", masked)), nil
	}
	w, unclear := readExport(a.args, v)
	if unclear != "" {
		return page(r.say.ExportChoice(v, unclear, masked)), nil
	}
	w.Update, w.Chat, w.Private, w.Thread, w.ReplyTo, w.Lang, w.Shop = a.update, a.chat.ID, a.private(), a.thread, a.replyTo, a.lang, shop
	raw, err := json.Marshal(w)
	if err != nil {
		return answer{}, fmt.Errorf("writing down what is asked for: %w", err)
	}
	standing, err := r.store.AskExport(ctx, exportLine(a.chat.ID), a.chat.ID, string(raw))
	if err != nil {
		return answer{}, err
	}
	if r.cfg.Exporting != nil {
		r.cfg.Exporting()
	}
	return r.exportMaking(ctx, a, w, standing)
}

// exportMaking says what is being made: a notice above the page of the button, or a short answer.
func (r *Router) exportMaking(ctx context.Context, a *ask, w exportWish, standing string) (answer, error) {
	var first exportWish
	if err := json.Unmarshal([]byte(standing), &first); err != nil {
		return answer{}, fmt.Errorf("reading what is asked for: %w", err)
	}
	if first.Shop != w.Shop {
		if shops, err := r.store.ChatShops(ctx, a.chat.ID); err != nil || !slices.Contains(shops, first.Shop) {
			return problem(notify.TryLater), err // of a shop that is no business of this chat any more: it is dropped in a moment
		}
	}
	v, err := r.counter.View(ctx, first.Shop)
	if err != nil {
		return answer{}, fmt.Errorf("reading shop %s: %w", first.Shop, err)
	}
	e := first.view(v)
	e.Lang = a.lang
	html, buttons := r.say.ExportMaking(e, first != w)
	if a.button {
		return answer{notice: locale.HTML(html).Plain()}, nil
	}
	return page(html, buttons), nil
}

// readExport reads what somebody wants: a period or two days (the last included), a format, a rule, in any order. unclear is
// the first word that is none of them, or a period that cannot be. Without a period it is the last seven days.
func readExport(args []string, v notify.View) (w exportWish, unclear string) {
	today := v.Policy.Day(v.Now)
	from, to := today.Next(-6), today.Next(1)
	var days []rules.Date
	w.Format = export.XLSX
	for _, arg := range args {
		word := strings.ToLower(arg)
		day, err := rules.ParseDate(word)
		_, rule := v.Policy.Rule(arg, today)
		first, last, period := exportPeriod(word, today)
		switch {
		case err == nil && len(days) < 2:
			days = append(days, day)
		case period:
			from, to, days = first, last, nil
		case exportFormats[word] != 0:
			w.Format = exportFormats[word]
		case rule:
			w.Rule = arg
		default:
			return w, arg
		}
	}
	if len(days) > 0 {
		from, to = days[0], days[len(days)-1].Next(1)
	}
	if to <= from || to-from > exportDays {
		return w, strings.Join(args, " ")
	}
	w.From, w.To = int32(from), int32(to)
	return w, ""
}

// exportDays is the longest period of one file: as long as counters are kept.
const exportDays = 400

var exportFormats = map[string]export.Format{"xlsx": export.XLSX, "excel": export.XLSX, "xls": export.XLSX, "表格": export.XLSX, "csv": export.CSV}

// exportPeriod reads a period that ends today, or is yesterday.
func exportPeriod(word string, today rules.Date) (from, to rules.Date, ok bool) {
	switch word {
	case "today", "今天", "今日":
		return today, today.Next(1), true
	case "yesterday", "昨天", "昨日":
		return today.Next(-1), today, true
	case "7d", "7", "7天", "近7天", "week":
		return today.Next(-6), today.Next(1), true
	case "30d", "30", "30天", "近30天", "month":
		return today.Next(-29), today.Next(1), true
	case "90d", "90", "90天", "近90天":
		return today.Next(-89), today.Next(1), true
	}
	return 0, 0, false
}
