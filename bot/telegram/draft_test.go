package telegram

import (
	"math/rand/v2"
	"testing"

	"github.com/go-telegram/bot/models"

	"shopwarden/bot/outbox"
)

func reasons() []string {
	return []string{
		outbox.ReasonNoRights, outbox.ReasonForbidden, outbox.ReasonParseError, outbox.ReasonTooLong, outbox.ReasonTooBig, outbox.ReasonBadPhoto,
		outbox.ReasonOtherKind, outbox.ReasonBadButton, outbox.ReasonBadTopic, outbox.ReasonBadReply, outbox.ReasonEditGone, outbox.ReasonEmpty,
		outbox.ReasonBadRequest, outbox.ReasonServerError, outbox.ReasonNotFound,
	}
}

// TestAnyRefusalsInAnyOrderEndSoonInAForm that can be sent: a caption is only ever edited, a rich message never is, and a
// picture that was given up does not come back.
func TestAnyRefusalsInAnyOrderEndSoonInAForm(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	markup := &models.InlineKeyboardMarkup{}
	for range 20_000 {
		d := draft{as: asText, text: "<b>a</b>", thread: random.IntN(2), replyTo: random.IntN(2), edit: random.IntN(2), only: random.IntN(4) == 0}
		switch random.IntN(4) {
		case 0:
			d.as, d.picture = asPhoto, []byte{1}
		case 1:
			d.as, d.rich, d.edit = asRich, "<p>a</p>", 0
		case 2:
			d.as, d.file, d.edit = asDocument, &outbox.File{}, 0
		}
		if random.IntN(2) == 0 {
			d.markup = markup
		}
		first, steps, ok := d, 0, true
		for ; ok && steps < 20; steps++ {
			was := d
			reason := reasons()[random.IntN(len(reasons()))]
			d, ok = d.revise(reason)
			switch {
			case d.as == asCaption && d.edit == 0, d.as == asRich && d.edit > 0, d.as == asDocument && d.file == nil, d.as == asPhoto && d.picture == nil:
				t.Fatalf("%+v after %s became %+v", was, reason, d)
			case d.as == asPhoto && was.as != asPhoto, d.as == asRich && was.as != asRich, d.edit > was.edit:
				t.Fatalf("after %s what was given up came back: %+v", reason, d)
			case ok && d.note == "" && d.as != asCaption && was.as != asCaption && d.as != was.as:
				t.Fatalf("after %s nothing says that it differs: %+v", reason, d)
			}
		}
		if steps > 12 {
			t.Fatalf("%+v is tried without end: %+v", first, d)
		}
	}
}

func TestVisibleIsNeverLessThanTelegramCounts(t *testing.T) {
	for text, want := range map[string]int{
		"<b>a</b>": 1, "a &amp; b": 5, "📦": 2, "店": 1, "&#128230;": 2, "&hellip;": 8, "5 < 6": 5, `<a href="https://x.example/?a=1&amp;b=2">o</a>`: 1,
	} {
		if got := visible(text); got != want {
			t.Errorf("%q is %d units, want %d", text, got, want)
		}
	}
}
