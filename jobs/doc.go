// Package jobs does what the calendar asks for: the daily scorecard of every shop at its own local hour.
//
// The schedule stands in the store, one next-due instant per shop; robfig/cron only ticks. On a tick due shops are claimed,
// their scorecards go to the outbox, and the next instant is written. What it guarantees: a shop gets one scorecard per
// local day, also with several replicas, after a crash and over a change of the clocks; after downtime only the latest is
// caught up, labelled late.
//
// Why cron does not hold the schedule: cron/v3 loses what falls into downtime, skips the day on which the clocks go
// forward over the hour and doubles the one on which they go back, and fires in every replica.
package jobs
