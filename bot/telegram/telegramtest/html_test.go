package telegramtest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func nobody(int64) (User, bool) { return User{}, false }

func somebody(id int64) (User, bool) { return User{ID: id, FirstName: "Li"}, id == 7 }

// entityList writes entities shortly: type@offset+length.
func entityList(entities []Entity) string {
	var out []string
	for _, e := range entities {
		one := fmt.Sprintf("%s@%d+%d", e.Type, e.Offset, e.Length)
		if detail := e.URL + e.Language + e.CustomEmojiID; detail != "" {
			one += "=" + detail
		}
		out = append(out, one)
	}
	return strings.Join(out, " ")
}

func TestHTMLBecomesTextAndEntities(t *testing.T) {
	tests := []struct{ src, text, entities string }{
		{"plain", "plain", ""},
		{"<b>a</b><strong>b</strong>", "ab", "bold@0+1 bold@1+1"},
		{"<i>a</i><em>b</em><u>c</u><ins>d</ins>", "abcd", "italic@0+1 italic@1+1 underline@2+1 underline@3+1"},
		{"<s>a</s><strike>b</strike><del>c</del>", "abc", "strikethrough@0+1 strikethrough@1+1 strikethrough@2+1"},
		{"<tg-spoiler>a</tg-spoiler><span class=\"tg-spoiler\">b</span>", "ab", "spoiler@0+1 spoiler@1+1"},
		{"📦<B>店<i>x</i></B>", "📦店x", "bold@2+2 italic@3+1"},
		{"<code>a&lt;b</code>", "a<b", "code@0+3"},
		{"<pre><code class=\"language-go\">x</code></pre>", "x", "pre@0+1=go"},
		{"<pre>x</pre>", "x", "pre@0+1"},
		{"<blockquote>a</blockquote><blockquote expandable>b</blockquote>", "ab", "blockquote@0+1 expandable_blockquote@1+1"},
		{"<a href='https://a.example/?x=1&amp;y=2'>a</a>", "a", "text_link@0+1=https://a.example/?x=1&y=2"},
		{"<a href=https://a.example/>a</a>", "a", "text_link@0+1=https://a.example/"},
		{"<a href=\"javascript:x\">a</a><a>b</a>", "ab", ""},
		{"<a href=\"tg://user?id=7\">Li</a> <a href=\"tg://user?id=8\">?</a>", "Li ?", "text_mention@0+2"},
		{"<tg-emoji emoji-id=\"5\">👍</tg-emoji>", "👍", "custom_emoji@0+2=5"},
		{"&lt;&gt;&amp;&quot;&#65;&#x5e97;&nbsp;&unknown; & &#0;", "<>&\"A店&nbsp;&unknown; & &#0;", ""},
		{"<b></b>a", "a", ""},
		{"<b>a</>", "a", "bold@0+1"},
		{"<b >a</b >", "a", "bold@0+1"},
		{"a > b", "a > b", ""},
	}
	for _, tc := range tests {
		text, entities, err := parseHTML(tc.src, somebody)
		if err != nil || text != tc.text || entityList(entities) != tc.entities {
			t.Errorf("%s\n got %q %s %v\nwant %q %s", tc.src, text, entityList(entities), err, tc.text, tc.entities)
		}
	}
}

func TestBrokenHTMLIsRefusedWithItsPlace(t *testing.T) {
	for src, want := range map[string]string{
		"a<br>b":                      `Unsupported start tag "br" at byte offset 1`,
		"店<br/>":                      `Unsupported start tag "br/" at byte offset 3`,
		"5 < 6 and 7 > 6":             `Unsupported start tag "" at byte offset 2`,
		"5 <":                         `Unclosed start tag at byte offset 2`,
		"<b>a":                        `Can't find end tag corresponding to start tag "b"`,
		"<b><i>a</b></i>":             `Unmatched end tag at byte offset 7, expected "</i>", found "</b>"`,
		"a</b>":                       `Unexpected end tag at byte offset 1`,
		"<b>a</b":                     `Unclosed end tag at byte offset 4`,
		"<a href=\"https://a.example": `Unclosed start tag "a" at byte offset 0`,
		"<a =x>a</a>":                 `Empty attribute name in the tag "a" at byte offset 3`,
		"<span>a</span>":              `Tag "span" must have class "tg-spoiler" at byte offset 0`,
	} {
		_, _, err := parseHTML(src, nobody)
		var refused *Error
		if !errors.As(err, &refused) || refused.Code != 400 ||
			refused.Description != "Bad Request: can't parse entities: "+want {
			t.Errorf("%s: got %v, want %s", src, err, want)
		}
	}
}

