package notify

import "shopwarden/bot/locale"

// Listed is how many cases a page lists; the rest is counted.
const Listed = 10

// warnStale is the line about silence, when there is cause for it.
func (v voice) warnStale() []locale.HTML {
	if _, stale := v.silence(); stale {
		return []locale.HTML{v.stale()}
	}
	return nil
}

// unless is the text of an empty list, more careful and with the reason when nothing was heard for long.
func (v voice) unless(key string, args locale.Args) []locale.HTML {
	if _, stale := v.silence(); stale {
		return []locale.HTML{v.T(key+"_unknown", args), v.stale()}
	}
	return []locale.HTML{v.T(key, args)}
}
