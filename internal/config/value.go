package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// value is a node of the file or an override, with its place, and where its
// mistakes go. An override is a scalar without a line.
type value struct {
	node     *yaml.Node
	path     string
	origin   string
	mistakes *Error
}

func (v value) isOverride() bool { return v.node.Line == 0 }

// fail adds a mistake about the value.
func (v value) fail(want, hint string) {
	v.failWith(v.describe(), want, hint)
}

func (v value) failWith(got, want, hint string) {
	*v.mistakes = append(*v.mistakes, Mistake{
		Origin: v.origin, Line: v.node.Line, Column: v.node.Column,
		Path: v.path, Got: got, Want: want, Hint: hint,
	})
}

func (v value) describe() string {
	switch v.node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "the alias *" + strings.Trim(quote(v.node.Value), `"`)
	}
	if v.node.ShortTag() == "!!null" {
		return "an empty value"
	}
	return quote(v.node.Value)
}

// is reports whether the value is of the kind, and adds a mistake if not.
func (v value) is(kind yaml.Kind, want, hint string) bool {
	switch {
	case v.node.Kind == yaml.AliasNode:
		v.fail("read here", "anchors and aliases are not supported, write the value out")
	case v.node.Style&yaml.TaggedStyle != 0:
		v.failWith("the tag "+quote(v.node.Tag), "read here", "remove it and quote the value if it is text")
	case v.node.Kind != kind || kind == yaml.ScalarNode && v.node.ShortTag() == "!!null":
		v.fail(want, hint)
	default:
		return true
	}
	return false
}

// plain is the text of a scalar, however YAML would type it.
func (v value) plain(want, hint string) (string, bool) {
	if !v.is(yaml.ScalarNode, want, hint) {
		return "", false
	}
	return v.node.Value, true
}

// item is element i of a list.
func (v value) item(i int, node *yaml.Node) value {
	v.node, v.path = node, fmt.Sprintf("%s[%d]", v.path, i)
	return v
}

var simpleKey = regexp.MustCompile(`^[A-Za-z0-9_]+$`)

// at is the value of a key in a mapping.
func (v value) at(key string, node *yaml.Node) value {
	v.node = node
	switch {
	case !simpleKey.MatchString(key):
		v.path += "[" + quote(key) + "]"
	case v.path == "":
		v.path = key
	default:
		v.path += "." + key
	}
	return v
}

// elements returns the items of a list; an empty one is a mistake. One value by itself is
// a list, too, as people write it, split at commas; an override also at line ends.
func (v value) elements(want, hint string) (items []value) {
	if v.isOverride() {
		for _, word := range strings.FieldsFunc(v.node.Value, func(r rune) bool { return r == ',' || r == '\n' }) {
			if word = strings.TrimSpace(word); word != "" {
				items = append(items, v.item(len(items), scalarNode(word)))
			}
		}
	} else {
		if v.node.Kind == yaml.ScalarNode && v.node.Tag != "!!null" && v.node.Value != "" {
			for _, word := range strings.Split(v.node.Value, ",") {
				node := *v.node
				node.Value = strings.TrimSpace(word)
				items = append(items, v.item(len(items), &node))
			}
			return items
		}
		if !v.is(yaml.SequenceNode, want, hint) {
			return nil
		}
		for i, node := range v.node.Content {
			items = append(items, v.item(i, node))
		}
	}
	if len(items) == 0 {
		v.failWith("an empty list", want, hint)
	}
	return items
}

// entry is one pair of a mapping. The key's value is the key itself.
type entry struct {
	name       string
	key, value value
}

// entries returns the pairs of a mapping in their order, without those whose key
// is a mistake.
func (v value) entries(want, hint string) (pairs []entry) {
	if !v.is(yaml.MappingNode, want, hint) {
		return nil
	}
	lines := make(map[string]int)
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		key := v
		key.node = v.node.Content[i]
		name := key.node.Value
		child := v.at(name, v.node.Content[i+1])
		switch line, twice := lines[name]; {
		case key.node.ShortTag() == "!!merge":
			key.fail("read here", "merge keys are not supported, write the values out")
		case !key.is(yaml.ScalarNode, "a key", "use plain text"):
		case twice:
			key.path = child.path
			key.fail("a new key", "it is there already in line "+strconv.Itoa(line))
		default:
			lines[name] = key.node.Line
			pairs = append(pairs, entry{name, key, child})
		}
	}
	return pairs
}

func scalarNode(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}
