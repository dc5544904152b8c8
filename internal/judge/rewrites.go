package judge

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/valyala/fastjson"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

const (
	// notedAnswers is how many answers of a job are searched for rewrites: a
	// gateway writes them all in the same way.
	notedAnswers = 3
	// maxPath bounds a path in bytes: its names are a gateway's own.
	maxPath = 120
)

// Rewrites are the ways in which a gateway writes right answers anew, each once.
type Rewrites struct {
	list  []bench.Rewrite
	taken int // of the list, by Take
}

// Take returns what was noted since the last call, without arm and mode.
func (r *Rewrites) Take() []bench.Rewrite {
	fresh := r.list[r.taken:]
	r.taken = len(r.list)
	return fresh
}

func (r *Rewrites) add(kind bench.RewriteKind, path string) {
	entry := bench.Rewrite{Kind: kind, Path: readable(path)}
	if len(r.list) < bench.MostRewrites && !slices.Contains(r.list, entry) {
		r.list = append(r.list, entry)
	}
}

// readable is a path that can be shown.
func readable(path string) string {
	path = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || r == utf8.RuneError {
			return '?'
		}
		return r
	}, path)
	return string(bytes.ToValidUTF8([]byte(path[:min(len(path), maxPath)]), nil))
}

// document is JSON with the number of bytes that it is written in.
type document struct {
	*fastjson.Value
	bytes int
}

// note notes in what a right answer or event differs from the one that was sent,
// besides what has a meaning.
func (r *Rewrites) note(want, got document, means ...[]path) {
	n := noter{Rewrites: r, means: slices.Concat(means...)}
	n.compare("", want.Value, got.Value)
	if !n.found && (n.reordered || want.bytes != got.bytes) {
		r.add(bench.Reformats, "")
	}
}

// noter compares two documents.
type noter struct {
	*Rewrites
	means     []path
	found     bool
	reordered bool // the members of an object
}

func (n *noter) tell(kind bench.RewriteKind, path string) {
	n.found = true
	n.add(kind, path)
}

func (n *noter) compare(path string, want, got *fastjson.Value) {
	switch {
	case n.hasMeaning(path):
	case want.Type() == fastjson.TypeObject && got.Type() == fastjson.TypeObject:
		n.members(path, want.GetObject(), got.GetObject())
	case want.Type() == fastjson.TypeArray && got.Type() == fastjson.TypeArray:
		n.elements(path, want.GetArray(), got.GetArray())
	case !equal(want, got) && !sameID(want.GetStringBytes(), got.GetStringBytes()):
		n.tell(bench.Rewrites, path)
	}
}

func (n *noter) members(path string, want, got *fastjson.Object) {
	n.reordered = n.reordered || !slices.Equal(names(want), names(got))
	got.Visit(func(key []byte, g *fastjson.Value) {
		inside := strings.TrimPrefix(path+"."+string(key), ".")
		if w := want.Get(string(key)); w == nil {
			n.tell(bench.Adds, inside)
		} else {
			n.compare(inside, w, g)
		}
	})
	want.Visit(func(key []byte, _ *fastjson.Value) {
		if got.Get(string(key)) == nil {
			n.tell(bench.Drops, strings.TrimPrefix(path+"."+string(key), "."))
		}
	})
}

// names are those of an object's members, in order.
func names(o *fastjson.Object) (all []string) {
	o.Visit(func(key []byte, _ *fastjson.Value) { all = append(all, string(key)) })
	return all
}

func (n *noter) elements(path string, want, got []*fastjson.Value) {
	for i := range max(len(want), len(got)) {
		inside := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case i >= len(want):
			n.tell(bench.Adds, inside)
		case i >= len(got):
			n.tell(bench.Drops, inside)
		default:
			n.compare(inside, want[i], got[i])
		}
	}
}

// hasMeaning reports whether the path is one of those that were compared already.
// The number of an event rises with the events, whatever they are.
func (n *noter) hasMeaning(path string) bool {
	if path == "sequence_number" {
		return true
	}
	for _, p := range n.means {
		if p.keys != nil && (p.text == path || p.text == general(path)) {
			return true
		}
	}
	return false
}

// sameID reports whether got is a name with an ID of ours where want has one.
func sameID(want, got []byte) bool {
	at := len(want) - llmapi.IDBytes
	return at > 0 && len(want) == len(got) && bytes.Equal(want[:at], got[:at]) && llmapi.IsID(want[at:]) && llmapi.IsID(got[at:])
}
