//go:build platform

package session

import (
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// TestPlatformOpenLoopOfErrors: requests that fail belong to their window. Windows take
// seconds, too many for the inner loop.
func TestPlatformOpenLoopOfErrors(t *testing.T) {
	newRepository(t).openLoopFails("lies", warmUp, bench.ErrStatus, "")
}
