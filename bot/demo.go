package main

import (
	"context"

	"shopwarden/bot/demo"
	"shopwarden/bot/sla"
)

type demoCmd struct {
	Listen string  `default:"127.0.0.1:8080" help:"Address of the page." placeholder:"ADDRESS"`
	Speed  float64 `default:"60" help:"How many times as fast as real time."`
	Lang   string  `default:"zh" help:"Language of the chats: zh or en."`
	Seed   uint64  `default:"1" help:"The same seed brings the same days."`
}

// Run is the real program over an embedded store, a local Bot API and a clock that runs faster.
func (c demoCmd) Run(ctx context.Context, w world) error {
	return demo.Run(ctx, demo.Config{Listen: c.Listen, Speed: c.Speed, Lang: c.Lang, Seed: c.Seed, Out: w.out}, func(ctx context.Context, p demo.Parts) error {
		a, err := assemble(p.Settings, p.Store, logger(p.Settings, w.err), p.Now, sla.Config{Sweep: p.Sweep})
		if err != nil {
			return err
		}
		return a.serve(ctx, service{listener: p.Listener, tick: p.Tick, pages: p.Pages})
	})
}
