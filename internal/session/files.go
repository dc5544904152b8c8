package session

import (
	"fmt"
	"syscall"

	"github.com/org/proxy-bench-action/internal/host"
)

// ownFiles is what this process has open beside the connections it drives: output,
// logs, pipes to its processes, pollers and their timers.
const ownFiles = 40

// enoughFiles refuses a measurement for which this process may not open enough
// files, before anything is built. The Go runtime has raised the soft limit to the
// hard one; the mock stands under the same limit and needs no more.
func (s *Session) enoughFiles(gateways int, openLoop bool) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("the limit of open files: %w", err)
	}
	each := 0
	for _, scenario := range s.Config.Scenarios() {
		each = max(each, scenario.Concurrency)
	}
	if openLoop {
		each = max(each, openConnections)
	}
	arms := gateways + 1
	if need := uint64(arms*each + ownFiles); limit.Cur < need {
		return host.Usagef("this process may have %d files open, and %d connections to each of %d arms take %d\n"+
			"  what to do: raise the limit (ulimit -n %d, docker run --ulimit nofile=%d), or lower the concurrency",
			limit.Cur, each, arms, need, need, need)
	}
	return nil
}
