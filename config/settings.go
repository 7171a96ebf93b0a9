package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Settings are what an operator sets up for the whole installation. Printing or logging them shows no secret.
type Settings struct {
	TelegramToken         Secret
	TelegramAPIURL        string // without a slash at the end
	TelegramWebhookURL    string // "" = long polling
	TelegramWebhookSecret Secret
	TelegramPaidRate      int    // messages a second, 0 = what is free
	TelegramRich          bool   // rich messages where there are any
	HTTPSProxy            Secret // may hold a password
	RedisURL              Secret // may hold a password
	Listen                string
	PublicURL             string // without a slash at the end, "" = none
	HeartbeatURL          Secret // whoever has it can beat; "" = none
	DataSecret            Secret
	DataSecretPrevious    Secret
	RulesDir              string
	LogLevel              slog.Level
	LogFormat             string        // text or json
	Retention             time.Duration // of cases, events and marks of messages
	DayRetention          time.Duration // of counters and lists of breaches
}

// setting is one row of the table that drives loading, checking and documentation.
type setting struct {
	name   string
	def    string
	doc    string
	remedy string // how to write it right
	secret bool   // never shown, not even the wrong value
	parse  func(s *Settings, text string) error
}

// Bounds of the retentions: below the first the weekly report has gaps, above the second Redis grows without use.
const (
	shortestRetention = 8 * 24 * time.Hour
	longestRetention  = 2 * 365 * 24 * time.Hour
)

const officialAPI = "https://api.telegram.org"

// settingRows returns the table in the order in which people read it.
func settingRows() []setting {
	return slices.Concat(telegramRows(), serverRows(), dataRows())
}

func telegramRows() []setting {
	return []setting{
		{name: "TELEGRAM_TOKEN", secret: true,
			doc:    "Token of the bot, from @BotFather.",
			remedy: "copy it from @BotFather: digits, a colon, letters and digits",
			parse:  matching(`^[0-9]+:[A-Za-z0-9_-]+$`, "is no bot token", func(s *Settings) *Secret { return &s.TelegramToken })},
		{name: "TELEGRAM_API_URL", def: officialAPI,
			doc:    "Bot API server.",
			remedy: "write an address such as " + officialAPI,
			parse:  address(func(s *Settings) *string { return &s.TelegramAPIURL }, "https", "http")},
		{name: "TELEGRAM_WEBHOOK_URL",
			doc:    "Where Telegram pushes updates: your https address with the path /telegram; empty: the bot asks for them (long polling).",
			remedy: "write an https address that Telegram can reach, or leave it out",
			parse:  address(func(s *Settings) *string { return &s.TelegramWebhookURL }, "https", "http")},
		{name: "TELEGRAM_WEBHOOK_SECRET", secret: true,
			doc:    "What Telegram sends along with each update; needed with TELEGRAM_WEBHOOK_URL.",
			remedy: "write 1 to 256 letters, digits, _ and -, such as the output of: openssl rand -hex 32",
			parse: matching(`^[A-Za-z0-9_-]{1,256}$`, "holds other characters or is too long",
				func(s *Settings) *Secret { return &s.TelegramWebhookSecret })},
		{name: "TELEGRAM_PAID_RATE",
			doc:    "Messages a second, 31 to 1000, with paid broadcasts: Telegram takes Stars for those beyond 30 a second, and asks for 10,000 Stars and as many users a month (core.telegram.org/bots/faq). Empty: nothing is ever paid.",
			remedy: "write 31 to 1000, or leave it out",
			parse:  into(func(s *Settings) *int { return &s.TelegramPaidRate }, parsePaidRate)},
		{name: "TELEGRAM_RICH", def: "off",
			doc:    "on or off. On: scorecards with tables go as rich messages, and as texts where Telegram refuses them. Off unless all who read them have a current app: older apps, some of the web and of other makers show an empty message or ask for an update, and nothing tells the bot so.",
			remedy: "write on or off",
			parse:  into(func(s *Settings) *bool { return &s.TelegramRich }, parseSwitch)},
		{name: "HTTPS_PROXY", secret: true,
			doc:    "Proxy for the way to Telegram.",
			remedy: "write an address such as http://proxy:3128 or socks5://proxy:1080",
			parse:  secretAddress(func(s *Settings) *Secret { return &s.HTTPSProxy }, "http", "https", "socks5", "socks5h")},
	}
}

