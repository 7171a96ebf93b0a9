package chart

import (
	"bytes"
	"encoding/json"
	"image/png"
	"math"
	"strings"
	"testing"

	"shopwarden/rules"
)

func TestWhatCannotBeDrawnIsAnError(t *testing.T) {
	p := painter(t)
	change := func(f func(*Card)) Picture { c := cardZH(); f(c); return Picture{Card: c} }
	trend := func(f func(*Trend)) Picture { tr := trend7(); f(tr); return Picture{Trend: tr} }
	heat := func(f func(*Heat)) Picture { h := heatZH(); f(h); return Picture{Heat: h} }
	ladder := func(f func(*Ladder)) Picture { l := ladderZH(); f(l); return Picture{Ladder: l} }
	huge := make([]string, 100_000)
	tests := map[string]struct {
		pic  Picture
		want string
	}{
		"nothing":            {Picture{}, "exactly one"},
		"two":                {Picture{Card: cardZH(), Heat: heatZH()}, "exactly one"},
		"theme":              {Picture{Theme: "pink", Card: cardZH()}, `no theme "pink"`},
		"NaN":                {change(func(c *Card) { c.Total.Score = num(math.NaN()) }), "draw a card: score 0: NaN is not from 0 to 100"},
		"infinite":           {change(func(c *Card) { c.Principles[1].Score = num(math.Inf(1)) }), "score 2: +Inf"},
		"above 100":          {change(func(c *Card) { c.Total.Score = num(100.1) }), "100.1 is not from 0 to 100"},
		"delta":              {change(func(c *Card) { c.Total.Delta = num(math.Inf(-1)) }), "the change: -Inf"},
		"spark":              {change(func(c *Card) { c.Total.Spark = days(1, 2, 300) }), "day 2: 300"},
		"long spark":         {change(func(c *Card) { c.Total.Spark = make([]*float64, 93) }), "93 days are more than 92"},
		"grade":              {change(func(c *Card) { c.Total.Grade = 99 }), "no grade 99"},
		"five principles":    {change(func(c *Card) { c.Principles = make([]CardScore, 5) }), "5 principles are more than 4"},
		"no days":            {trend(func(tr *Trend) { tr.Days = nil }), "0 days are not from 1 to 370"},
		"huge":               {trend(func(tr *Trend) { tr.Days = huge }), "100000 days"},
		"no lines":           {trend(func(tr *Trend) { tr.Lines = nil }), "0 lines are not from 1 to 5"},
		"six lines":          {trend(func(tr *Trend) { tr.Lines = make([]TrendLine, 6) }), "6 lines"},
		"lengths":            {trend(func(tr *Trend) { tr.Lines[0].Values = nil }), "line 0 has 0 values for 7 days"},
		"below the axis":     {trend(func(tr *Trend) { tr.Lines[0].Values[0] = num(-0.1) }), "line 0, day 0: -0.1"},
		"above the axis":     {trend(func(tr *Trend) { tr.Max = 50 }), "is not from 0 to 50"},
		"NaN axis":           {trend(func(tr *Trend) { tr.Max = math.NaN() }), "NaN is no top of an axis"},
		"infinite axis":      {trend(func(tr *Trend) { tr.Max = math.Inf(1) }), "+Inf is no top of an axis"},
		"negative axis":      {trend(func(tr *Trend) { tr.Max = -1 }), "-1 is no top of an axis"},
		"goal":               {trend(func(tr *Trend) { tr.Goal = num(101) }), "the goal: 101"},
		"no rows":            {heat(func(h *Heat) { h.Rows = nil }), "0 rows"},
		"huge table":         {heat(func(h *Heat) { h.Columns = huge }), "100000 columns"},
		"rows":               {heat(func(h *Heat) { h.Counts = h.Counts[1:] }), "the counts do not match the rows"},
		"columns":            {heat(func(h *Heat) { h.Counts[3] = h.Counts[3][1:] }), "row 3 has 23 counts for 24 columns"},
		"negative":           {heat(func(h *Heat) { h.Counts[3][4] = -1 }), "row 3, column 4: -1 is no count"},
		"no tracks":          {ladder(func(l *Ladder) { l.Tracks = nil }), "0 tracks"},
		"negative points":    {ladder(func(l *Ladder) { l.Tracks[1].Points = -1 }), "track 1: -1 points are not from 0 to 9999"},
		"falling nodes":      {ladder(func(l *Ladder) { l.Tracks[0].Nodes[1].At = 3 }), "the nodes do not rise"},
		"a node at 0":        {ladder(func(l *Ladder) { l.Tracks[0].Nodes[0].At = 0 }), "node 0 is at 0"},
		"too many to reach":  {ladder(func(l *Ladder) { l.Tracks[0].Nodes = make([]Node, 51) }), "51 nodes are more than 50"},
		"points beyond":      {ladder(func(l *Ladder) { l.Tracks[0].Points = math.MaxInt }), "points are not from 0 to 9999"},
		"a node beyond":      {ladder(func(l *Ladder) { l.Tracks[0].Nodes[3].At = math.MaxInt }), "not from 1 to 9999"},
		"a node below zero":  {ladder(func(l *Ladder) { l.Tracks[0].Nodes[0].At = math.MinInt }), "node 0 is at"},
		"three tracks":       {ladder(func(l *Ladder) { l.Tracks = make([]Track, 3) }), "3 tracks"},
		"too small an axis":  {trend(func(tr *Trend) { tr.Max = 1e-300 }), "1e-300 is no top"},
		"too large an axis":  {trend(func(tr *Trend) { tr.Max = 1e300 }), "1e+300 is no top"},
		"negative grade":     {change(func(c *Card) { c.Principles[0].Grade = -1 }), "no grade -1"},
		"a NaN in the spark": {change(func(c *Card) { c.Principles[3].Spark[1] = num(math.NaN()) }), "score 4: day 1: NaN"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			data, err := p.Draw(tt.pic)
			if err == nil || !strings.Contains(err.Error(), tt.want) || data != nil {
				t.Errorf("got %d bytes and error %v, want one with %q", len(data), err, tt.want)
			}
		})
	}
}

