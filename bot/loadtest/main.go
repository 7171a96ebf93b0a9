package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// world is what the program sees of the machine.
type world struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], world{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run is the program without the process: it returns the exit code. 0 is success, 1 a failure or counts that differ, 2 a
// wrong command line.
func run(ctx context.Context, args []string, w world) int {
	command, args := commandOf(args)
	exited := -1
	parser, err := kong.New(command, kong.Name("loadtest"), kong.Description("Measures what it costs to take webhooks in, and how messages are delivered."),
		kong.Writers(w.out, w.err), kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(w))
	if err != nil {
		return failed(w, err, 2)
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	if err != nil {
		return failed(w, err, 2)
	}
	if err := parsed.Run(); err != nil {
		if ctx.Err() != nil {
			err = errors.New("interrupted")
		}
		return failed(w, err, 1)
	}
	return 0
}

// commandOf is what a command line asks for, and its arguments. With serve and deliver the program calls itself.
func commandOf(args []string) (command any, rest []string) {
	if len(args) > 0 {
		switch args[0] {
		case "serve":
			return &serveCmd{}, args[1:]
		case "deliver":
			return &deliverCmd{}, args[1:]
		}
	}
	return &runCmd{}, args
}

func failed(w world, err error, code int) int {
	_, _ = fmt.Fprintln(w.err, "loadtest:", err) // the exit code says it too
	return code
}
