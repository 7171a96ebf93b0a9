package config

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestANewShopIsValid(t *testing.T) {
	for _, platform := range Platforms() {
		s := NewShop("tea-house_1", platform, noon)
		if err := s.Validate(builtIn(t)); err != nil {
			t.Error(err)
		}
		if _, err := s.Policy(builtIn(t)); err != nil {
			t.Error(err)
		}
	}
}

func TestAShopReportsAllItsProblems(t *testing.T) {
	s := Shop{ID: "a shop", Platform: "tabao", Timezone: "Asia/Nowhere", Hours: "9-5", Pack: "douyin-2023", Lang: "fr_FR", AlertAt: -1, DigestAt: "9h",
		Name: strings.Repeat("x", 65)}
	want := []string{
		`id "a shop": use letters, digits, _ and -, at most 64`,
		`platform "tabao" is unknown; there are standard, doudian`,
		`name: is longer than 64 letters`,
		`lang "fr_FR" is no code of a language such as zh or en`,
		`alert_at -1 is below 0`,
		`digest_at: "9h" is no time of day such as 09:00, nor off`,
		`timezone: "Asia/Nowhere" is no time zone; write a name such as Asia/Shanghai or UTC`,
		`hours: "9-5" is no block of hours such as 09:00-21:00, nor always or platform`,
		`pack "douyin-2023" is unknown; there are amazon-style, custom, douyin-2023-points, douyin-2026, standard, tiktok-shop, tmall`,
	}
	if diff := cmp.Diff(want, strings.Split(s.Validate(builtIn(t)).Error(), "\n")); diff != "" {
		t.Error(diff)
	}
	s = NewShop("a", Standard, noon)
	s.Hours = "9-5"
	s.Overrides = map[string]Override{
		"chat-average":       {Off: true},
		"ship-on-time":       {Within: "2", Targets: []float64{7200, 9000, 10000, 20000}},
		"after-sales-review": {Targets: []float64{.9, .8, .7, .6}, AlertAt: -1},
		"invoice-on-time":    {Targets: []float64{.9, .95, .7, .6}},

		"proactive-delay-notice": {Within: "24h"},
	}
	want = []string{
		`hours: "9-5" is no block of hours such as 09:00-21:00, nor always or platform`,
		`rules.after-sales-review.targets: this rule is scored by its mean time; write 2h,6h,24h,48h`,
		`rules.after-sales-review.alert_at: -1 is below 0`,
		`rules.chat-average: pack douyin-2026 has no such rule; it has ship-on-time, `,
		`rules.invoice-on-time.targets: must fall from excellent over good and pass to floor`,
		`rules.proactive-delay-notice.within: its deadline is that of ship-on-time; change that one`,
		`rules.ship-on-time.within: "2" is no duration; write 36h or 90m`,
		`rules.ship-on-time.targets: this rule is scored by its share in time; write 97%,90%,80%,50%`,
	}
	got := strings.Split(s.Validate(builtIn(t)).Error(), "\n")
	for i, line := range got {
		if i >= len(want) || !strings.HasPrefix(line, want[i]) {
			t.Errorf("problem %d: %s", i, line)
		}
	}
	if _, err := s.Policy(builtIn(t)); err == nil || len(got) != len(want) {
		t.Errorf("%d problems, policy error %v", len(got), err)
	}
}

