package notify

import "testing"

func TestAChangeIsTheDifferenceOfTheScoresThatAreShown(t *testing.T) {
	// 87.11 and 87.79 are shown as 87.1 and 87.7: the change between them is 0.6, though it rounds to 0.7.
	for _, x := range []struct{ from, to, want float64 }{{87.11, 87.79, 0.6}, {87.79, 87.11, -0.6}, {90, 90.04, 0}, {0, 100, 100}} {
		if got := moved(x.from, x.to); got != x.want {
			t.Errorf("from %v to %v: %v, want %v", x.from, x.to, got, x.want)
		}
	}
}
