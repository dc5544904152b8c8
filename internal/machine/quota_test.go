package machine

import (
	"testing"
	"testing/fstest"
	"time"
)

func TestQuota(t *testing.T) {
	const (
		v2 = "35 24 0:30 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n"
		v1 = "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n" +
			"33 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
	)
	for name, c := range map[string]struct {
		files map[string]string
		want  quota
	}{
		"no control groups": {nil, quota{}},
		"version 2": {map[string]string{
			"proc/self/cgroup":       "0::/\n",
			"proc/self/mountinfo":    v2,
			"sys/fs/cgroup/cpu.max":  "60000 100000\n",
			"sys/fs/cgroup/cpu.stat": "usage_usec 5\nnr_periods 9\nnr_throttled 3\nthrottled_usec 120000\n",
		}, quota{0.6, 120 * time.Millisecond}},
		"version 2, no limit": {map[string]string{
			"proc/self/cgroup":           "0::/a\n",
			"proc/self/mountinfo":        v2,
			"sys/fs/cgroup/a/cpu.max":    "max 100000\n",
			"sys/fs/cgroup/a/cpu.stat":   "throttled_usec 0\n",
			"sys/fs/cgroup/cpu.stat":     "usage_usec 7\n",
			"sys/fs/cgroup/b/cpu.max":    "1000 100000\n", // somebody else's
			"sys/fs/cgroup/b/cpu.stat":   "throttled_usec 99\n",
			"sys/fs/cgroup/a/c/cpu.max":  "1000 100000\n",
			"sys/fs/cgroup/a/c/cpu.stat": "throttled_usec 99\n",
		}, quota{}},
		"version 2, a limit above the own group": {map[string]string{
			"proc/self/cgroup":                  "0::/pod/container\n",
			"proc/self/mountinfo":               v2,
			"sys/fs/cgroup/pod/container/cpu.x": "",
			"sys/fs/cgroup/pod/cpu.max":         "150000 100000\n",
			"sys/fs/cgroup/pod/cpu.stat":        "throttled_usec 7\n",
		}, quota{1.5, 7 * time.Microsecond}},
		"version 1": {map[string]string{
			"proc/self/cgroup":    "4:memory:/docker/x\n1:cpu,cpuacct:/docker/x\n0::/\n",
			"proc/self/mountinfo": v1,
			"sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_quota_us":    "200000\n",
			"sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.cfs_period_us":   "100000\n",
			"sys/fs/cgroup/cpu,cpuacct/docker/x/cpu.stat":            "nr_periods 3\nnr_throttled 2\nthrottled_time 5000000\n",
			"sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_quota_us":      "-1\n",
			"sys/fs/cgroup/cpu,cpuacct/docker/cpu.cfs_period_us":     "100000\n",
			"sys/fs/cgroup/unified/cpu.max":                          "max 100000\n",
			"sys/fs/cgroup/cpu,cpuacct/docker/another/cpu.cfs_quota": "1",
		}, quota{2, 5 * time.Millisecond}},
		"version 1 in a container that sees its own group as the top": {map[string]string{
			"proc/self/cgroup":                            "1:cpu,cpuacct:/docker/x\n",
			"proc/self/mountinfo":                         "32 31 0:29 /docker/x /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n",
			"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us":  "60000\n",
			"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
			"sys/fs/cgroup/cpu,cpuacct/cpu.stat":          "throttled_time 1000\n",
		}, quota{0.6, time.Microsecond}},
	} {
		root := fstest.MapFS{}
		for path, text := range c.files {
			root[path] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := readQuota(root); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
