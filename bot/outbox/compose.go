package outbox

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"shopwarden/rules"
)

// parcel is what one claim sends: a message with its last words, the id it edits, the parts when it is several, and the keys
// of those that turned out not to be worth sending.
type parcel struct {
	Message
	editID  int
	parts   []Part
	dropped []string
}

// pack makes one message of a claim. ok is false when nothing is left of it. What waited on purpose is looked at again
// first; when that cannot be done now, it goes out as it is: late news is better than none.
func (w *Worker) pack(ctx context.Context, c Claimed, now rules.Instant) (p parcel, ok bool) {
	kept, dropped := w.current(ctx, c, now)
	if len(kept) == 0 {
		return parcel{dropped: dropped}, false
	}
	p = parcel{Message: kept[0].Message, dropped: dropped, editID: kept[0].EditID}
	if p.EditOf != "" {
		p.editID = c.Target.ID
	}
	if p.ReplyOf != "" {
		p.ReplyTo = c.Target.ID
	}
	p.parts = partsOf(kept, c.Target)
	if len(p.parts) > 0 {
		p.parts[0].Fold.Gone += len(dropped)
	}
	if len(p.parts) > 1 {
		p.HTML, p.Buttons = w.editor.Fold(p.Lang, foldsOf(p.parts))
		p.Picture = nil // it is of one of them
		p.Silent = !slices.ContainsFunc(kept, func(m Held) bool { return !m.Silent })
	}
	if policyOf(p.Kind).marked && slices.ContainsFunc(kept, func(m Held) bool { return m.Doubts > 0 || m.Uncertain }) {
		p.HTML = w.editor.Again(p.Lang, p.HTML)
	}
	if p.Noise != nil && !p.Silent && c.Rang == p.Noise.Budget-1 {
		p.HTML = w.editor.Enough(p.Lang, p.HTML, p.Noise.Budget)
	}
	if p.HTML != kept[0].HTML {
		p.Rich = "" // it says less than the text does now
	}
	return p, true
}

// partsOf returns what a text consists of when it is of several: messages of one group, or what a message that is edited
// went out with, the edited one replaced.
func partsOf(kept []Held, t Target) (parts []Part) {
	first := kept[0]
	switch {
	case first.EditOf != "" && first.Fold != nil && len(t.Parts) > 1:
		parts = slices.Clone(t.Parts)
		for i := range parts {
			if first.EditOf == parts[i].Key || first.EditOf == ShelfKey(parts[i].Key, shelved(first.EditOf)) {
				group, gone := parts[i].Fold.Group, parts[i].Fold.Gone // of the whole, not of the row
				parts[i].Fold = *first.Fold
				parts[i].Fold.Group, parts[i].Fold.Gone = group, gone
			}
		}
	case first.EditOf == "" && len(kept) > 1:
		for _, m := range kept {
			parts = append(parts, Part{m.Key, *m.Fold})
		}
	}
	return parts
}

// ShelfKey is where the message of a key goes when it is taken back and the key must be free again. A part of a bundle keeps
// the key it went out under.
func ShelfKey(key string, at rules.Instant) string {
	return key + shelfMark + strconv.FormatInt(int64(at), 10)
}

const shelfMark = "#"

// shelved is when a key was put on its shelf, 0 when it is none of a shelf.
func shelved(key string) rules.Instant {
	at, _ := strconv.ParseInt(key[strings.LastIndex(key, shelfMark)+1:], 10, 64)
	return rules.Instant(at)
}

func foldsOf(parts []Part) []Fold {
	folds := make([]Fold, len(parts))
	for i, p := range parts {
		folds[i] = p.Fold
	}
	return folds
}

// current parts a claim into what is still worth sending and the keys of the rest.
func (w *Worker) current(ctx context.Context, c Claimed, now rules.Instant) (kept []Held, dropped []string) {
	stale := w.stale(ctx, c)
	for i, m := range c.Messages {
		if m.over(now) || stale[i] || w.snoozed(ctx, m, now) {
			dropped = append(dropped, m.Key)
		} else {
			kept = append(kept, m)
		}
	}
	return kept, dropped
}

// stale reports which messages of those that waited on purpose are not true any more.
func (w *Worker) stale(ctx context.Context, c Claimed) []bool {
	stale := make([]bool, len(c.Messages))
	var at []int
	var cases []string
	for i, m := range c.Messages {
		if m.Fold != nil && m.Fold.Check && m.Fold.Case != "" && !m.Retried {
			at, cases = append(at, i), append(cases, m.Fold.Case)
		}
	}
	if len(at) == 0 || w.checker == nil {
		return stale
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	current, err := w.checker.Current(ctx, c.First().Shop, cases)
	if err != nil || len(current) != len(cases) {
		w.log.Error("looking at what waited once more", "shop", c.First().Shop, "err", err)
		return stale
	}
	for i, still := range current {
		stale[at[i]] = !still
	}
	return stale
}

// snoozed reports whether somebody asked for quiet about what a message warns or tells of, or has taken what it asks for. When
// that cannot be found out it goes out.
func (w *Worker) snoozed(ctx context.Context, m Held, now rules.Instant) bool {
	if w.checker == nil || m.Retried || m.EditOf != "" || m.Fold == nil || m.Fold.Case == "" {
		return false
	}
	switch m.Kind {
	case Warning, Breach, Reminder, Escalation:
	default:
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	quiet, err := w.checker.Snoozed(ctx, now, m.Message)
	if err != nil {
		w.log.Error("looking whether a case is snoozed", "shop", m.Shop, "case", m.Fold.Case, "err", err)
	}
	return err == nil && quiet
}