func serverRows() []setting {
	return []setting{
		{name: "REDIS_URL", def: "redis://127.0.0.1:6379/0", secret: true,
			doc:    "Redis or Valkey: redis://, rediss:// (TLS), unix://, or with +cluster or +sentinel behind the scheme.",
			remedy: "write an address such as redis://127.0.0.1:6379/0",
			parse:  redisAddress},
		{name: "LISTEN", def: "127.0.0.1:8080",
			doc:    "Address and port for webhooks, health and metrics.",
			remedy: "write an address and a port such as 127.0.0.1:8080, or :8080 for all addresses",
			parse:  listenAddress},
		{name: "PUBLIC_URL",
			doc:    "How platforms reach LISTEN from outside, through a proxy with TLS; what shop add prints begins with it.",
			remedy: "write an address such as https://shopwarden.example.com",
			parse:  address(func(s *Settings) *string { return &s.PublicURL }, "https", "http")},
		{name: "HEARTBEAT_URL", secret: true,
			doc:    "Called once a minute while all is well, for a monitor that notices when the calls stop.",
			remedy: "write the address that your monitor gave, such as https://monitor.example.com/ping/1234",
			parse: into(func(s *Settings) *Secret { return &s.HeartbeatURL }, func(text string) (Secret, error) {
				u, err := url.Parse(text)
				if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
					return "", errors.New("is no https address") // without the value: it is a secret
				}
				return Secret(text), nil
			})},
		{name: "LOG_LEVEL", def: "info",
			doc:    "debug, info, warn or error.",
			remedy: "write debug, info, warn or error",
			parse:  into(func(s *Settings) *slog.Level { return &s.LogLevel }, parseLevel)},
		{name: "LOG_FORMAT", def: "text",
			doc:    "text or json.",
			remedy: "write text or json",
			parse:  into(func(s *Settings) *string { return &s.LogFormat }, oneOf("text", "json"))},
	}
}

func dataRows() []setting {
	return []setting{
		{name: "DATA_SECRET", secret: true,
			doc:    "At least 32 bytes. Shops' webhook secrets are encrypted under it: keep it, without it they cannot be read.",
			remedy: "write at least 32 bytes, such as the output of: openssl rand -base64 32",
			parse:  dataSecret(func(s *Settings) *Secret { return &s.DataSecret })},
		{name: "DATA_SECRET_PREVIOUS", secret: true,
			doc:    "The DATA_SECRET before this one, while secrets are still encrypted under it.",
			remedy: "write the former DATA_SECRET, or leave it out",
			parse:  dataSecret(func(s *Settings) *Secret { return &s.DataSecretPrevious })},
		{name: "RULES_DIR",
			doc:    "Folder of rule packs (*.yaml) and calendars (calendar/*.yaml) that add to the built-in ones or replace those of the same name.",
			remedy: "write the path of a folder, or leave it out",
			parse:  into(func(s *Settings) *string { return &s.RulesDir }, parseText)},
		{name: "RETENTION", def: "45d",
			doc:    "How long cases, the event log and the marks of sent messages are kept.",
			remedy: "write 8d to 730d",
			parse:  into(func(s *Settings) *time.Duration { return &s.Retention }, parseRetention)},
		{name: "DAY_RETENTION", def: "400d",
			doc:    "How long counters and the lists of breaches are kept.",
			remedy: "write 8d to 730d",
			parse:  into(func(s *Settings) *time.Duration { return &s.DayRetention }, parseRetention)},
	}
}

// into puts what parse returns into a field.
func into[T any](field func(*Settings) *T, parse func(string) (T, error)) func(*Settings, string) error {
	return func(s *Settings, text string) error {
		v, err := parse(text)
		if err == nil {
			*field(s) = v
		}
		return err
	}
}

// matching takes a secret of a form. The problem is worded without the value.
func matching(form, problem string, field func(*Settings) *Secret) func(*Settings, string) error {
	re := regexp.MustCompile(form)
	return into(field, func(text string) (Secret, error) {
		if !re.MatchString(text) {
			return "", errors.New(problem)
		}
		return Secret(text), nil
	})
}

