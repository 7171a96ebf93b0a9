package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
)

// world is what the program sees of the machine.
type world struct {
	env      func(string) (string, bool)
	in       io.Reader
	out, err io.Writer
	screen   bool // err is a terminal
}

// cli is the command line; its words are a contract.
type cli struct {
	Config string `help:"YAML file with settings; the environment wins over it." env:"SHOPWARDEN_CONFIG" type:"path" placeholder:"FILE"`

	Demo   demoCmd   `cmd:"" help:"Everything on one machine: embedded store, local Bot API, chat page in the browser, a simulated shop."`
	Serve  serveCmd  `cmd:"" help:"The bot process."`
	Replay replayCmd `cmd:"" help:"Count events of the past (JSON lines) through the same path; history never pages anyone."`
	Report reportCmd `cmd:"" help:"Per rule: met, breached, open, void and rate, over half-open local days."`
	Shop   shopCmd   `cmd:"" help:"Set up shops."`
	Inbox  inboxCmd  `cmd:"" help:"What Telegram sent and nobody could handle."`
	Outbox outboxCmd `cmd:"" help:"Messages that wait or were not sent."`
	Check  checkCmd  `cmd:"" help:"Settings, rule packs, Redis and Telegram: what is wrong, and what to do about it."`
}

// errFound ends a command that worked and found something wrong: it has been said, only the exit code is left.
var errFound = errors.New("something is wrong")

// run is the program without the process: it returns the exit code. 0 is success, 1 a failure, 2 a wrong command line.
func run(ctx context.Context, args []string, w world) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c, kong.Name("shopwarden"), kong.Description("Keeps a shop's service promises in view."),
		kong.UsageOnError(), kong.Writers(w.out, w.err), kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(w), kong.Bind(&c))
	if err != nil {
		fmt.Fprintln(w.err, "shopwarden:", err)
		return 2
	}
	command, err := parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	if err != nil {
		fmt.Fprintln(w.err, "shopwarden:", err)
		fmt.Fprintln(w.err, "Run \"shopwarden --help\" for the commands.")
		return 2
	}
	switch err := command.Run(); {
	case errors.Is(err, errFound):
		return 1
	case err != nil:
		fmt.Fprintln(w.err, "shopwarden:", err)
		return 1
	}
	return 0
}

// readFile is how settings and secrets are read.
func readFile(name string) ([]byte, error) { return os.ReadFile(name) }
