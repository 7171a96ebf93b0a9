package demo

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// tab is a page in a real browser.
type tab struct {
	ctx context.Context

	mu       sync.Mutex
	problems []string
}

// openTab opens a page in a browser window of a size. It skips where there is no browser. Whatever the console complains
// about (an error, a violation of the page's policy, an exception) fails the test in the end.
func openTab(t *testing.T, url string, width, height int64) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.ExecPath(browser(t)))
	ctx, cancelBrowser := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancelTab := chromedp.NewContext(ctx)
	b := &tab{ctx: ctx}
	must(t, chromedp.Do(ctx, chromedp.EmulateViewport(width, height)))
	listening := make(chan struct{})
	console := chromedp.Console(ctx)
	go func() {
		defer close(listening)
		for m, err := range console {
			if err != nil {
				return
			}
			b.complain(m)
		}
	}()
	t.Cleanup(func() {
		cancelTab()
		cancelBrowser()
		<-listening
		for _, problem := range b.problems {
			t.Errorf("console: %s", problem)
		}
	})
	must(t, chromedp.Do(ctx, chromedp.Navigate(url)))
	return b
}

func (b *tab) complain(m chromedp.ConsoleMessage) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if strings.Contains(m.Text, "status of 409") { // a refusal that the page shows to the visitor
		return
	}
	if m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleException || m.Type == chromedp.ConsoleWarning {
		b.problems = append(b.problems, fmt.Sprintf("%s: %s", m.Type, m.Text))
	}
}

func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium or Chrome on the PATH: make test installs it (Debian: apt-get install chromium)")
	return ""
}

// is waits until a JavaScript expression is true.
func (b *tab) is(t *testing.T, within time.Duration, expression string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, within)
	defer cancel()
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+expression+")"))
		if ok {
			return
		}
		select {
		case <-ctx.Done():
			b.shot(t, "failed")
			t.Fatalf("after %v it is not so: %s (%v)\n%s", within, expression, err, b.text(t))
		case <-ticker.C:
		}
	}
}

// text is what the page shows.
func (b *tab) text(t *testing.T) string {
	t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("document.body.innerText"))
	must(t, err)
	return text
}

// shot keeps a picture of the page where SHOTS names a folder for them.
func (b *tab) shot(t *testing.T, name string) {
	t.Helper()
	folder := os.Getenv("SHOTS")
	if folder == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	must(t, err)
	must(t, os.WriteFile(filepath.Join(folder, strings.ReplaceAll(t.Name(), "/", "_")+"_"+name+".png"), png, 0o600))
}

func (b *tab) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	must(t, chromedp.Do(ctx, steps...))
}

func (b *tab) click(t *testing.T, selector string) {
	t.Helper()
	b.do(t, chromedp.Click(chromedp.CSS(selector)))
}

// soon is long enough for anything that takes a moment, also on a busy machine.
const soon = 30 * time.Second

// lastIn is the last message of a chat whose text holds something, as a JavaScript expression.
func lastIn(chat, holding string) string {
	return fmt.Sprintf("[...document.querySelectorAll('[data-chat=%s] .msg')].findLast(m => m.innerText.includes(%q))", chat, holding)
}

func openUnderstudy(t *testing.T, query string, width, height int64) *tab {
	t.Helper()
	p := start(t, Config{}, understudy)
	b := openTab(t, "http://"+p.Listener.Addr().String()+"/"+query, width, height)
	b.is(t, soon, lastIn(ownerChat, "Bound."))
	return b
}

func TestInTheBrowserPeopleTypeAndPress(t *testing.T) {
	b := openUnderstudy(t, "", 1280, 800)
	b.do(t, chromedp.SendKeys(chromedp.CSS("#text-owner"), "<img src=x onerror=alert(1)> & co\r"))
	b.is(t, soon, lastIn(ownerChat, "You said <img src=x onerror=alert(1)> & co"))
	b.is(t, soon, lastIn(ownerChat, "You said")+".querySelector('b > i').textContent.startsWith('<img')")
	b.is(t, soon, "!document.querySelector('.log img') && document.querySelector('#text-owner').value === ''")
	b.is(t, soon, lastIn(ownerChat, "You said")+".querySelector('.text a').href === 'https://example.com/'")
	b.shot(t, "typed")

	b.click(t, "[data-chat=owner] .keys button")
	b.is(t, soon, lastIn(ownerChat, "before after")+".querySelector('s').textContent === 'before'")
	b.is(t, soon, lastIn(ownerChat, "before after")+".querySelector('.edited')")
	b.is(t, soon, "!document.querySelector('#status').hidden && document.querySelector('#status').textContent === 'Noted.'")

	b.click(t, "[data-chat=team] [data-say='/today']")
	b.is(t, soon, lastIn(teamChat, "You said /today"))
	b.is(t, soon, lastIn(teamChat, "Bound.")+".querySelector('button.command').textContent === '/help'")
	b.click(t, "[data-chat=team] .bot button.command")
	b.is(t, soon, lastIn(teamChat, "You said /help"))
}

