package config

import (
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// zoned puts in place of the functions that take a zone such as remember it: those of the library read the zone's file each
// time, 11 µs against 0.7. The zone of the machine, Local, is refused: every replica must answer the same.
func zoned(known *zones) (options []cel.EnvOption) {
	for function, overload := range map[string]string{
		overloads.TimeGetFullYear: overloads.TimestampToYearWithTz, overloads.TimeGetMonth: overloads.TimestampToMonthWithTz,
		overloads.TimeGetDate: overloads.TimestampToDayOfMonthOneBasedWithTz, overloads.TimeGetDayOfMonth: overloads.TimestampToDayOfMonthZeroBasedWithTz,
		overloads.TimeGetDayOfYear: overloads.TimestampToDayOfYearWithTz, overloads.TimeGetDayOfWeek: overloads.TimestampToDayOfWeekWithTz,
		overloads.TimeGetHours: overloads.TimestampToHoursWithTz, overloads.TimeGetMinutes: overloads.TimestampToMinutesWithTz,
		overloads.TimeGetSeconds: overloads.TimestampToSecondsWithTz, overloads.TimeGetMilliseconds: overloads.TimestampToMillisecondsWithTz,
	} {
		local := func(at, zone ref.Val) ref.Val {
			t, isTime := at.(types.Timestamp)
			name, isText := zone.(types.String)
			if !isTime || !isText {
				return types.MaybeNoSuchOverloadErr(zone)
			}
			loc, err := known.get(string(name), parseZone)
			if err != nil {
				return types.WrapErr(err)
			}
			_, offset := t.In(loc).Zone()
			wall := types.Timestamp{Time: t.Time.Add(time.Duration(offset) * time.Second)}
			return wall.Receive(function, "", nil)
		}
		options = append(options, cel.Function(function, cel.MemberOverload(overload,
			[]*cel.Type{cel.TimestampType, cel.StringType}, cel.IntType, cel.BinaryBinding(local))))
	}
	return options
}

// zones remembers time zones by name. There are fewer than its bound, but a condition may take names from events, which can
// write one zone in many ways.
type zones = memory[string, *time.Location]

func newZones() *zones { return &zones{max: 1000} }
