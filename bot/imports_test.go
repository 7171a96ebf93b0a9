package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// The architecture of Shopwarden as a table. Imports point inward: ring 0 is what is promised, ring 1
// what is done about it, ring 2 the one way to Redis, Telegram, the platforms and the browser, ring 3
// the programs. Ring 2 packages never import each other; they meet in ring 3.
//
// The files are parsed, not asked for with the go command, so that no build tag hides an import and the
// test cache sees every file the verdict rests on.

const module = "shopwarden"

// ringSupport is for doubles and private servers that tests and the demo run against.
const ringSupport = 4

// row is one package: where it stands and what it may import of this project.
type row struct {
	pkg  string // path below the module
	ring int
	may  []string // in production and in tests
	test []string // in tests as well as may
	// planned says that the package may still be missing. Without it a row needs its package.
	planned bool
}

// programs may import everything but other programs and, unless named, test support.
var programs = []string{
	"rules", "config", "jobs",
	"bot/sla", "bot/notify", "bot/alarm", "bot/appeal", "bot/outbox", "bot/locale", "bot/chart", "bot/export",
	"bot/store", "bot/telegram", "bot/webhook", "bot/web",
}

var support = []string{"bot/store/storetest", "bot/telegram/telegramtest"}

var layout = []row{
	{pkg: "rules", ring: 0, test: []string{"rules/rulestest"}},

	{pkg: "config", ring: 1, may: []string{"rules"}, test: []string{"rules/rulestest"}},
	{pkg: "bot/locale", ring: 1, may: []string{"rules"}},
	{pkg: "bot/chart", ring: 1, may: []string{"rules"}},
	{pkg: "bot/export", ring: 1},
	{pkg: "bot/alarm", ring: 1, may: []string{"rules", "config"}},
	{pkg: "bot/appeal", ring: 1, may: []string{"rules", "bot/alarm"}},
	{pkg: "bot/outbox", ring: 1, may: []string{"rules", "config", "bot/locale", "bot/chart"}, test: []string{"bot/outbox/outboxtest"}},
	{pkg: "bot/notify", ring: 1, may: []string{"rules", "config", "bot/locale", "bot/chart", "bot/export", "bot/alarm", "bot/appeal", "bot/outbox"}},
	{pkg: "bot/sla", ring: 1, may: []string{"rules", "config", "bot/locale", "bot/alarm", "bot/appeal", "bot/outbox", "bot/notify"}},
	{pkg: "jobs", ring: 1, may: []string{"rules", "config", "bot/locale", "bot/chart", "bot/alarm", "bot/outbox", "bot/notify", "bot/sla"}},

	{pkg: "bot/store", ring: 2, may: []string{"rules", "config", "jobs", "bot/alarm", "bot/appeal", "bot/outbox", "bot/notify", "bot/sla"},
		test: []string{"bot/store/storetest"}},
	{pkg: "bot/telegram", ring: 2, may: []string{"rules", "config", "bot/locale", "bot/chart", "bot/export", "bot/alarm", "bot/appeal", "bot/outbox", "bot/notify", "bot/sla"},
		test: []string{"bot/telegram/telegramtest", "bot/outbox/outboxtest"}},
	{pkg: "bot/webhook", ring: 2, may: []string{"rules", "config", "bot/sla"}},
	{pkg: "bot/web", ring: 2, may: []string{"rules", "config", "jobs", "bot/locale", "bot/chart", "bot/outbox", "bot/notify", "bot/sla"}},

	{pkg: "bot", ring: 3, may: append([]string{"bot/demo"}, programs...), test: support},
	{pkg: "bot/demo", ring: 3, may: append([]string{"bot/telegram/telegramtest"}, programs...), test: support},
	{pkg: "bot/loadtest", ring: 3, may: append(slices.Clone(support), programs...)},
	{pkg: "bot/sqlref", ring: 3, may: append([]string{"rules/rulestest"}, programs...), test: support}, // a module of its own

	{pkg: "rules/rulestest", ring: ringSupport, may: []string{"rules"}},
	{pkg: "bot/outbox/outboxtest", ring: ringSupport, may: []string{"rules", "bot/outbox"}},
	{pkg: "bot/store/storetest", ring: ringSupport},
	{pkg: "bot/telegram/telegramtest", ring: ringSupport},
}

