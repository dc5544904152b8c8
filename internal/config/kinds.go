package config

import (
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

func whole(low, high int, example string) scalar[int] {
	return scalar[int]{
		kind: "a whole number", low: low, high: high, example: example,
		parse: parseInt, show: strconv.Itoa,
	}
}

func size(low, high bench.Size, example string) scalar[bench.Size] {
	return scalar[bench.Size]{
		kind: "a size", low: low, high: high, example: example,
		parse: parseSize, show: bench.Size.String,
	}
}

func duration(low, high time.Duration, example string) scalar[time.Duration] {
	return scalar[time.Duration]{
		kind: "a duration", low: low, high: high, example: example,
		parse: parseDuration, show: showDuration,
	}
}

func share(low, high float64, example string) scalar[float64] {
	return scalar[float64]{
		kind: "a share", low: low, high: high, example: example,
		parse: parseShare, show: showShare,
	}
}

func seed() scalar[uint64] {
	return scalar[uint64]{
		kind: "a whole number", high: 1<<64 - 1, example: "1",
		parse: parseSeed, show: func(n uint64) string { return strconv.FormatUint(n, 10) },
	}
}

// or lets a word stand for the zero value.
func (s scalar[T]) or(word string) scalar[T] {
	s.word = word
	return s
}

// bytes puts a size into a plain int.
func bytes(to *int, s scalar[bench.Size]) func(v value) bool {
	return func(v value) bool {
		n, ok := s.read(v)
		if ok {
			*to = int(n)
		}
		return ok
	}
}

// inSeconds reads a duration as seconds.
func inSeconds(s scalar[time.Duration]) parser[float64] {
	return func(v value) (float64, bool) {
		d, ok := s.read(v)
		return d.Seconds(), ok
	}
}

// version reads the version of the file's format.
func version(v value) bool {
	const want, hint = "1, the version of this format", "write version: 1"
	s, ok := v.plain(want, hint)
	if !ok || s == "1" {
		return ok
	}
	if n, err := strconv.Atoi(s); err == nil && n > 1 {
		v.fail(want, "use a newer proxy-bench, or write version: 1")
	} else {
		v.fail(want, hint)
	}
	return false
}

// relativePath reads a path that stays inside the directory it is relative to.
func relativePath(example string) parser[string] {
	const what = "a path in the repository"
	return func(v value) (string, bool) {
		s, ok := text(what, example)(v)
		if !ok {
			return "", false
		}
		clean := filepath.Clean(s)
		if !filepath.IsLocal(clean) || clean == "." {
			v.fail(what, "write it relative to the repository, such as "+example)
			return "", false
		}
		return clean, true
	}
}

// urlPath reads the path of a URL as it stands in a request line.
func urlPath(v value) (string, bool) {
	const what = "the path of a URL"
	s, ok := text(what, "/health")(v)
	switch {
	case !ok:
		return "", false
	case !strings.HasPrefix(s, "/"):
		v.fail(what, "begin it with a slash: /health")
		return "", false
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		v.fail(what, "write spaces and letters beyond ASCII as %20 and the like")
		return "", false
	}
	return s, true
}
