package demo

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// startProgram builds the real program and runs its demo until the test ends. It returns the address of the page.
func startProgram(t *testing.T, speed int) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "shopwarden")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "..").CombinedOutput(); err != nil {
		t.Fatalf("building the program: %v\n%s", err, out)
	}
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary, "demo", "--listen", "127.0.0.1:0", "--lang", "en", "--speed", strconv.Itoa(speed))
	out, err := cmd.StdoutPipe()
	must(t, err)
	var log strings.Builder
	cmd.Stderr = &log
	must(t, cmd.Start())
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait() // it was killed
		if t.Failed() {
			t.Logf("the program wrote:\n%s", log.String())
		}
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if url := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(lines.Text()); url != "" {
			return url
		}
	}
	t.Fatalf("the program printed no address:\n%s", log.String())
	return ""
}

// TestInTheBrowserTheFirstMinuteTellsTheWholeStory is the promise of the demo: whoever starts it sees, within a minute, all
// that the bot does by itself, and gets answers. The quick run of the test plays it faster.
func TestInTheBrowserTheFirstMinuteTellsTheWholeStory(t *testing.T) {
	speed, within := 3*defaultSpeed, 40*time.Second
	if os.Getenv("SHOPWARDEN_LONG") != "" {
		speed, within = defaultSpeed, time.Minute
	}
	url := startProgram(t, speed)
	began := time.Now()
	b := openTab(t, url, 1280, 800)
	for _, x := range []struct{ what, chat, text string }{
		{"a bound chat", ownerChat, "now watches"},
		{"a warning", teamChat, "left: ship order"},
		{"the scorecard", ownerChat, "Day before"},
		{"a breach", teamChat, "Overdue: answer chat"},
		{"a violation", teamChat, "3 missed today"},
		{"a second breach", teamChat, "Overdue: ship order"},
		{"a retraction", teamChat, "Taken back"},
	} {
		b.is(t, time.Until(began.Add(within)), lastIn(x.chat, x.text))
		t.Logf("%5.1f s: %s", time.Since(began).Seconds(), x.what)
	}
	b.shot(t, "minute")
	b.click(t, "[data-chat=owner] [data-say='/today']")
	b.is(t, soon, lastIn(ownerChat, "At this pace"))
	b.click(t, "[data-chat=team] .msg:last-child .keys button")
	b.is(t, soon, "document.querySelectorAll('[aria-busy]').length === 0")
}
