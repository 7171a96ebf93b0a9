package config

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"shopwarden/rules"
)

//go:embed calendar/*.yaml
var calendarFiles embed.FS

// calendarFolder is where calendars stand below the operator's folder of packs, and in the program.
const calendarFolder = "calendar"

// DatedCalendar is a set of shifts under one name: a promotion, a season, a notice. It is read-only.
type DatedCalendar struct {
	ID     string
	Name   rules.Text
	Packs  []string // whom it is for: packs of that name, or whose name goes on with a hyphen (tmall, tmall-2026); nil = all
	Zone   string   // IANA, in which its dates are meant
	Source string
	Shifts []rules.DatedShift
}

// For reports whether the calendar is meant for shops with that pack.
func (c *DatedCalendar) For(pack string) bool {
	for _, name := range c.Packs {
		if rest, ok := strings.CutPrefix(pack, name); ok && (rest == "" || rest[0] == '-') {
			return true
		}
	}
	return len(c.Packs) == 0
}

// Calendars are the dated calendars of this installation: public holidays, and what platforms changed for a time. They are
// read-only and safe for concurrent use. The zero value has none.
type Calendars struct {
	holidays map[string]*rules.Holidays
	dated    map[string]*DatedCalendar
	origin   map[string]string
	own      bool // some were read from the operator's folder
}

// loadCalendars reads the calendars that come with the program and then those of dir/calendar ("" = none, nor need that
// folder be there), where one of the same name replaces the built-in one as a whole. known reports whether any pack has a
// rule; the operator's calendars may name no other. Any problem gives no calendars and an error that joins all of them.
func loadCalendars(dir string, known func(rule string) error) (*Calendars, error) {
	c := &Calendars{map[string]*rules.Holidays{}, map[string]*DatedCalendar{}, map[string]string{}, false}
	builtIn, err := fs.Sub(calendarFiles, calendarFolder)
	if err != nil {
		panic(err) // the name is constant and valid
	}
	// A built-in calendar is written for the built-in packs, which an operator may replace: its rules need not be there.
	err = c.add(builtIn, "", func(string) error { return nil })
	if dir != "" {
		dir = filepath.Join(dir, calendarFolder)
		if _, errStat := os.Stat(dir); !errors.Is(errStat, fs.ErrNotExist) {
			err = errors.Join(err, c.add(os.DirFS(dir), dir, known))
		}
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// add reads the calendars of one folder, called dir; "" is what is built in.
func (c *Calendars) add(folder fs.FS, dir string, known func(rule string) error) error {
	files, err := collect(folder, dir, "calendar")
	problems := []error{err}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		problems = append(problems, c.addFile(name, files[name], known))
	}
	return errors.Join(problems...)
}

func (c *Calendars) addFile(name string, f yamlFile, known func(rule string) error) error {
	src := &source{file: f.file}
	top, ok := src.parse(f.text)
	if !ok {
		return src.err()
	}
	holidays, dated := readCalendar(top, known)
	if err := src.err(); err != nil {
		return err
	}
	delete(c.holidays, name)
	delete(c.dated, name)
	if holidays != nil {
		c.holidays[name] = holidays
	} else {
		c.dated[name] = dated
	}
	c.origin[name] = f.file
	c.own = c.own || f.own
	return nil
}

// Holidays returns a calendar of public holidays. The error of an unknown one names the nearest, or those there are.
func (c *Calendars) Holidays(id string) (*rules.Holidays, error) {
	if h, ok := c.holidays[id]; ok {
		return h, nil
	}
	return nil, fmt.Errorf("%q is no calendar of holidays%s", id, didYouMean(id, slices.Sorted(maps.Keys(c.holidays))))
}

// Dated returns a calendar of shifts. The error of an unknown one names the nearest, or those there are.
func (c *Calendars) Dated(id string) (*DatedCalendar, error) {
	if d, ok := c.dated[id]; ok {
		return d, nil
	}
	if _, ok := c.holidays[id]; ok {
		return nil, fmt.Errorf("%q are holidays: they belong into hours, such as mon-fri 09:00-18:00 %s", id, id)
	}
	return nil, fmt.Errorf("%q is no calendar%s", id, didYouMean(id, slices.Sorted(maps.Keys(c.dated))))
}

// List returns all calendars of shifts in alphabetical order of their ids.
func (c *Calendars) List() []*DatedCalendar {
	var list []*DatedCalendar
	for _, id := range slices.Sorted(maps.Keys(c.dated)) {
		list = append(list, c.dated[id])
	}
	return list
}

// Origin returns the file a calendar was read from: a bare name for one that is built in, "" for an unknown one.
func (c *Calendars) Origin(id string) string { return c.origin[id] }
