package telegram

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"shopwarden/bot/notify"
)

// usualTrend is how many days a trend covers when nobody says.
const usualTrend = 30

// trend answers how the score went, or at which hours promises are missed.
func (r *Router) trend(ctx context.Context, a *ask, shop string, chat notify.Chat) (answer, error) {
	days, hours := readTrend(a.args)
	if hours {
		v, err := r.desk.Heat(ctx, shop)
		v.Lang, v.Pictures = a.lang, chat.Pictures
		return ifDone(err, func() (out answer) {
			out.html, out.buttons, out.picture = r.say.Heat(v)
			return out
		})
	}
	v, err := r.desk.Trend(ctx, shop, days)
	v.Lang, v.Pictures = a.lang, chat.Pictures
	return ifDone(err, func() (out answer) {
		out.html, out.buttons, out.picture = r.say.Trend(v)
		return out
	})
}

// readTrend reads a number of days, with or without their word ("90d", "7 days", "90天"), or the word for hours. Anything else
// is the usual trend.
func readTrend(args []string) (days int, hours bool) {
	if len(args) == 0 {
		return usualTrend, false
	}
	if notify.IsTrendHours(strings.ToLower(args[0])) {
		return 0, true
	}
	n, err := strconv.Atoi(strings.TrimRight(args[0], "dD天日"))
	if err != nil || !slices.Contains(notify.TrendDays(), n) {
		return usualTrend, false
	}
	return n, false
}
