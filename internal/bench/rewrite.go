package bench

import (
	"slices"
	"strings"
)

// RewriteKind says what a gateway does to a right answer.
type RewriteKind string

// The kinds of rewrites. Paths are members of the JSON answer, or of the events of
// a stream.
const (
	Rewrites  RewriteKind = "rewrites"  // another value at the path
	Adds      RewriteKind = "adds"      // a member that the backend did not send
	Drops     RewriteKind = "drops"     // a member that the backend sent
	Recuts    RewriteKind = "re-cuts"   // the text of a stream comes in other pieces; no path
	Reformats RewriteKind = "reformats" // key order, white space or escapes; no path
)

// Rewrite is one way in which a gateway writes right answers anew. It is a fact,
// and decides nothing.
type Rewrite struct {
	Kind RewriteKind `json:"kind"`
	Path string      `json:"path,omitempty"`
}

// Rewritten is "rewrites id, created, model; adds usage.cost; reformats": some
// rewrites by their kinds. It is empty when there are none.
func Rewritten(all []Rewrite) string {
	var parts []string
	for _, kind := range []RewriteKind{Rewrites, Adds, Drops, Recuts, Reformats} {
		var paths []string
		for _, r := range all {
			if r.Kind == kind && !slices.Contains(paths, r.Path) {
				paths = append(paths, r.Path)
			}
		}
		if len(paths) > 0 {
			parts = append(parts, strings.TrimSpace(string(kind)+" "+strings.Join(paths, ", ")))
		}
	}
	return strings.Join(parts, "; ")
}
