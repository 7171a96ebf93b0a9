package config

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"shopwarden/rules"
)

// DefaultPack is the pack of a shop that names none.
const DefaultPack = "douyin-2026"

//go:embed rulebook/*.yaml
var rulebook embed.FS

// BuiltIn returns the packs that come with the program, for [LoadPacks].
func BuiltIn() fs.FS {
	sub, err := fs.Sub(rulebook, "rulebook")
	if err != nil {
		panic(err) // the name is constant and valid
	}
	return sub
}

// Packs are the rule packs of this installation and its dated calendars. They are read-only and safe for concurrent use.
type Packs struct {
	books     map[string]*rules.Rulebook
	origin    map[string]string
	own       map[string]bool // read from the operator's folder
	calendars *Calendars
}

// LoadPacks reads every .yaml and .yml file of embedded and then of the folder dir ("" = none), where a pack of the same
// name replaces the embedded one as a whole. A pack has the name of its file. The calendars that come with the program and
// those of dir/calendar come along in the same way. Any problem in any file gives no packs and an error that joins all
// problems as *[FileError].
func LoadPacks(embedded fs.FS, dir string) (*Packs, error) {
	p := &Packs{books: map[string]*rules.Rulebook{}, origin: map[string]string{}, own: map[string]bool{}}
	builtIn, err := collect(embedded, "", "pack")
	own, errOwn := map[string]yamlFile{}, error(nil)
	if dir != "" {
		own, errOwn = collect(os.DirFS(dir), dir, "pack")
	}
	problems := []error{err, errOwn}
	files := maps.Clone(builtIn)
	maps.Copy(files, own)
	hoursAt := map[string]value{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f := files[name]
		book, at, err := parsePack(f.file, f.text, f.bases(name, builtIn, own))
		if problems = append(problems, err); err != nil {
			continue
		}
		p.books[name], p.origin[name], p.own[name] = book, f.file, f.own
		hoursAt[name] = at
	}
	if p.calendars, err = loadCalendars(dir, p.knownRule); err == nil {
		err = p.checkHours(hoursAt)
	}
	if err := errors.Join(append(problems, err)...); err != nil {
		return nil, err
	}
	return p, nil
}

// knownRule returns an error for a rule that no pack has.
func (p *Packs) knownRule(id string) error {
	var ids []string
	for _, book := range p.books {
		ids = append(ids, ruleIDs(book)...)
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); !slices.Contains(ids, id) {
		return fmt.Errorf("no pack has a rule %q%s", id, didYouMean(id, ids))
	}
	return nil
}

// checkHours reports packs whose business hours name holidays that are unknown. hoursAt says where the hours stand.
func (p *Packs) checkHours(hoursAt map[string]value) error {
	var problems []error
	for _, name := range p.Names() {
		if _, err := platformHours(p.books[name], time.UTC, p.calendars); err != nil {
			at := hoursAt[name]
			at.fail("%s", err)
			problems = append(problems, at.src.err())
		}
	}
	return errors.Join(problems...)
}

// yamlFile is a pack or a calendar that is not yet read.
type yamlFile struct {
	file string
	text []byte
	own  bool // from the operator's folder
}

// bases finds what a pack may build on. A built-in pack builds on built-in ones, whatever the operator replaces; an
// operator's pack on the operator's before the built-in ones, and on the built-in one of its own name.
func (f yamlFile) bases(name string, builtIn, own map[string]yamlFile) bases {
	return func(like string) (string, []byte, bool) {
		if other, ok := own[like]; ok && f.own && like != name {
			return other.file, other.text, true
		}
		other, ok := builtIn[like]
		return other.file, other.text, ok
	}
}

// collect finds the packs or calendars (what says which) of one folder by name; it is called dir, "" is what is built in.
func collect(folder fs.FS, dir, what string) (map[string]yamlFile, error) {
	files := map[string]yamlFile{}
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return files, &SettingError{"RULES_DIR", fmt.Sprintf("%s cannot be read: %s", dir, err), "name a folder that this process may read, or leave it out"}
	}
	var problems []error
	for _, e := range entries {
		ext := path.Ext(e.Name())
		if e.IsDir() || ext != ".yaml" && ext != ".yml" {
			continue
		}
		name := strings.TrimSuffix(e.Name(), ext)
		file := filepath.Join(dir, e.Name())
		if first, twice := files[name]; twice {
			problems = append(problems, fmt.Errorf("%s and %s are the same %s; remove one", first.file, file, what))
			continue
		}
		text, err := fs.ReadFile(folder, e.Name())
		if err != nil {
			problems = append(problems, fmt.Errorf("reading the %s %s: %w", what, file, err))
		}
		files[name] = yamlFile{file, text, dir != ""}
	}
	return files, errors.Join(problems...)
}

// Calendars returns the dated calendars of this installation.
func (p *Packs) Calendars() *Calendars { return p.calendars }

// Get returns a pack. The error of an unknown one names those there are.
func (p *Packs) Get(name string) (*rules.Rulebook, error) {
	if book, ok := p.books[name]; ok {
		return book, nil
	}
	return nil, fmt.Errorf("pack %q is unknown; there are %s", name, strings.Join(p.Names(), ", "))
}

// Names returns the names of all packs in alphabetical order.
func (p *Packs) Names() []string { return slices.Sorted(maps.Keys(p.books)) }

// Origin returns the file a pack was read from: a bare name for one that is built in, "" for an unknown pack.
func (p *Packs) Origin(name string) string { return p.origin[name] }
