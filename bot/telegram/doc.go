// Package telegram is the only way between Shopwarden and Telegram.
//
// The story of a question: a Poller or a Hook takes each update as it came and stores it in a line by chat; only then is
// Telegram told. A Consumer hands the lines to a Router, in order per chat and under a lease. The Router reads commands and
// buttons, looks up what the chat is bound to, asks the table of roles, and puts the answer into the outbox. The outbox
// gives it to a Sender, which makes one attempt through the Client and says what became of it: sent, not sent, unknown.
//
// What it guarantees: an update that Telegram was told of is handled, or set aside with a reason; handled twice, after a
// crash, it is answered once. Nothing about a shop is shown to, or changed by, a chat that is not bound to it at that
// moment. No token and no address that holds it ever reaches a log or an error.
//
// The library (go-telegram/bot) gives the calls and the models their types and nothing more. Its poller counts updates as
// received before anybody has them, stops for ever at one it cannot decode, and its webhook answers 200 whatever happens;
// its matcher misses /command@bot. So receiving and routing are done here.
package telegram
