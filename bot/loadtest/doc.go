// Command loadtest measures what it costs to take webhooks in.
//
// Three services do the same work in turn, each in a process of its own, under the same posts from the same generator:
//
//	bound     the real webhook handler (keep-alive, signature, JSON) in front of an intake that does nothing: no way
//	          of keeping events can be faster
//	ours      the same handler, the tracker and the store: rules of the pack douyin-2026, commits in groups
//	baseline  the same handler, the same rules and the same Redis commands in the usual way: event by event, one round
//	          trip per command, nothing grouped
//
// The rounds are interleaved (bound, ours, baseline, bound, …), so that whatever else the machine does meets all three; what
// is printed is medians with their spread. The processor time of service and Redis is taken from the operating system, so
// the generator, which shares the machine, is not in it.
//
// What it guarantees: a number is printed only for work that was done. After each round the logs and counters of all shops
// are read back, and one acknowledged event too few or too many ends the run with exit code 1.
package main