func dataSecret(field func(*Settings) *Secret) func(*Settings, string) error {
	return into(field, func(text string) (Secret, error) { return Secret(text), checkDataSecret(Secret(text)) })
}

// MinDataSecret is the least length of DATA_SECRET in bytes.
const MinDataSecret = 32

func checkDataSecret(s Secret) error {
	if n := len(s.Reveal()); n < MinDataSecret {
		return fmt.Errorf("has %d bytes, fewer than %d", n, MinDataSecret)
	}
	return nil
}

// address takes an absolute URL of one of the schemes, without credentials, query or fragment.
func address(field func(*Settings) *string, schemes ...string) func(*Settings, string) error {
	return into(field, func(text string) (string, error) {
		u, err := url.Parse(text)
		switch {
		case err != nil || u.Host == "" || !slices.Contains(schemes, u.Scheme):
			return "", fmt.Errorf("is no %s address", schemes[0])
		case u.User != nil || u.RawQuery != "" || u.Fragment != "":
			return "", errors.New("must have no user, query or fragment")
		}
		return strings.TrimRight(text, "/"), nil
	})
}

// secretAddress takes a URL that may hold a password; the parser's own error would show it.
func secretAddress(field func(*Settings) *Secret, schemes ...string) func(*Settings, string) error {
	return into(field, func(text string) (Secret, error) {
		if !strings.Contains(text, "://") {
			text = schemes[0] + "://" + text // host:port alone, as other programs take it
		}
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || !slices.Contains(schemes, u.Scheme) {
			return "", fmt.Errorf("is no address with one of the schemes %s", strings.Join(schemes, ", "))
		}
		return Secret(text), nil
	})
}

// redisAddress looks at the scheme only: the rest is the store's to read.
func redisAddress(s *Settings, text string) error {
	scheme, rest, ok := strings.Cut(text, "://")
	base, kind, _ := strings.Cut(scheme, "+")
	if !ok || rest == "" || !slices.Contains([]string{"redis", "rediss", "unix"}, base) || !slices.Contains([]string{"", "cluster", "sentinel"}, kind) {
		return errors.New("is no Redis address")
	}
	s.RedisURL = Secret(text)
	return nil
}

func parseLevel(text string) (level slog.Level, err error) {
	word, err := oneOf("debug", "info", "warn", "error")(strings.ToLower(text))
	if err != nil {
		return 0, err
	}
	err = level.UnmarshalText([]byte(word))
	return level, err
}

func listenAddress(s *Settings, text string) error {
	_, port, err := net.SplitHostPort(text)
	if err != nil {
		return fmt.Errorf("%q is no address and port", text)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%q is no port", port)
	}
	s.Listen = text
	return nil
}

func parseSwitch(text string) (bool, error) {
	word, err := oneOf("on", "off")(strings.ToLower(text))
	return word == "on", err
}

func parsePaidRate(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n <= 30 || n > 1000 {
		return 0, fmt.Errorf("%q is not 31 to 1000", text)
	}
	return n, nil
}

func parseRetention(text string) (time.Duration, error) {
	d, err := parseDuration(text)
	if err == nil && (d < shortestRetention || d > longestRetention) {
		err = fmt.Errorf("%q is out of range", text)
	}
	return d, err
}

// checkTogether reports what only shows between settings.
func (s Settings) checkTogether() (problems []*SettingError) {
	if s.TelegramWebhookURL != "" && s.TelegramWebhookSecret == "" {
		problems = append(problems, &SettingError{"TELEGRAM_WEBHOOK_SECRET", "is missing, and TELEGRAM_WEBHOOK_URL is set",
			"set it to the output of: openssl rand -hex 32"})
	}
	if s.TelegramAPIURL == officialAPI && strings.HasPrefix(s.TelegramWebhookURL, "http:") {
		problems = append(problems, &SettingError{"TELEGRAM_WEBHOOK_URL", "is plain http, which Telegram refuses", "write an https address"})
	}
	if s.DayRetention != 0 && s.DayRetention < s.Retention {
		problems = append(problems, &SettingError{"DAY_RETENTION", "is shorter than RETENTION: cases would outlive their counters",
			"make it at least as long"})
	}
	return problems
}
