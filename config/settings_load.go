package config

import (
	"errors"
	"fmt"
	"strings"
)

// FileSetting names the YAML file of settings.
const FileSetting = "SHOPWARDEN_CONFIG"

// SettingError is one problem of one setting. It never shows the value of a secret.
type SettingError struct {
	Name    string
	Problem string
	Remedy  string
}

func (e *SettingError) Error() string {
	if e.Remedy == "" {
		return e.Name + " " + e.Problem
	}
	return e.Name + " " + e.Problem + "; " + e.Remedy
}

// SettingDoc is one setting as people should know it.
type SettingDoc struct {
	Name    string
	Default string // "" = none
	Doc     string
	Secret  bool
}

// SettingsTable returns all settings in the order of the documentation.
func SettingsTable() []SettingDoc {
	rows := settingRows()
	list := make([]SettingDoc, len(rows))
	for i, r := range rows {
		list[i] = SettingDoc{r.name, r.def, r.doc, r.secret}
	}
	return list
}

// Load reads the settings: from the environment, then from the YAML file (file, else what SHOPWARDEN_CONFIG names, else
// none), then the defaults. In the file a setting is written in small letters: redis_url. Every setting can also be given as
// the name of a file that holds it, NAME_FILE or name_file, whose line break at the end is dropped; both at once is an
// error. An empty value counts as absent.
//
// It reads nothing but through env and readFile, and returns either settings or every problem there is, as joined
// *[SettingError] and *[FileError].
func Load(env func(string) (string, bool), file string, readFile func(string) ([]byte, error)) (Settings, error) {
	l := loader{env: env, readFile: readFile}
	if file == "" {
		file, _ = env(FileSetting)
	}
	if file != "" {
		l.readYAML(file)
	}
	var s Settings
	for _, row := range settingRows() {
		l.load(&s, row)
	}
	if len(l.problems) == 0 {
		for _, p := range s.checkTogether() {
			l.problems = append(l.problems, p)
		}
	}
	if err := errors.Join(l.problems...); err != nil {
		return Settings{}, err
	}
	return s, nil
}

// Require reports settings that a command needs and that are not set, by the names of the table.
func (s Settings) Require(names ...string) error {
	have := map[string]bool{
		"TELEGRAM_TOKEN": s.TelegramToken != "", "DATA_SECRET": s.DataSecret != "", "PUBLIC_URL": s.PublicURL != "",
		"REDIS_URL": s.RedisURL != "", "TELEGRAM_WEBHOOK_URL": s.TelegramWebhookURL != "",
	}
	var problems []error
	for _, row := range settingRows() {
		for _, name := range names {
			if row.name == name && !have[name] {
				problems = append(problems, &SettingError{name, "is not set", row.remedy})
			}
		}
	}
	return errors.Join(problems...)
}

type loader struct {
	env      func(string) (string, bool)
	readFile func(string) ([]byte, error)
	yaml     map[string]entry // by upper-case name
	problems []error
}

// entry is one line of the settings file.
type entry struct {
	text  string
	where string // file:line
}

// readYAML reads the file of settings; what is wrong with it is kept.
func (l *loader) readYAML(file string) {
	text, err := l.readFile(file)
	if err != nil {
		l.problems = append(l.problems, fmt.Errorf("reading settings: %w", err))
		return
	}
	src := &source{file: file}
	if top, ok := src.parse(text); ok {
		var known []string
		for _, row := range settingRows() {
			known = append(known, strings.ToLower(row.name), strings.ToLower(row.name)+"_file")
		}
		o, _ := top.object(known...)
		l.yaml = map[string]entry{}
		for name, v := range o.fields {
			text, _ := v.text() // what is no text has become a problem of the file
			l.yaml[strings.ToUpper(name)] = entry{text, fmt.Sprintf("%s:%d", file, v.line)}
		}
	}
	if err := src.err(); err != nil {
		l.problems = append(l.problems, err)
	}
}

// load finds the text of one setting and parses it.
func (l *loader) load(s *Settings, row setting) {
	text, where, err := l.find(row.name)
	if err != nil {
		l.problems = append(l.problems, err)
		return
	}
	if text == "" {
		text = row.def
	}
	if text == "" {
		return
	}
	if err := row.parse(s, text); err != nil {
		l.problems = append(l.problems, &SettingError{named(row.name, where), err.Error(), row.remedy})
	}
}

func named(name, where string) string {
	if where == "" {
		return name
	}
	return name + " (" + where + ")"
}

// find returns the text of a setting, and its line when it stands in the settings file.
func (l *loader) find(name string) (text, where string, err error) {
	text, err = l.pick(name, "", l.env)
	if text != "" || err != nil {
		return text, "", err
	}
	where = l.yaml[name].where
	if where == "" {
		where = l.yaml[name+"_FILE"].where
	}
	text, err = l.pick(name, where, func(n string) (string, bool) { return l.yaml[n].text, true })
	return text, where, err
}

// pick returns what one place says of a setting, by itself or by the name of a file.
func (l *loader) pick(name, where string, from func(string) (string, bool)) (string, error) {
	text, _ := from(name)
	path, _ := from(name + "_FILE")
	switch {
	case text != "" && path != "":
		return "", &SettingError{named(name, where), "and " + name + "_FILE are both set", "keep one of them"}
	case path == "":
		return text, nil
	}
	raw, err := l.readFile(path)
	if err != nil {
		return "", &SettingError{named(name+"_FILE", where), "cannot be read: " + err.Error(), "name a file that this process may read"}
	}
	text = strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r")
	if text == "" {
		return "", &SettingError{named(name+"_FILE", where), "names an empty file: " + path, "put the value into it"}
	}
	return text, nil
}
