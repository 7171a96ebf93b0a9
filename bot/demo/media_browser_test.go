package demo

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"mime/multipart"
	"net/http"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
)

// pictureOf is a picture of that size, a light sheet with dark bars.
func pictureOf(t *testing.T, width, height int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{0xf4, 0xf6, 0xf8, 0xff}), image.Point{}, draw.Src)
	for i := range 8 {
		bar := image.Rect(width*(2*i+1)/18, height*(9-i)/10, width*(2*i+2)/18, height*9/10)
		draw.Draw(img, bar, image.NewUniform(color.RGBA{0x1c, 0x6e, 0xa4, 0xff}), image.Point{}, draw.Src)
	}
	var out bytes.Buffer
	must(t, png.Encode(&out, img))
	return out.Bytes()
}

// sendAs has the bot send something: fields and, when there is one, an upload.
func (b understudyBot) sendAs(t *testing.T, method string, fields map[string]string, part, name string, data []byte) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for key, value := range fields {
		must(t, form.WriteField(key, value))
	}
	if part != "" {
		w, err := form.CreateFormFile(part, name)
		must(t, err)
		_, err = w.Write(data)
		must(t, err)
	}
	must(t, form.Close())
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.base+method, &body)
	must(t, err)
	req.Header.Set("Content-Type", form.FormDataContentType())
	answer, err := http.DefaultClient.Do(req)
	must(t, err)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", method, answer.Status)
	}
}

const richSheet = `<h3>Demo Tea Shop</h3><p>Overall <b>93.1</b> · good</p><table bordered><tr><th>Promise</th><th align="right">Score</th><th align="right">Week</th></tr>` +
	`<tr><td>Shipping</td><td align="right">95.2</td><td align="right">▲ 1.4</td></tr><tr><td>Answers</td><td align="right">88.0</td><td align="right">▼ 2.0</td></tr></table>` +
	`<ul><li>Send order <code>A1</code> before 18:00</li><li>Answer 3 chats</li></ul><details><summary>Where it comes from</summary><p>Counters of the last 30 days.</p></details><footer>Data of 09:00</footer>`

// showMedia opens a page on which the bot has sent a wide picture, a file and a rich message.
func showMedia(t *testing.T, width, height int64) *tab {
	t.Helper()
	p := start(t, Config{}, understudy)
	b := openTab(t, "http://"+p.Listener.Addr().String()+"/", width, height)
	b.is(t, soon, lastIn(ownerChat, "Bound."))
	bot := understudyBot{base: p.Settings.TelegramAPIURL + "/bot" + p.Settings.TelegramToken.Reveal() + "/"}
	keys, err := json.Marshal(map[string]any{"inline_keyboard": [][]map[string]string{{{"text": "Press me", "callback_data": "v1:press"}, {"text": "Due", "callback_data": "v1:due"}}}})
	must(t, err)
	with := func(more ...string) map[string]string {
		fields := map[string]string{"chat_id": strconv.Itoa(ownerID), "parse_mode": "HTML", "reply_markup": string(keys)}
		for i := 0; i < len(more); i += 2 {
			fields[more[i]] = more[i+1]
		}
		return fields
	}
	rich, err := json.Marshal(map[string]string{"html": richSheet})
	must(t, err)
	bot.sendAs(t, "sendDocument", with("caption", "What was due in November"), "document", "cases 2026-11 with a name that is rather long.xlsx", make([]byte, 48_300))
	bot.sendAs(t, "sendRichMessage", with("rich_message", string(rich)), "", "", nil)
	bot.sendAs(t, "sendPhoto", with("caption", "<b>Demo Tea Shop</b>\nOverall 93.1, two below yesterday"), "photo", "card.png", pictureOf(t, 1280, 720))
	b.is(t, soon, lastIn(ownerChat, "Overall 93.1, two")+".querySelector('img').naturalWidth === 1280")
	return b
}

func TestInTheBrowserPicturesFilesAndTablesAreRead(t *testing.T) {
	for _, width := range []int64{360, 1280} {
		t.Run(strconv.FormatInt(width, 10), func(t *testing.T) {
			b := showMedia(t, width, 900)
			photo := lastIn(ownerChat, "Overall 93.1, two")
			b.is(t, soon, photo+".querySelector('img').getBoundingClientRect().width <= "+photo+".getBoundingClientRect().width")
			b.is(t, soon, photo+".querySelector('img').getBoundingClientRect().width > 250")
			b.is(t, soon, "document.documentElement.scrollWidth <= "+strconv.FormatInt(width, 10))
			b.shot(t, "photo")
			file := lastIn(ownerChat, "What was due")
			b.is(t, soon, file+".querySelector('a.file').download.endsWith('long.xlsx') && "+file+".innerText.includes('48 kB')")
			rich := lastIn(ownerChat, "Where it comes from")
			b.is(t, soon, rich+".querySelectorAll('td').length === 6 && getComputedStyle("+rich+".querySelectorAll('td')[1]).textAlign === 'right'")
			b.is(t, soon, "("+rich+".scrollIntoView(), true)")
			b.shot(t, "rich")
			b.is(t, soon, "("+photo+".querySelector('.keys button').click(), true)")
			b.is(t, soon, lastIn(ownerChat, "before after")+".querySelector('.edited') && "+lastIn(ownerChat, "before after")+".querySelector('img')")
		})
	}
}

func TestInTheBrowserAFileIsAttachedAndSentWithItsCaption(t *testing.T) {
	p := start(t, Config{}, understudy)
	b := openTab(t, "http://"+p.Listener.Addr().String()+"/", 360, 800)
	b.is(t, soon, lastIn(ownerChat, "Bound."))
	form := "document.querySelector('[data-chat=owner] .compose')"
	choose := `(() => { const data = new DataTransfer(); data.items.add(new File(['%PDF-1.7 proof'], 'proof.pdf', {type: 'application/pdf'}));
		const field = ` + form + `.file; field.files = data.files; field.dispatchEvent(new Event('change')); return true })()`
	b.is(t, soon, choose)
	b.is(t, soon, "!"+form+".querySelector('.attached').hidden && "+form+".innerText.includes('proof.pdf · 14 B')")
	b.is(t, soon, "document.documentElement.scrollWidth <= 360")
	b.shot(t, "chosen")
	b.click(t, "[data-chat=owner] .drop")
	b.is(t, soon, form+".querySelector('.attached').hidden")
	b.is(t, soon, choose)
	b.do(t, chromedp.SendKeys(chromedp.CSS("#text-owner"), "/appeal P1\r"))
	sent := "[...document.querySelectorAll('[data-chat=owner] .msg.me')].findLast(m => m.innerText.includes('proof.pdf'))"
	b.is(t, soon, sent+" && "+sent+".innerText.includes('/appeal P1')")
	b.is(t, soon, form+".querySelector('.attached').hidden && "+form+".text.value === ''")
	b.is(t, soon, "fetch("+sent+".querySelector('a.file').href).then(r => r.text()).then(t => t === '%PDF-1.7 proof')")
	b.shot(t, "sent")
}
