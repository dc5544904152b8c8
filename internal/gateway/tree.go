package gateway

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/machine"
)

// tree is the set of descendants of a process, with what they have used.
//
// It is read around every slice, so that the usual call must take microseconds: the
// set is listed again only when a process or thread was created on the machine
// since (see newestPID), and each member costs one system call.
//
// What a process used is known to the nanosecond while it exists. When its parent has
// waited for it, the parent has it among the times of its children, which the kernel
// tells in ticks of 10 ms: of a child that lives for one request, this is all there
// is to see. The root counts for this, because it waits for the orphans.
type tree struct {
	root int // not itself a member

	mu      sync.Mutex
	members []member
	waited  time.Duration // by the root for its children
	// owed is what former members used that is not yet among the times of their
	// parents' children: for less than a tick, or for ever when a parent ignores its
	// children's ends (SIGCHLD).
	owed   time.Duration
	newest int  // the newest process id before the last update
	stale  bool // the last update may have missed some
	peak   int64
}

type member struct {
	pid    int
	used   time.Duration // CPU time at the last update; only grows
	waited time.Duration // of children that it has waited for; only grows
}

func newTree(root int) *tree { return &tree{root: root, stale: true} }

// cpu sums the CPU clocks. alive is true while the root exists: later its number
// may belong to another process, and only the members seen before count.
func (t *tree) cpu(alive bool) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if alive {
		t.update()
	}
	sum := t.waited + t.owed
	for i := range t.members {
		sum += t.members[i].used + t.members[i].waited
	}
	return sum
}

// update brings the members and their clocks up to date.
func (t *tree) update() {
	newest := newestPID()
	changed := t.stale || newest == 0 || newest != t.newest
	if changed {
		t.newest = newest
		t.stale = t.discover()
	}
	kept := t.members[:0]
	var left time.Duration // used by members that have ended
	for _, m := range t.members {
		used, ok := machine.CPU(m.pid)
		if ok && used >= m.used {
			kept = append(kept, member{m.pid, used, m.waited})
			continue
		}
		// It ended, or its number already belongs to another process. The list of
		// children can skip one when a sibling ends while it is read
		// (proc_pid_task(5)), so it is read again next time.
		left += m.used + m.waited
		t.stale, changed = true, true
	}
	t.members = kept
	if changed {
		t.settle(left)
	}
}

// settle reads what parents have waited for. Without a new process and without one
// that ended, that has not changed.
func (t *tree) settle(left time.Duration) {
	var rise time.Duration
	raise := func(pid int, waited *time.Duration) {
		if now := waitedBy(pid); now > *waited {
			rise += now - *waited
			*waited = now
		}
	}
	raise(t.root, &t.waited)
	for i := range t.members {
		raise(t.members[i].pid, &t.members[i].waited)
	}
	t.owed = balance(t.owed, left, rise)
}

// balance is what is owed after members that used left have ended and the times of
// children have risen. A rise pays for those that were members first; what is beyond
// is from children that never were.
func balance(owed, left, rise time.Duration) time.Duration { return max(0, owed+left-rise) }

// discover adds new descendants and says whether there were any. Members that it
// does not find stay: their clock shows whether they have ended.
func (t *tree) discover() (added bool) {
	known := make(map[int]bool, len(t.members))
	for _, m := range t.members {
		known[m.pid] = true
	}
	for _, pid := range descendants(t.root) {
		if !known[pid] {
			t.members = append(t.members, member{pid: pid})
			added = true
		}
	}
	return added
}

// memory sums the resident sets.
func (t *tree) memory(alive bool) Memory {
	t.mu.Lock()
	defer t.mu.Unlock()
	var now, high int64
	if alive {
		for _, pid := range descendants(t.root) {
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			if err != nil {
				continue // it has ended
			}
			now += statusBytes(status, "VmRSS:")
			high += statusBytes(status, "VmHWM:")
		}
	}
	t.peak = max(t.peak, high)
	return Memory{RSS: now, Peak: t.peak}
}

// statusBytes reads a size from /proc/PID/status, 0 when it is not there, as
// for a process that has ended but was not waited for.
func statusBytes(status []byte, field string) int64 {
	_, rest, _ := bytes.Cut(status, []byte("\n"+field))
	value, _, _ := bytes.Cut(rest, []byte(" kB"))
	kib, err := strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 64)
	if err != nil {
		return 0
	}
	return kib << 10
}

// tick is the unit of the times in /proc/PID/stat: sysconf(_SC_CLK_TCK) is 100 on
// every architecture that Go runs on.
const tick = 10 * time.Millisecond

// waitedBy is the CPU time of the children that a process has waited for, with those
// that they have waited for: the fields cutime and cstime of proc_pid_stat(5). 0 when
// they cannot be read.
func waitedBy(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The second field is the name, in parentheses, and may hold anything.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 15 {
		return 0
	}
	user, errUser := strconv.ParseInt(fields[13], 10, 64)
	system, errSystem := strconv.ParseInt(fields[14], 10, 64)
	if errUser != nil || errSystem != nil {
		return 0
	}
	return time.Duration(user+system) * tick
}

// newestPID is the number of the process or thread created last in our PID
// namespace: the fifth field of /proc/loadavg, 0 when it cannot be read. While it
// does not change, no tree has grown.
func newestPID() int {
	fd, err := unix.Open("/proc/loadavg", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0
	}
	defer unix.Close(fd)
	var buf [128]byte
	n, err := unix.Read(fd, buf[:])
	if err != nil || n <= 0 {
		return 0
	}
	line := bytes.TrimSpace(buf[:n])
	pid, err := strconv.Atoi(string(line[bytes.LastIndexByte(line, ' ')+1:]))
	if err != nil {
		return 0
	}
	return pid
}

// descendants lists the processes below root, which is not among them. Children
// are listed per thread that has them.
func descendants(root int) []int {
	found := []int{root}
	for i := 0; i < len(found); i++ {
		tasks := fmt.Sprintf("/proc/%d/task/", found[i])
		threads, err := os.ReadDir(tasks)
		if err != nil {
			continue // it has ended; its children are the root's now
		}
		for _, thread := range threads {
			list, err := os.ReadFile(tasks + thread.Name() + "/children")
			if err != nil {
				continue
			}
			for _, child := range strings.Fields(string(list)) {
				// One whose parent ends meanwhile is listed again elsewhere.
				if pid, err := strconv.Atoi(child); err == nil && !slices.Contains(found, pid) {
					found = append(found, pid)
				}
			}
		}
	}
	return found[1:]
}
