package telegram

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"shopwarden/bot/notify"
	"shopwarden/bot/outbox"
	"shopwarden/rules"
)

// shelf is what an exporter reads: one case of each shop.
type shelf struct {
	*office
	rows  int
	fails int // so many times before it works
	panic bool
	made  int
}

func (s *shelf) Export(_ context.Context, e notify.ExportView, row func(notify.ExportRow) error) (notify.ExportView, error) {
	s.made++
	if s.fails > 0 {
		s.fails--
		return e, errors.New("secret words of a database")
	}
	if s.panic {
		panic("a row that cannot be")
	}
	facts, _ := rules.Facts{}.Add(rules.Fact{Type: "order.paid", At: e.Now - 1000})
	k := e.Policy.Judge(rules.Subject{Kind: rules.Order, ID: "4812345678901234567"}, facts, e.Now)[0]
	for range s.rows {
		if err := row(notify.ExportRow{Case: k, Buyer: "王"}); err != nil {
			return e, err
		}
		e.Rows++
	}
	return e, nil
}

// exporter returns one over the stage's double, and what it reads.
func (s *stage) exporter() (*Exporter, *shelf) {
	desk := &shelf{office: s.office, rows: 1}
	return NewExporter(s.store, desk, newMemoryInbox(), s.queue, s.router.say, quiet(), ExporterConfig{Owner: "a", Now: func() time.Time { return s.now }}), desk
}

// files makes what is asked for and returns what came of it.
func (s *stage) files(x *Exporter) []outbox.Message {
	s.t.Helper()
	before := len(s.queue.all())
	for line := range exportLines {
		if err := x.Round(s.t.Context(), line, map[string]int{}); err != nil {
			s.t.Error(err)
		}
	}
	return s.queue.all()[before:]
}

func TestAFileComesAfterItWasAskedFor(t *testing.T) {
	s := newStage(t)
	x, _ := s.exporter()
	s.expect(s.say(ownerID, ownerID, "/export"), "Alpha Toys", "Which days")
	s.expect(s.say(ownerID, ownerID, "/export 2026-11-01 2026-11-30 csv"), "Being made", "2026-11-01 to 2026-11-30", "CSV")
	m := s.files(x)
	if len(m) != 1 || m[0].File == nil || m[0].Kind != outbox.Export || m[0].Chat != ownerID || m[0].Shop != "alpha" {
		t.Fatalf("got %+v", m)
	}
	if m[0].File.Name != "alpha_2026-11-01_2026-11-30.csv" || !strings.Contains(string(m[0].File.Data), "4812345678901234567") || strings.Contains(m[0].HTML, "masked") {
		t.Errorf("%s: %s\n%s", m[0].File.Name, m[0].File.Data, m[0].HTML)
	}
	if again := s.files(x); len(again) != 0 {
		t.Errorf("made again: %+v", again)
	}
}

func TestAskingTwiceMakesOneFile(t *testing.T) {
	s := newStage(t)
	x, desk := s.exporter()
	_, notice := s.press(ownerID, ownerID, "v1:export:alpha|7d|xlsx")
	if !strings.Contains(notice, "Being made") {
		t.Errorf("notice %q", notice)
	}
	s.repeat(`{"message":{"message_id":1,"date":0,"chat":{"id":11,"type":"private"},"from":{"id":11},"text":"/export 7d"}}`) // as after a crash
	s.expect(s.say(ownerID, ownerID, "/export 30d csv"), "being made for this chat already", "Excel")
	if m := s.files(x); len(m) != 1 || desk.made != 1 {
		t.Errorf("%d files of %d tries", len(m), desk.made)
	}
	s.expect(s.say(ownerID, ownerID, "/export 30d csv"), "Being made", "CSV")
}

func TestAGroupGetsMaskedIDsAndOnlyItsAdministratorsAsk(t *testing.T) {
	s := newStage(t)
	x, _ := s.exporter()
	s.expect(s.say(groupID, memberID, "/export today csv"), "administrators")
	s.expect(s.say(groupID, adminID, "/export today csv"), "Being made")
	m := s.files(x)
	if len(m) != 1 || m[0].ReplyTo == 0 {
		t.Fatalf("got %+v", m)
	}
	if text := string(m[0].File.Data); strings.Contains(text, "48123456") || !strings.Contains(text, "4812…67") || !strings.Contains(m[0].HTML, "masked") {
		t.Errorf("%s\n%s", text, m[0].HTML)
	}
}

