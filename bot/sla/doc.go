// Package sla is the use case: events and silence in, cases moved, tallies and messages out, in one commit.
//
// Tracker.Apply takes events, Tracker.Sweep takes the passing of time; both go the same way: load the dossiers, let rules
// decide, commit dossiers, tallies, lists, wake-ups, log and messages at once. Desk answers questions about what was
// committed.
//
// What it guarantees: Apply returns nil only when everything the events changed is committed; whatever fails before that
// leaves nothing half done, and applying the same events again is always right.
package sla
