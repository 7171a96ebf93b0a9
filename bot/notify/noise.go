package notify

import (
	"shopwarden/bot/locale"
	"shopwarden/bot/outbox"
)

// spared says how much of a closed day was only counted here, because its budget was used up; nothing when nothing was.
func (v voice) spared(n outbox.NoiseCount) []locale.HTML {
	if n.Spared <= 0 {
		return nil
	}
	return []locale.HTML{v.T("noise.spared", locale.Args{"Rang": n.Rang, "Count": n.Spared})}
}

// rang says how much of today's budget of a chat is used up. used is nil where nobody counted.
func (v voice) rang(chat Chat, used *outbox.NoiseCount) locale.HTML {
	args := locale.Args{"Count": chat.budget()}
	switch {
	case chat.budget() < 0:
		return v.T("noise.unlimited", nil)
	case used == nil:
		return v.T("noise.budget", args)
	}
	args["Rang"] = used.Rang
	if used.Spared > 0 {
		args["Spared"] = used.Spared
		return v.T("noise.used_up", args)
	}
	return v.T("noise.rang", args)
}
