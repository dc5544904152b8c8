package behaviour

import (
	"maps"
	"slices"
	"strings"
	"unicode"
)

const (
	// mostSaid bounds the parts of a description: a body that is written by another
	// dialect differs everywhere.
	mostSaid = 32
	// longestPath bounds a path, in runes: its names may be a gateway's own.
	longestPath = 120
)

// jsonChanges says at which paths a JSON value differs from the one that it was made
// of, sorted: "adds metadata.team", "drops store", "changes model". All elements of an
// array share a path, so that the length of a conversation does not matter.
func jsonChanges(was, is any) []string {
	found := map[string]bool{}
	compareJSON("", was, is, func(what, path string) {
		found[what+" "+path] = true
	})
	said := slices.Sorted(maps.Keys(found))
	if len(said) > mostSaid {
		said = append(said[:mostSaid], "changes more")
	}
	return said
}

func compareJSON(path string, was, is any, say func(what, path string)) {
	switch was := was.(type) {
	case map[string]any:
		if is, ok := is.(map[string]any); ok {
			compareMembers(path, was, is, say)
			return
		}
	case []any:
		if is, ok := is.([]any); ok {
			compareElements(path, was, is, say)
			return
		}
	default:
		if was == is {
			return
		}
	}
	say("changes", readable(path))
}

func compareMembers(path string, was, is map[string]any, say func(what, path string)) {
	for name, v := range was {
		if got, ok := is[name]; ok {
			compareJSON(member(path, name), v, got, say)
		} else {
			say("drops", readable(member(path, name)))
		}
	}
	for name := range is {
		if _, ok := was[name]; !ok {
			say("adds", readable(member(path, name)))
		}
	}
}

func compareElements(path string, was, is []any, say func(what, path string)) {
	path += "[]"
	for i, v := range was {
		if i < len(is) {
			compareJSON(path, v, is[i], say)
		}
	}
	switch {
	case len(is) < len(was):
		say("drops", readable(path))
	case len(is) > len(was):
		say("adds", readable(path))
	}
}

func member(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// readable is a path that can be shown.
func readable(path string) string {
	if path == "" {
		return "all of it"
	}
	path = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || r == unicode.ReplacementChar {
			return '?'
		}
		return r
	}, path)
	if runes := []rune(path); len(runes) > longestPath {
		path = string(runes[:longestPath]) + "…"
	}
	return path
}
