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

// Packs are the rule packs of this installation. They are read-only and safe for concurrent use; what they remember is bounded.
type Packs struct {
	books  map[string]*rules.Rulebook
	origin map[string]string
	own    map[string]bool // read from the operator's folder

	conditions *conditions
	rules      memory[string, readRules] // what was read of the text of a shop's own rule
}

// LoadPacks reads every .yaml and .yml file of embedded and then of the folder dir ("" = none), where a pack of the same
// name replaces the embedded one as a whole. A pack has the name of its file. Any problem in any file gives no packs and an
// error that joins all problems as *[FileError].
func LoadPacks(embedded fs.FS, dir string) (*Packs, error) {
	p := &Packs{books: map[string]*rules.Rulebook{}, origin: map[string]string{}, own: map[string]bool{}, conditions: newConditions()}
	p.rules.max = maxKnown
	err := p.add(embedded, "")
	if dir != "" {
		err = errors.Join(err, p.add(os.DirFS(dir), dir))
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// add reads the packs of one folder, called dir; "" is what is built in.
func (p *Packs) add(folder fs.FS, dir string) error {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return &SettingError{"RULES_DIR", fmt.Sprintf("%s cannot be read: %s", dir, err), "name a folder that this process may read, or leave it out"}
	}
	var problems []error
	seen := map[string]string{}
	for _, e := range entries {
		ext := path.Ext(e.Name())
		if e.IsDir() || ext != ".yaml" && ext != ".yml" {
			continue
		}
		name := strings.TrimSuffix(e.Name(), ext)
		file := filepath.Join(dir, e.Name())
		if seen[name] != "" {
			problems = append(problems, fmt.Errorf("%s and %s are the same pack; remove one", seen[name], file))
			continue
		}
		seen[name] = file
		if err := p.addFile(folder, e.Name(), name, file); err != nil {
			problems = append(problems, err)
		}
		p.own[name] = dir != ""
	}
	return errors.Join(problems...)
}

func (p *Packs) addFile(folder fs.FS, entry, name, file string) error {
	text, err := fs.ReadFile(folder, entry)
	if err != nil {
		return fmt.Errorf("reading the rule pack %s: %w", file, err)
	}
	book, err := parsePack(file, text, p.conditions)
	if err != nil {
		return err
	}
	p.books[name], p.origin[name] = book, file
	return nil
}

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
