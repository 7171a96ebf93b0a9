package chart

import (
	"image/color"

	"shopwarden/rules"
)

// theme is the colours of a picture. Texts have a contrast of 4.5:1 against what they stand on, marks of 3:1, and grades and
// lines stay apart for people who do not see red or green: tests compute it. Colour never stands alone: a grade has its sign
// and its words, a line its dashes and its name.
type theme struct {
	back, tile  color.RGBA // opaque
	text, muted color.RGBA
	grid        color.RGBA // decoration only
	area        color.RGBA // below the main line; decoration only
	excellent   color.RGBA
	good        color.RGBA
	pass        color.RGBA
	poor        color.RGBA
	unknown     color.RGBA
	lines       [maxLines]color.RGBA
	heat        [heatSteps]color.RGBA // from few to many
	onHeat      [heatSteps]color.RGBA // the numbers on them
}

func rgb(v uint32) color.RGBA { return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255} }

func lightTheme() theme {
	return theme{
		back: rgb(0xffffff), tile: rgb(0xf2f4f7), text: rgb(0x1a1f26), muted: rgb(0x56606c),
		grid: rgb(0xdde2e8), area: rgb(0xe4eef9),
		excellent: rgb(0x007a5e), good: rgb(0x0a5fb4), pass: rgb(0x8a5a00), poor: rgb(0xb3123f), unknown: rgb(0x5d6773),
		lines:  [...]color.RGBA{rgb(0x0a5fb4), rgb(0xd1560e), rgb(0x0f7a6c), rgb(0x4a2377), rgb(0x3d3d00)},
		heat:   [...]color.RGBA{rgb(0xcf7226), rgb(0xb85a1e), rgb(0x8f3d14), rgb(0x6a2a12), rgb(0x431a10)},
		onHeat: [...]color.RGBA{rgb(0x1a1f26), rgb(0xffffff), rgb(0xffffff), rgb(0xffffff), rgb(0xffffff)},
	}
}

func darkTheme() theme {
	dark := rgb(0x17212b)
	return theme{
		back: dark, tile: rgb(0x212d3a), text: rgb(0xf2f5f8), muted: rgb(0xa8b3bf),
		grid: rgb(0x34414f), area: rgb(0x1e3448),
		excellent: rgb(0x4adeb0), good: rgb(0x6cb8ff), pass: rgb(0xffc145), poor: rgb(0xff7f8f), unknown: rgb(0xa6b0ba),
		lines:  [...]color.RGBA{rgb(0x5aaeff), rgb(0xff8a4c), rgb(0x4adeb0), rgb(0xe6ccff), rgb(0xfff08a)},
		heat:   [...]color.RGBA{rgb(0xa56639), rgb(0xc98545), rgb(0xe6a45c), rgb(0xf8c888), rgb(0xffe9c9)},
		onHeat: [...]color.RGBA{rgb(0xffffff), dark, dark, dark, dark},
	}
}

// grade returns the colour of a score. What is not known is grey, whatever grade came with it.
func (t theme) grade(s CardScore) color.RGBA {
	if s.Score == nil {
		return t.unknown
	}
	switch s.Grade {
	case rules.Excellent:
		return t.excellent
	case rules.Good:
		return t.good
	case rules.Pass:
		return t.pass
	case rules.Poor:
		return t.poor
	}
	return t.unknown
}
