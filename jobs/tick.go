package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"
)

// Tick runs a job every so often until ctx ends, then waits for it. A run that outlasts the interval is not overlapped, a
// panic is logged and does not end the ticking.
func Tick(ctx context.Context, every time.Duration, name string, job func(context.Context) error, log *slog.Logger) error {
	logger := cron.PrintfLogger(slog.NewLogLogger(log.Handler(), slog.LevelError))
	// Skip outside Recover: the other way round one panic would keep the job from ever running again.
	c := cron.New(cron.WithLocation(time.UTC), cron.WithChain(cron.SkipIfStillRunning(cron.DiscardLogger), cron.Recover(logger)))
	run := func() {
		if err := job(ctx); err != nil && ctx.Err() == nil {
			log.Error("job", "job", name, "err", err)
		}
	}
	if _, err := c.AddFunc("@every "+every.String(), run); err != nil {
		return fmt.Errorf("scheduling %s: %w", name, err)
	}
	c.Start()
	<-ctx.Done()
	<-c.Stop().Done()
	return nil
}
