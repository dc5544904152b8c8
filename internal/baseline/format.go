package baseline

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/history"
	"github.com/org/proxy-bench-action/internal/record"
)

// Schema is the version of baseline.json that this package writes.
const Schema = "proxy-bench/baseline/v2"

// Baseline is the content of baseline.json.
type Baseline struct {
	Schema string `json:"schema"`
	// Identity is nil in files of older programs, and outside of a workflow.
	Identity *Identity `json:"identity,omitempty"`

	Run     bench.Run       `json:"run"`
	Gateway bench.Recipe    `json:"gateway"`
	History []history.Entry `json:"history"` // oldest first, Run's own entry last
	// Bundle lists the files of the gateway; nil when there are none.
	Bundle *Manifest `json:"bundle,omitempty"`
	// NoBundle says why there are none; may be empty.
	NoBundle string `json:"no_bundle,omitempty"`
}

// Limits bound what is read, in bytes.
type Limits struct {
	File   int64 // baseline.json or run.json
	Bundle int64 // the gateway, unpacked
}

// DefaultLimits is ten times what the default suite needs for its file, and
// room for a gateway with its runtime.
func DefaultLimits() Limits { return Limits{File: record.MaxFile, Bundle: 256 << 20} }

// Archive is the most bytes of an artifact with both: packing what cannot be packed makes
// it a little larger.
func (l Limits) Archive() int64 { return l.File + l.packed() }

func (l Limits) packed() int64 { return l.Bundle + l.Bundle/16 + 1<<20 }

// check checks the whole of baseline.json. That the bundle fits into a limit is
// for whoever unpacks it.
func (b Baseline) check() error {
	if err := record.At("run", record.Validate(b.Run)); err != nil {
		return err
	}
	if err := record.At("gateway", checkRecipe(b.Gateway)); err != nil {
		return err
	}
	if b.Identity != nil {
		if err := record.At("identity", b.Identity.check()); err != nil {
			return err
		}
	}
	past := struct {
		History []history.Entry `json:"history"`
	}{b.History}
	if err := record.CheckNumbers(past); err != nil {
		return err
	}
	if b.Bundle == nil {
		return nil
	}
	if strings.TrimSpace(b.Gateway.Start) == "" {
		return errors.New("gateway.start is empty, so the bundle could not be started")
	}
	return record.At("bundle", b.Bundle.check(math.MaxInt64))
}

func checkRecipe(g bench.Recipe) error {
	if strings.ContainsRune(g.Start, 0) {
		return errors.New("start: holds a NUL byte")
	}
	if p := g.Ready.Path; p != "" && (p[0] != '/' || strings.ContainsAny(p, "\x00\r\n ")) {
		return fmt.Errorf("ready.path: %q is not a path that can be requested", p)
	}
	if t := g.Ready.Timeout; !(t >= 0 && t <= bench.MaxReadyTimeout) {
		return fmt.Errorf("ready.timeout_seconds: %v is not between 0 and %v", t, bench.MaxReadyTimeout)
	}
	return record.FirstOf("env", g.Env, func(name, value string) error {
		if !bench.VariableName.MatchString(name) {
			return errors.New("not the name of a variable")
		}
		if strings.ContainsRune(value, 0) {
			return errors.New("holds a NUL byte")
		}
		return nil
	})
}
