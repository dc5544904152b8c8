package baseline

import (
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/record"
)

// Schema is the version of baseline.json that this package writes.
const Schema = "proxy-bench/baseline/v2"

// Baseline is the content of baseline.json.
type Baseline struct {
	Schema  string    `json:"schema"`
	Run     bench.Run `json:"run"`
	Gateway Gateway   `json:"gateway"`
	History []Entry   `json:"history"` // oldest first, Run's own entry last
	// Bundle lists the files of the gateway; nil when there are none.
	Bundle *Manifest `json:"bundle,omitempty"`
}

// Gateway is how the bundled gateway is started: with main's own line, which a
// pull request may have changed. It is readable by everyone who can read the
// artifact, so no secret belongs into Env.
type Gateway struct {
	Start string            `json:"start"` // shell line, run where the bundle was unpacked
	Env   map[string]string `json:"env,omitempty"`
	Ready Ready             `json:"ready"`
}

// Ready is how to tell that the gateway can take requests.
type Ready struct {
	Path    string  `json:"path,omitempty"`  // to be answered with success; empty when an open port is enough
	Timeout float64 `json:"timeout_seconds"` // 0: the default of whoever starts it
}

// Limits bound what is read, in bytes.
type Limits struct {
	File   int64 // baseline.json or run.json
	Bundle int64 // the gateway, unpacked
}

// DefaultLimits is ten times what the default suite needs for its file, and
// room for a gateway with its runtime.
func DefaultLimits() Limits { return Limits{File: record.MaxFile, Bundle: 256 << 20} }