func TestSetChangesWhatItNames(t *testing.T) {
	s := NewShop("a", Standard, noon)
	for _, kv := range []string{"name=Tea House", "timezone=Europe/Berlin", "hours=09:00-12:00,13:30-21:00", "pack=standard", "lang=zh",
		"alert_at=5", "digest_at=off", "escalate=30m", "app_key=70", "rules.ship-on-time.within=1d12h", "rules.ship-on-time.targets=97%,90%,80%,50%",
		"rules.after-sales-review.targets=2h,6h,24h,48h", "rules.ship-on-time.alert_at=4", "rules.invoice-on-time.off=true"} {
		key, text, _ := strings.Cut(kv, "=")
		if err := s.Set(key, text); err != nil {
			t.Error(err)
		}
	}
	want := NewShop("a", Standard, noon)
	want.Name, want.Timezone, want.Hours, want.Pack, want.Lang = "Tea House", "Europe/Berlin", "09:00-12:00,13:30-21:00", "standard", "zh"
	want.AlertAt, want.DigestAt, want.Escalate, want.AppKey = 5, "off", "30m", "70"
	want.Overrides = map[string]Override{
		"ship-on-time":       {Within: "1d12h", Targets: []float64{.97, .9, .8, .5}, AlertAt: 4},
		"after-sales-review": {Targets: []float64{7200, 21600, 86400, 172800}},
		"invoice-on-time":    {Off: true},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Error(diff)
	}
	if err := s.Validate(builtIn(t)); err != nil {
		t.Error(err)
	}
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back Shop
	if err := json.Unmarshal(raw, &back); err != nil || !cmp.Equal(back, s) {
		t.Errorf("kept as JSON it comes back as %+v, %v", back, err)
	}
	for _, d := range Settable() {
		key := strings.Replace(d.Key, "<id>", "ship-on-time", 1)
		if err := s.Set(key, ""); err != nil {
			t.Error(err)
		}
	}
	for _, key := range []string{"rules.after-sales-review.targets", "rules.invoice-on-time.off"} {
		if err := s.Set(key, ""); err != nil {
			t.Error(err)
		}
	}
	bare := Shop{ID: "a", Platform: Standard, Secrets: []ShopSecret{}, Overrides: map[string]Override{}, Created: want.Created}
	if diff := cmp.Diff(bare, s); diff != "" {
		t.Errorf("empty values reset: %s", diff)
	}
	if err := s.Validate(builtIn(t)); err != nil {
		t.Errorf("a shop with nothing set: %v", err)
	}
}

func TestSetRefusesWhatCannotBeAndChangesNothing(t *testing.T) {
	for kv, want := range map[string]string{
		"timezon=UTC":                        "did you mean timezone?",
		"secret=x":                           "unknown key",
		"timezone=Mars":                      "is no time zone",
		"hours=9-5":                          "is no block of hours",
		"pack=../x":                          "is no id",
		"lang=French":                        "no code of a language",
		"alert_at=0":                         "leave it empty to reset",
		"alert_at=many":                      "is no whole number",
		"digest_at=24:00":                    "is no time of day",
		"escalate=soon":                      "is no duration",
		"escalate=10s":                       "is not from 1m to 24h",
		"rules.ship-on-time=1":               "unknown key",
		"rules.ship-on-time.withn=1h":        "did you mean within?",
		"rules.Ship On Time.within=1h":       "is no id",
		"rules.ship-on-time.within=soon":     "is no duration",
		"rules.ship-on-time.targets=97%":     "give four",
		"rules.x.targets=97%,90%,80%,50":     "is no share",
		"rules.x.targets=0.97,0.9,0.8,0.5":   "is no duration",
		"rules.x.targets=97%,99%,80%,50%":    "must run from excellent",
		"rules.ship-on-time.alert_at=-1":     "is no whole number",
		"rules.ship-on-time.off=yes":         "is neither true nor false",
		"rules.ship-on-time.severity=medium": "unknown key",
	} {
		s := NewShop("a", Standard, noon)
		if err := s.Set("rules.ship-on-time.within", "24h"); err != nil {
			t.Fatal(err)
		}
		before, _ := json.Marshal(s)
		key, text, _ := strings.Cut(kv, "=")
		err := s.Set(key, text)
		after, _ := json.Marshal(s)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), key) || string(before) != string(after) {
			t.Errorf("%s: got %v, want …%s…; %s", kv, err, want, after)
		}
	}
}

