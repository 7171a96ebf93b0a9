package rules

import (
	"errors"
	"math/bits"
	"time"
)

// Money says what a buyer is paid for one breached case of a rule. Amounts are whole minor units of Currency. Read-only.
type Money struct {
	Currency string
	RoundTo  int64 // minor units of what amounts are rounded to: 100 = whole yuan
	Bands    []Band
}

// Band is one row of a compensation table. The conditions that are given must hold; the first band that fits decides.
type Band struct {
	PromiseTo time.Duration // the promise was no longer than this, 0 = any
	LateTo    time.Duration // it is late by no more than this, 0 = any
	Below     int64         // the order's amount is less than this, 0 = any

	Share    int64 // of the order's amount, in basis points; 0 = nothing is paid
	Min, Max int64 // of what is paid; Max 0 = no limit
}

// mostShare is the whole amount, in basis points.
const mostShare = 10_000

// Owed returns what one case costs: the share of the amount in the first band that fits, rounded half up to RoundTo, then
// moved to Min or Max of the band where it lies beyond. Rounding is that of 违规发货处理手段 (aHwH9wK4JUHQ): half up to
// whole yuan. promise is how long the promise was, late by how much it was missed. It is 0 where no band fits and for an
// amount that is not positive: without an amount nothing can be said.
func (m *Money) Owed(amount int64, promise, late time.Duration) int64 {
	if amount <= 0 {
		return 0
	}
	for i := range m.Bands {
		if b := &m.Bands[i]; b.fits(amount, promise, late) {
			return b.pay(amount, m.RoundTo)
		}
	}
	return 0
}

func (b *Band) fits(amount int64, promise, late time.Duration) bool {
	return (b.PromiseTo == 0 || promise <= b.PromiseTo) && (b.LateTo == 0 || late <= b.LateTo) && (b.Below == 0 || amount < b.Below)
}

func (b *Band) pay(amount, unit int64) int64 {
	if b.Share == 0 {
		return 0
	}
	sum := max(halfUp(amount, b.Share, unit), b.Min)
	if b.Max > 0 {
		sum = min(sum, b.Max)
	}
	return sum
}

// halfUp returns amount·share/10000 rounded half up to a multiple of unit. The product has 128 bits, so that no amount
// overflows; the quotient fits because share is at most the whole. All three are positive.
func halfUp(amount, share, unit int64) int64 {
	divisor := uint64(mostShare) * uint64(unit)
	hi, lo := bits.Mul64(uint64(amount), uint64(share))
	n, rest := bits.Div64(hi, lo, divisor) // hi < share ≤ 10000 ≤ divisor
	if rest >= divisor-rest {
		n++
	}
	if n > uint64(1<<63-1)/uint64(unit) { // the last unit before the end of the range is given up
		n--
	}
	return int64(n) * unit
}

// Check reports a table that cannot be computed.
func (m *Money) Check() error {
	switch {
	case len(m.Currency) != 3:
		return errors.New("currency must be three letters such as CNY")
	case m.RoundTo < 1 || m.RoundTo > 1_000_000:
		return errors.New("round_to must be from 1 to 1000000 minor units")
	case len(m.Bands) == 0:
		return errors.New("needs a band")
	}
	for _, b := range m.Bands {
		switch {
		case b.Share < 0 || b.Share > mostShare:
			return errors.New("share must be from 0% to 100%")
		case b.Min < 0 || b.Max < 0 || b.Below < 0 || b.Max > 0 && b.Min > b.Max:
			return errors.New("min must be from 0 to max")
		case b.Min%m.RoundTo != 0 || b.Max%m.RoundTo != 0:
			return errors.New("min and max must be multiples of round_to")
		}
	}
	return nil
}
