package notify_test

import (
	"testing"

	"shopwarden/rules"
)

// BenchmarkAlerts is what one breach costs, told to two chats in two languages.
func BenchmarkAlerts(b *testing.B) {
	c := composer(b)
	n := news(b)
	n.Now = at(23, "19:30:00")
	n.Breached = []rules.Case{shipping(b, "1234", n.Now)}
	b.ReportAllocs()
	for b.Loop() {
		if len(c.Alerts(n)) != 2 {
			b.Fatal("not told")
		}
	}
}
