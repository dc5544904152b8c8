package series

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// Load is how many tasks ran or wanted to, the mean of the last minute; 0 where the kernel
// does not say.
func Load() (one float64) {
	text, _ := os.ReadFile("/proc/loadavg")
	fmt.Sscan(string(text), &one)
	return one
}

// Commit names the commit that is checked out in the working directory.
func Commit(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty", "--abbrev=12").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