func TestTrimMovesEntities(t *testing.T) {
	text, entities, err := parseHTML(" \n<b> a </b> ", nobody)
	if err != nil {
		t.Fatal(err)
	}
	text, entities = trim(text, entities)
	if text != "a" || entityList(entities) != "bold@0+1" {
		t.Errorf("got %q %s", text, entityList(entities))
	}
}

func TestTelegramFindsCommandsLinksAndNames(t *testing.T) {
	for text, want := range map[string]string{
		"/why":                       "bot_command@0+4",
		"📦 /why@shop_bot now":        "bot_command@3+13",
		"请 /order":                   "bot_command@2+6",
		"请/order":                    "",
		"/店":                         "",
		"a/b and/or /etc/hosts":      "",
		"see https://a.example/b/c.": "url@4+22",
		"@shop_bot a@b.example":      "mention@0+9",
		"#late":                      "hashtag@0+5",
	} {
		if got := entityList(detect(text, nil)); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	inCode := []Entity{{Type: "code", Offset: 0, Length: 4}}
	if got := entityList(detect("/why", inCode)); got != "code@0+4" {
		t.Errorf("inside code: got %s", got)
	}
}

func TestRenderedHTMLParsesBackToTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := htmlOf(t, 0)
		text, entities, err := parseHTML(src, nobody)
		if err != nil {
			t.Fatalf("%s: %v", src, err)
		}
		again, more, err := parseHTML(renderHTML(text, entities), nobody)
		if err != nil || again != text || entityList(more) != entityList(entities) {
			t.Fatalf("%s\nrendered %s\n got %q %s %v\nwant %q %s", src, renderHTML(text, entities),
				again, entityList(more), err, text, entityList(entities))
		}
	})
}

// htmlOf draws well-formed HTML in which no tag stands directly around another:
// two entities of the same extent have no order.
func htmlOf(t *rapid.T, depth int) string {
	var out strings.Builder
	for range rapid.IntRange(1, 3).Draw(t, "parts") {
		out.WriteString(rapid.SampledFrom([]string{"a", "店", "📦", "&lt;", "&amp;", "\n"}).Draw(t, "text"))
		if depth < 3 && rapid.Bool().Draw(t, "nest") {
			tag := rapid.SampledFrom([]string{"b", "i", "u", "s", "tg-spoiler", "blockquote"}).Draw(t, "tag")
			out.WriteString("<" + tag + ">" + htmlOf(t, depth+1) + "</" + tag + ">")
		}
	}
	return out.String()
}

func FuzzParseHTML(f *testing.F) {
	for _, seed := range []string{"<b>a</b>", "<a href='https://a.example'>&lt;店📦</a>", "<", "</", "&#x1F4E6;", "<pre><code class=\"language-go\">x", "<b <i>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if !utf8.ValidString(src) {
			t.Skip("request bodies are checked to be UTF-8 before")
		}
		text, entities, err := parseHTML(src, somebody)
		if err != nil {
			return
		}
		text, entities = trim(text, entities)
		size := units(text)
		for _, e := range detect(text, entities) {
			if e.Offset < 0 || e.Length < 1 || e.end() > size {
				t.Fatalf("%+v outside of %d units", e, size)
			}
		}
		if rendered := renderHTML(text, entities); strings.Contains(strings.ToLower(rendered), "<script") {
			t.Fatalf("unsafe: %s", rendered)
		}
	})
}
