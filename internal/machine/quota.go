package machine

import (
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// quota is what the control groups of this process allow it: a container's limit,
// or systemd's CPUQuota.
type quota struct {
	cpus float64 // the least of all levels; 0: there is no limit
	// throttled is how long the groups with a limit were stopped because they had
	// used it up, summed over the CPUs.
	throttled time.Duration
}

// readQuota reads it below root, which is "/". Every group from the process's own
// up to the top of what is mounted counts: a container may have none of its own
// and a pod around it one. Without control groups there is no limit.
//
// The files are those of cgroups(7), the kernel's cgroup-v2.rst and sched-bwc.rst.
func readQuota(root fs.FS) quota {
	var q quota
	for _, g := range cpuGroups(root) {
		for at := g.path; ; at = path.Dir(at) {
			q.add(g, func(name string) string { return readIn(root, path.Join(g.mount, at, name)) })
			if at == "/" || at == "." {
				break
			}
		}
	}
	return q
}

// add counts one group, if it has a limit.
func (q *quota) add(g group, file func(name string) string) {
	cpus := math.Inf(1)
	stat := pairs(file("cpu.stat"))
	if g.unified {
		if words := strings.Fields(file("cpu.max")); len(words) == 2 {
			cpus = ratio(words[0], words[1]) // "max 100000" is no limit
		}
	} else {
		cpus = ratio(strings.TrimSpace(file("cpu.cfs_quota_us")), strings.TrimSpace(file("cpu.cfs_period_us")))
	}
	if math.IsInf(cpus, 1) {
		return
	}
	if q.cpus == 0 || cpus < q.cpus {
		q.cpus = cpus
	}
	q.throttled += time.Duration(stat["throttled_usec"])*time.Microsecond + time.Duration(stat["throttled_time"])
}

// ratio is a quota over its period, infinite when one of them sets no limit.
func ratio(quota, period string) float64 {
	q, errQ := strconv.ParseFloat(quota, 64)
	p, errP := strconv.ParseFloat(period, 64)
	if errQ != nil || errP != nil || q <= 0 || p <= 0 {
		return math.Inf(1)
	}
	return q / p
}

// group is the process's place in one hierarchy that can limit CPU time.
type group struct {
	unified bool   // version 2
	mount   string // where it is mounted, without the leading slash
	path    string // of the group below that
}

// cpuGroups finds the groups of this process by /proc/self/cgroup and the places
// where they can be read by /proc/self/mountinfo.
func cpuGroups(root fs.FS) []group {
	var all []group
	for line := range strings.Lines(readIn(root, "proc/self/cgroup")) {
		// hierarchy:controllers:path
		part := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(part) != 3 {
			continue
		}
		unified := part[0] == "0" && part[1] == ""
		if !unified && !slices.Contains(strings.Split(part[1], ","), "cpu") {
			continue
		}
		if mount, top, ok := cgroupMount(root, unified); ok {
			// In a container's view, the mount can show the tree from its own group
			// on, and the path be that of the whole machine.
			below, inside := strings.CutPrefix(part[2], strings.TrimSuffix(top, "/"))
			if !inside {
				below = "/"
			}
			all = append(all, group{unified, strings.TrimPrefix(mount, "/"), path.Clean("/" + below)})
		}
	}
	return all
}

// cgroupMount finds where a hierarchy is mounted and which of its groups is seen
// there, in the format of proc_pid_mountinfo(5).
func cgroupMount(root fs.FS, unified bool) (mount, top string, ok bool) {
	for line := range strings.Lines(readIn(root, "proc/self/mountinfo")) {
		head, tail, _ := strings.Cut(line, " - ")
		where, what := strings.Fields(head), strings.Fields(tail)
		if len(where) < 5 || len(what) < 3 {
			continue
		}
		if unified && what[0] == "cgroup2" || !unified && what[0] == "cgroup" && slices.Contains(strings.Split(what[2], ","), "cpu") {
			return where[4], where[3], true
		}
	}
	return "", "", false
}

// pairs reads lines of a name and a number.
func pairs(text string) map[string]int64 {
	all := map[string]int64{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			all[name] = n
		}
	}
	return all
}

// readIn is the text of a file, empty when it cannot be read.
func readIn(root fs.FS, name string) string {
	b, err := fs.ReadFile(root, name)
	if err != nil {
		return ""
	}
	return string(b)
}
