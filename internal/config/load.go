package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Limit is the largest file that Load reads, in bytes.
const Limit = 1 << 20

// Misnamed are names that a file is given by mistake. Nobody reads it.
var Misnamed = []string{".proxy-bench.yaml", "proxy-bench.yml", "proxy-bench.yaml", ".proxy_bench.yml", ".proxybench.yml"}

// Override is a value that a flag or an input of the action sets. There is none
// for a flag or input that was not given.
type Override struct {
	Path   string // of the value in the file, such as "measure.time_budget"
	Value  string // as in the file; elements of lists stand between commas or on lines of their own
	Origin string // the source as mistakes name it, such as "--time-budget"
}

const quick = "--quick"

// Quick is what --quick stands for: few scenarios, which 30 s are enough for. Put it
// before the flags, which win over it.
func Quick() []Override {
	return []Override{
		{"suite.concurrency", "1,10", quick},
		{"suite.body", "1KB", quick},
		{"suite.paced", "off", quick},
		{"measure.time_budget", "30s", quick},
		{"measure.rounds", "auto", quick},
	}
}

// yields is true for what is only a default in a quick look: a suite of the file's own
// stays.
func (o Override) yields() bool { return o.Origin == quick && strings.HasPrefix(o.Path, "suite.") }

// Purpose is what a Config is loaded for: it decides what must be there.
type Purpose int

// The purposes. What is measured needs a gateway to start; what is measured to
// be decided also needs enough rounds for its alpha.
const (
	ForMock     Purpose = iota // the mock backend alone
	ForDeciding                // from rounds that were saved
	ForMeasuring
	ForGating // measuring and deciding
)

func (p Purpose) measures() bool { return p == ForMeasuring || p == ForGating }

// Sources are where the values of a Config come from, in the order of their
// precedence: the defaults, the policy of a saved run, the file, the overrides,
// of which a later one wins over an earlier one.
type Sources struct {
	Saved     *bench.Policy // in place of the default policy; nil without a saved run
	Name      string        // of the file, for the mistakes
	File      []byte        // nil when there is no file
	Overrides []Override    // inputs of the action, then flags
	// Env is the environment, for the variables that headers name; nil where they
	// are not sent.
	Env func(name string) (value string, set bool)
}

// Load resolves every value. Its error is an Error with all mistakes; the Config
// is then empty.
func Load(purpose Purpose, from Sources) (Config, error) {
	d := newDraft()
	d.purpose = purpose
	if from.Saved != nil {
		d.config.Gate.Policy = *from.Saved
	}
	for _, o := range from.Overrides {
		if o.yields() {
			d.standard(o)
		}
	}
	read := from.File == nil || d.file(from.Name, from.File)
	for _, o := range from.Overrides {
		if !o.yields() {
			d.override(o)
		}
	}
	if read { // in an unreadable file everything would be missing
		d.check(from)
	}
	if len(d.mistakes) > 0 {
		d.mistakes.sort()
		return Config{}, d.mistakes
	}
	return d.config, nil
}

// Default is that of a setting, by its path, as YAML has it; empty without one.
func Default(path string) string {
	for _, s := range newDraft().table {
		if s.path == path {
			return strings.Trim(s.standard, "[]")
		}
	}
	return ""
}

// draft is a Config in the making.
type draft struct {
	purpose  Purpose
	config   Config
	version  string
	jitter   time.Duration
	paced    paced
	table    []setting
	given    map[string]value // settings and sections by path, where they were set last
	mistakes Error
}

// newDraft has the defaults of the table.
func newDraft() *draft {
	d := &draft{given: make(map[string]value)}
	d.config.Gate.Policy = bench.DefaultPolicy()
	d.table = d.settings()
	for _, s := range d.table {
		if s.standard != "" {
			var document yaml.Node
			if err := yaml.Unmarshal([]byte(s.standard), &document); err != nil {
				panic("config: default of " + s.path + ": " + err.Error())
			}
			s.read(value{node: document.Content[0], path: s.path, mistakes: &d.mistakes})
		}
	}
	d.config.Request.Extra = d.config.Request.API.Extra()
	return d
}

