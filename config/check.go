package config

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"shopwarden/rules"
)

// Problem is one thing that is wrong, for people: what it is, where it stands and what mends it. It holds no secret.
type Problem struct{ What, Where, Remedy string }

func (p Problem) String() string {
	text := p.What
	if p.Where != "" {
		text = p.Where + ": " + text
	}
	if p.Remedy != "" {
		text += "; " + p.Remedy
	}
	return text
}

// Problems returns what is wrong with settings and packs that have loaded: what the bot needs and lacks, and what loads but
// cannot work. Nil means that nothing is. What kept them from loading is in their error: [Explain].
func Problems(s Settings, packs *Packs) []Problem {
	list := Explain(s.Require("TELEGRAM_TOKEN", "DATA_SECRET"))
	if s.DataSecret != "" && s.DataSecret == s.DataSecretPrevious {
		list = append(list, Problem{"is the same as DATA_SECRET", "DATA_SECRET_PREVIOUS", "leave it out"})
	}
	if u, err := url.Parse(s.PublicURL); err == nil && u.Scheme == "http" {
		list = append(list, Problem{"is plain http: Telegram opens no dashboard there", "PUBLIC_URL", "put a proxy with TLS in front and write its https address"})
	}
	return append(list, packs.problems(s.RulesDir)...)
}

func (p *Packs) problems(dir string) (list []Problem) {
	own := 0
	for _, name := range p.Names() {
		if p.own[name] {
			own++
		}
		_, err := rules.NewPolicy(p.books[name], rules.Terms{Zone: time.UTC, Hours: rules.ByPlatform})
		if err != nil {
			list = append(list, Problem{err.Error(), p.origin[name], ""})
		}
	}
	if dir != "" && own == 0 && !p.calendars.own {
		list = append(list, Problem{fmt.Sprintf("%s holds no rule pack and no calendar", dir), "RULES_DIR", "put a .yaml file there, or leave the setting out"})
	}
	return list
}

// Explain returns the problems that an error of [Load], [LoadPacks] or [Shop.Validate] joins, in order; nil for nil.
func Explain(err error) []Problem {
	switch e := err.(type) { //nolint:errorlint // the tree of joined errors is walked node by node
	case nil:
		return nil
	case interface{ Unwrap() []error }:
		var list []Problem
		for _, one := range e.Unwrap() {
			list = append(list, Explain(one)...)
		}
		return list
	case *SettingError:
		return []Problem{{e.Problem, e.Name, e.Remedy}}
	case *FileError:
		where := fmt.Sprintf("%s:%d", e.File, e.Line)
		return []Problem{{strings.TrimPrefix(e.Error(), where+": "), where, ""}}
	}
	return []Problem{{What: err.Error()}}
}