func TestInTheBrowserCommandsAreSuggestedWhileTyping(t *testing.T) {
	b := openUnderstudy(t, "", 1280, 800)
	shown := "[...document.querySelectorAll('[data-chat=owner] .chips button:not([hidden])')].map(b => b.textContent).join()"
	b.do(t, chromedp.SendKeys(chromedp.CSS("#text-owner"), "/t"))
	b.is(t, soon, shown+" === '/today,/trend,/tips'")
	b.click(t, "[data-chat=owner] [data-say='/today']")
	b.is(t, soon, lastIn(ownerChat, "You said /today"))
	b.is(t, soon, shown+".split(',').length === 10")
}

func TestInTheBrowserTheClockObeys(t *testing.T) {
	b := openUnderstudy(t, "", 1280, 800)
	b.is(t, soon, "document.querySelector('#speed-text').textContent.startsWith('60')")
	b.click(t, "#pause")
	b.is(t, soon, "document.querySelector('#speed-text').textContent === 'paused' && document.querySelector('#speed').value === '0'")
	b.is(t, soon, "document.querySelector('#pause').getAttribute('aria-label') === 'Go on'")
	b.click(t, "#pause")
	b.is(t, soon, "document.querySelector('#speed-text').textContent.startsWith('60')")
	b.do(t, chromedp.SendKeys(chromedp.CSS("#speed"), "\u0303")) // right arrow
	b.is(t, soon, "document.querySelector('#speed-text').textContent.startsWith('300')")
	b.click(t, "#skip")
	b.is(t, soon, "document.querySelector('#speed-text').textContent === 'skipping ahead'")
}

func TestInTheBrowserThingsCanBeMadeToHappen(t *testing.T) {
	b := openUnderstudy(t, "", 1280, 800)
	b.click(t, "[data-cause=late_proof]") // the parcel of the opening is not late yet
	b.is(t, soon, "document.querySelector('#status').textContent.includes('not late yet')")
	b.click(t, "[data-cause=ship_late]")
	b.is(t, soon, "document.querySelector('#status').textContent.includes('900002')")
	b.is(t, soon, "document.querySelector('.feed').innerText.includes('order.paid 900002')")
	b.shot(t, "happened")
}

func TestInTheBrowserAPhoneShowsOnePaneAndCountsTheOther(t *testing.T) {
	b := openUnderstudy(t, "?lang=zh", 360, 800)
	b.is(t, soon, "document.documentElement.lang === 'zh' && document.querySelector('.banner').innerText.includes('演示：数据不会保存')")
	b.is(t, soon, "document.documentElement.scrollWidth <= 360")
	visible := "[...document.querySelectorAll('.pane')].filter(p => p.offsetParent).map(p => p.dataset.pane).join()"
	b.is(t, soon, visible+" === 'owner'")
	b.is(t, soon, "fetch('/demo/say', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({chat: 'team', text: '/hello'})})")
	b.is(t, soon, "Number(document.querySelector('.tabs [data-tab=team] .badge').textContent) > 0 && document.title.startsWith('(')")
	b.shot(t, "owner")
	b.click(t, ".tabs [data-tab=team]")
	b.is(t, soon, visible+" === 'team'")
	b.is(t, soon, "document.querySelector('.tabs [data-tab=team] .badge').hidden && !document.title.startsWith('(')")
	b.click(t, ".tabs [data-tab=shop]")
	b.is(t, soon, visible+" === 'shop' && document.documentElement.scrollWidth <= 360")
	b.shot(t, "shop")
}

// TestInTheBrowserEverythingHasAName asks the page itself: each control a person can reach needs a name to be read aloud.
func TestInTheBrowserEverythingHasAName(t *testing.T) {
	b := openUnderstudy(t, "", 1280, 800)
	nameless := `[...document.querySelectorAll('button, input, a, [tabindex="0"]')].filter(e => !e.closest('[hidden]') &&
		!(e.innerText?.trim() || e.getAttribute('aria-label') || e.labels?.length)).map(e => e.outerHTML)`
	b.is(t, soon, nameless+".length === 0")
	small := `[...document.querySelectorAll('button, input')].filter(e => e.offsetParent && !e.closest('.text') && e.type !== 'range' &&
		e.getBoundingClientRect().height < 24).map(e => e.outerHTML)`
	b.is(t, soon, small+".length === 0")
	ids := "[...document.querySelectorAll('[id]')].map(e => e.id)"
	b.is(t, soon, "new Set("+ids+").size === "+ids+".length")
}