// owner names the only packages that may import a library, whatever follows its path (/v9, /models).
type owner struct {
	library string
	prod    []string
	test    []string // their tests may import it too
}

var owners = []owner{
	{library: "github.com/redis/go-redis", prod: []string{"bot/store", "bot/store/storetest", "bot/loadtest"}}, // loadtest: the naive baseline
	{library: "github.com/go-telegram/bot", prod: []string{"bot/telegram"}, test: []string{"bot/telegram/telegramtest"}},
	{library: "github.com/robfig/cron", prod: []string{"jobs"}},
	{library: "cel.dev/cel-go", prod: []string{"config"}},
	{library: "github.com/go-analyze/charts", prod: []string{"bot/chart"}},
	{library: "github.com/golang/freetype", prod: []string{"bot/chart"}}, // the letters of charts
	{library: "github.com/xuri/excelize", prod: []string{"bot/export"}, test: []string{"bot/notify"}},
	{library: "github.com/mattn/go-sqlite3", prod: []string{"bot/sqlref"}},
}

// impure is what ring 0 may not import, with everything below it, although it is standard library.
var impure = []string{
	"os", "net", "io/fs", "io/ioutil", "log", "syscall", "unsafe", "plugin", "database",
	"runtime", "testing", "math/rand", "crypto/rand", "C",
}

