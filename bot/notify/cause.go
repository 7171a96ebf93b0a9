package notify

import (
	"strings"

	"shopwarden/bot/locale"
	"shopwarden/rules"
)

// cause is what the misses of a rule have in common, with all counts it rests on.
func (v voice) cause(r rules.Rule, c rules.Pattern) locale.HTML {
	missed := "cause.missed." + r.ID
	if !v.Has(missed) {
		missed = "cause.missed.any"
	}
	args := locale.Args{"Missed": v.T(missed, nil), "Where": v.where(r, c), "Misses": c.Misses, "AllMisses": c.AllMisses,
		"Cases": c.Cases, "AllCases": c.AllCases}
	if c.Based() {
		return v.T("cause.based", args)
	}
	return v.T("cause.broken", args)
}

// where completes "9 of 12 late parcels …".
func (v voice) where(r rules.Rule, c rules.Pattern) locale.HTML {
	day, hour := "", c.Value
	switch c.Dim {
	case rules.ByHour:
	case rules.ByWeekday:
		day, hour = c.Value, ""
	case rules.ByWeekHour:
		day, hour, _ = strings.Cut(c.Value, " ")
	default:
		return v.T("cause.where."+c.Dim.String(), locale.Args{"Value": c.Value})
	}
	args := locale.Args{"Begun": v.begun(r)}
	if hour != "" {
		from, to, _ := strings.Cut(hour, "-")
		args["Hours"] = v.hours(from, to)
	}
	if day != "" {
		args["Weekday"] = v.T("cause.weekday."+day, nil)
	}
	return v.T("cause.where."+c.Dim.String(), args)
}

// hours names a part of the day, by full hours of two digits.
func (v voice) hours(from, to string) locale.HTML {
	args := locale.Args{"From": strings.TrimPrefix(from, "0"), "To": strings.TrimPrefix(to, "0")}
	switch {
	case from == "00":
		return v.T("cause.before", args)
	case to == "24":
		return v.T("cause.after", args)
	}
	return v.T("cause.between", args)
}

// begun says what happened to the cases of a rule when they began: paid, opened.
func (v voice) begun(r rules.Rule) locale.HTML {
	list := r.Start
	if len(r.Trigger) > 0 {
		list = r.Trigger
	}
	if len(list) > 0 {
		if key := "cause.begun." + strings.ReplaceAll(string(list[0].Type), ".", "_"); v.Has(key) {
			return v.T(key, nil)
		}
	}
	return v.T("cause.begun.any", nil)
}
