package sandbox

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/gateway"
)

// endTime bounds how long the processes of the user are ended.
const endTime = 10 * time.Second

// endProcesses ends every process of the user: what a supervisor has not seen must not
// be there when tokens and directories are given back. Processes are known by their
// group, which nothing else has and which they cannot leave, since they cannot gain
// rights.
func endProcesses(user *gateway.User) error {
	var left []int
	for end := time.Now().Add(endTime); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		var err error
		thaw := user.Freeze()
		left, err = processesOf(user.GID)
		for _, pid := range left {
			_ = unix.Kill(pid, unix.SIGKILL) // ESRCH: it has ended meanwhile
		}
		thaw()
		if err != nil || len(left) == 0 {
			return err
		}
	}
	return fmt.Errorf("%d processes of the gateway's user cannot be ended, such as %d: tokens and directories are not given back", len(left), left[0])
}

// processesOf lists the processes with a group, those that have ended left out.
func processesOf(gid int) (found []int, err error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		status, err := os.ReadFile("/proc/" + e.Name() + "/status")
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ESRCH) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if hasGroup(string(status), strconv.Itoa(gid)) {
			found = append(found, pid)
		}
	}
	return found, nil
}

// hasGroup reads /proc/PID/status: "Gid:" has the real, effective, saved and file system
// group (proc(5)).
func hasGroup(status, gid string) bool {
	alive, has := true, false
	for line := range strings.Lines(status) {
		switch name, value, _ := strings.Cut(line, ":"); name {
		case "State":
			alive = !strings.HasPrefix(strings.TrimSpace(value), "Z")
		case "Gid":
			has = slices.Contains(strings.Fields(value), gid)
		}
	}
	return alive && has
}