// impureNames is what ring 0 may not name in a package it may import: the clock, timers, the zone of the
// machine, the zone files and the terminal.
var impureNames = map[string][]string{
	"time": {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Local", "LoadLocation"},
	"fmt":  {"Print", "Printf", "Println", "Scan", "Scanf", "Scanln"},
}

func TestImportsPointInward(t *testing.T) {
	pkgs, err := parsePackages(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	report(t, checkRows(layout, pkgs))
	report(t, checkProject(layout, pkgs))
}

func TestEachOutsideLibraryHasOneImporter(t *testing.T) {
	pkgs, err := parsePackages(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	report(t, checkOwners(owners, pkgs))
}

func TestRulesHaveNoClockAndNoIO(t *testing.T) {
	pkgs, err := parsePackages(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	report(t, checkPure(pkgs["rules"]))
}

// TestTheTablePointsInward holds the table itself to the rings, so that a row cannot be widened by mistake.
func TestTheTablePointsInward(t *testing.T) {
	report(t, checkTable(layout))
}

// TestAForbiddenImportIsFound is the test of the tests above: each case is a tree with one fault.
func TestAForbiddenImportIsFound(t *testing.T) {
	table := []row{
		{pkg: "rules", ring: 0},
		{pkg: "bot/store", ring: 2, may: []string{"rules"}, test: []string{"bot/store/storetest"}},
		{pkg: "bot/web", ring: 2, may: []string{"rules"}},
		{pkg: "bot/store/storetest", ring: ringSupport},
		{pkg: "bot/telegram/telegramtest", ring: ringSupport},
	}
	tests := []struct {
		name, file, src string
		want            string // part of the only finding, or "" for none
	}{
		{"inward", "bot/web/a.go", `import "shopwarden/rules"`, ""},
		{"same package from an external test", "bot/web/a_test.go", `import "shopwarden/bot/web"`, ""},
		{"support in a test", "bot/store/a_test.go", `import "shopwarden/bot/store/storetest"`, ""},
		{"support in production", "bot/store/a.go", `import "shopwarden/bot/store/storetest"`, "bot/store/a.go:3: bot/store must not import bot/store/storetest"},
		{"sideways", "bot/web/a.go", `import "shopwarden/bot/store"`, "bot/web must not import bot/store"},
		{"sideways in a test", "bot/web/a_test.go", `import "shopwarden/bot/store"`, "bot/web must not import bot/store"},
		{"behind a build tag", "bot/web/a_windows.go", `import _ "shopwarden/bot/store"`, "bot/web must not import bot/store"},
		{"no row", "bot/util/a.go", ``, "bot/util has no row"},
		{"library of another", "bot/web/a.go", `import "github.com/redis/go-redis/v9"`, "bot/web must not import github.com/redis/go-redis/v9"},
		{"library of its owner", "bot/store/a.go", `import "github.com/redis/go-redis/v9"`, ""},
		{"library with a longer name", "bot/web/a.go", `import "github.com/redis/go-redis-entraid"`, ""},
		{"library in a listed test", "bot/telegram/telegramtest/a_test.go", `import "github.com/go-telegram/bot/models"`, ""},
		{"library in production beside a listed test", "bot/telegram/telegramtest/a.go", `import "github.com/go-telegram/bot/models"`, "bot/telegram/telegramtest must not import"},
		{"clock", "rules/a.go", `import "time"; var _ = time.Now`, "rules must not use time.Now"},
		{"renamed clock", "rules/a.go", `import t "time"; var _ = t.Now()`, "rules must not use time.Now"},
		{"dot import", "rules/a.go", `import . "time"`, "rules must name what it imports from time"},
		{"files", "rules/a.go", `import "os/exec"`, "rules must not import os/exec"},
		{"library in rules", "rules/a.go", `import "pgregory.net/rapid"`, "rules must not import pgregory.net/rapid"},
		{"durations", "rules/a.go", `import "time"; var _ = time.Hour`, ""},
		{"files in a test of rules", "rules/a_test.go", `import "os"`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree := fstest.MapFS{}
			for _, r := range table {
				tree[r.pkg+"/doc.go"] = &fstest.MapFile{Data: []byte("package p\n")}
			}
			tree[tt.file] = &fstest.MapFile{Data: []byte("package p\n\n" + tt.src + "\n")}
			pkgs, err := parsePackages(tree)
			if err != nil {
				t.Fatal(err)
			}
			got := slices.Concat(checkRows(table, pkgs), checkProject(table, pkgs), checkOwners(owners, pkgs), checkPure(pkgs["rules"]))
			if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)) {
				t.Errorf("got %q, want one finding with %q", got, tt.want)
			}
		})
	}
}

// file is one parsed Go file; test files belong to their folder's package, external or not.
type file struct {
	test    bool
	syntax  *ast.File
	fileset *token.FileSet
}

// at is the finding's place, in the form editors follow.
func (f file) at(n ast.Node) string {
	p := f.fileset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// eachImport calls visit with the path of every import of every file.
func eachImport(files []file, visit func(f file, imported string, at *ast.ImportSpec)) {
	for _, f := range files {
		for _, spec := range f.syntax.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				imported = spec.Path.Value // the compiler will say it better
			}
			visit(f, imported, spec)
		}
	}
}

// parsePackages reads every Go file below root that the go command would read, whatever its build tags.
// The key is the folder's path from root.
func parsePackages(root fs.FS) (map[string][]file, error) {
	pkgs := map[string][]file{}
	fileset := token.NewFileSet()
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && (strings.ContainsRune("._", rune(d.Name()[0])) || d.Name() == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		src, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		syntax, err := parser.ParseFile(fileset, name, src, parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("parsing %s: %w", name, err)
		}
		dir := path.Dir(name)
		pkgs[dir] = append(pkgs[dir], file{strings.HasSuffix(name, "_test.go"), syntax, fileset})
		return nil
	})
	return pkgs, err
}

// checkRows finds packages without a row and rows without a package.
func checkRows(table []row, pkgs map[string][]file) (found []string) {
	for pkg := range pkgs {
		if !slices.ContainsFunc(table, func(r row) bool { return r.pkg == pkg }) {
			found = append(found, fmt.Sprintf("%s has no row: say in bot/imports_test.go where it stands", pkg))
		}
	}
	for _, r := range table {
		if pkgs[r.pkg] == nil && !r.planned {
			found = append(found, fmt.Sprintf("%s has a row but no package, and is not marked as planned", r.pkg))
		}
	}
	return found
}

