package load

import (
	"os"
	"testing"

	"github.com/org/proxy-bench-action/internal/mockllm"
)

// TestMain lets the test binary be the mock's process, so that the CPU time of
// the two sides can be told apart.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == mockArg {
		os.Exit(mockllm.Main(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

const mockArg = "mock-process"
