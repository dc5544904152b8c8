package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// parser reads a value, or adds a mistake and returns false.
type parser[T any] func(v value) (T, bool)

// into is a parser that puts what it reads where it belongs.
func into[T any](to *T, parse parser[T]) func(v value) bool {
	return func(v value) bool {
		read, ok := parse(v)
		if ok {
			*to = read
		}
		return ok
	}
}

// scalar describes a value with an order and bounds.
type scalar[T cmp.Ordered] struct {
	kind      string // such as "a duration"
	low, high T
	word      string // stands for the zero value when not empty, such as "auto"
	example   string
	parse     func(s string) (read T, instead string, ok bool)
	show      func(T) string
}

// into is the function into for a scalar.
func (s scalar[T]) into(to *T) func(v value) bool { return into(to, s.read) }

func (s scalar[T]) read(v value) (T, bool) {
	want := s.kind + " from " + s.show(s.low) + " to " + s.show(s.high)
	if s.word != "" {
		want = s.word + " or " + want
	}
	var zero T
	text, ok := v.plain(want, "write "+s.example)
	if !ok {
		return zero, false
	}
	if s.word != "" && text == s.word {
		return zero, true
	}
	read, instead, ok := s.parse(text)
	switch {
	case !ok:
		v.fail(want, "write "+cmp.Or(instead, s.example))
		return zero, false
	case read < s.low:
		v.fail(want, "write "+s.show(s.low)+" or more")
		return zero, false
	case read > s.high:
		v.fail(want, "write "+s.show(s.high)+" or less")
		return zero, false
	}
	return read, true
}

// text reads a string that is not blank. YAML types are not turned into text:
// "true" could be meant either way.
func text(what, example string) parser[string] {
	return func(v value) (string, bool) {
		s, ok := v.plain(what, "write "+example)
		switch {
		case !ok:
			return "", false
		case v.node.ShortTag() != "!!str":
			v.fail("text", "put it in quotes: "+quote(s))
			return "", false
		case strings.TrimSpace(s) == "":
			v.failWith("blank text", what, "write "+example)
			return "", false
		}
		return s, noNUL(v, s)
	}
}

// noNUL refuses the one character that no argument, path or variable of a
// process can hold.
func noNUL(v value, s string) bool {
	if strings.ContainsRune(s, 0) {
		v.fail("possible with a NUL character in it", `remove the \0`)
		return false
	}
	return true
}

// oneOf reads one of a few words.
func oneOf[T ~string](words ...T) parser[T] {
	want := orList(words)
	return func(v value) (T, bool) {
		s, ok := v.plain(want, "write "+string(words[0]))
		if !ok {
			return "", false
		}
		if slices.Contains(words, T(s)) {
			return T(s), true
		}
		v.fail(want, meant(s, words, "write one of them"))
		return "", false
	}
}

// list reads a list that has elements, all different.
func list[T comparable](what, example string, one parser[T]) parser[[]T] {
	return func(v value) ([]T, bool) {
		items, ok := v.elements("a list of "+what, "write "+example)
		if !ok {
			return nil, false
		}
		var read []T
		first := make(map[T]int)
		for i, item := range items {
			element, good := one(item)
			if !good {
				ok = false
				continue
			}
			if j, twice := first[element]; twice {
				item.fail("new in the list", fmt.Sprintf("%s is the same, remove one", items[j].path))
				ok = false
				continue
			}
			first[element] = i
			read = append(read, element)
		}
		return read, ok
	}
}
