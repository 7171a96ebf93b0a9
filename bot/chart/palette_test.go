package chart

import (
	"image/color"
	"math"
	"testing"
)

// linear is the light of a channel, by WCAG 2.
func linear(v uint8) float64 {
	s := float64(v) / 255
	if s <= 0.03928 {
		return s / 12.92
	}
	return math.Pow((s+0.055)/1.055, 2.4)
}

// contrast is the ratio of WCAG 2, 1…21.
func contrast(a, b color.RGBA) float64 {
	light := func(c color.RGBA) float64 { return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B) + 0.05 }
	hi, lo := light(a), light(b)
	return max(hi, lo) / min(hi, lo)
}

func bothThemes(t *testing.T, check func(t *testing.T, th theme)) {
	t.Run("light", func(t *testing.T) { check(t, lightTheme()) })
	t.Run("dark", func(t *testing.T) { check(t, darkTheme()) })
}

// pair is a colour on what it stands on.
type pair struct {
	what     string
	over, on color.RGBA
}

func TestEveryTextCanBeRead(t *testing.T) {
	bothThemes(t, func(t *testing.T, th theme) {
		pairs := []pair{
			{"text", th.text, th.back}, {"text in a tile", th.text, th.tile},
			{"muted", th.muted, th.back}, {"muted in a tile", th.muted, th.tile},
			{"excellent", th.excellent, th.tile}, {"good", th.good, th.tile}, {"pass", th.pass, th.tile},
			{"poor", th.poor, th.tile}, {"unknown", th.unknown, th.tile},
			{"a reached node", th.poor, th.back}, {"points and the last value", th.lines[0], th.back},
		}
		for i := range th.heat {
			pairs = append(pairs, pair{"a count", th.onHeat[i], th.heat[i]})
		}
		for _, p := range pairs {
			if got := contrast(p.over, p.on); got < 4.5 {
				t.Errorf("%s: contrast %.2f, want 4.5", p.what, got)
			}
		}
	})
}

func TestEveryMarkStandsOut(t *testing.T) {
	bothThemes(t, func(t *testing.T, th theme) {
		pairs := []pair{
			{"a goal", th.text, th.back}, {"a goal on the area", th.text, th.area}, {"the axis", th.muted, th.back},
			{"the main line on the area", th.lines[0], th.area}, {"a ring", th.muted, th.back}, {"a ring on the bar", th.muted, th.grid},
			{"points on the bar", th.lines[0], th.grid}, {"the zero line of a tile", th.muted, th.tile},
		}
		for _, col := range th.lines {
			pairs = append(pairs, pair{"a line", col, th.back})
		}
		for _, col := range th.heat {
			pairs = append(pairs, pair{"a cell", col, th.back}, pair{"a cell beside an empty one", col, th.tile})
		}
		for _, col := range []color.RGBA{th.excellent, th.good, th.pass, th.poor, th.unknown} {
			pairs = append(pairs, pair{"a sign", col, th.tile})
		}
		for _, p := range pairs {
			if got := contrast(p.over, p.on); got < 3 {
				t.Errorf("%s: contrast %.2f, want 3", p.what, got)
			}
		}
	})
}

// seen is how someone without red (0) or green (1) receptors sees a colour, by Viénot, Brettel and Mollon 1999 in linear light;
// other kinds see it as it is. The result is CIE L*a*b*.
func seen(c color.RGBA, kind int) [3]float64 {
	v := [3]float64{linear(c.R), linear(c.G), linear(c.B)}
	m := [][3][3]float64{
		{{0.11238, 0.88762, 0}, {0.11238, 0.88762, 0}, {0.00401, -0.00401, 1}},
		{{0.29275, 0.70725, 0}, {0.29275, 0.70725, 0}, {-0.02234, 0.02234, 1}},
	}
	if kind < len(m) {
		v = times(m[kind], v)
	}
	xyz := times([3][3]float64{{0.4124, 0.3576, 0.1805}, {0.2126, 0.7152, 0.0722}, {0.0193, 0.1192, 0.9505}}, v)
	f := func(t float64) float64 {
		if t > 0.008856 {
			return math.Cbrt(t)
		}
		return 7.787*t + 16.0/116
	}
	x, y, z := f(xyz[0]/0.9505), f(xyz[1]), f(xyz[2]/1.089)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func times(m [3][3]float64, v [3]float64) (out [3]float64) {
	for i := range out {
		out[i] = m[i][0]*v[0] + m[i][1]*v[1] + m[i][2]*v[2]
	}
	return out
}

// TestColoursStayApartWithoutRedOrGreen asks for a difference of 10 in CIE L*a*b*, four times what can just be seen.
func TestColoursStayApartWithoutRedOrGreen(t *testing.T) {
	bothThemes(t, func(t *testing.T, th theme) {
		sets := map[string][]color.RGBA{
			"grades": {th.excellent, th.good, th.pass, th.poor, th.unknown},
			"lines":  th.lines[:],
			"cells":  th.heat[:],
		}
		for name, set := range sets {
			for kind, eyes := range []string{"without red", "without green", "all"} {
				for i := range set {
					for j := range i {
						a, b := seen(set[i], kind), seen(set[j], kind)
						if d := math.Hypot(math.Hypot(a[0]-b[0], a[1]-b[1]), a[2]-b[2]); d < 10 {
							t.Errorf("%s %d and %d, seen %s, differ by %.1f, want 10", name, j, i, eyes, d)
						}
					}
				}
			}
		}
	})
}
