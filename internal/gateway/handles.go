package gateway

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// Handles are what the processes of a gateway have of the kernel's, besides memory.
type Handles struct {
	Threads int
	// Descriptors are open files and sockets; 0 where they cannot be seen: those of
	// another user's processes, without CAP_SYS_PTRACE (proc_pid_fd(5)).
	Descriptors int
}

// Handles counts them now. A gateway that has ended has none.
func (p *Process) Handles() Handles {
	if !p.Alive() {
		return Handles{}
	}
	return handlesOf(descendants(p.tree.root))
}

func handlesOf(pids []int) (sum Handles) {
	hidden := false
	for _, pid := range pids {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			continue // it has ended
		}
		sum.Threads += threads(status)
		open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
		hidden = hidden || os.IsPermission(err)
		sum.Descriptors += len(open)
	}
	if hidden {
		sum.Descriptors = 0 // some of them are no figure
	}
	return sum
}

// threads reads their number from /proc/PID/status.
func threads(status []byte) int {
	_, rest, _ := bytes.Cut(status, []byte("\nThreads:"))
	value, _, _ := bytes.Cut(rest, []byte("\n"))
	n, err := strconv.Atoi(string(bytes.TrimSpace(value)))
	if err != nil {
		return 0
	}
	return n
}
