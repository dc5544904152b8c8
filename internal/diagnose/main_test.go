package diagnose

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain collects garbage less often: these tests make much that is soon forgotten, and
// a fifth of their time would go into that.
func TestMain(m *testing.M) {
	debug.SetGCPercent(500)
	os.Exit(m.Run())
}
