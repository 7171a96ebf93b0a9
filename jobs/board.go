package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/rules"
)

// BoardDue is a claim on the boards of a shop. Lease names the claim by its end.
type BoardDue struct {
	Shop  string
	Lease rules.Instant
}

// Boards keeps when the boards of each shop are looked at next, and what is remembered of them. All methods are safe for
// several processes and may be repeated.
type Boards interface {
	// ClaimBoards returns up to limit shops due at or before now and moves each out of the way for the lease, so that a
	// crash brings it back.
	ClaimBoards(ctx context.Context, now rules.Instant, lease time.Duration, limit int) ([]BoardDue, error)
	// PlanBoards ends a claim: the shop is due again at next, or sooner if somebody asked for it since the claim; 0 = only
	// when somebody asks.
	PlanBoards(ctx context.Context, due BoardDue, next rules.Instant) error
	// Chats returns the subscriptions of a shop.
	Chats(ctx context.Context, shop string) ([]notify.Chat, error)
	// Boards returns what is remembered of the boards of a shop, by chat.
	Boards(ctx context.Context, shop string) (map[int64]notify.BoardState, error)
	// SaveBoards carries a plan out, all of it or nothing. sla.ErrUnknownShop when the shop is gone.
	SaveBoards(ctx context.Context, shop string, plan notify.BoardPlan) error
}

// How boards are worked on: shops claimed at a time, and at the same time.
const (
	boardClaims  = 200
	boardWorkers = 4
)

// Board keeps the live boards up to date.
type Board struct {
	Store  Boards
	View   func(ctx context.Context, shop string) (notify.BoardView, error)
	Plan   func(notify.BoardView, []notify.Chat, map[int64]notify.BoardState) notify.BoardPlan
	Queued func() // called after messages were queued; may be nil
	Log    *slog.Logger
	Now    func() time.Time
}

// Run looks at every shop that is due and returns when none is. A shop that fails is logged and comes back after its lease.
func (j *Board) Run(ctx context.Context) error {
	for {
		due, err := j.Store.ClaimBoards(ctx, rules.InstantOf(j.Now()), lease, boardClaims)
		if err != nil {
			return fmt.Errorf("claiming boards: %w", err)
		}
		if len(due) == 0 {
			return nil
		}
		var workers errgroup.Group
		workers.SetLimit(boardWorkers)
		for _, x := range due {
			workers.Go(func() error {
				if err := j.look(ctx, x); err != nil && ctx.Err() == nil {
					j.Log.Error("board", "shop", x.Shop, "err", err)
				}
				return nil
			})
		}
		_ = workers.Wait() // none returns an error
	}
}

// look brings the boards of one shop up to date. A crash before the plan is saved repeats it from the same state, one after
// it finds nothing to do.
func (j *Board) look(ctx context.Context, due BoardDue) error {
	plan, err := j.plan(ctx, due.Shop)
	if err == nil && !plan.Empty() {
		err = j.Store.SaveBoards(ctx, due.Shop, plan)
	}
	if errors.Is(err, sla.ErrUnknownShop) {
		return j.Store.PlanBoards(ctx, due, 0)
	}
	if err != nil {
		return err
	}
	if j.Queued != nil && len(plan.Messages) > 0 {
		j.Queued()
	}
	return j.Store.PlanBoards(ctx, due, plan.Next)
}

func (j *Board) plan(ctx context.Context, shop string) (notify.BoardPlan, error) {
	chats, err := j.Store.Chats(ctx, shop)
	if err != nil {
		return notify.BoardPlan{}, err
	}
	states, err := j.Store.Boards(ctx, shop)
	if err != nil {
		return notify.BoardPlan{}, err
	}
	if !wanted(chats) && len(states) == 0 { // most shops that were asked about by mistake end here
		return notify.BoardPlan{}, nil
	}
	view, err := j.View(ctx, shop)
	if err != nil {
		return notify.BoardPlan{}, err
	}
	return j.Plan(view, chats, states), nil
}

func wanted(chats []notify.Chat) bool {
	for _, c := range chats {
		if c.Board {
			return true
		}
	}
	return false
}
