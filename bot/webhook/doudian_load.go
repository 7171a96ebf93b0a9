package webhook

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"shopwarden/rules"
)

//go:embed doudian_tags.yaml
var builtinTags []byte

// builtinDoudianTags is the table that comes with the program. A test holds it readable.
func builtinDoudianTags() *DoudianTags {
	t, err := parseDoudianTags("doudian_tags.yaml", builtinTags)
	if err != nil {
		panic(err)
	}
	return t
}

// LoadDoudianTags reads the table of tags from a YAML file, which replaces the one that comes with the program; that one
// when file is "". The built-in doudian_tags.yaml explains the form. Errors start with file:line.
func LoadDoudianTags(file string) (*DoudianTags, error) {
	if file == "" {
		return builtinDoudianTags(), nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the table of Doudian tags: %w", err)
	}
	return parseDoudianTags(file, text)
}

// tagsFile is the form of the YAML.
type tagsFile struct {
	Tags   []doudianRow              `yaml:"tags"`
	Values map[string][]doudianValue `yaml:"values"`
}

func parseDoudianTags(file string, text []byte) (*DoudianTags, error) {
	doc, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, placed(file, err)
	}
	if len(doc.Docs) == 0 || doc.Docs[0].Body == nil {
		return nil, fmt.Errorf("%s:1: the table is empty", file)
	}
	root := doc.Docs[0].Body
	var content tagsFile
	if err := yaml.NodeToValue(root, &content, yaml.Strict()); err != nil {
		return nil, placed(file, err)
	}
	if path, problem := content.check(); problem != "" {
		return nil, fmt.Errorf("%s:%d: %s: %s", file, line(root, path), path[len("$."):], problem)
	}
	t := &DoudianTags{rows: map[string][]doudianRow{}, values: content.Values}
	for _, row := range content.Tags {
		t.rows[row.Tag] = append(t.rows[row.Tag], row)
	}
	return t, nil
}

// placed turns the library's error, which draws the source, into file:line and a sentence.
func placed(file string, err error) error {
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		return fmt.Errorf("%s:%d: %s", file, at.GetToken().Position.Line, at.GetMessage())
	}
	return fmt.Errorf("%s: %w", file, err)
}

// line finds where path stands.
func line(root ast.Node, path string) int {
	p, err := yaml.PathString(path)
	if err != nil {
		return 1
	}
	node, err := p.FilterNode(root)
	if err != nil || node == nil {
		return 1
	}
	return node.GetToken().Position.Line
}

// check returns the path of the first thing that cannot work and what is wrong with it; "" for a good table.
func (f tagsFile) check() (path, problem string) {
	if len(f.Tags) == 0 {
		return "$.tags", "is missing"
	}
	for i, row := range f.Tags {
		if part, problem := row.check(f.Values); problem != "" {
			return fmt.Sprintf("$.tags[%d]%s", i, part), problem
		}
	}
	for name, list := range f.Values {
		for i, v := range list {
			path := fmt.Sprintf("$.values.'%s'[%d]", name, i)
			if len(v.Is)+len(v.Contains) == 0 {
				return path, "needs is or contains"
			}
			if slices.Contains(v.Contains, "") {
				return path + ".contains", "every text contains the empty one"
			}
			if field, problem := checkSet(v.Set); problem != "" {
				return path + ".set" + field, problem
			}
		}
	}
	return "", ""
}

func (r doudianRow) check(values map[string][]doudianValue) (part, problem string) {
	switch {
	case !isDigits(r.Tag) || r.Tag == "0":
		return ".tag", fmt.Sprintf("%q must be a number other than 0", r.Tag)
	case r.Event == "" && len(r.When) == 0:
		return "", "needs an event, or a when to ignore some cases"
	case r.Event == "":
		return "", ""
	case !rules.Known(r.Event):
		return ".event", fmt.Sprintf("%q is not in the vocabulary", r.Event)
	case len(r.Time) == 0:
		return "", "needs time: where does it say when it happened?"
	}
	for field := range r.Fields {
		if _, ok := fieldKinds[field]; !ok {
			return ".fields." + field, "is not a field of the vocabulary that a table can fill"
		}
	}
	for _, path := range r.Values {
		if _, ok := values[path]; !ok {
			return ".values", fmt.Sprintf("there is no values.%s; an empty list is fine", path)
		}
	}
	if field, problem := checkSet(r.Set); problem != "" {
		return ".set" + field, problem
	}
	return "", ""
}

func checkSet(set map[string]any) (field, problem string) {
	for name, value := range set {
		kind, ok := fieldKinds[name]
		switch v := value.(type) {
		case bool:
			ok = ok && kind == reflect.Bool
		case string:
			ok = ok && kind == reflect.String && v != ""
		default:
			ok = false
		}
		if !ok {
			return "." + name, fmt.Sprintf("cannot be set to %v", value)
		}
	}
	return "", ""
}
