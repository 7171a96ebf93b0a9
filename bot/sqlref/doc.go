// Command sqlref checks the counters of Shopwarden against plain SQL.
//
// It makes up an event log of many shops, loads it into SQLite, and counts what every rule of the pack douyin-2026 makes of
// it with one SQL file per rule (sql/rules): open, met, breached, void, and the times, per shop, rule and local day; from
// these the rates and means of a day, a natural week and 30 days, and the points they would give. The program's own rules do the same with the same events
// in another order. The SQL is written from the pack and what it says of itself, not from the code.
//
// What it guarantees: it exits with 0 only when every number of both sides is the same. Otherwise it prints shop, rule, day,
// both numbers, and the facts about one subject on which the two disagree.
//
// It is a module of its own, so that SQLite is not among what the program depends on.
package main
