// Command loadtest measures what it costs to take webhooks in and, with --delivery, how messages are delivered.
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
//
// # Delivery
//
// With --delivery the program plays Telegram (telegramtest, with its limits) and runs the workers of production in processes
// of their own, on a private redis-server. The load is a digest for each of 100,000 chats, queued first, and an alert a
// second while one worker sends them. Under faults six calls of ten go wrong (a tenth each: 429, 500, a proxy's 502, hang,
// lost reply, reset) and two workers are killed with kill -9 every few seconds, until the queue is empty. Every message
// carries a tag, and the server counts how often each arrived and whether the answer got back; so what is reported does not
// rest on what the workers believe. The exit code is 1 when a goal was missed.
//
// At the true limits the load takes an hour. So clock and limits run --scale times faster, 20 unless told otherwise: the
// server's windows go by the fast clock, and so do the workers; what they wait for in real time is divided by it
// (delivery_child.go). Redis, kernel and processors are not faster, so a scaled run is the harder one.
package main
