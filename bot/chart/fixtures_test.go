package chart

import (
	"bytes"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"shopwarden/rules"
)

var out = flag.String("out", "", "write the pictures to this folder, which exists: go test ./bot/chart -run TestFixtures -out DIR")

// fixture is a picture as the bot would send it.
type fixture struct {
	name string
	pic  Picture
}

func num(v float64) *float64 { return &v }

// days is values of which NaN-like -1 stands for a day that is not known.
func days(values ...float64) []*float64 {
	out := make([]*float64, len(values))
	for i, v := range values {
		if v >= 0 {
			out[i] = num(v)
		}
	}
	return out
}

// fixtures returns every kind in both languages, light.
func fixtures() []fixture {
	return []fixture{
		{"card.zh", Picture{Card: cardZH()}},
		{"card.en", Picture{Card: cardEN()}},
		{"card.unknown.zh", Picture{Card: unknownCard()}},
		{"trend.7.zh", Picture{Trend: trend7()}},
		{"trend.30.en", Picture{Trend: trend30()}},
		{"trend.90.zh", Picture{Trend: trend90()}},
		{"heat.zh", Picture{Heat: heatZH()}},
		{"heat.en", Picture{Heat: heatEN()}},
		{"heat.calm.zh", Picture{Heat: calm()}},
		{"ladder.zh", Picture{Ladder: ladderZH()}},
		{"ladder.en", Picture{Ladder: ladderEN()}},
		{"ladder.many.en", Picture{Ladder: manyNodes()}},
	}
}

func cardZH() *Card {
	return &Card{
		Title: "小鹿童装旗舰店", Subtitle: "11月23日（周一）", Foot: "最近一次消息：19 分钟前（今天 08:41）",
		Total: CardScore{Name: "总分", Score: num(83.4), Grade: rules.Good, Note: "良好", Delta: num(2.1),
			Spark: days(71, 74, 79, -1, 80, 81.3, 83.4)},
		Principles: []CardScore{
			{Name: "及时", Score: num(74.4), Grade: rules.Pass, Note: "及格 · 93 件里 91 件做到", Delta: num(-6.5), Spark: days(90, 88, 86, 84, 82, 80.9, 74.4)},
			{Name: "可靠", Score: num(96), Grade: rules.Excellent, Note: "优秀", Delta: num(0), Spark: days(91, 92, 95, 95, 96, 96, 96)},
			{Name: "无忧", Grade: rules.Unknown, Note: "暂无：平台 09:00 起没有消息", Spark: days(88, -1, 86, -1, -1, -1, -1)},
			{Name: "惊喜", Score: num(62), Grade: rules.Poor, Note: "不及格", Delta: num(12.6), Spark: days(40, 42, 45, 50, 49.4, 49.4, 62)},
		},
	}
}

func cardEN() *Card {
	return &Card{
		Title: "Little Deer Kids’ Clothing Flagship Store of Hangzhou 🦌", Subtitle: "Mon 23 Nov", Foot: "Last message: 19 minutes ago (today 08:41)",
		Total: CardScore{Name: "Total", Score: num(100), Grade: rules.Excellent, Note: "excellent", Delta: num(12.5),
			Spark: days(71, 74, 79, 80, 80, 87.5, 100)},
		Principles: []CardScore{
			{Name: "On time", Score: num(74.4), Grade: rules.Pass, Note: "pass · 91 of 93 kept", Delta: num(-6.5), Spark: days(90, 88, 86, 84, 82, 80.9, 74.4)},
			{Name: "Dependable", Score: num(100), Grade: rules.Excellent, Note: "excellent", Delta: num(0), Spark: days(91, 92, 95, 95, 96, 96, 100)},
			{Name: "Worry-free", Grade: rules.Unknown, Note: "not known: nothing has come from the platform since 09:00 on Sunday", Spark: days(88, -1, 86, -1, -1, -1, -1)},
			{Name: "Delight", Score: num(0), Grade: rules.Poor, Note: "poor", Delta: num(-42), Spark: days(40, 42, 45, 50, 49.4, 42, 0)},
		},
	}
}

