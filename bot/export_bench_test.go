package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"shopwarden/bot/export"
	"shopwarden/bot/notify"
	"shopwarden/bot/sla"
	"shopwarden/bot/store"
	"shopwarden/bot/store/storetest"
	"shopwarden/config"
	"shopwarden/rules"
)

// measured is a program over a real server.
func measured(tb testing.TB) *app {
	tb.Helper()
	s, err := store.Connect(tb.Context(), store.Options{URL: storetest.Redis(tb)})
	if err != nil {
		tb.Fatal(err)
	}
	a, err := assemble(config.Settings{}, s, slog.New(slog.NewTextHandler(io.Discard, nil)), time.Now, sla.Config{Sweep: -1})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(a.close)
	return a
}

// fill tells shops of orders that were paid and sent some days ago.
func fill(tb testing.TB, a *app, orders int, shops ...string) {
	tb.Helper()
	err := a.withTracker(tb.Context(), func(ctx context.Context) error {
		for _, shop := range shops {
			if err := tell(ctx, a, shop, orders); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
}

func tell(ctx context.Context, a *app, shop string, orders int) error {
	if err := a.store.SaveShop(ctx, config.Shop{ID: shop, Platform: "doudian", Timezone: "Asia/Shanghai"}); err != nil {
		return err
	}
	at, amount := time.Now().Add(-5*24*time.Hour), int64(4990)
	for i := 0; i < orders; i += 100 {
		var events []rules.Event
		for n := i; n < min(i+100, orders); n++ {
			id, paid := fmt.Sprintf("48123456789%08d", n), at.Add(time.Duration(n)*5*time.Second)
			events = append(events,
				rules.Event{Type: "order.paid", At: paid, Data: rules.Data{OrderID: id, Amount: &amount, Currency: "CNY", Buyer: "王小明", Region: "330106"}},
				rules.Event{Type: "order.picked_up", At: paid.Add(time.Duration(n%60) * time.Hour), Data: rules.Data{OrderID: id, Carrier: "SF"}})
		}
		if err := a.tracker.ApplyHistory(ctx, shop, events); err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkExport is a file of 50,000 cases from a real server, and how long reading the log alone takes.
func BenchmarkExport(b *testing.B) {
	a := measured(b)
	fill(b, a, 26_000, "deer")
	for b.Loop() {
		began := time.Now()
		if err := a.store.Log(b.Context(), "deer", func(rules.Event) error { return nil }); err != nil {
			b.Fatal(err)
		}
		alone := time.Since(began)
		b.ReportMetric(alone.Seconds(), "log-s")
		for f := export.XLSX; f <= export.CSV; f++ {
			runtime.GC()
			var peak atomic.Uint64
			done, stopped := make(chan struct{}), make(chan struct{})
			var before runtime.MemStats
			runtime.ReadMemStats(&before)
			go func() { // the peak of the heap, by looking
				defer close(stopped)
				for {
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					peak.Store(max(peak.Load(), m.HeapAlloc))
					select {
					case <-done:
						return
					case <-time.After(20 * time.Millisecond):
					}
				}
			}()
			began = time.Now()
			rows, size := exportAll(b, a, f)
			took := time.Since(began)
			close(done)
			<-stopped
			b.ReportMetric(float64(rows), "rows")
			b.ReportMetric(took.Seconds(), f.String()+"-s")
			b.ReportMetric(took.Seconds()/alone.Seconds(), f.String()+"/log")
			b.ReportMetric(float64(peak.Load()-before.HeapAlloc)/(1<<20), f.String()+"-MB")
			b.ReportMetric(float64(size), f.String()+"-bytes")
		}
	}
}

func exportAll(b *testing.B, a *app, f export.Format) (rows, size int) {
	b.Helper()
	v, err := a.desk.View(b.Context(), "deer")
	if err != nil {
		b.Fatal(err)
	}
	today := v.Policy.Day(v.Now)
	e := notify.ExportView{View: v, From: today.Next(-29), To: today.Next(1), Format: f}
	out := export.New(f)
	defer out.Close()
	w, err := a.composer.ExportFile(e, out)
	if err != nil {
		b.Fatal(err)
	}
	if e, err = sla.NewExporter(a.desk, a.store).Export(b.Context(), e, w.Row); err != nil {
		b.Fatal(err)
	}
	if err := w.End(e); err != nil {
		b.Fatal(err)
	}
	data, _, err := out.Finish(export.MaxBytes, e.More)
	if err != nil {
		b.Fatal(err)
	}
	return e.Rows, len(data)
}

// BenchmarkShops is how 200 shops stand, and how long reading them one by one takes.
func BenchmarkShops(b *testing.B) {
	a := measured(b)
	var ids []string
	for i := range 200 {
		ids = append(ids, fmt.Sprintf("shop-%d", i))
	}
	fill(b, a, 40, ids...)
	agency := sla.NewAgency(a.desk, a.store)
	for b.Loop() {
		began := time.Now()
		list, err := agency.Standings(b.Context(), ids)
		if err != nil || len(list) != len(ids) {
			b.Fatal(len(list), err)
		}
		together := time.Since(began)
		began = time.Now()
		for i, id := range ids {
			today, err := a.desk.Today(b.Context(), id)
			if err != nil || today.Verdict() != list[i].Verdict() {
				b.Fatalf("%s: %v, alone %v, %v", id, list[i].Verdict(), today.Verdict(), err)
			}
		}
		alone := time.Since(began)
		b.ReportMetric(together.Seconds(), "together-s")
		b.ReportMetric(alone.Seconds()/together.Seconds(), "one-by-one/together")
	}
}
