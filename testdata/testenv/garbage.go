package testenv

import (
	"os"
	"runtime/debug"
	"testing"
)

// MainOfMuchGarbage is the TestMain of packages whose tests make much that is soon
// forgotten: it is collected less often, since a fifth of their time would go into that.
func MainOfMuchGarbage(m *testing.M) {
	debug.SetGCPercent(500)
	os.Exit(m.Run())
}
