package bench

import (
	"slices"
	"strings"
)

// RewriteKind says what a gateway does to a right answer.
type RewriteKind string

// The kinds of rewrites. Paths are members of the JSON answer, or of the data of a
// stream's events.
const (
	Rewrites  RewriteKind = "rewrites"  // another value at the path
	Adds      RewriteKind = "adds"      // what the backend did not send
	Drops     RewriteKind = "drops"     // what the backend sent
	Recuts    RewriteKind = "re-cuts"   // the text of a stream comes in other pieces; no path
	Reformats RewriteKind = "reformats" // key order, white space or escapes, and nothing else; no path
)

// RewriteKinds lists them in the order in which they are listed.
func RewriteKinds() []RewriteKind { return []RewriteKind{Rewrites, Adds, Drops, Recuts, Reformats} }

// MostRewrites is how many are kept of one arm and mode.
const MostRewrites = 64

// Rewrite is one way in which an arm writes right answers anew. It is a fact, and
// decides nothing.
type Rewrite struct {
	Arm  Arm         `json:"arm"`
	Mode Mode        `json:"mode"`
	Kind RewriteKind `json:"kind"`
	Path string      `json:"path,omitempty"`
}

// AddRewrites adds those that the list does not have yet, up to MostRewrites of
// each arm and mode.
func AddRewrites(list, more []Rewrite) []Rewrite {
	for _, r := range more {
		same := 0
		for _, old := range list {
			if old.Arm == r.Arm && old.Mode == r.Mode {
				same++
			}
		}
		if same < MostRewrites && !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	return list
}

// WordRewrites says them in one line, such as "rewrites id, model; adds
// choices[0].provider_specific_fields". What they have in common, arm and mode, is
// left to say for others. The names of members are the gateway's own.
func WordRewrites(list []Rewrite) string {
	var said []string
	for _, kind := range RewriteKinds() {
		var paths []string
		found := false
		for _, r := range list {
			if r.Kind == kind {
				found = true
				paths = append(paths, r.Path)
			}
		}
		switch {
		case !found:
		case kind == Recuts:
			said = append(said, "cuts the text of streams anew")
		case kind == Reformats:
			said = append(said, "writes the same JSON in another way")
		default:
			said = append(said, string(kind)+" "+strings.Join(paths, ", "))
		}
	}
	return strings.Join(said, "; ")
}
