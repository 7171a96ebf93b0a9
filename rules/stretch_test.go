package rules_test

import (
	"testing"

	"shopwarden/rules"
)

func TestAStretchIsTheShiftThatRunsOrTheNextOne(t *testing.T) {
	blocks := func(text string) []rules.Block {
		list, err := rules.ParseBlocks(text)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	day, night := blocks("09:00-12:00,13:00-18:00"), rules.Daily(shanghai, blocks("22:00-02:00"))
	week := rules.Weekly(shanghai, [7][]rules.Block{1: day, 2: day, 3: day, 4: day, 5: day}, nil)
	for _, tt := range []struct {
		name           string
		c              *rules.Calendar
		now, from, end string
	}{
		{"in the morning", week, "2026-11-23 09:30", "2026-11-23 09:00", "2026-11-23 12:00"},
		{"as it begins", week, "2026-11-23 13:00", "2026-11-23 13:00", "2026-11-23 18:00"},
		{"as it ends", week, "2026-11-23 12:00", "2026-11-23 13:00", "2026-11-23 18:00"},
		{"on Saturday", week, "2026-11-21 10:00", "2026-11-23 09:00", "2026-11-23 12:00"},
		{"after midnight", night, "2026-11-23 01:00", "2026-11-22 22:00", "2026-11-23 02:00"},
		{"before midnight", night, "2026-11-22 23:00", "2026-11-22 22:00", "2026-11-23 02:00"},
	} {
		from, to, ok := tt.c.Stretch(at(t, tt.now))
		if !ok || from != at(t, tt.from) || to != at(t, tt.end) {
			t.Errorf("%s: %s to %s (%v), want %s to %s", tt.name, from.Time(), to.Time(), ok, tt.from, tt.end)
		}
	}
	for name, c := range map[string]*rules.Calendar{"always": rules.Always(shanghai), "never": rules.Daily(shanghai, nil), "all day": rules.Daily(shanghai, blocks("00:00-24:00"))} {
		if from, to, ok := c.Stretch(at(t, "2026-11-23 10:00")); ok {
			t.Errorf("%s: %s to %s", name, from.Time(), to.Time())
		}
	}
}
