package gateway

import (
	"fmt"
	"os"
	"path"
	"strings"
)

// Programs are the names of what the gateway's processes run now, as they were called:
// "nginx", "python3.11".
func (p *Process) Programs() (names []string) {
	if !p.Alive() {
		return nil
	}
	for _, pid := range descendants(p.tree.root) {
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err != nil {
			continue // it has ended
		}
		called, _, _ := strings.Cut(string(line), "\x00")
		names = append(names, path.Base(called))
	}
	return names
}
