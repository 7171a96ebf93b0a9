package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
)

// printTable writes a result for people.
func printTable(out io.Writer, r result) error {
	var text strings.Builder
	fmt.Fprintf(&text, "\n%s, %d connections, %s shops; %d × %g s each\n\n", posts(r.Batch), r.Connections,
		thousands(float64(r.Shops)), r.Rounds, r.Seconds)
	text.WriteString("\tevents/s\tlowest\thighest\tp50 ms\tp99 ms\tservice µs\tredis µs\t\n")
	for _, row := range r.Rows {
		redis := "–"
		if row.Service != modeBound {
			redis = fmt.Sprintf("%.1f", row.Redis)
		}
		fmt.Fprintf(&text, "%s\t%s\t%s\t%s\t%.2f\t%.2f\t%.1f\t%s\t\n", row.Service, thousands(row.Rate.Median),
			thousands(row.Rate.Min), thousands(row.Rate.Max), row.P50, row.P99, row.CPU, redis)
	}
	fmt.Fprintf(&text, "\nours/bound %.2f (%.2f–%.2f)   ours/baseline %.2f (%.2f–%.2f)\n", r.OfBound.Median, r.OfBound.Min,
		r.OfBound.Max, r.OfBaseline.Median, r.OfBaseline.Min, r.OfBaseline.Max)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	if _, err := io.WriteString(t, text.String()); err != nil {
		return err
	}
	return t.Flush()
}

func posts(batch int) string {
	if batch == 1 {
		return "1 event a post"
	}
	return strconv.Itoa(batch) + " events a post"
}

// thousands writes a number without fraction and with commas.
func thousands(f float64) string {
	text := strconv.FormatFloat(f, 'f', 0, 64)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
