package host

import (
	"runtime"
	"runtime/debug"
)

// undisturbedHeap bounds the heap while the collector is off: beyond it the collector runs
// all the same.
const undisturbedHeap = 128 << 20

// Undisturbed keeps the runtime from doing anything by itself while something is
// measured, until what it returns is called.
func Undisturbed() (restore func()) {
	// The runtime follows changes of the CPU quota unless it is told a number.
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(undisturbedHeap)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}
