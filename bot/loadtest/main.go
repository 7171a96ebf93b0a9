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
	var command any = &runCmd{}
	if len(args) > 0 && args[0] == "serve" { // how the program calls itself
		command, args = &serveCmd{}, args[1:]
	}
	exited := -1
	parser, err := kong.New(command, kong.Name("loadtest"), kong.Description("Measures what it costs to take webhooks in."),
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

func failed(w world, err error, code int) int {
	_, _ = fmt.Fprintln(w.err, "loadtest:", err) // the exit code says it too
	return code
}
