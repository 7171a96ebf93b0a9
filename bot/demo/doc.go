// Package demo shows the whole program on one machine, on one page, with no account anywhere.
//
// The story. A simulated shop does what shops do: orders come in, parcels leave, some too late, agents answer chats, some
// too slowly. What happens is posted as signed webhooks over real HTTP to the program's own door. The program is the real
// one: the same door, rules, outbox and bot. Only what is outside of it is replaced: Redis by a store in this process,
// Telegram by a local Bot API, the clock by one that runs faster. The page in the browser shows the owner's private chat
// and the team's group side by side; what is typed there the real bot answers.
//
// It guarantees one thing: there is no side entrance. Whatever a chat shows came out of the program because a signed
// webhook, a typed command or a pressed button went in, or because time passed. The one exception is the past: the sixty
// days before the first moment are counted quietly, so that scorecards, trends and points have something to say.
//
// Nothing is kept. The end of the process is the end of the shop, its chats and its secrets, and the page says so.
//
// # The clock
//
// It starts at 08:55 of today in the shop's zone, five minutes before the scorecard, and runs [Config.Speed] times as fast
// as real time. Changing the speed never makes it jump. "Skip to the next morning" is no jump either: the clock runs fast
// until a minute before nine and then goes on as before, so that everything on the way happens, only quicker.
//
// # The first minute
//
// Whatever the seed, the hour after 08:55 brings the scorecard of the day before, chats that wait too long (a warning, a
// breach, and at the third one a violation), a parcel that misses its deadline, and the late proof that it did not, which
// takes the alert back. See opening.go. After that the day goes on by chance, the same one for the same [Config.Seed].
package demo