func TestTheLeastAndTheMostAreDrawn(t *testing.T) {
	p := painter(t)
	long := strings.Repeat("WWWW 违规 ", 5000)
	nodes := make([]Node, maxNodes)
	for i := range nodes {
		nodes[i] = Node{At: maxPoints - maxNodes + i, Name: long}
	}
	score := CardScore{Name: long, Note: long, Score: num(100), Delta: num(-100), Grade: rules.Poor, Spark: make([]*float64, maxSpark)}
	wide := CardScore{Name: long, Note: long, Score: num(99.9), Delta: num(-99.9), Spark: wave(90, 1)}
	line := TrendLine{Name: long, Values: wave(maxDays, 2)}
	tests := map[string]Picture{
		"empty card":   {Card: &Card{}},
		"empty trend":  {Trend: &Trend{Days: []string{""}, Lines: []TrendLine{{Values: []*float64{nil}}}}},
		"one day":      {Trend: &Trend{Days: []string{"Mon"}, Lines: []TrendLine{{Values: days(3)}}, Goal: num(0)}},
		"a million":    {Trend: &Trend{Days: []string{"Mon"}, Max: 1e6, Lines: []TrendLine{{Values: days(999999.9)}}}},
		"full trend":   {Trend: &Trend{Title: long, Subtitle: long, Days: monthDays(maxDays, func(int) string { return long }), Lines: []TrendLine{line, line, line, line, line}, Goal: num(100), GoalName: long}},
		"one cell":     {Heat: &Heat{Rows: []string{""}, Columns: []string{""}, Counts: [][]int{{math.MaxInt}}}},
		"full table":   {Heat: &Heat{Title: long, Subtitle: long, Foot: long, Rows: monthDays(maxRows, func(int) string { return long }), Columns: monthDays(maxCols, func(int) string { return long }), Counts: fullTable()}},
		"empty ladder": {Ladder: &Ladder{Tracks: []Track{{}}}},
		"full ladder":  {Ladder: &Ladder{Title: long, Subtitle: long, Foot: long, Tracks: []Track{{long, maxPoints, nodes}, {long, 0, nodes}}}},
		"full card":    {Card: &Card{Title: long, Subtitle: long, Foot: long, Total: wide, Principles: []CardScore{score, wide, score, wide}}},
	}
	for name, pic := range tests {
		t.Run(name, func(t *testing.T) {
			data := draw(t, p, pic)
			if len(data) > 60_000 {
				t.Errorf("%d bytes, want at most 60000", len(data))
			}
			save(t, name, data)
		})
	}
}

func fullTable() [][]int {
	out := make([][]int, maxRows)
	for i := range out {
		out[i] = make([]int, maxCols)
		for j := range out[i] {
			out[i][j] = i*j*j + 1
		}
	}
	return out
}

func FuzzDrawNeverPanics(f *testing.F) {
	p := painter(f)
	for _, fx := range fixtures() {
		data, err := json.Marshal(fx.pic)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, 50.0, "x")
	}
	f.Add([]byte(`{"card":{}}`), math.NaN(), "\u202e\x00👩‍👩‍👧\n")
	f.Add([]byte(`{"trend":{"days":["",""],"lines":[{"values":[1,null]}]}}`), math.Inf(1), "")
	f.Fuzz(func(t *testing.T, data []byte, v float64, s string) {
		var pic Picture
		if json.Unmarshal(data, &pic) != nil {
			return
		}
		twist(&pic, v, s)
		got, err := p.Draw(pic)
		if (err == nil) != (got != nil) {
			t.Fatalf("%d bytes with error %v", len(got), err)
		}
		if err != nil {
			return
		}
		cfg, err := png.DecodeConfig(bytes.NewReader(got))
		if err != nil || cfg.Width != Width || cfg.Height > maxHeight || len(got) > 60_000 {
			t.Fatalf("%dx%d, %d bytes, error %v", cfg.Width, cfg.Height, len(got), err)
		}
	})
}

// twist puts what JSON cannot say into a picture.
func twist(pic *Picture, v float64, s string) {
	if pic.Card != nil {
		pic.Card.Title, pic.Card.Total.Note, pic.Card.Total.Score, pic.Card.Total.Delta = s, s, &v, &v
	}
	if pic.Trend != nil {
		pic.Trend.GoalName, pic.Trend.Goal = s, &v
	}
	if pic.Heat != nil {
		pic.Heat.Foot = s
	}
	if pic.Ladder != nil {
		pic.Ladder.Subtitle = s
	}
}
