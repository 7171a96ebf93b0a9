// Package telegramtest is a Telegram Bot API server that runs on the loopback
// interface and needs no account. The tests of the bot talk to it, and so does
// the demo, which shows its chats in a browser.
//
// A test that passes against a polite imitation proves little: what breaks bots
// in production is the rest. So this server has a real long poll with
// acknowledgement by offset, one poller at a time, a webhook that repeats until
// it hears 200, Telegram's limits and the wording of its errors, groups that
// turn into supergroups, people who block the bot, and answers that get lost
// after the work was done.
//
// It guarantees one thing: a bot that is refused by Telegram for what it sends,
// where it sends it or how often, is refused here, in the same JSON. It never
// accepts a message silently that it did not store.
//
// There are two sides. The bot's side is HTTP (ServeHTTP). The people's side is
// Go: AddPrivateChat, AddGroup, Say, Press, Block and friends cause the updates
// a real chat would cause; Messages, WaitFor, ExpectMessage and Watch read what
// the chat shows.
//
// Known differences from Telegram, all deliberate:
//   - message ids count from 1 in every chat;
//   - webhooks may be http and on any port, are pushed one at a time and in
//     order, and the body of the answer is not read as a method call;
//   - parse_mode knows HTML only; Markdown is refused as unsupported;
//   - rich messages are read from html only, without media and formulas, and come
//     back to the bot as one paragraph of plain text;
//   - files are accepted as uploads or by file_id, never fetched from a URL;
//   - unacknowledged updates are kept until the server closes, not for 24 hours.
//
// The facts follow core.telegram.org/bots/api and core.telegram.org/bots/faq as
// of Bot API 10.3 (August 2026).
package telegramtest
