package store

import (
	"context"
	_ "embed" // the scripts
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// The scripts. Each header says what goes in and what comes out.
var (
	//go:embed messages.lua
	messagesLua string
	//go:embed commit.lua
	commitLua string
	//go:embed enqueue.lua
	enqueueLua string
	//go:embed claim.lua
	claimLua string
	//go:embed settle.lua
	settleLua string
	//go:embed retry.lua
	retryLua string
	//go:embed adopt.lua
	adoptLua string
	//go:embed drop.lua
	dropLua string
	//go:embed admit.lua
	admitLua string
	//go:embed pass.lua
	passLua string
	//go:embed flood.lua
	floodLua string
	//go:embed due.lua
	dueLua string
	//go:embed leave.lua
	leaveLua string
	//go:embed take.lua
	takeLua string
	//go:embed receive.lua
	receiveLua string
	//go:embed aside.lua
	asideLua string
	//go:embed lease.lua
	leaseLua string
	//go:embed release.lua
	releaseLua string
	//go:embed look.lua
	lookLua string
	//go:embed plan.lua
	planLua string
	//go:embed wish.lua
	wishLua string
	//go:embed granted.lua
	grantedLua string
)

// scripts are all scripts of the store, each to be called by its digest.
type scripts struct {
	commit, enqueue, claim, settle, retry, drop, adopt, admit, pass, flood, due, leave, take, receive, aside, lease, release, look, plan, wish, granted *redis.Script
}

func newScripts() scripts {
	return scripts{
		commit:  redis.NewScript(messagesLua + commitLua),
		enqueue: redis.NewScript(messagesLua + enqueueLua),
		claim:   redis.NewScript(messagesLua + claimLua),
		settle:  redis.NewScript(messagesLua + settleLua),
		retry:   redis.NewScript(messagesLua + retryLua),
		drop:    redis.NewScript(messagesLua + dropLua),
		adopt:   redis.NewScript(messagesLua + adoptLua),
		admit:   redis.NewScript(admitLua),
		pass:    redis.NewScript(passLua),
		flood:   redis.NewScript(floodLua),
		due:     redis.NewScript(dueLua),
		leave:   redis.NewScript(leaveLua),
		take:    redis.NewScript(takeLua),
		receive: redis.NewScript(receiveLua),
		aside:   redis.NewScript(asideLua),
		lease:   redis.NewScript(leaseLua),
		release: redis.NewScript(releaseLua),
		look:    redis.NewScript(lookLua),
		plan:    redis.NewScript(planLua),
		wish:    redis.NewScript(wishLua),
		granted: redis.NewScript(grantedLua),
	}
}

func (s scripts) all() []*redis.Script {
	return []*redis.Script{s.commit, s.enqueue, s.claim, s.settle, s.retry, s.drop, s.adopt, s.admit, s.pass, s.flood, s.due, s.leave, s.take, s.receive, s.aside, s.lease, s.release, s.look, s.plan, s.wish, s.granted}
}

// loadScripts makes every server know the scripts. Repeating it changes nothing.
func (s *Store) loadScripts(ctx context.Context) error {
	load := func(ctx context.Context, db *redis.Client) error {
		for _, script := range s.scripts.all() {
			if err := script.Load(ctx, db).Err(); err != nil {
				return err
			}
		}
		return nil
	}
	if err := s.eachMaster(ctx, load); err != nil {
		return fmt.Errorf("loading scripts: %w", err)
	}
	return nil
}

// call is one run of a script. result is set by run.
type call struct {
	script *redis.Script
	keys   []string
	args   []any
	result *redis.Cmd
}

// run makes the calls in one round trip per server and returns the first error; a nil answer is none. A server that does
// not know a script (it was restarted, or took over from another) is taught and asked again. What the calls do must not
// matter twice: the client library repeats them when a reply is lost.
func (s *Store) run(ctx context.Context, calls []*call) error {
	if err := s.send(ctx, calls); err != nil {
		return err
	}
	var unknown []*call
	for _, c := range calls {
		if redis.HasErrorPrefix(c.result.Err(), "NOSCRIPT") {
			unknown = append(unknown, c)
		}
	}
	if len(unknown) > 0 {
		if err := s.loadScripts(ctx); err != nil {
			return err
		}
		if err := s.send(ctx, unknown); err != nil {
			return err
		}
	}
	for _, c := range calls {
		if err := c.result.Err(); err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
	}
	return nil
}

// send makes the calls in one pipeline. An error that a script answers with stands in its call only.
func (s *Store) send(ctx context.Context, calls []*call) error {
	if len(calls) == 0 {
		return nil
	}
	pipe := s.db.Pipeline()
	for _, c := range calls {
		c.result = pipe.EvalSha(ctx, c.script.Hash(), c.keys, c.args...)
	}
	_, err := pipe.Exec(ctx)
	if refused := redis.Error(nil); err != nil && !errors.As(err, &refused) {
		return err
	}
	return nil
}

// runOne makes one call and returns its answer as a number.
func (s *Store) runOne(ctx context.Context, script *redis.Script, keys []string, args ...any) (int64, error) {
	c := &call{script: script, keys: keys, args: args}
	if err := s.run(ctx, []*call{c}); err != nil {
		return 0, err
	}
	return c.result.Int64()
}
