package config

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// place is where settings come from in a test: variables and files.
type place struct {
	vars  map[string]string
	files map[string]string
}

func (p place) load(file string) (Settings, error) {
	env := func(name string) (string, bool) { v, ok := p.vars[name]; return v, ok }
	read := func(name string) ([]byte, error) {
		if text, ok := p.files[name]; ok {
			return []byte(text), nil
		}
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return Load(env, file, read)
}

var key = strings.Repeat("k", MinDataSecret)

func TestNothingSetGivesTheDefaults(t *testing.T) {
	got, err := place{}.load("")
	if err != nil {
		t.Fatal(err)
	}
	want := Settings{TelegramAPIURL: "https://api.telegram.org", RedisURL: "redis://127.0.0.1:6379/0", Listen: "127.0.0.1:8080",
		LogLevel: slog.LevelInfo, LogFormat: "text", Retention: 45 * 24 * time.Hour, DayRetention: 400 * 24 * time.Hour}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestEverySettingReachesItsField(t *testing.T) {
	got, err := place{vars: map[string]string{
		"TELEGRAM_TOKEN": "123:abc", "TELEGRAM_API_URL": "http://127.0.0.1:8081/", "TELEGRAM_WEBHOOK_URL": "https://bot.example.com/tg",
		"TELEGRAM_WEBHOOK_SECRET": "s-1", "TELEGRAM_PAID_RATE": "300", "TELEGRAM_RICH": "On", "HTTPS_PROXY": "proxy:3128", "REDIS_URL": "rediss+cluster://u:p@a:1,b:2", "LISTEN": ":9090",
		"PUBLIC_URL": "https://bot.example.com", "DATA_SECRET": key, "DATA_SECRET_PREVIOUS": key + "2", "RULES_DIR": "/etc/packs",
		"HEARTBEAT_URL": "https://m.example.com/ping/1?a=b", "LOG_LEVEL": "WARN", "LOG_FORMAT": "json", "RETENTION": "30d", "DAY_RETENTION": "90d",
	}}.load("")
	if err != nil {
		t.Fatal(err)
	}
	want := Settings{"123:abc", "http://127.0.0.1:8081", "https://bot.example.com/tg", "s-1", 300, true, "http://proxy:3128",
		"rediss+cluster://u:p@a:1,b:2", ":9090", "https://bot.example.com", "https://m.example.com/ping/1?a=b", Secret(key), Secret(key + "2"), "/etc/packs",
		slog.LevelWarn, "json", 30 * 24 * time.Hour, 90 * 24 * time.Hour}
	if got != want {
		t.Errorf("some setting went elsewhere: %+v", got)
	}
}

func TestTheEnvironmentWinsOverTheFile(t *testing.T) {
	p := place{
		vars:  map[string]string{"SHOPWARDEN_CONFIG": "sw.yaml", "LISTEN": ":1", "TELEGRAM_TOKEN_FILE": "/run/token"},
		files: map[string]string{"sw.yaml": "listen: ':2'\nlog_format: json\ntelegram_token: 9:nine\n", "/run/token": "1:one\r\n"},
	}
	got, err := p.load("")
	if err != nil {
		t.Fatal(err)
	}
	if got.Listen != ":1" || got.LogFormat != "json" || got.TelegramToken.Reveal() != "1:one" {
		t.Errorf("listen %q, log_format %q, token %q", got.Listen, got.LogFormat, got.TelegramToken.Reveal())
	}
	p.files["other.yaml"] = "listen: ':3'\nlog_level: debug\n"
	if got, err = p.load("other.yaml"); err != nil || got.LogLevel != slog.LevelDebug || got.LogFormat != "text" {
		t.Errorf("a file that is given replaces the one of %s: %+v, %v", FileSetting, got, err)
	}
}

func TestASettingCanStandInAFileOfItsOwn(t *testing.T) {
	for _, row := range settingRows() {
		if row.def == "" {
			continue
		}
		p := place{vars: map[string]string{row.name + "_FILE": "/f"}, files: map[string]string{"/f": row.def + "\n"}}
		if _, err := p.load(""); err != nil {
			t.Error(err)
		}
	}
}

func TestAllProblemsAreReportedAtOnceAndNoSecret(t *testing.T) {
	got, err := place{
		vars: map[string]string{
			"TELEGRAM_TOKEN": "hunter2", "TELEGRAM_WEBHOOK_SECRET": "hunter2 hunter2", "HTTPS_PROXY": "ftp://u:hunter2@h",
			"DATA_SECRET": "hunter2", "REDIS_URL": "http://:hunter2@h", "TELEGRAM_API_URL": "nowhere", "LOG_LEVEL": "loud",
			"PUBLIC_URL": "https://a?b=c", "HEARTBEAT_URL": "ftp://h/hunter2", "LISTEN": "8080", "LISTEN_FILE": "/f", "RULES_DIR_FILE": "/gone",
		},
		files: map[string]string{"sw.yaml": "retention: 3d\nredis_ulr: redis://:hunter2@h\nday_retention: [1, 2]\nlog_format: \n", "/f": "x"},
	}.load("sw.yaml")
	if err == nil || got != (Settings{}) {
		t.Fatalf("got %+v, %v", got, err)
	}
	want := []string{
		"sw.yaml:2: redis_ulr: unknown field; did you mean redis_url?",
		"sw.yaml:3: day_retention: must be a single value",
		"sw.yaml:4: log_format: is empty; give a value or leave the field out",
		"TELEGRAM_TOKEN is no bot token; copy it from @BotFather: digits, a colon, letters and digits",
		"TELEGRAM_API_URL is no https address; write an address such as https://api.telegram.org",
		"TELEGRAM_WEBHOOK_SECRET holds other characters or is too long; write 1 to 256 letters, digits, _ and -, such as the output of: openssl rand -hex 32",
		"HTTPS_PROXY is no address with one of the schemes http, https, socks5, socks5h; write an address such as http://proxy:3128 or socks5://proxy:1080",
		"REDIS_URL is no Redis address; write an address such as redis://127.0.0.1:6379/0",
		"LISTEN and LISTEN_FILE are both set; keep one of them",
		"PUBLIC_URL must have no user, query or fragment; write an address such as https://shopwarden.example.com",
		"HEARTBEAT_URL is no https address; write the address that your monitor gave, such as https://monitor.example.com/ping/1234",
		`LOG_LEVEL "loud" is not one of debug, info, warn, error; write debug, info, warn or error`,
		"DATA_SECRET has 7 bytes, fewer than 32; write at least 32 bytes, such as the output of: openssl rand -base64 32",
		"RULES_DIR_FILE cannot be read: open /gone: file does not exist; name a file that this process may read",
		`RETENTION (sw.yaml:1) "3d" is out of range; write 8d to 730d`,
	}
	if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Error("a secret shows")
	}
}

func TestSettingsThatDoNotGoTogetherAreReported(t *testing.T) {
	_, err := place{vars: map[string]string{"TELEGRAM_WEBHOOK_URL": "http://h/x", "RETENTION": "90d", "DAY_RETENTION": "30d"}}.load("")
	want := []string{"TELEGRAM_WEBHOOK_SECRET", "TELEGRAM_WEBHOOK_URL", "DAY_RETENTION"}
	var got []string
	for _, p := range Explain(err) {
		got = append(got, p.Where)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnUnreadableSettingsFileIsReported(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"reading settings: open sw.yaml": nil,
		"sw.yaml:2:":                     {"sw.yaml": "listen: ':1'\nlisten: ':2'\n"},
		"sw.yaml:1: the file is empty":   {"sw.yaml": "# nothing\n"},
	} {
		if _, err := (place{files: files}).load("sw.yaml"); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %s", err, name)
		}
	}
}

func TestACommandNamesTheSettingsItNeeds(t *testing.T) {
	s, err := place{}.load("")
	if err != nil {
		t.Fatal(err)
	}
	err = s.Require("TELEGRAM_TOKEN", "DATA_SECRET", "REDIS_URL")
	se := (*SettingError)(nil)
	if !errors.As(err, &se) || se.Name != "TELEGRAM_TOKEN" || strings.Count(err.Error(), "is not set") != 2 {
		t.Errorf("got %v", err)
	}
}

func TestSettingsPrintWithoutSecrets(t *testing.T) {
	s, err := place{vars: map[string]string{"TELEGRAM_TOKEN": "1:hunter2", "REDIS_URL": "redis://:hunter2@h", "DATA_SECRET": key + "hunter2"}}.load("")
	if err != nil {
		t.Fatal(err)
	}
	if out := fmt.Sprintf("%v %+v %#v", s, s, &s); strings.Contains(out, "hunter2") {
		t.Error(out)
	}
}

func TestEverySettingIsDocumented(t *testing.T) {
	seen := map[string]bool{}
	for i, d := range SettingsTable() {
		if d.Name == "" || d.Doc == "" || seen[d.Name] || settingRows()[i].remedy == "" {
			t.Errorf("%+v lacks something or comes twice", d)
		}
		seen[d.Name] = true
	}
}

func TestTheReadmeListsEverySetting(t *testing.T) {
	raw, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range SettingsTable() {
		if !strings.Contains(string(raw), "`"+d.Name+"`") || d.Default != "" && !strings.Contains(string(raw), d.Default) {
			t.Errorf("README.md lacks `%s` or its default %q", d.Name, d.Default)
		}
	}
}
