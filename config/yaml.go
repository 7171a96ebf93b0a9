package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// FileError is one problem of a YAML file. Line counts from 1; Field is a path such as editions[0].rules[3].deadline.within,
// empty where the problem is the file as a whole.
type FileError struct {
	File    string
	Line    int
	Field   string
	Problem string
}

func (e *FileError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Problem)
	}
	return fmt.Sprintf("%s:%d: %s: %s", e.File, e.Line, e.Field, e.Problem)
}

// source is a YAML file that is being read. It keeps every problem rather than the first, so that one look mends them all.
type source struct {
	file     string
	problems []*FileError
}

func (s *source) fail(line int, field, format string, args ...any) {
	s.problems = append(s.problems, &FileError{s.file, line, field, fmt.Sprintf(format, args...)})
}

// err joins the problems in the order of their lines, nil when there are none.
func (s *source) err() error {
	slices.SortStableFunc(s.problems, func(a, b *FileError) int { return cmp.Compare(a.Line, b.Line) })
	list := make([]error, len(s.problems))
	for i, p := range s.problems {
		list[i] = p
	}
	return errors.Join(list...)
}

// value is a node of a source and the path that leads to it.
type value struct {
	src  *source
	path string
	line int
	node ast.Node
}

// parse returns the top of a file; ok is false when it cannot be read at all.
func (s *source) parse(text []byte) (top value, ok bool) {
	f, err := parser.ParseBytes(text, 0)
	if err != nil {
		line, problem := 1, "is no YAML"
		if y := yaml.Error(nil); errors.As(err, &y) {
			problem = y.GetMessage()
			if tk := y.GetToken(); tk != nil && tk.Position != nil {
				line = tk.Position.Line
			}
		}
		s.fail(line, "", "%s", problem)
		return value{}, false
	}
	if len(f.Docs) == 0 || f.Docs[0].Body == nil {
		s.fail(1, "", "the file is empty")
		return value{}, false
	}
	if len(f.Docs) > 1 {
		s.fail(lineOf(f.Docs[1].Body, 1), "", "a second document begins here; a file holds one")
		return value{}, false
	}
	return value{s, "", lineOf(f.Docs[0].Body, 1), f.Docs[0].Body}, true
}

// lineOf returns the line on which a node begins, line when it does not know.
func lineOf(n ast.Node, line int) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return line
	}
	return n.GetToken().Position.Line
}

func (v value) fail(format string, args ...any) { v.src.fail(v.line, v.path, format, args...) }

// object reads a mapping with the known fields; any other field is a problem.
func (v value) object(known ...string) (object, bool) {
	o := object{value: v, fields: map[string]value{}}
	m, ok := v.node.(ast.MapNode)
	if !ok {
		v.fail("must be a list of fields: %s", strings.Join(known, ", "))
		return o, false
	}
	for it := m.MapRange(); it.Next(); {
		key := it.Key()
		name, isText := scalar(key)
		line := lineOf(key, v.line)
		field := value{v.src, join(v.path, name), line, it.Value()}
		switch {
		case !isText:
			v.src.fail(line, v.path, "a field's name must be plain text")
		case !slices.Contains(known, name):
			field.fail("unknown field%s", didYouMean(name, known))
		default:
			o.fields[name] = field
		}
	}
	return o, true
}

// has reports whether a mapping has a field.
func (v value) has(name string) bool {
	m, ok := v.node.(ast.MapNode)
	if !ok {
		return false
	}
	for it := m.MapRange(); it.Next(); {
		if key, _ := scalar(it.Key()); key == name {
			return true
		}
	}
	return false
}

// field returns the place of a field of a mapping, whether it is known or not; the mapping's own when it is absent.
func (v value) field(name string) value {
	at := value{v.src, join(v.path, name), v.line, nil}
	if m, ok := v.node.(ast.MapNode); ok {
		for it := m.MapRange(); it.Next(); {
			if key, _ := scalar(it.Key()); key == name {
				at.line = lineOf(it.Key(), v.line)
			}
		}
	}
	return at
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// didYouMean names the known word nearest to name, or all of them when none is near.
func didYouMean(name string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if d := distance(name, k); d < least {
			best, least = k, d
		}
	}
	if best != "" {
		return "; did you mean " + best + "?"
	}
	return "; known are " + strings.Join(known, ", ")
}

