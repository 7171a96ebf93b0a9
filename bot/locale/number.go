package locale

import (
	"math"
	"strings"

	"golang.org/x/text/currency"
	"golang.org/x/text/number"
)

// Count returns a whole number, grouped as the language does.
func (p *Printer) Count(n int64) HTML { return HTML(p.numbers.Sprint(number.Decimal(n))) }

// Percent returns a share of 0…1 with at most one decimal. Only all of it is 100 % and only nothing is 0 %: what lies
// between never rounds to either.
func (p *Printer) Percent(share float64) HTML {
	if math.IsNaN(share) {
		return p.Nothing()
	}
	tenths := math.Round(share * 1000)
	if share > 0 {
		tenths = max(tenths, 1)
	}
	if share < 1 {
		tenths = min(tenths, 999)
	}
	return HTML(escaper.Replace(p.numbers.Sprint(number.Percent(tenths/1000, number.MaxFractionDigits(1)))))
}

// Score returns points of 0…100 with at most one decimal, rounded down, so that no score looks like the grade above it.
func (p *Printer) Score(points float64) HTML {
	if math.IsNaN(points) {
		return p.Nothing()
	}
	return p.decimal(math.Floor(points*10 + 1e-9))
}

// Tenths returns a number of points that is no score, such as what something costs, rounded to at most one decimal.
func (p *Printer) Tenths(points float64) HTML {
	if math.IsNaN(points) {
		return p.Nothing()
	}
	return p.decimal(math.Round(points * 10))
}

// Change returns a difference with its sign and at most one decimal; "±0" when there is none to show.
func (p *Printer) Change(by float64) HTML {
	switch tenths := math.Round(by * 10); {
	case tenths > 0:
		return "+" + p.decimal(tenths)
	case tenths < 0:
		return "−" + p.decimal(-tenths)
	}
	return "±0"
}

// Nothing returns what stands where there is nothing to count: n/a, 暂无.
func (p *Printer) Nothing() HTML { return p.T("nothing", nil) }

// decimal is a number of tenths in the language's own digits, grouping and separators.
func (p *Printer) decimal(tenths float64) HTML {
	return HTML(escaper.Replace(p.numbers.Sprint(number.Decimal(tenths/10, number.MaxFractionDigits(1)))))
}

// Money returns an amount in minor units of a currency by its ISO code: ¥1,234.50. A currency that is not known is taken
// to have two decimals and shown by its code. Above 2^53 minor units the last digits are rounded.
func (p *Printer) Money(minor int64, code string) HTML {
	digits, sign := decimals(code), Escape(strings.ToUpper(code))+" "
	if unit, err := currency.ParseISO(code); err == nil {
		sign = p.sign(unit)
	}
	minus, amount := HTML(""), float64(minor)
	if minor < 0 {
		minus, amount = "−", -amount
	}
	text := p.numbers.Sprint(number.Decimal(amount/math.Pow10(digits), number.Scale(digits)))
	return minus + p.T("money", Args{"Sign": sign, "Amount": HTML(escaper.Replace(text))})
}

// decimals is how many a currency has by its ISO code, two for one that is not known.
func decimals(code string) int {
	unit, err := currency.ParseISO(code)
	if err != nil {
		return 2
	}
	digits, _ := currency.Standard.Rounding(unit)
	return digits
}

// Major returns an amount in minor units of a currency in whole ones: 123450 of CNY are 1234.5.
func Major(minor int64, code string) float64 { return float64(minor) / math.Pow10(decimals(code)) }

// sign is the currency's short sign, the code and a space for those that have none.
func (p *Printer) sign(unit currency.Unit) HTML {
	s := p.numbers.Sprint(currency.NarrowSymbol(unit))
	if s == unit.String() {
		s += " "
	}
	return HTML(escaper.Replace(s))
}
