package rules_test

import (
	"fmt"
	"testing"

	"shopwarden/rules"
)

// BenchmarkCauses looks for causes in a month of 10,000 orders of 200 SKUs.
func BenchmarkCauses(b *testing.B) {
	list := make([]rules.Sample, 10_000)
	for i := range list {
		list[i] = sample(i%25 == 0, 1+i%30, i%24, rules.Trait{Dim: rules.BySKU, Value: fmt.Sprint("sku", i%200)})
	}
	b.ReportAllocs()
	for b.Loop() {
		rules.Patterns(list, true, 3)
	}
}
