package compare

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Doubt is why numbers of another job say little about this one; empty when they do
// not.
func Doubt(base, run bench.Run) string {
	return cmp.Or(OtherMachine(base, run), Unlike(base, run))
}

// OtherMachine says how a run was measured on another kind of machine; empty: it was
// not, as far as that shows.
func OtherMachine(base, run bench.Run) string {
	then, now := base.Environment, run.Environment
	switch {
	case then.CPUModel != now.CPUModel:
		return fmt.Sprintf("the base was measured on another CPU: %s, here %s", then.CPUModel, now.CPUModel)
	case then.CPUs != now.CPUs:
		return fmt.Sprintf("the base was measured on %d CPUs, here %d", then.CPUs, now.CPUs)
	}
	return ""
}

// Unlike says why the numbers of a run mean something else than those of this one;
// empty: they mean the same.
func Unlike(base, run bench.Run) string {
	switch then, now := base.Tool.Version, run.Tool.Version; {
	case base.Plan.Fingerprint != run.Plan.Fingerprint:
		return "the base was measured with another suite, other requests or other answers"
	case bench.OtherMajor(then, now):
		return fmt.Sprintf("the base was measured by proxy-bench %s, which measures otherwise than %s", then, now)
	}
	return ""
}

// Toolchains says how the gateways of one run were built by different toolchains; empty:
// they were not, as far as that shows.
func Toolchains(run bench.Run) string {
	base, head := run.Environment.Toolchain[bench.Base], run.Environment.Toolchain[bench.Head]
	if base == "" || head == "" || base == head {
		return ""
	}
	return fmt.Sprintf("base was built by %s, head by %s: what differs may come from there", base, head)
}

// Surroundings says what else differs of two runs of one kind of machine: it explains a
// surprise and decides nothing.
func Surroundings(base, run bench.Run) string {
	then, now := base.Environment, run.Environment
	var all []string
	for _, d := range [][3]string{
		{"the kernel", then.Kernel, now.Kernel},
		{"the runner's image", then.Variables["ImageVersion"], now.Variables["ImageVersion"]},
		{"the gateway's toolchain", then.Toolchain[bench.Head], now.Toolchain[bench.Head]},
	} {
		if d[1] != "" && d[2] != "" && d[1] != d[2] {
			all = append(all, fmt.Sprintf("%s was %s and is %s", d[0], d[1], d[2]))
		}
	}
	return strings.Join(all, "; ")
}
