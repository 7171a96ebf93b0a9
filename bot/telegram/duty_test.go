package telegram

import (
	"context"
	"strings"
	"testing"

	"shopwarden/bot/notify"
)

func (o *office) Roster(ctx context.Context, shop string) (notify.RosterView, error) {
	v, err := o.View(ctx, shop)
	return notify.RosterView{SettingsView: notify.SettingsView{View: v}}, err
}

// SetDuty understands hours with a weekday.
func (o *office) SetDuty(_ context.Context, _ string, _ notify.Chat, hours string) (bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if hours != "" && !strings.HasPrefix(hours, "mon") {
		return false, nil
	}
	o.duty = append(o.duty, hours)
	return true, nil
}

func TestDutyHoursAreSetByThePersonInAPrivateChat(t *testing.T) {
	s := newStage(t)
	s.expect(s.say(ownerID, ownerID, "/duty"), "On duty", "no duty hours")
	s.expect(s.say(ownerID, ownerID, "/duty mon-fri 09:00-18:00"), "Saved", "Mon-Fri 09:00-18:00")
	s.expect(s.say(ownerID, ownerID, "值班 周一至周五 09:00到18:00；"), "Saved", "Mon-Fri 09:00-18:00")
	s.expect(s.say(ownerID, ownerID, "/duty 9 to 5"), "did not understand", "9 to 5")
	s.expect(s.say(ownerID, ownerID, "/duty off"), "Saved", "no duty hours")
	s.expect(s.say(groupID, ownerID, "/duty mon-fri 09:00-18:00"), "private chat")
	if got := strings.Join(s.office.duty, "|"); got != "mon-fri 09:00-18:00|mon-fri 09:00-18:00;|" {
		t.Errorf("set %q", got)
	}
}
