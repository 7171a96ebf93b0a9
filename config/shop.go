package config

import "time"

// Shop is what is set up for one shop. It is kept as JSON in the store; secrets are sealed ([Vault]).
type Shop struct {
	ID        string              `json:"id"`
	Platform  string              `json:"platform"` // standard, doudian
	Name      string              `json:"name,omitempty"`
	Timezone  string              `json:"timezone"` // IANA
	Hours     string              `json:"hours"`    // always, platform, or hours such as 09:00-21:00 or mon-fri 09:00-18:00 cn-holidays
	Pack      string              `json:"pack"`
	Former    []FormerPack        `json:"former,omitempty"`  // packs before this one, the oldest first
	Lang      string              `json:"lang,omitempty"`    // language of a chat that has not chosen one: zh or en
	AppKey    string              `json:"app_key,omitempty"` // Doudian app-id
	Secrets   []ShopSecret        `json:"secrets"`           // newest first
	Overrides map[string]Override `json:"overrides,omitempty"`
	Custom    map[string]string   `json:"custom,omitempty"`    // own rules: YAML by rule id, see AddRules
	AlertAt   int                 `json:"alert_at,omitempty"`  // violation threshold; 0 = the pack's
	DigestAt  string              `json:"digest_at,omitempty"` // local time of the daily scorecard; "" = 09:00, "off" = none
	Calendar  []string            `json:"calendar,omitempty"`  // ids of the dated calendars it joined
	Escalate  string              `json:"escalate,omitempty"`  // how long an alert may go untaken: 15m; "" = the standard, "off" = for ever
	Created   time.Time           `json:"created"`
}

// FormerPack is a pack that a shop was judged by until a local day (2026-11-22), which is the first of the next one.
type FormerPack struct {
	Pack  string `json:"pack"`
	Until string `json:"until"`
}

// ShopSecret signs a shop's webhooks. Until is zero for the current one; a rotated secret is good until then.
type ShopSecret struct {
	Sealed string    `json:"sealed"`
	Until  time.Time `json:"until,omitzero"`
}

// Override is what a shop changes of one rule, in the words of a pack.
type Override struct {
	Within  string    `json:"within,omitempty" yaml:"within,omitempty"`   // 36h
	Targets []float64 `json:"targets,omitempty" yaml:"targets,omitempty"` // excellent, good, pass, floor
	AlertAt int       `json:"alert_at,omitempty" yaml:"alert_at,omitempty"`
	Off     bool      `json:"off,omitempty" yaml:"off,omitempty"`
}
