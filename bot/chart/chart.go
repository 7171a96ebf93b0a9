// Package chart draws pictures: a scorecard, a trend, a heat map of misses and the ladder of points.
//
// The story: a page is written with the [Picture] that goes with it, which is numbers and words of a few hundred bytes, and
// travels with the message; who sends the message has it drawn then. Nothing here reads or decides: every word comes in the
// reader's language, and every number stands in the text as well.
//
// What it guarantees: the same Picture becomes the same bytes, axes start at 0, and what cannot be drawn is an error, never a
// picture that misleads.
package chart

import "shopwarden/rules"

// Theme is what a picture looks like. The zero value is light.
type Theme string

// Light and Dark are readable on the background of either theme of the app.
const (
	Light Theme = ""
	Dark  Theme = "dark"
)

// Picture is one picture. Exactly one of Card, Trend, Heat and Ladder is set. Words are plain text, not HTML.
type Picture struct {
	Theme  Theme   `json:"theme,omitempty"`
	Card   *Card   `json:"card,omitempty"`
	Trend  *Trend  `json:"trend,omitempty"`
	Heat   *Heat   `json:"heat,omitempty"`
	Ladder *Ladder `json:"ladder,omitempty"`
}

// Card is the scorecard of a day or of some days.
type Card struct {
	Title      string      `json:"title"`          // the shop
	Subtitle   string      `json:"sub,omitempty"`  // the day
	Total      CardScore   `json:"total"`          // Name is what the total is called
	Principles []CardScore `json:"principles"`     // in the order in which they are shown, four at most
	Foot       string      `json:"foot,omitempty"` // how fresh it is
}

// CardScore is one score on a card.
type CardScore struct {
	Name  string      `json:"name"`
	Score *float64    `json:"score,omitempty"` // 0…100; nil = not known
	Grade rules.Grade `json:"grade,omitempty"` // 0 = none can be given: neutral colour
	Note  string      `json:"note,omitempty"`  // the grade in words, or why there is no score
	Delta *float64    `json:"delta,omitempty"` // change; nil = not known
	Spark []*float64  `json:"spark,omitempty"` // the scores of the last days, 92 at most, the latest last; nil = not known
}

// Trend is one to five lines over at most 370 days.
type Trend struct {
	Title    string      `json:"title"`
	Subtitle string      `json:"sub,omitempty"`
	Days     []string    `json:"days"`           // names of the days, the latest last; "" where none need be shown
	Lines    []TrendLine `json:"lines"`          // the first is the main one
	Max      float64     `json:"max,omitempty"`  // top of the axis; 0 = 100
	Goal     *float64    `json:"goal,omitempty"` // a line to stay above
	GoalName string      `json:"goal_name,omitempty"`
}

// TrendLine is one line of a trend, with a value for each day; nil = not known, and the line has a gap.
type TrendLine struct {
	Name   string     `json:"name"`
	Values []*float64 `json:"values"`
}

// Heat is a table of counts whose cells stand out the more, the more there are, such as misses by weekday and hour: at most 14
// rows and 31 columns.
type Heat struct {
	Title    string   `json:"title"`
	Subtitle string   `json:"sub,omitempty"`
	Rows     []string `json:"rows"`    // Monday … Sunday
	Columns  []string `json:"columns"` // 0 … 23
	Counts   [][]int  `json:"counts"`  // by row and column
	Foot     string   `json:"foot,omitempty"`
}

// Ladder is how far points have climbed.
type Ladder struct {
	Title    string  `json:"title"`
	Subtitle string  `json:"sub,omitempty"`
	Tracks   []Track `json:"tracks"` // one or two: general points, severe points
	Foot     string  `json:"foot,omitempty"`
}

// Track is one kind of points and the nodes on its way.
type Track struct {
	Name   string `json:"name"`
	Points int    `json:"points"`
	Nodes  []Node `json:"nodes"` // by rising At
}

// Node is a number of points, up to 9999, at which something follows. A track has 50 at most.
type Node struct {
	At   int    `json:"at"`
	Name string `json:"name"` // what follows
}
