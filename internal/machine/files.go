package machine

import (
	"fmt"
	"syscall"
)

// ownFiles is what this process has open beside the connections it drives: output,
// logs, pipes to its processes, pollers and their timers.
const ownFiles = 40

// EnoughFiles is an error if this process may not open enough files for a number of
// connections to each of some arms. The Go runtime has raised the soft limit to the hard
// one; the mock stands under the same limit and needs no more.
func EnoughFiles(arms, connections int) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("the limit of open files: %w", err)
	}
	if need := uint64(arms*connections + ownFiles); limit.Cur < need {
		return fmt.Errorf("this process may have %d files open, and %d connections to each of %d arms take %d\n"+
			"  what to do: raise the limit (ulimit -n %d, docker run --ulimit nofile=%d), or lower the concurrency",
			limit.Cur, connections, arms, need, need, need)
	}
	return nil
}
