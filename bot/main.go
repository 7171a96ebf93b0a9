// Command shopwarden keeps a shop's service promises in view: platform events in, counters in Redis, alerts, scorecards and
// answers in Telegram.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // a machine without zone files must judge the same

	"golang.org/x/term"

	"shopwarden/bot/store"
)

func main() {
	store.DiscardLibraryLog()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], world{
		env:    os.LookupEnv,
		in:     os.Stdin,
		out:    os.Stdout,
		err:    os.Stderr,
		screen: term.IsTerminal(int(os.Stderr.Fd())),
	})
	stop()
	os.Exit(code)
}
