package telegram

import (
	"context"
	"time"
)

// bells wake those who wait for work, each on a line of its own. A bell that is rung while nobody waits is heard once.
type bells []chan struct{}

func newBells(lines int) bells {
	b := make(bells, lines)
	for i := range b {
		b[i] = make(chan struct{}, 1)
	}
	return b
}

// ring wakes every line. It never blocks.
func (b bells) ring() {
	for _, bell := range b {
		select {
		case bell <- struct{}{}:
		default:
		}
	}
}

// wait returns when the bell of a line rings, when it is time to look, or when ctx ends.
func (b bells) wait(ctx context.Context, line int, idle time.Duration) {
	timer := time.NewTimer(idle)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-b[line]:
	case <-timer.C:
	}
}
