package webhook

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"shopwarden/rules"
)

// doudianData is the data of one entry. Numbers are json.Number: never floats.
type doudianData map[string]any

// china is the platform's zone. It has had no daylight saving time since 1991, so an offset says it all.
var china = time.FixedZone("UTC+8", 8*60*60)

// The unix seconds that a time field may hold. Below stand clocks that were never set, above milliseconds.
const (
	minUnix = 946684800  // 2000-01-01
	maxUnix = 4102444800 // 2100-01-01
)

// at follows a path such as "logistics_msg.pack_id"; nil when it leads nowhere. Objects that are wrapped in text, as
// some of this platform's are, are opened on the way.
func (d doudianData) at(path string) any {
	var v any = map[string]any(d)
	for name := range strings.SplitSeq(path, ".") {
		if text, ok := v.(string); ok && strings.HasPrefix(text, "{") {
			var inner map[string]any
			if decodeOne([]byte(text), &inner) == nil {
				v = inner
			}
		}
		object, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = object[name]
	}
	return v
}

// text returns what stands at path, digit for digit; "" when nothing does.
func (d doudianData) text(path string) (string, error) {
	switch v := d.at(path).(type) {
	case nil:
		return "", nil
	case string:
		return strings.TrimSpace(v), nil
	case bool:
		return strconv.FormatBool(v), nil
	case json.Number:
		if !isDigits(v.String()) {
			return "", wrong(path, fmt.Sprintf("%s is no whole number", clip(v.String())))
		}
		return v.String(), nil
	default:
		return "", wrong(path, "must be text or a number")
	}
}

// isDigits reports whether s is a whole number, possibly negative, in plain digits.
func isDigits(s string) bool {
	s = strings.TrimPrefix(s, "-")
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// whole returns an integer as JSON number, given as number or text.
func (d doudianData) whole(path string) (json.Number, error) {
	text, err := d.text(path)
	if err != nil || text == "" {
		return "", err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return "", wrong(path, fmt.Sprintf("%q is no whole number", clip(text)))
	}
	return json.Number(strconv.FormatInt(n, 10)), nil
}

// flag returns a truth value, given as such or as 0 or 1; ok is false when nothing stands there.
func (d doudianData) flag(path string) (value, ok bool, err error) {
	text, err := d.text(path)
	if err != nil || text == "" {
		return false, false, err
	}
	value, err = strconv.ParseBool(text)
	if err != nil {
		return false, false, wrong(path, fmt.Sprintf("%q is neither true nor false", clip(text)))
	}
	return value, true, nil
}

// instant returns a point in time, given as unix seconds or in RFC 3339; zero when absent or 0, as this platform
// writes "none".
func (d doudianData) instant(path string) (time.Time, error) {
	text, err := d.text(path)
	if err != nil || text == "" || text == "0" {
		return time.Time{}, err
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at.UTC().Truncate(time.Millisecond), d.plausible(path, at.Unix(), text)
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, wrong(path, fmt.Sprintf("%q is neither unix seconds nor RFC 3339", clip(text)))
	}
	return time.Unix(seconds, 0).UTC(), d.plausible(path, seconds, text)
}

func (doudianData) plausible(path string, seconds int64, text string) error {
	if seconds < minUnix || seconds >= maxUnix {
		return wrong(path, fmt.Sprintf("%s is out of range for unix seconds", clip(text)))
	}
	return nil
}

// deadline is instant, but a bare date is a promise for that day in China, to its last second.
func (d doudianData) deadline(path string) (time.Time, error) {
	text, err := d.text(path)
	if err != nil {
		return time.Time{}, err
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, china); err == nil {
		end := day.AddDate(0, 0, 1).Add(-time.Second).UTC()
		return end, d.plausible(path, end.Unix(), text)
	}
	return d.instant(path)
}

func wrong(path, problem string) error {
	return &rules.FieldError{Field: "data." + path, Problem: problem}
}
