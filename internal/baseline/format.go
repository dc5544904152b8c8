package baseline

import (
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/history"
	"github.com/org/proxy-bench-action/internal/record"
)

// Schema is the version of baseline.json that this package writes.
const Schema = "proxy-bench/baseline/v2"

// Baseline is the content of baseline.json.
type Baseline struct {
	Schema  string          `json:"schema"`
	Run     bench.Run       `json:"run"`
	Gateway bench.Recipe    `json:"gateway"`
	History []history.Entry `json:"history"` // oldest first, Run's own entry last
	// Bundle lists the files of the gateway; nil when there are none.
	Bundle *Manifest `json:"bundle,omitempty"`
}

// Limits bound what is read, in bytes.
type Limits struct {
	File   int64 // baseline.json or run.json
	Bundle int64 // the gateway, unpacked
}

// DefaultLimits is ten times what the default suite needs for its file, and
// room for a gateway with its runtime.
func DefaultLimits() Limits { return Limits{File: record.MaxFile, Bundle: 256 << 20} }
