package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// deciding are the sections that say what is measured and what fails.
var deciding = []string{"suite", "measure", "gate"}

// Change is a setting that two files have differently, as YAML in one line; empty where
// it is not set.
type Change struct{ Path, Base, Head string }

// String is the change in words.
func (c Change) String() string {
	name := func(value string) string {
		if value == "" {
			return "not set"
		}
		return value
	}
	return fmt.Sprintf("%s: %s (base: %s)", c.Path, name(c.Head), name(c.Base))
}

// Graft is the file of a pull request with the sections that decide from its base: who
// proposes a change must not choose by what it is judged. Both files must be ones that
// Load accepts. It also returns what the two have differently there; without such, the
// file is head as it was.
func Graft(head, base []byte) (file []byte, changed []Change, err error) {
	var h, b yaml.Node
	if err := yaml.Unmarshal(head, &h); err != nil {
		return nil, nil, err
	}
	if err := yaml.Unmarshal(base, &b); err != nil {
		return nil, nil, err
	}
	to, from := mapping(&h), mapping(&b)
	if to == nil || from == nil {
		return head, nil, nil
	}
	for _, section := range deciding {
		was, is := map[string]string{}, map[string]string{}
		leaves(section, member(from, section), was)
		leaves(section, member(to, section), is)
		for path := range is {
			was[path] += "" // so that both have all paths
		}
		for path, value := range was {
			if is[path] != value {
				changed = append(changed, Change{path, value, is[path]})
			}
		}
		put(to, section, member(from, section))
	}
	if len(changed) == 0 {
		return head, nil, nil
	}
	slices.SortFunc(changed, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	file, err = yaml.Marshal(&h)
	return file, changed, err
}

// mapping is the mapping of a document; nil when it is none.
func mapping(document *yaml.Node) *yaml.Node {
	if document.Kind != yaml.DocumentNode || document.Content[0].Kind != yaml.MappingNode {
		return nil
	}
	return document.Content[0]
}

// member is the value of a key; nil without one.
func member(of *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(of.Content); i += 2 {
		if of.Content[i].Value == key {
			return of.Content[i+1]
		}
	}
	return nil
}

// put sets the value of a key, or removes the key for nil.
func put(in *yaml.Node, key string, value *yaml.Node) {
	for i := 0; i+1 < len(in.Content); i += 2 {
		if in.Content[i].Value == key {
			in.Content = slices.Delete(in.Content, i, i+2)
			break
		}
	}
	if value != nil {
		in.Content = append(in.Content, scalarNode(key), value)
	}
}

// leaves collects what is no mapping below a node, by path.
func leaves(path string, node *yaml.Node, into map[string]string) {
	switch {
	case node == nil:
	case node.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			leaves(path+"."+node.Content[i].Value, node.Content[i+1], into)
		}
	default:
		into[path] = inLine(node)
	}
}

// inLine is a value as it may stand behind its key.
func inLine(node *yaml.Node) string {
	if node.Kind == yaml.ScalarNode {
		return node.Value
	}
	var items []string
	for _, item := range node.Content {
		items = append(items, inLine(item))
	}
	return "[" + strings.Join(items, ", ") + "]"
}
