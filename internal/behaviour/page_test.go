package behaviour

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/exchange"
)

var update = flag.Bool("update", false, "write docs/behaviours.md instead of comparing with it")

const pagePath = "../../docs/behaviours.md"

// TestPage: docs/behaviours.md is what the registry says.
func TestPage(t *testing.T) {
	want := page(t)
	if *update {
		if err := os.WriteFile(pagePath, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(pagePath); err != nil || string(got) != want {
		t.Errorf("docs/behaviours.md is not what the registry says (%v); write it with: go test ./internal/behaviour -run Page -update", err)
	}
}

// TestBehavioursAreDescribed: each has words for all of its columns, and situations that
// there are.
func TestBehavioursAreDescribed(t *testing.T) {
	known := situations(t)
	names := map[string]bool{}
	for _, b := range All() {
		if b.Name == "" || b.Title == "" || b.Group.Title() == "" || len(b.In) == 0 || b.Harm && b.Look == "" || b.look == nil {
			t.Errorf("%s is not complete: %+v", b.Name, b)
		}
		if names[string(b.Name)] {
			t.Errorf("%s is there twice", b.Name)
		}
		names[string(b.Name)] = true
		for _, in := range b.In {
			if !slices.ContainsFunc(known, func(s explained) bool { return s.name == in }) {
				t.Errorf("%s looks at the situation %q, which nothing describes", b.Name, in)
			}
		}
	}
}

func page(t *testing.T) string {
	var b strings.Builder
	b.WriteString(`# What a gateway does

` + "`run`, `gate` and `check --all`" + ` look at how a gateway behaves: exchanges that are not timed for
their speed, with the gateways and with the backend alone, several of each. This page lists what is
looked for. [deciding.md](deciding.md#what-the-gateways-do) says what a gate makes of it.

**Harm** is what no client wants: new harm fails a gate. What else is here is **reported**: that it is so
in a run, that it changed in a gate. A star marks what depends on the speed of the machine, so that
it is not compared with the facts of another job. Where a gateway has less to do because of it
("less work"), a gate calls no speed an improvement.

The table is written from the program: ` + "`go test ./internal/behaviour -run Page -update`" + `.
`)
	for _, g := range Groups() {
		fmt.Fprintf(&b, "\n## %s\n\n| behaviour | the gateway … | | seen in | what to look at |\n|---|---|---|---|---|\n", g.Title())
		for _, of := range All() {
			if of.Group == g {
				b.WriteString(line(of))
			}
		}
	}
	b.WriteString("\n## Situations\n\n| situation | what it is |\n|---|---|\n")
	for _, s := range situations(t) {
		if slices.ContainsFunc(All(), func(of Behaviour) bool { return slices.Contains(of.In, s.name) }) {
			fmt.Fprintf(&b, "| %s | %s |\n", s.name, cell(s.what))
		}
	}
	return b.String()
}

// line is a behaviour as a line of its table.
func line(b Behaviour) string {
	kind := "reported"
	if b.Harm {
		kind = "**harm**"
	}
	if b.Timed {
		kind += `\*`
	}
	if b.LosesWork {
		kind += ", less work"
	}
	in := make([]string, len(b.In))
	for i, s := range b.In {
		in[i] = string(s)
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s | %s |\n", b.Name, cell(b.Title), kind, strings.Join(in, ", "), cell(b.Look))
}

func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "*", `\*`).Replace(s)
}

// explained is a situation with what its comment says.
type explained struct {
	name exchange.Situation
	what string
}

// situations are those of package exchange in their order.
func situations(t *testing.T) (all []explained) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../exchange/situations.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		literal, ok := spec.Values[0].(*ast.BasicLit)
		if !ok {
			return true
		}
		name, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		what := strings.TrimSpace(cmp.Or(spec.Comment.Text(), spec.Doc.Text()))
		what, _, _ = strings.Cut(strings.TrimPrefix(what, spec.Names[0].Name+" is "), "; made by")
		if all = append(all, explained{exchange.Situation(name), strings.TrimSuffix(strings.Join(strings.Fields(what), " "), ".")}); what == "" {
			t.Errorf("nothing says what the situation %s is", name)
		}
		return true
	})
	return all
}
