package bench

import "regexp"

// Recipe is how a gateway is built and started. A baseline carries it with main's
// own lines, which a pull request may have changed. It is readable by everyone who
// can read that artifact, so no secret belongs into Env.
type Recipe struct {
	Build  string            `json:"-"`     // shell line; empty when there is nothing to build
	Start  string            `json:"start"` // shell line, run in the repository or where a bundle was unpacked
	Env    map[string]string `json:"env,omitempty"`
	Ready  Ready             `json:"ready"`
	Bundle []string          `json:"-"` // relative paths of what a baseline must carry to run the gateway again
}

// Ready is how to tell that a gateway can take requests.
type Ready struct {
	Path    string  `json:"path,omitempty"`  // to be answered with success; empty when an open port is enough
	Timeout float64 `json:"timeout_seconds"` // 0: the default of whoever starts it
}

// MaxReadyTimeout is how long a gateway may take to be ready, in seconds.
const MaxReadyTimeout = 3600.0

// VariableName is what the name of an environment variable looks like.
var VariableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