// distance counts the letters to add, drop, change or swap with their neighbour that make b of a.
func distance(a, b string) int {
	if len(a) > 64 {
		return len(a)
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		for j := range rows[i] {
			switch {
			case i == 0 || j == 0:
				rows[i][j] = i + j
			case a[i-1] == b[j-1]:
				rows[i][j] = rows[i-1][j-1]
			default:
				rows[i][j] = 1 + min(rows[i-1][j-1], rows[i-1][j], rows[i][j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// list reads a sequence; a single value counts as a list of one.
func (v value) list() []value {
	seq, ok := v.node.(*ast.SequenceNode)
	if !ok {
		return []value{v}
	}
	items := make([]value, len(seq.Values))
	for i, n := range seq.Values {
		items[i] = value{v.src, fmt.Sprintf("%s[%d]", v.path, i), lineOf(n, v.line), n}
	}
	return items
}

// text reads a scalar as it was written, without its quotes.
func (v value) text() (string, bool) {
	text, ok := scalar(v.node)
	switch {
	case ok:
		return text, true
	case v.node == nil || v.node.Type() == ast.NullType:
		v.fail("is empty; give a value or leave the field out")
	case v.node.Type() == ast.AnchorType || v.node.Type() == ast.AliasType || v.node.Type() == ast.TagType:
		v.fail("anchors, aliases and tags are not read here; write the value out")
	default:
		v.fail("must be a single value")
	}
	return "", false
}

func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.LiteralNode:
		if n.Value == nil {
			return "", true
		}
		return strings.TrimSpace(n.Value.Value), true
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// object is a mapping whose fields are known.
type object struct {
	value
	fields map[string]value
}

// over returns the object with the fields of another one where it has none itself.
func (o object) over(base object) object {
	out := object{value: o.value, fields: maps.Clone(base.fields)}
	maps.Copy(out.fields, o.fields)
	return out
}

// at returns the object as if it stood where v does: a problem of it is a problem of whoever takes it over.
func (o object) at(v value) object {
	out := object{value: value{v.src, v.path, v.line, o.node}, fields: make(map[string]value, len(o.fields))}
	for name, f := range o.fields {
		out.fields[name] = value{v.src, v.path + "(" + f.path + ")", v.line, f.node}
	}
	return out
}

// failField books a problem of a field, at the object itself when the field is absent.
func (o object) failField(name, format string, args ...any) {
	if v, ok := o.fields[name]; ok {
		v.fail(format, args...)
		return
	}
	o.src.fail(o.line, join(o.path, name), format, args...)
}

// need returns a field and books its absence.
func (o object) need(name string) (value, bool) {
	v, ok := o.fields[name]
	if !ok {
		o.failField(name, "is missing")
	}
	return v, ok
}

// read parses an optional field. What parse reports becomes a problem of that field.
func read[T any](o object, name string, parse func(string) (T, error)) (out T) {
	v, ok := o.fields[name]
	if !ok {
		return out
	}
	return readValue(v, parse)
}

// readNeeded is read for a field that must be there.
func readNeeded[T any](o object, name string, parse func(string) (T, error)) (out T) {
	v, ok := o.need(name)
	if !ok {
		return out
	}
	return readValue(v, parse)
}

// readList parses each item of an optional field.
func readList[T any](o object, name string, parse func(string) (T, error)) (out []T) {
	v, ok := o.fields[name]
	if !ok {
		return nil
	}
	for _, item := range v.list() {
		out = append(out, readValue(item, parse))
	}
	return out
}

func readValue[T any](v value, parse func(string) (T, error)) (out T) {
	text, ok := v.text()
	if !ok {
		return out
	}
	out, err := parse(text)
	if err != nil {
		v.fail("%s", err)
	}
	return out
}
