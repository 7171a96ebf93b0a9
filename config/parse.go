package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"shopwarden/rules"
)

// The longest duration a pack or a setting may name; beyond it a clock would leave the calendar's horizon.
const longest = 2 * 365 * 24 * time.Hour

// parseDuration reads what a person writes for a time span: 90m, 36h, 10d, 1d12h. It is positive and whole milliseconds.
func parseDuration(text string) (time.Duration, error) {
	bad := fmt.Errorf("%q is no duration; write 36h or 90m", text)
	var sum time.Duration
	hours := text
	if days, rest, ok := strings.Cut(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return 0, bad
		}
		sum, hours = time.Duration(n)*24*time.Hour, rest
	}
	if hours != "" || text == "" {
		d, err := time.ParseDuration(hours)
		if err != nil || d < 0 {
			return 0, bad
		}
		sum += d
	}
	switch {
	case sum <= 0:
		return 0, fmt.Errorf("%q must be longer than nothing; write 36h or 90m", text)
	case sum > longest:
		return 0, fmt.Errorf("%q is longer than two years", text)
	case sum%time.Millisecond != 0:
		return 0, fmt.Errorf("%q is finer than a millisecond", text)
	}
	return sum, nil
}

// parseShare reads "97%" as 0.97.
func parseShare(text string) (float64, error) {
	number, ok := strings.CutSuffix(strings.TrimSpace(text), "%")
	f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !ok || err != nil || math.IsNaN(f) || f < 0 || f > 100 {
		return 0, fmt.Errorf("%q is no share from 0%% to 100%%; write 97%%", text)
	}
	return f / 100, nil
}

// parseSeconds reads a duration as seconds, the unit of anchors of mean times.
func parseSeconds(text string) (float64, error) {
	d, err := parseDuration(strings.TrimSpace(text))
	return d.Seconds(), err
}

// wholeNumber returns a parser for whole numbers of a range.
func wholeNumber(least, most int) func(string) (int, error) {
	return func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < least || n > most {
			return 0, fmt.Errorf("%q is no whole number from %d to %d", text, least, most)
		}
		return n, nil
	}
}

func parseBool(text string) (bool, error) {
	switch text {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", text)
}

// oneOf returns a parser for a closed set of words.
func oneOf(words ...string) func(string) (string, error) {
	return func(text string) (string, error) {
		if !slices.Contains(words, text) {
			return "", fmt.Errorf("%q is not one of %s", text, strings.Join(words, ", "))
		}
		return text, nil
	}
}

func parseLang(text string) (string, error) {
	if !langCode.MatchString(text) {
		return "", fmt.Errorf("%q is no code of a language such as zh or en", text)
	}
	return text, nil
}

func parseText(text string) (string, error) {
	if strings.TrimSpace(text) == "" {
		return "", fmt.Errorf("is empty")
	}
	return text, nil
}

// parseZone reads an IANA time zone. "Local" and "" would depend on the machine and are refused.
func parseZone(text string) (*time.Location, error) {
	loc, err := time.LoadLocation(text)
	if err != nil || text == "" || text == "Local" {
		return nil, fmt.Errorf("%q is no time zone; write a name such as Asia/Shanghai or UTC", text)
	}
	return loc, nil
}

// checkAnchors reports targets that do not run from best to worst: down for shares, up for times and
// counts. Neighbours may be equal, the ends may not.
func checkAnchors(a rules.Anchors, m rules.Metric) error {
	list := []float64{a.Excellent, a.Good, a.Pass, a.Floor}
	order, ok := "fall", a.Excellent > a.Floor
	if m.Rises() {
		order, ok = "rise", a.Excellent < a.Floor
		slices.Reverse(list)
	}
	for i := 1; i < len(list); i++ {
		ok = ok && list[i-1] >= list[i]
	}
	if !ok {
		return fmt.Errorf("must %s from excellent over good and pass to floor", order)
	}
	return nil
}
