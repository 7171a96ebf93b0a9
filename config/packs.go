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

// Packs are the rule packs of this installation. They are read-only and safe for concurrent use.
type Packs struct {
	books  map[string]*rules.Rulebook
	origin map[string]string
	own    map[string]bool // read from the operator's folder
}

// LoadPacks reads every .yaml and .yml file of embedded and then of the folder dir ("" = none), where a pack of the same
// name replaces the embedded one as a whole. A pack has the name of its file. Any problem in any file gives no packs and an
// error that joins all problems as *[FileError].
func LoadPacks(embedded fs.FS, dir string) (*Packs, error) {
	p := &Packs{books: map[string]*rules.Rulebook{}, origin: map[string]string{}, own: map[string]bool{}}
	builtIn, own := map[string]packFile{}, map[string]packFile{}
	problems := []error{collect(builtIn, embedded, "")}
	if dir != "" {
		problems = append(problems, collect(own, os.DirFS(dir), dir))
	}
	files := maps.Clone(builtIn)
	maps.Copy(files, own)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f := files[name]
		book, err := parsePack(f.file, f.text, f.bases(name, builtIn, own))
		problems = append(problems, err)
		p.books[name], p.origin[name], p.own[name] = book, f.file, f.own
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return p, nil
}

// packFile is a pack that is not yet read.
type packFile struct {
	file string
	text []byte
	own  bool // from the operator's folder
}

// bases finds what a pack may build on. A built-in pack builds on built-in ones, whatever the operator replaces; an
// operator's pack on the operator's before the built-in ones, and on the built-in one of its own name.
func (f packFile) bases(name string, builtIn, own map[string]packFile) bases {
	return func(like string) (string, []byte, bool) {
		if other, ok := own[like]; ok && f.own && like != name {
			return other.file, other.text, true
		}
		other, ok := builtIn[like]
		return other.file, other.text, ok
	}
}

// collect finds the packs of one folder, called dir; "" is what is built in. One of the same name is replaced.
func collect(files map[string]packFile, folder fs.FS, dir string) error {
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
		text, err := fs.ReadFile(folder, e.Name())
		if err != nil {
			problems = append(problems, fmt.Errorf("reading the rule pack %s: %w", file, err))
			continue
		}
		files[name] = packFile{file, text, dir != ""}
	}
	return errors.Join(problems...)
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
