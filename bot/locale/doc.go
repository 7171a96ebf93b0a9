// Package locale says everything in the reader's language: texts, plurals, durations, instants, numbers and money.
//
// The story: a [Catalogue] holds every text in every language, compiled into the program. A [Printer] speaks one of them.
// What it prints is [HTML], text that is ready for Telegram; whatever came from outside (a shop's name, an order's id) goes
// in as a plain string and is escaped on the way, because of its type and not because somebody remembered to.
//
// What it guarantees: every language has the same texts with the same placeholders (a test holds the catalogues to it);
// no string is escaped twice and none not at all; [HTML] made here is balanced and holds nothing but the tags of the
// catalogue.
//
// # A new language
//
// Copy catalogue/en.yaml to catalogue/<code>.yaml, the code being that of Telegram (pt, vi), and translate. Nothing else: the
// language is offered, its commands are announced, its words are understood, and what is not translated yet is said in English.
// A text that counts needs the plural forms of its language (other alone is enough where there are none). Names of rules come
// from the packs in Chinese and English; rule.<id>.name among the texts is the name in any other language.
//
// It knows nothing of shops and rules: times come as time.Time in the zone to show, amounts in minor units.
package locale
