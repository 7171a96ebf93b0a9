// Package config says how this installation and each of its shops are set up.
//
// The story. An operator starts Shopwarden with a few settings ([Load]) from the environment, from a YAML file, or from
// files that hold one secret each. What a platform demands of its merchants stands in rule packs ([LoadPacks]): YAML with a
// date on every edition, some built in, any of them replaced by a file of the operator's own. So are public holidays and what
// a platform changes for a season ([Calendars]). A [Shop] picks a pack, its zone and its hours, joins such changes, may change
// a limit or a target, and so becomes a [rules.Policy]. Its webhook secrets are kept sealed
// ([Vault]).
//
// What it guarantees: nothing half-loads. A bad setting, pack or shop gives no value at all but every problem it has, each
// with its place – the setting's name, or file, line and field – and what to write instead; and no problem, log line or
// JSON ever shows a [Secret].
package config
