// Package appeal keeps what a shop collects to appeal against a penalty, and packs it.
//
// The story: the platform announces a penalty and gives some days to appeal. People send photos and documents, which a [Folder]
// remembers by their ids at Telegram; when they are ready, everything becomes one file ([Zip]): a page that can be printed, the
// timeline as a table, and what they sent. Whether an appeal was made is the platform's to confirm, and [Folder.Filed] only
// says who said so.
//
// What it guarantees: every change of a folder may be made twice and has its effect once, and the same papers become the same
// bytes.
package appeal

import (
	"slices"

	"shopwarden/bot/alarm"
	"shopwarden/rules"
)

// Most is how many attachments a folder holds. A design choice: an appeal that needs more is looked at by nobody.
const Most = 20

// How large a pack may get. Telegram would take more (a bot may download 20 MB and send 50 MB), but a pack waits in the queue
// until it is sent: one of 45 MB took 15 s to put there, and kept the commits of other shops waiting. Twenty photos as people
// send them are some 5 MB.
const (
	MostOne = 8 << 20
	MostAll = 8 << 20
)

// Attachment is a photo or a document that somebody sent. Its bytes stay at Telegram.
type Attachment struct {
	ID   string     `json:"id"`             // Telegram's file_unique_id: the same for the same file
	File string     `json:"file"`           // Telegram's file_id, by which it is fetched
	Name string     `json:"name,omitempty"` // as the sender's device called it; a photo has none
	Size int64      `json:"size,omitempty"` // bytes; 0 = not known
	By   alarm.Mark `json:"by"`             // who sent it and when
	Note string     `json:"note,omitempty"` // the caption
}

// Folder is what was collected against one penalty. The zero Folder is empty.
type Folder struct {
	Files []Attachment `json:"files,omitempty"` // in the order in which they came
	Filed alarm.Mark   `json:"filed,omitzero"`  // who said that the appeal was made
}

// Added returns the folder with an attachment. One that is in it stays as it is; ok is false when there is no room for another.
func (f Folder) Added(a Attachment) (next Folder, ok bool) {
	if f.Has(a.ID) {
		return f, true
	}
	if len(f.Files) >= Most {
		return f, false
	}
	f.Files = append(slices.Clone(f.Files), a)
	return f, true
}

// Without returns the folder without an attachment.
func (f Folder) Without(id string) Folder {
	f.Files = slices.DeleteFunc(slices.Clone(f.Files), func(a Attachment) bool { return a.ID == id })
	if len(f.Files) == 0 {
		f.Files = nil
	}
	return f
}

// FiledBy returns the folder in which somebody said that the appeal was made. The first who said so stays.
func (f Folder) FiledBy(who alarm.Mark) Folder {
	if f.Filed.Nobody() {
		f.Filed = who
	}
	return f
}

// Forget returns the folder with a person's name and number taken out of it. What was sent and said stays, by somebody.
// Repeating it changes nothing.
func (f Folder) Forget(person int64) Folder {
	forget := func(m *alarm.Mark) {
		if person > 0 && m.Person == person {
			m.Person, m.Name = alarm.Forgotten, ""
		}
	}
	f.Files = slices.Clone(f.Files)
	for i := range f.Files {
		forget(&f.Files[i].By)
	}
	forget(&f.Filed)
	return f
}

// Has reports whether an attachment is in the folder.
func (f Folder) Has(id string) bool {
	return slices.ContainsFunc(f.Files, func(a Attachment) bool { return a.ID == id })
}

// Empty reports whether nothing is kept.
func (f Folder) Empty() bool { return len(f.Files) == 0 && f.Filed.Nobody() }

// Event is what the appeal is to the counters: the fact that it was made, at the instant somebody said so. ok is false while
// nobody has. Saying it again changes nothing.
func (f Folder) Event(penalty string) (e rules.Event, ok bool) {
	if f.Filed.Nobody() {
		return e, false
	}
	return rules.Event{ID: "appeal/" + penalty, Type: "penalty.appealed", At: f.Filed.At.Time(),
		Data: rules.Data{PenaltyID: penalty, By: personOf(f.Filed)}}, true
}
