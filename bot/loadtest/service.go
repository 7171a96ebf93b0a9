package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// service is a running service of another process.
type service struct {
	address string
	cmd     *exec.Cmd
	in      io.WriteCloser
	said    *json.Decoder
}

// startService starts this program once more, as a service, which complains on complaints.
func startService(ctx context.Context, c serveCmd, complaints io.Writer) (*service, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, path, "serve", c.Mode, "--redis", c.Redis, "--shops", strconv.Itoa(c.Shops),
		"--connections", strconv.Itoa(c.Connections), "--profile", c.Profile)
	cmd.Stderr = complaints
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the service: %w", err)
	}
	s := &service{cmd: cmd, in: in, said: json.NewDecoder(out)}
	var hello greeting
	if err := s.said.Decode(&hello); err != nil {
		return nil, fmt.Errorf("starting the service: %w", errors.Join(err, s.stop()))
	}
	s.address = hello.Address
	return s, nil
}

// cpuTime returns the processor time the service has used.
func (s *service) cpuTime() (time.Duration, error) {
	if _, err := io.WriteString(s.in, "\n"); err != nil {
		return 0, fmt.Errorf("asking the service: %w", err)
	}
	var u usage
	if err := s.said.Decode(&u); err != nil {
		return 0, fmt.Errorf("asking the service: %w", err)
	}
	return u.CPU, nil
}

// stop ends the service and waits for it.
func (s *service) stop() error {
	_ = s.in.Close() // closed already when the service is gone
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("the service ended badly: %w", err)
	}
	return nil
}
