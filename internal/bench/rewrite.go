package bench

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
