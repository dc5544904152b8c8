package config

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/shard"
)

// kind is what a setting takes. Where read cannot, it adds a mistake to the value,
// and its result means nothing.
type kind[T any] interface {
	wants() string // such as "a duration from 1s to 6h"
	read(v value) T
}

// custom is a kind that is read by a function.
type custom[T any] struct {
	want string
	from func(v value) T
}

func (k custom[T]) wants() string  { return k.want }
func (k custom[T]) read(v value) T { return k.from(v) }

// number is a kind with an order and bounds.
type number[T cmp.Ordered] struct {
	what      string // such as "a duration"
	low, high T
	word      string // stands for the zero value when not empty, such as "auto"
	example   string
	parse     func(s string) (read T, instead string, ok bool)
	show      func(T) string
}

func whole(low, high int, example string) number[int] {
	return number[int]{"a whole number", low, high, "", example, parseInt, strconv.Itoa}
}

func size(low, high bench.Size, example string) number[bench.Size] {
	return number[bench.Size]{"a size", low, high, "", example, parseSize, bench.Size.String}
}

func duration(low, high time.Duration, example string) number[time.Duration] {
	return number[time.Duration]{"a duration", low, high, "", example, parseDuration, showDuration}
}

// seconds is a duration that is kept in seconds.
func seconds(low, high float64, example string) number[float64] {
	return number[float64]{"a duration", low, high, "", example, inSeconds(parseDuration), showSeconds}
}

// patience is a duration of which a number alone is seconds.
func patience(low, high time.Duration, example string) number[time.Duration] {
	return number[time.Duration]{"a duration", low, high, "", example, parsePatience, showDuration}
}

func patienceInSeconds(low, high float64, example string) number[float64] {
	return number[float64]{"a duration", low, high, "", example, inSeconds(parsePatience), showSeconds}
}

func share(low, high float64, example string) number[float64] {
	return number[float64]{"a share", low, high, "", example, parseShare, showShare}
}

var seed = number[uint64]{"a whole number", 0, 1<<64 - 1, "", "1", parseSeed, func(n uint64) string { return strconv.FormatUint(n, 10) }}

// or lets a word stand for the zero value.
func (n number[T]) or(word string) number[T] {
	n.word = word
	return n
}

func (n number[T]) wants() string {
	want := n.what + " from " + n.show(n.low) + " to " + n.show(n.high)
	if n.word != "" {
		want = n.word + " or " + want
	}
	return want
}

func (n number[T]) read(v value) (zero T) {
	text, ok := v.plain(n.wants(), "write "+n.example)
	if !ok || n.word != "" && text == n.word {
		return zero
	}
	read, instead, ok := n.parse(text)
	switch {
	case !ok:
		v.fail(n.wants(), "write "+cmp.Or(n.possible(instead), n.example))
	case read > n.high:
		v.fail(n.wants(), "write "+n.show(n.high)+" or less")
	case !(read >= n.low): // not a number, too
		v.fail(n.wants(), "write "+n.show(n.low)+" or more")
	}
	return read
}

// possible keeps of what may have been meant, "5s or 5ms", what is within the bounds.
func (n number[T]) possible(instead string) string {
	all := slices.DeleteFunc(strings.Split(instead, " or "), func(s string) bool {
		read, _, ok := n.parse(s)
		return !ok || read < n.low || read > n.high
	})
	return strings.Join(all, " or ")
}

// text is a string that is not blank. YAML types are not turned into text:
// "true" could be meant either way. The checks return a hint for what they refuse.
func text(what, example string, checks ...func(s string) (hint string)) kind[string] {
	return custom[string]{what, func(v value) string {
		s, ok := v.plain(what, "write "+example)
		switch {
		case !ok:
		case v.node.ShortTag() != "!!str":
			v.fail("text", "put it in quotes: "+quote(s))
		case strings.TrimSpace(s) == "":
			v.failWith("blank text", what, "write "+example)
		case v.hasNUL():
		default:
			for _, check := range checks {
				if hint := check(s); hint != "" {
					v.fail(what, hint)
					break
				}
			}
		}
		return s
	}}
}

// hasNUL refuses the one character that no argument, path or variable of a
// process can hold.
func (v value) hasNUL() bool {
	has := strings.ContainsRune(v.node.Value, 0)
	if has {
		v.fail("possible with a NUL character in it", `remove the \0`)
	}
	return has
}

// relativePath is a path that stays inside the directory it is relative to.
func relativePath(example string) kind[string] {
	path := text("a path in the repository", example, func(s string) string {
		if clean := filepath.Clean(s); !filepath.IsLocal(clean) || clean == "." {
			return "write it relative to the repository, such as " + example
		}
		return ""
	})
	return custom[string]{path.wants(), func(v value) string { return filepath.Clean(path.read(v)) }}
}

// urlPath is the path of a URL as it stands in a request line.
var urlPath = text("the path of a URL", "/health", func(s string) string {
	switch {
	case !strings.HasPrefix(s, "/"):
		return "begin it with a slash: /health"
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return "write spaces and letters beyond ASCII as %20 and the like"
	}
	return ""
})

// version is the version of the file's format.
var version = custom[string]{"1, the version of this format", func(v value) string {
	const want = "1, the version of this format"
	s, ok := v.plain(want, "write version: 1")
	if n, err := strconv.Atoi(s); err == nil && n > 1 {
		v.fail(want, "use a newer proxy-bench, or write version: 1")
	} else if ok && s != "1" {
		v.fail(want, "write version: 1")
	}
	return s
}}

// truth is yes or no.
var truth = custom[bool]{"true or false", func(v value) bool {
	return oneOf("true", "false").read(v) == "true"
}}

// part is a part of a gate that is spread over machines.
var part = custom[shard.Spec]{"a shard, " + shard.Usual, func(v value) shard.Spec {
	s, ok := v.plain("a shard, "+shard.Usual, "write "+shard.Usual)
	spec, err := shard.Parse(s)
	if bad, is := errors.AsType[*shard.BadSpec](err); ok && is {
		v.fail("a shard", bad.Hint)
	}
	return spec
}}

// oneOf is one of a few words.
func oneOf[T ~string](words ...T) kind[T] {
	return custom[T]{orList(words), func(v value) T {
		s, ok := v.plain(orList(words), "write "+string(words[0]))
		if ok && !slices.Contains(words, T(s)) {
			v.fail(orList(words), meant(s, words, "write one of them"))
		}
		return T(s)
	}}
}

// list is a list that has elements, all different.
func list[T comparable](what, example string, one kind[T]) kind[[]T] {
	return custom[[]T]{"a list of " + what + ", each " + one.wants(), func(v value) (read []T) {
		first := make(map[T]int)
		for i, item := range v.elements("a list of "+what, "write "+example) {
			before := len(*v.mistakes)
			element := one.read(item)
			if j, twice := first[element]; twice && len(*v.mistakes) == before {
				item.fail("new in the list", fmt.Sprintf("%s[%d] is the same, remove one", v.path, j))
			} else if len(*v.mistakes) == before {
				first[element] = i
			}
			read = append(read, element)
		}
		return read
	}}
}