func TestWhoMayTakeCasesAway(t *testing.T) {
	for role, want := range map[notify.Role]string{notify.Owner: "full", notify.Manager: "full", notify.Agent: "masked", notify.Team: "masked", notify.Viewer: ""} {
		s := newStage(t)
		x, _ := s.exporter()
		s.store.chats["alpha"][ownerID] = notify.Chat{ID: ownerID, Role: role, Lang: "en"}
		s.say(ownerID, ownerID, "/export today csv")
		got := ""
		for _, m := range s.files(x) {
			got = "masked"
			if strings.Contains(string(m.File.Data), "4812345678901234567") {
				got = "full"
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", role, got, want)
		}
	}
}

func TestABindingThatEndedGetsNoFile(t *testing.T) {
	s := newStage(t)
	x, desk := s.exporter()
	s.say(ownerID, ownerID, "/export today")
	delete(s.store.chats["alpha"], ownerID)
	if m := s.files(x); len(m) != 0 || desk.made != 0 || len(s.store.wishes) != 0 {
		t.Errorf("%+v, %d made, left %v", m, desk.made, s.store.wishes)
	}
}

// TestAGroupThatMovesGetsTheFileItAskedFor: whether or not somebody looks for files while it moves.
func TestAGroupThatMovesGetsTheFileItAskedFor(t *testing.T) {
	const supergroup = -1009000000001
	s := newStage(t)
	x, _ := s.exporter()
	s.expect(s.say(groupID, adminID, "/export today csv"), "Being made")
	for range 2 { // both chats say so
		if err := s.router.here.ChatMoved(t.Context(), groupID, supergroup); err != nil {
			t.Fatal(err)
		}
	}
	m := s.files(x)
	if len(m) != 1 || m[0].File == nil || m[0].Chat != supergroup || m[0].ReplyTo != 0 || len(s.store.wishes) != 0 {
		t.Errorf("got %+v, left %v", m, s.store.wishes)
	}
	if again := s.files(x); len(again) != 0 {
		t.Errorf("made again: %+v", again)
	}
}

func TestAFileThatCannotBeMadeIsToldAfterAFewTries(t *testing.T) {
	for _, broken := range []*shelf{{fails: 9}, {panic: true}} {
		s := newStage(t)
		x, desk := s.exporter()
		desk.fails, desk.panic = broken.fails, broken.panic
		s.say(ownerID, ownerID, "/export today")
		before, failures := len(s.queue.all()), map[string]int{}
		var got []outbox.Message
		for try := 1; len(got) == 0 && try < 9; try++ {
			if err := x.Round(t.Context(), exportLine(ownerID), failures); (err == nil) != (try == 3) {
				t.Errorf("try %d: %v", try, err)
			}
			got = s.queue.all()[before:]
		}
		if m := s.expect(got, "could not be made"); m.File != nil || strings.Contains(m.HTML, "secret") || len(s.store.wishes) != 0 {
			t.Errorf("got %+v", m)
		}
	}
}

func TestNothingToExportIsSaid(t *testing.T) {
	s := newStage(t)
	x, desk := s.exporter()
	desk.rows = 0
	s.say(ownerID, ownerID, "/export yesterday")
	if m := s.expect(s.files(x), "Nothing to export"); m.File != nil {
		t.Errorf("a file of nothing: %s", m.File.Name)
	}
}

func TestAQueueThatIsDownKeepsTheWish(t *testing.T) {
	s := newStage(t)
	x, _ := s.exporter()
	s.say(ownerID, ownerID, "/export today")
	s.queue.down = true
	if err := x.Round(t.Context(), exportLine(ownerID), map[string]int{}); err == nil || len(s.store.wishes) != 1 {
		t.Errorf("%v, left %v", err, s.store.wishes)
	}
	s.queue.down = false
	if m := s.files(x); len(m) != 1 {
		t.Errorf("got %+v", m)
	}
}

func TestWhatIsAskedForIsReadInAnyOrder(t *testing.T) {
	s := newStage(t)
	v, err := s.office.View(t.Context(), "alpha")
	if err != nil {
		t.Fatal(err)
	}
	today := v.Policy.Day(v.Now) // 2026-11-23
	for text, want := range map[string]struct {
		from, to rules.Date
		format   string
		rule     string
		unclear  string
	}{
		"7d":                        {today.Next(-6), today.Next(1), "xlsx", "", ""},
		"csv":                       {today.Next(-6), today.Next(1), "csv", "", ""},
		"昨天 表格":                     {today.Next(-1), today, "xlsx", "", ""},
		"CSV ship-on-time 30D":      {today.Next(-29), today.Next(1), "csv", "ship-on-time", ""},
		"2026-11-01":                {rules.NewDate(2026, 11, 1), rules.NewDate(2026, 11, 2), "xlsx", "", ""},
		"2026-11-01 2026-11-30 csv": {rules.NewDate(2026, 11, 1), rules.NewDate(2026, 12, 1), "csv", "", ""},
		"2026-11-30 2026-11-01":     {0, 0, "", "", "2026-11-30 2026-11-01"},
		"2020-01-01 2026-11-01":     {0, 0, "", "", "2020-01-01 2026-11-01"},
		"7d pdf":                    {0, 0, "", "", "pdf"},
	} {
		w, unclear := readExport(strings.Fields(text), v)
		if unclear != want.unclear {
			t.Errorf("%s: unclear %q, want %q", text, unclear, want.unclear)
		}
		if unclear == "" && (rules.Date(w.From) != want.from || rules.Date(w.To) != want.to || w.Format.String() != want.format || w.Rule != want.rule) {
			t.Errorf("%s: %+v, want %+v", text, w, want)
		}
	}
}

func TestTheExporterWorksUntilItIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		x, _ := s.exporter()
		s.router.cfg.Exporting = x.Wake
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- x.Run(ctx) }()
		synctest.Wait()
		s.say(ownerID, ownerID, "/export today")
		s.say(groupID, adminID, "/export today")
		time.Sleep(10 * time.Second)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		files := slices.DeleteFunc(s.queue.all(), func(m outbox.Message) bool { return m.File == nil })
		if len(files) != 2 {
			t.Errorf("%d files, want 2", len(files))
		}
	})
}

var _ ExportDesk = (*shelf)(nil)