// checkProject finds imports of this project's packages that their row does not name.
func checkProject(table []row, pkgs map[string][]file) (found []string) {
	for _, r := range table {
		eachImport(pkgs[r.pkg], func(f file, imported string, at *ast.ImportSpec) {
			target, ours := strings.CutPrefix(imported, module+"/")
			if !ours || target == r.pkg && f.test || slices.Contains(r.may, target) || f.test && slices.Contains(r.test, target) {
				return
			}
			found = append(found, fmt.Sprintf("%s: %s must not import %s; it may import %v, its tests also %v",
				f.at(at), r.pkg, target, r.may, r.test))
		})
	}
	return found
}

// checkOwners finds imports of a library by a package that does not own it.
func checkOwners(owners []owner, pkgs map[string][]file) (found []string) {
	for pkg, files := range pkgs {
		eachImport(files, func(f file, imported string, at *ast.ImportSpec) {
			for _, o := range owners {
				if !within(imported, o.library) || slices.Contains(o.prod, pkg) || f.test && slices.Contains(o.test, pkg) {
					continue
				}
				found = append(found, fmt.Sprintf("%s: %s must not import %s; only %v may", f.at(at), pkg, imported, o.prod))
			}
		})
	}
	return found
}

// checkPure finds what makes ring 0 depend on more than its arguments. Its tests may do as they like.
func checkPure(files []file) (found []string) {
	eachImport(files, func(f file, imported string, at *ast.ImportSpec) {
		if f.test {
			return
		}
		if !isStandard(imported) || slices.ContainsFunc(impure, func(p string) bool { return within(imported, p) }) {
			found = append(found, fmt.Sprintf("%s: rules must not import %s", f.at(at), imported))
		}
		for _, name := range impureNames[imported] {
			found = append(found, findUses(f, at, imported, name)...)
		}
		if at.Name != nil && at.Name.Name == "." {
			found = append(found, fmt.Sprintf("%s: rules must name what it imports from %s", f.at(at), imported))
		}
	})
	return found
}

// findUses finds imported.name in f, under whatever name the file gives the import.
func findUses(f file, spec *ast.ImportSpec, imported, name string) (found []string) {
	local := path.Base(imported)
	if spec.Name != nil {
		local = spec.Name.Name
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != name {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == local {
			found = append(found, fmt.Sprintf("%s: rules must not use %s.%s", f.at(sel), imported, name))
		}
		return true
	})
	return found
}

// checkTable finds rows that let a package import outward, sideways in ring 2, in a circle, or what has no row.
func checkTable(table []row) (found []string) {
	rows := map[string]row{}
	for _, r := range table {
		if _, twice := rows[r.pkg]; twice {
			found = append(found, fmt.Sprintf("%s has two rows", r.pkg))
		}
		rows[r.pkg] = r
	}
	for _, r := range table {
		for _, target := range slices.Concat(r.may, r.test) {
			to, ok := rows[target]
			switch {
			case !ok:
				found = append(found, fmt.Sprintf("%s may import %s, which has no row", r.pkg, target))
			case to.ring == ringSupport && (r.ring == 3 || slices.Contains(r.test, target)):
			case to.ring > r.ring, to.ring == r.ring && r.ring == 2:
				found = append(found, fmt.Sprintf("%s (ring %d) must not import %s (ring %d)", r.pkg, r.ring, target, to.ring))
			case slices.Contains(to.may, r.pkg):
				found = append(found, fmt.Sprintf("%s and %s may import each other", r.pkg, target))
			}
		}
	}
	return found
}

// within reports whether imported is prefix or lies below it.
func within(imported, prefix string) bool {
	return imported == prefix || strings.HasPrefix(imported, prefix+"/")
}

// isStandard reports whether imported is of the standard library: its first element has no dot.
func isStandard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return !strings.Contains(first, ".") && first != module
}

func report(t *testing.T, found []string) {
	t.Helper()
	slices.Sort(found)
	for _, f := range found {
		t.Error(f)
	}
}
