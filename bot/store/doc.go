// Package store keeps shops in Redis: cases, counters, wake-ups, the event log, the outbox, chats, codes and leases.
//
// A shop belongs to one of 256 partitions, and every key of a partition carries the hash tag {pNNN}, so that what one
// commit changes lies on one slot and changes in one script. A commit is optimistic: it names the version of the partition
// it was computed from, and applies as a whole or, when the version has moved on, not at all.
//
// What it guarantees: every mutating call has its effect exactly once, even where the client library repeats it because a
// reply was lost. A commit is held by its version, everything else writes absolute values, keeps a mark, or compares
// before it swaps.
//
// Every day of counters is packed, today too. A commit reads the days it changes and writes them whole, because what it
// decides depends on them; a live hash for today would be a second form of the same numbers and save nothing.
//
// # Keys
//
// SHOP, ROUTE, PENALTY and RULE are escaped as in a URL query, which leaves ordinary ids as they are; RULE is RULE@PART for one of
// several cases of a subject. MSG is ROUTE:key of a message, LINE is
// ROUTE:chat, N the number of a lane. Times to live count from the last write. "shop" means: until the shop is removed. "see Trim" means that no time to live
// is set, as it would cost a command per commit; Trim takes out what is older.
//
//	key                         type    holds                                                   lives
//	{pNNN}:seq                  string  version of the partition, +1 per commit                 for ever, 256 of them
//	{pNNN}:shops                set     ids of the shops that are set up                        shop
//	{pNNN}:shop:SHOP            string  settings, JSON                                          shop
//	{pNNN}:chats:SHOP           hash    chat id → subscription, JSON                            shop
//	{pNNN}:dossier:SHOP:K/ID    string  packed dossier of a subject                             45 days, longer while a case is open;
//	                                                                                            penalty, guarantee: 400 days
//	{pNNN}:days:SHOP            hash    day → packed tallies of all rules                       400 days, see Trim
//	{pNNN}:took:SHOP            hash    day/RULE → packed sorted times                          400 days, see Trim
//	{pNNN}:due:SHOP             zset    open cases RULE|K/ID by due instant, ms                 400 days, see Trim
//	{pNNN}:broken:SHOP          zset    breached cases RULE|K/ID by due instant, ms             400 days, see Trim
//	{pNNN}:penalties:SHOP       zset    penalty ids by the instant of their first fact, ms      400 days, see Trim
//	{pNNN}:log:SHOP             stream  events in order of commit, JSON in field e              45 days, trimmed as it grows
//	{pNNN}:heard:SHOP           string  when the last event arrived, ms                         400 days
//	{pNNN}:pulse:SHOP           string  rhythm in which events arrive, packed                   400 days
//	{pNNN}:tips:SHOP            hash    tip id → what the shop said to it, JSON; told:TIP:MS → day 400 days
//	{pNNN}:board:SHOP           hash    chat id → what is remembered of its board, JSON         45 days
//	{pNNN}:alarm:SHOP           hash    alarm id → who has seen it, has it, silenced it, JSON   45 days after the last act, see Trim
//	{pNNN}:appeal:SHOP:PENALTY  string  attachments to an appeal, who said it was made, JSON    45 days
//	{pNNN}:wake                 zset    SHOP\x00K/ID by the instant of the next tick, ms        shop
//	{pNNN}:out                  zset    MSG by the instant it is or was due, ms                 until settled
//	{pNNN}:laneN                zset    LINE by the instant to look at it, ms                   while it has messages
//	{pNNN}:laneN:LINE           zset    MSG of one chat in a lane in the order they go out      until settled
//	{pNNN}:heldN                hash    LINE → claim and until when it waits                    while it waits
//	{pNNN}:msg:MSG              hash    message, state, message id; the mark of its key         45 days
//	{pNNN}:msg:ROUTE:bundle/ID  hash    message id and rows of several that went out as one     45 days
//	{pNNN}:dead                 zset    MSG not sent by the instant that was decided, ms        10,000 of them
//	{pNNN}:calm:ROUTE           hash    LINE/group → when the last of it was sent, ms           1 hour
//	{pNNN}:noise:SHOP:DAY       hash    chat → messages that rang, chat/s → those spared        10 days
//	{pNNN}:digest               zset    SHOP by the instant its next digest is due, ms          shop
//	{pNNN}:slots                hash    SHOP → the slot being waited for or worked on           shop
//	{pNNN}:boards               zset    SHOP by the instant its boards are looked at next, ms   shop
//	{pNNN}:code:HASH            hash    shop and role a bind code stands for, chats of both sides   the code's own
//	{chat:ID}:shops             set     shops that may have a subscription of the chat          shop
//	{chat:ID}:prefs             hash    language and current shop of the chat                   400 days
//	{tgNN}:in                   stream  updates not yet handled, raw                            45 days
//	{tgNN}:dead                 stream  updates set aside, the last 1000 or so                  45 days
//	{tgNN}:seen:ID              string  mark of an update id                                    48 hours
//	{rate}:all, {rate}:chat:ID  zset    attempts by when they counted at Telegram, µs           some seconds, groups a minute
//	{rate}:want                 hash    lane → until when it waits for room, µs                 2 seconds
//	{rate}:rest, {rate}:rest:ID string  until when everybody or a chat rests, µs                until then
//	{rate}:floods               zset    chats that got a 429 of late, µs                        5 seconds
//	install:secret              string  secret of the installation, see InstallationSecret      for ever, one
//	exports:N                   hash    chat → the file it asks for, JSON                       1 day
//	lease:NAME                  string  owner of a lease                                        the lease's own
//	token:TOKEN                 string  what a button stands for                                45 days
//	job:KEY                     string  mark of a job that is done                              the mark's own
package store
