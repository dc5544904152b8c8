package main

import (
	"context"
	"math/rand/v2"
	"time"
)

// installStartDelay is the interpreter that imports for seconds before it listens.
func installStartDelay(g *gateway, nanoseconds int64) {
	g.startDelay += time.Duration(nanoseconds)
}

// wait lets the start take as long as the faults say; false when ctx ended first.
func (g *gateway) wait(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(g.startDelay):
		return true
	}
}

// installProcessLuck is the hash seed or the memory layout that some processes are
// unlucky with for as long as they live.
func installProcessLuck(g *gateway, parts int64) {
	installSlowPercent(g, drawLuck(parts))
}

// drawLuck is from none to twice parts.
func drawLuck(parts int64) int64 { return rand.Int64N(2*parts + 1) }

// installMemory is the cache that is filled at the start, needed or not.
func installMemory(g *gateway, bytes int64) {
	g.memory.add(bytes)
}
