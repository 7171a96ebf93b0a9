package chart

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/golang/freetype/truetype"
)

func TestWhatTheFontLacksIsTakenOut(t *testing.T) {
	l := painter(t).letters
	tests := map[string]string{
		"":                               "",
		"小鹿童装 🦌":                         "小鹿童装",
		"👩‍👩‍👧‍👦":                        "",
		"a👍🏽b":                           "ab",
		"🇨🇳 中国 🇨🇳":                       "中国",
		"1\ufe0f\u20e3":                  "1",
		"a\x00b\x1b[31mc\r\n\td":         "ab[31mc d",
		"  two   words ":                 "two words",
		"line\u2028two\u00a0three":       "line two three",
		"\u202eevil\u202c \u2066x\u2069": "evil x",
		"e\u0301\u0301\u0301":            "e",
		"\ufffd\ue000\U000f0000":         "",
		"\xff\xfe ok":                    "ok",
		"zero\u200bwidth\u200d":          "zerowidth",
		"Kids’ “Best” shop":              `Kids' "Best" shop`,
		"他说“好”":                          "他说“好”",
		"𠮷野家":                            "野家",
		"龘囧 ¥2,000 ± − … · ：（）":          "龘囧 ¥2,000 ± − … · ：（）",
		"Đà Nẵng, Ürümqi, Łódź, Москва, 한국어": "Đà Nẵng, Ürümqi, Łódź, Москва, 한국어",
	}
	for in, want := range tests {
		if got := l.clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestNoBlankBoxIsDrawn loads every letter that may be drawn: none is broken, and none is the box that stands for a missing one.
func TestNoBlankBoxIsDrawn(t *testing.T) {
	l := painter(t).letters
	var box, glyph truetype.GlyphBuf
	const hinting = 0 // none
	if err := box.Load(l.font, 64*64, 0, hinting); err != nil {
		t.Fatal(err)
	}
	kept := 0
	for r := rune(0); r < 0x20000; r++ { // the font has nothing above
		if !l.has(r) {
			continue
		}
		kept++
		if err := glyph.Load(l.font, 64*64, l.font.Index(r), hinting); err != nil {
			t.Fatalf("%q: %v", r, err)
		}
		if len(box.Points) > 0 && slices.Equal(glyph.Points, box.Points) {
			t.Errorf("%q (%U) is drawn as a box", r, r)
		}
	}
	if kept < 20_000 {
		t.Errorf("%d letters are kept, want all of GBK at least", kept)
	}
}

func TestTheFontKnowsEveryWordOfTheCatalogue(t *testing.T) {
	l := painter(t).letters
	files, err := os.ReadDir("../locale/catalogue")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile("../locale/catalogue/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range string(data) {
			if unicode.IsLetter(r) && r != 'ℹ' && !l.has(r) { // ℹ is an emoji
				t.Errorf("%s: the font lacks %q", f.Name(), r)
			}
		}
	}
}

func TestALongTextIsShortenedToItsRoom(t *testing.T) {
	l := painter(t).letters
	for _, s := range []string{"", "x", "Little Deer Kids Clothing Flagship Store", strings.Repeat("违规", 400), strings.Repeat("W", 5000)} {
		for _, room := range []float64{0, 10, 100, 350, 720} {
			got := l.fit(s, small, room)
			if w := l.width(got, small); w > room || !utf8.ValidString(got) {
				t.Errorf("fit(%.10q…, %v) = %q, %v wide", s, room, got, w)
			}
			if room >= 100 && l.width(s, small) > room && !strings.HasSuffix(got, ellipsis) {
				t.Errorf("fit(%.10q…, %v) = %q, want … at the end", s, room, got)
			}
		}
	}
}

func TestALongNoteIsBrokenBetweenWords(t *testing.T) {
	l := painter(t).letters
	tests := []struct {
		in    string
		room  float64
		lines int
		want  []string
	}{
		{"", 100, 2, nil},
		{"short", 100, 2, []string{"short"}},
		{"suspension for 14 days", 130, 3, []string{"suspension", "for 14 days"}},
		{"停业整顿三天，违约金", 135, 2, []string{"停业整顿三", "天，违约金"}},
		{"停业整顿三天，违约金", 112, 2, []string{"停业整顿三", "天，违约金"}},
		{"停业整顿三，违约金", 112, 2, []string{"停业整顿", "三，违约金"}},
		{"Donaudampfschifffahrt", 130, 2, []string{"Donaudampf", "schifffahrt"}},
		{"one two three four five six", 80, 2, []string{"one two", "three…"}},
	}
	for _, tt := range tests {
		got := l.wrap(tt.in, small, tt.room, tt.lines)
		for _, line := range got {
			if l.width(line, small) > tt.room {
				t.Errorf("wrap(%q): %q is wider than %v", tt.in, line, tt.room)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("wrap(%q, %v, %d) = %q, want %q", tt.in, tt.room, tt.lines, got, tt.want)
		}
	}
}

// TestTheReadmeOfTheFontTellsTheTruth holds the file to the hash its readme gives.
func TestTheReadmeOfTheFontTellsTheTruth(t *testing.T) {
	data, err := fontFile.ReadFile("font/wqy-microhei.ttf")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(data)
	readme, err := os.ReadFile("font/README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), hex.EncodeToString(sum[:])) {
		t.Errorf("font/README.md does not name %x", sum)
	}
	if _, err := os.Stat("font/LICENSE"); err != nil {
		t.Error(err)
	}
}
