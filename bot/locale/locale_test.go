package locale_test

import (
	"testing"
	"time"

	"shopwarden/bot/locale"
)

func printers(t *testing.T) (en, zh *locale.Printer) {
	t.Helper()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.Printer("en"), c.Printer("zh")
}

func TestDurationsKeepTheirTwoLargestUnits(t *testing.T) {
	en, zh := printers(t)
	for _, tt := range []struct {
		d      time.Duration
		en, zh locale.HTML
	}{
		{0, "less than 1 s", "不到 1 秒"},
		{999 * time.Millisecond, "less than 1 s", "不到 1 秒"},
		{-time.Millisecond, "less than 1 s", "不到 1 秒"},
		{time.Second, "1 s", "1 秒"},
		{45 * time.Second, "45 s", "45 秒"},
		{80 * time.Second, "1 min 20 s", "1 分 20 秒"},
		{3 * time.Minute, "3 min", "3 分钟"},
		{45*time.Minute + 59*time.Second, "45 min", "45 分钟"},
		{2*time.Hour + 10*time.Minute, "2 h 10 min", "2 小时 10 分"},
		{-2*time.Hour - 10*time.Minute, "2 h 10 min", "2 小时 10 分"},
		{24 * time.Hour, "1 d", "1 天"},
		{52*time.Hour + 5*time.Minute, "2 d 4 h", "2 天 4 小时"},
	} {
		if got := en.Duration(tt.d); got != tt.en {
			t.Errorf("en %v: got %q, want %q", tt.d, got, tt.en)
		}
		if got := zh.Duration(tt.d); got != tt.zh {
			t.Errorf("zh %v: got %q, want %q", tt.d, got, tt.zh)
		}
	}
}

func TestDaysAreNamedAsSeenFromNowInTheShopsZone(t *testing.T) {
	en, zh := printers(t)
	shanghai := time.FixedZone("Asia/Shanghai", 8*3600)
	now := time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC) // the 23rd, 07:30, in the shop
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2026, month, day, hour, minute, 5, 0, shanghai)
	}
	for _, tt := range []struct {
		t      time.Time
		en, zh locale.HTML
	}{
		{at(11, 23, 18, 0), "18:00 today", "今天 18:00"},
		{at(11, 24, 0, 0), "00:00 tomorrow", "明天 00:00"},
		{at(11, 22, 23, 59), "23:59 yesterday", "昨天 23:59"},
		{at(11, 25, 9, 5), "09:05 on Wed 25 Nov", "11月25日（周三）09:05"},
		{time.Date(2025, 1, 2, 9, 5, 0, 0, shanghai), "09:05 on Thu 2 Jan 2025", "2025年1月2日（周四）09:05"},
	} {
		if got := en.When(tt.t, now); got != tt.en {
			t.Errorf("en %v: got %q, want %q", tt.t, got, tt.en)
		}
		if got := zh.When(tt.t, now); got != tt.zh {
			t.Errorf("zh %v: got %q, want %q", tt.t, got, tt.zh)
		}
	}
	if got := en.Exactly(at(11, 23, 18, 0), now); got != "18:00:05 today" {
		t.Errorf("to the second: got %q", got)
	}
	if got := zh.Day(at(11, 22, 1, 0), now); got != "昨天" {
		t.Errorf("day: got %q", got)
	}
}

func TestOnlyAllIsHundredPercentAndOnlyNothingIsZero(t *testing.T) {
	en, _ := printers(t)
	for share, want := range map[float64]locale.HTML{0: "0%", 0.00001: "0.1%", 0.5: "50%", 0.975: "97.5%", 0.99999: "99.9%", 1: "100%"} {
		if got := en.Percent(share); got != want {
			t.Errorf("%v: got %q, want %q", share, got, want)
		}
	}
}

func TestAScoreNeverLooksLikeTheGradeAbove(t *testing.T) {
	en, _ := printers(t)
	for points, want := range map[float64]locale.HTML{0: "0", 79.99: "79.9", 89.96: "89.9", 90: "90", 93.5: "93.5", 100: "100", 0.3 * 3: "0.9"} {
		if got := en.Score(points); got != want {
			t.Errorf("%v: got %q, want %q", points, got, want)
		}
	}
	for by, want := range map[float64]locale.HTML{0: "±0", 0.04: "±0", 2.5: "+2.5", -3: "−3"} {
		if got := en.Change(by); got != want {
			t.Errorf("%v: got %q, want %q", by, got, want)
		}
	}
}

func TestMoneyHasTheDecimalsOfItsCurrency(t *testing.T) {
	en, zh := printers(t)
	for _, tt := range []struct {
		p     *locale.Printer
		minor int64
		code  string
		want  locale.HTML
	}{
		{zh, 123450, "CNY", "¥1,234.50"}, {en, 5, "CNY", "¥0.05"}, {en, -150, "USD", "−$1.50"}, {en, 1500, "JPY", "¥1,500"},
		{en, 100, "x<y", "X&lt;Y 1.00"}, {en, 100, "", "– 1.00"},
	} {
		if got := tt.p.Money(tt.minor, tt.code); got != tt.want {
			t.Errorf("%d %s: got %q, want %q", tt.minor, tt.code, got, tt.want)
		}
	}
	if got := en.Count(1234567); got != "1,234,567" {
		t.Errorf("count: got %q", got)
	}
}

func TestEveryLanguageCodeFindsALanguage(t *testing.T) {
	for code, want := range map[string]string{"zh": "zh", "zh-hans": "zh", "zh-TW": "zh", "zh_CN": "zh", "zh-Hant-HK": "zh", "yue": "zh",
		"en": "en", "en-GB": "en", "vi": "en", "": "en", "x!": "en"} {
		if got := locale.Match(code); got != want {
			t.Errorf("%q: got %s, want %s", code, got, want)
		}
	}
	if got := locale.Match("", "zh-hans", "en"); got != "zh" {
		t.Errorf("first that is known: got %s, want zh", got)
	}
}

func TestStringsFromOutsideAreEscapedOnce(t *testing.T) {
	for in, want := range map[string]locale.HTML{
		`<b>&"*_[`:                   "&lt;b&gt;&amp;&quot;*_[",
		"&amp;":                      "&amp;amp;",
		"a\nb\x00\tc":                "a b c",
		"\u202eevil":                 "evil",
		"شحن 12":                     "\u2068شحن 12\u2069",
		"":                           "–",
		" \u200f ":                   "–",
		"\xff":                       "\ufffd",
		"\U0001F469\u200d\U0001F4BB": "\U0001F469\u200d\U0001F4BB",
	} {
		if got := locale.Escape(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := locale.Code("a<b"); got != "<code>a&lt;b</code>" {
		t.Errorf("code: got %q", got)
	}
}