func unknownCard() *Card {
	note := "还没有可以评分的事项"
	return &Card{
		Title: "小鹿童装旗舰店", Subtitle: "11月23日（周一）", Foot: "还没有收到过消息",
		Total: CardScore{Name: "总分", Grade: rules.NotApplicable, Note: note},
		Principles: []CardScore{
			{Name: "及时", Note: note}, {Name: "可靠", Note: note},
			{Name: "无忧", Note: note, Grade: rules.NotApplicable}, {Name: "惊喜", Note: note, Grade: rules.Excellent},
		},
	}
}

func trend7() *Trend {
	return &Trend{
		Title: "小鹿童装 · 总分", Subtitle: "最近 7 天",
		Days:  []string{"11/17", "11/18", "11/19", "11/20", "11/21", "11/22", "11/23"},
		Lines: []TrendLine{{Name: "总分", Values: days(71, 74, -1, 80, -1, 81.3, 83.4)}},
		Goal:  num(70), GoalName: "活动门槛 70",
	}
}

// wave is n days that differ from line to line, some of them not known.
func wave(n, seed int) []*float64 {
	out := make([]*float64, n)
	for i := range out {
		if i%11 == 4 || i%17 == seed || i == 22 || i == 24 {
			continue
		}
		out[i] = num(float64(92-12*seed) + float64((i*i*7+seed*13)%9))
	}
	return out
}

func monthDays(n int, name func(int) string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = name(i)
	}
	return out
}

func trend30() *Trend {
	return &Trend{
		Title: "Little Deer Kids · score", Subtitle: "Last 30 days, 25 Oct to 23 Nov",
		Days: monthDays(30, func(i int) string {
			if i < 7 {
				return strconv.Itoa(25+i) + " Oct"
			}
			return strconv.Itoa(i-6) + " Nov"
		}),
		Lines: []TrendLine{
			{"Total", wave(30, 0)}, {"On time", wave(30, 1)}, {"Dependable", wave(30, 2)},
			{"Worry-free", wave(30, 3)}, {"Delight", wave(30, 4)},
		},
		Goal: num(70), GoalName: "Campaign gate 70",
	}
}

func trend90() *Trend {
	return &Trend{
		Title: "小鹿童装 · 总分", Subtitle: "最近 90 天",
		Days: monthDays(90, func(i int) string {
			if i%7 != 0 {
				return ""
			}
			return strconv.Itoa(9+i/30) + "月" + strconv.Itoa(i%30+1) + "日"
		}),
		Lines: []TrendLine{{"总分", wave(90, 0)}, {"及时", wave(90, 2)}},
	}
}

func table(count func(row, col int) int) [][]int {
	out := make([][]int, 7)
	for i := range out {
		out[i] = make([]int, 24)
		for j := range out[i] {
			out[i][j] = count(i, j)
		}
	}
	return out
}

func hours() []string { return monthDays(24, strconv.Itoa) }

func heatZH() *Heat {
	return &Heat{
		Title: "小鹿童装 · 没做到的时段", Subtitle: "最近 30 天，按星期和小时",
		Rows: []string{"周一", "周二", "周三", "周四", "周五", "周六", "周日"}, Columns: hours(),
		Counts: table(func(i, j int) int { return max(0, (i*5+j*3)%13-8) + max(0, 6-abs(j-19)*2)*(i/4) + max(0, j-20)*i/3 }),
		Foot:   "最集中：周日 19 点前后",
	}
}

func abs(n int) int { return max(n, -n) }

func heatEN() *Heat {
	h := heatZH()
	h.Title, h.Subtitle, h.Foot = "Little Deer Kids · when promises were missed", "Last 30 days, by weekday and hour", "Most: Sunday around 19:00"
	h.Rows = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
	h.Counts[6][19] = 28
	return h
}

