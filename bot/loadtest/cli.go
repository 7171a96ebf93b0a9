package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"
)

// modes are the services in the order of each round.
var modes = [...]string{modeBound, modeOurs, modeBaseline}

// runCmd measures.
type runCmd struct {
	Shops       int     `default:"1000" help:"How many shops."`
	Seconds     float64 `default:"2.5" help:"How long each service is driven in each round."`
	Connections int     `default:"64" help:"Connections that post at the same time."`
	Batch       []int   `default:"1,20" help:"Events per post; a table for each."`
	Rounds      int     `default:"3" help:"How often each service is measured."`
	Redis       string  `help:"URL of one empty Redis server to use in place of a private one. It is emptied after each round." placeholder:"URL"`
	JSON        bool    `name:"json" help:"One JSON object."`
	Short       bool    `help:"One round of half a second over at most 200 shops, for a quick look."`
	Profile     string  `help:"Write a CPU profile of ours, of the last round of the last table, to this file." placeholder:"FILE" type:"path"`

	Deliveries deliveryFlags `embed:""`
}

// report is what --json prints.
type report struct {
	Go     string   `json:"go"`
	CPUs   int      `json:"cpus"`
	Redis  string   `json:"redis"`
	Tables []result `json:"tables"`
}

// Validate is called by the command line.
func (c runCmd) Validate() error {
	switch {
	case c.Shops < 1 || c.Shops > 100_000:
		return errors.New("--shops must be 1 to 100,000")
	case c.Seconds <= 0 || c.Seconds > 60:
		return errors.New("--seconds must be above 0 and at most 60: signatures are good for five minutes")
	case c.Connections < 1 || c.Connections > 10_000:
		return errors.New("--connections must be 1 to 10,000")
	case c.Rounds < 1:
		return errors.New("--rounds must be at least 1")
	case slices.Min(c.Batch) < 1 || slices.Max(c.Batch) > 500:
		return errors.New("--batch must be 1 to 500 each: a body holds no more")
	}
	return c.Deliveries.check()
}

// Run measures one table for each batch and prints it when it is done.
func (c runCmd) Run(ctx context.Context, w world) error {
	if c.Deliveries.Delivery {
		return c.deliver(ctx, w)
	}
	if c.Short {
		c.Rounds, c.Seconds, c.Shops = 1, 0.5, min(c.Shops, 200)
	}
	r := report{Go: runtime.Version(), CPUs: runtime.GOMAXPROCS(0)}
	var err error
	if r.Redis, err = c.describe(ctx); err != nil {
		return err
	}
	for i, batch := range c.Batch {
		p := c.plan(batch, w)
		if i == len(c.Batch)-1 {
			p.profile = c.Profile
		}
		table, err := p.table(ctx)
		if err != nil {
			return err
		}
		r.Tables = append(r.Tables, table)
		if !c.JSON {
			if err := printTable(w.out, table); err != nil {
				return err
			}
		}
	}
	if !c.JSON {
		_, err := fmt.Fprintf(w.out, "\n%s, %d processors, %s; generator, service and Redis share the machine\n", r.Go, r.CPUs, r.Redis)
		return err
	}
	enc := json.NewEncoder(w.out)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

func (c runCmd) plan(batch int, w world) plan {
	p := plan{batch: batch, connections: c.Connections, shops: c.Shops, rounds: c.Rounds, thrift: 1,
		span: time.Duration(c.Seconds * float64(time.Second)), redis: c.Redis, complaints: w.err}
	if c.Short {
		p.thrift = 4
	}
	return p
}

// describe names the Redis, and finds out before anything else whether there is one.
func (c runCmd) describe(ctx context.Context) (string, error) {
	s, err := c.plan(1, world{}).server(ctx)
	if err != nil {
		return "", err
	}
	defer s.stop()
	return s.describe(ctx)
}

// table measures all rounds.
func (p plan) table(ctx context.Context) (result, error) {
	var rounds []map[string]cell
	for number := range p.rounds {
		cells, err := p.round(ctx, number)
		if err != nil {
			return result{}, err
		}
		rounds = append(rounds, cells)
	}
	return summarize(p, rounds), nil
}
