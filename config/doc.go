// Package config says how this installation and each of its shops are set up.
//
// The story. An operator starts Shopwarden with a few settings ([Load]) from the environment, from a YAML file, or from
// files that hold one secret each. What a platform demands of its merchants stands in rule packs ([LoadPacks]): YAML with a
// date on every edition, some built in, any of them replaced by a file of the operator's own. So are public holidays and what
// a platform changes for a season ([Calendars]). A [Shop] picks a pack, its zone and its hours, joins such changes, may change
// a limit or a target or add rules of its own, and so becomes a [rules.Policy]. Its webhook secrets are kept sealed
// ([Vault]).
//
// A rule picks facts by matches ([ParseMatch]), which may ask a condition in CEL. Conditions are parsed, typed, priced and
// tried when they are read. Asking one is pure: no clock, no I/O but the zone file of a zone that is named for the first
// time, and a cost limit that ends it.
//
// What it guarantees: nothing half-loads. A bad setting, pack or shop gives no value at all but every problem it has, each
// with its place – the setting's name, or file, line and field – and what to write instead; and no problem, log line or
// JSON ever shows a [Secret].
package config