func calm() *Heat {
	h := heatZH()
	h.Counts = table(func(int, int) int { return 0 })
	h.Foot = "这段时间全部做到了"
	return h
}

func ladderZH() *Ladder {
	return &Ladder{
		Title: "小鹿童装 · 违规积分", Subtitle: "2026 年 1 月 1 日以来", Foot: "12 月 31 日 24:00 清零",
		Tracks: []Track{
			{Name: "一般违规积分", Points: 14, Nodes: []Node{{12, "考试，违约金 ¥1,000"}, {24, "考试、停业整顿 3 天、违约金 ¥2,000"}, {36, "停业整顿 7 天"}, {48, "清退"}}},
			{Name: "严重违规积分", Points: 3, Nodes: []Node{{4, "停业整顿 7 天"}, {8, "停业整顿 14 天，违约金 ¥10,000"}, {12, "清退"}}},
		},
	}
}

func ladderEN() *Ladder {
	return &Ladder{
		Title: "Little Deer Kids · penalty points", Subtitle: "Since 1 January 2026", Foot: "Back to 0 after 31 December",
		Tracks: []Track{
			{Name: "General points", Points: 0, Nodes: []Node{{12, "an exam, suspension for 3 days, damages of ¥2,000.00 and no campaign until the next quarter begins"}}},
			{Name: "Severe points", Points: 15, Nodes: []Node{{4, "suspension for 7 days"}, {8, "suspension for 14 days, damages of ¥10,000.00"}, {12, "removal from the platform"}}},
		},
	}
}

func manyNodes() *Ladder {
	l := ladderEN()
	l.Tracks[0].Points, l.Tracks[0].Nodes = 40, nil
	for at := 12; at <= 240; at += 12 {
		l.Tracks[0].Nodes = append(l.Tracks[0].Nodes, Node{at, "an exam, suspension for 3 days, damages of ¥2,000.00 and a very long explanation of it"})
	}
	l.Tracks[1].Nodes = append(l.Tracks[1].Nodes, Node{13, "one more"}, Node{14, "and another"})
	return l
}

func painter(t testing.TB) *Painter {
	t.Helper()
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func themes(f fixture) []fixture {
	dark := f.pic
	dark.Theme = Dark
	return []fixture{{f.name + ".light", f.pic}, {f.name + ".dark", dark}}
}

func TestFixturesAreSmallOpaqueAndRepeatable(t *testing.T) {
	const limit = 60_000
	p := painter(t)
	for _, f := range fixtures() {
		for _, f := range themes(f) {
			t.Run(f.name, func(t *testing.T) {
				data, err := p.Draw(f.pic)
				if err != nil {
					t.Fatal(err)
				}
				save(t, f.name, data)
				again, err := p.Draw(f.pic)
				if err != nil || !bytes.Equal(data, again) {
					t.Errorf("drawn again, the picture differs (%v)", err)
				}
				img, err := png.Decode(bytes.NewReader(data))
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%v, %d bytes", img.Bounds().Size(), len(data))
				if len(data) > limit {
					t.Errorf("%d bytes, want at most %d", len(data), limit)
				}
				if size := img.Bounds().Size(); size.X != Width || size.Y > maxHeight {
					t.Errorf("size %v, want %d wide and at most %d tall", size, Width, maxHeight)
				}
				if o, ok := img.(interface{ Opaque() bool }); !ok || !o.Opaque() {
					t.Error("the picture is not opaque")
				}
			})
		}
	}
}

// save writes a picture where -out says.
func save(t *testing.T, name string, data []byte) {
	t.Helper()
	if *out == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*out, name+".png"), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkDraw(b *testing.B) {
	p := painter(b)
	for _, f := range fixtures() {
		b.Run(f.name, func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				data, err := p.Draw(f.pic)
				if err != nil {
					b.Fatal(err)
				}
				size = len(data)
			}
			b.ReportMetric(float64(size), "png-bytes")
		})
	}
}