// standard takes a value in the place of a default, which nobody is said to have given.
func (d *draft) standard(o Override) {
	for _, s := range d.table {
		if s.path == o.Path {
			s.read(value{node: scalarNode(o.Value), path: o.Path, origin: o.Origin, mistakes: &d.mistakes})
		}
	}
}

func (d *draft) override(o Override) {
	v := value{node: scalarNode(o.Value), path: o.Path, origin: o.Origin, mistakes: &d.mistakes}
	if !d.set(v) {
		v.failWith(quote(o.Path), "a setting", "there is no such path in the file's format")
	}
}

// set reads the value of a setting; false says that there is none of that path.
func (d *draft) set(v value) bool {
	i := slices.IndexFunc(d.table, func(s setting) bool { return s.path == v.path })
	if i < 0 {
		return false
	}
	d.given[v.path] = v
	d.table[i].read(v)
	return true
}

// section reads a mapping whose keys are settings and sections.
func (d *draft) section(v value) {
	for _, e := range v.entries("a mapping of settings", "indent its settings below it, or remove the key") {
		below := func(s setting) bool { return strings.HasPrefix(s.path, e.value.path+".") }
		if short, ok := shorthands[e.value.path]; ok && e.value.node.Kind == yaml.ScalarNode {
			e.value.path = short
		}
		switch {
		case d.set(e.value):
		case slices.ContainsFunc(d.table, below):
			d.given[e.value.path] = e.key
			d.section(e.value)
		default:
			e.key.fail("a key here", d.otherKey(v.path, e.name))
		}
	}
}

// shorthands are the settings that a section stands for when it is one value.
var shorthands = map[string]string{"gateway.ready": "gateway.ready.path"}

// past are settings that there were, and what to write now.
var past = map[string]string{
	"suite.probes": "remove it: exchanges that show what the gateway does are made in every run and gate, and gate.behaviour says what they count for",
}

// otherKey is the hint for a key that the section does not have.
func (d *draft) otherKey(section, name string) string {
	if section != "" {
		section += "."
	}
	if hint, ok := past[section+name]; ok {
		return hint
	}
	var here []string
	elsewhere := ""
	for _, s := range d.table {
		if below, ok := strings.CutPrefix(s.path, section); ok {
			key, _, _ := strings.Cut(below, ".")
			here = append(here, key)
		}
		if at, ok := strings.CutSuffix(s.path, "."+name); ok {
			elsewhere = "it belongs in " + at
		}
	}
	here = slices.Compact(here)
	return meant(name, here, cmp.Or(elsewhere, "there are "+strings.Join(here, ", ")))
}

// file reads the one document of a file; false says that it cannot be read.
func (d *draft) file(name string, data []byte) bool {
	top := value{node: &yaml.Node{Line: 1, Column: 1}, origin: name, mistakes: &d.mistakes}
	if len(data) > Limit {
		top.failWith(fmt.Sprintf("a file of %d bytes", len(data)), "short enough", fmt.Sprintf("keep it under %d", Limit))
		return false
	}
	if at, what := firstUnreadable(string(data)); at >= 0 {
		top.node.Line, top.node.Column = position(string(data), at)
		top.failWith(what, "text", "save the file as UTF-8 without control characters")
		return false
	}
	documents := yaml.NewDecoder(strings.NewReader(string(data)))
	var first, second yaml.Node
	err := documents.Decode(&first)
	if err == nil {
		if err = documents.Decode(&second); err == nil {
			extra := top
			extra.node = &second
			extra.failWith("a second document", "read", "keep one, without --- between")
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		top.notYAML(string(data), err)
		return false
	}
	if first.Kind == 0 || first.Content[0].ShortTag() == "!!null" {
		return true
	}
	top.node = first.Content[0]
	d.section(top)
	if !d.isGiven("version") && len(top.node.Content) > 0 && top.node.Kind == yaml.MappingNode {
		top.at("version", top.node).failWith("", "1, the version of this format", "write version: 1")
	}
	return true
}