func TestAProblemNamesItsKeyOnce(t *testing.T) {
	for kv, want := range map[string]string{
		"hours=9-5":                      `hours: "9-5" is no block of hours such as 09:00-21:00, nor always or platform`,
		"digest_at=9h":                   `digest_at: "9h" is no time of day such as 09:00, nor off`,
		"timezone=Mars":                  `timezone: "Mars" is no time zone; write a name such as Asia/Shanghai or UTC`,
		"lang=f":                         `lang: "f" is no code of a language such as zh or en`,
		"name=a\nb":                      `name: "a\nb" holds a line break or another character that does not show; write plain text in one line`,
		"rules.ship-on-time.within=soon": `rules.ship-on-time.within: "soon" is no duration; write 36h or 90m`,
	} {
		s := NewShop("a", Standard, noon)
		key, text, _ := strings.Cut(kv, "=")
		if err := s.Set(key, text); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", kv, err, want)
		}
	}
	for _, d := range Settable() {
		key, s := strings.Replace(d.Key, "<id>", "ship-on-time", 1), NewShop("a", Standard, noon)
		if err := s.Set(key, "\x00"); err != nil && strings.Count(err.Error(), key+": ") > 1 {
			t.Errorf("%s is named twice: %v", key, err)
		}
	}
}

func TestANameIsOneLineThatReadsAsItIsWritten(t *testing.T) {
	for _, name := range []string{"a\nb", "a\rb", "a\tb", "a\x1b[31mb", "a\x7fb", "a\u0085b", "a\u2028b", "a\u2029b", "a\u202eb", "a\u2067b", "a\u200fb", "a\xffb"} {
		s := NewShop("a", Standard, noon)
		if err := s.Set("name", name); err == nil || s.Name != "" {
			t.Errorf("%q: set to %q, %v; want it refused", name, s.Name, err)
		}
		s.Name = name
		if err := s.Validate(builtIn(t)); err == nil || !strings.HasPrefix(err.Error(), "name: ") || strings.Contains(err.Error(), name) {
			t.Errorf("%q validates with %v; want it refused, and quoted safely", name, err)
		}
	}
	for _, name := range []string{"茶馆 · 上海", "Kühl & Söhne <GmbH>", "بيت الشاي", "👨‍👩‍👧 家", "a\u3000b"} {
		s := NewShop("a", Standard, noon)
		if err := s.Set("name", name); err != nil || s.Validate(builtIn(t)) != nil {
			t.Errorf("%q: %v, %v; want it taken", name, err, s.Validate(builtIn(t)))
		}
	}
}

func TestSetLeavesCopiesOfTheShopAlone(t *testing.T) {
	s := NewShop("a", Standard, noon)
	if err := s.Set("rules.ship-on-time.within", "24h"); err != nil {
		t.Fatal(err)
	}
	other := s
	if err := other.Set("rules.ship-on-time.within", "12h"); err != nil {
		t.Fatal(err)
	}
	if got := s.Overrides["ship-on-time"].Within; got != "24h" {
		t.Errorf("the copy's change shows in the original: %s", got)
	}
}

func TestEverySettableKeyTakesItsOwnExample(t *testing.T) {
	for _, d := range Settable() {
		s := NewShop("a", Standard, noon)
		if d.Key == "calendar" {
			s.Pack = "tmall" // its example is Tmall's
		}
		if err := s.Set(strings.Replace(d.Key, "<id>", "ship-on-time", 1), d.Example); err != nil {
			t.Error(err)
		}
		if err := s.Validate(builtIn(t)); err != nil || d.Doc == "" {
			t.Errorf("%s: %v, doc %q", d.Key, err, d.Doc)
		}
	}
}

func TestAShopThatCannotTakeWebhooksSaysSo(t *testing.T) {
	s := NewShop("a", Doudian, noon)
	var got []string
	for _, p := range s.Problems(builtIn(t)) {
		got = append(got, p.String())
	}
	want := []string{
		"shop a: has no webhook secret: no webhook of it is believed; run: shopwarden shop rotate-secret a",
		"shop a: has no app key: no webhook of it is believed; run: shopwarden shop set a app_key=…",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
