package session

import (
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/machine"
)

// enoughFiles refuses a measurement for which this process may not open enough files,
// before anything is built.
func (s *Session) enoughFiles(gateways int, openLoop bool) error {
	each := 0
	for _, scenario := range s.Config.Scenarios() {
		each = max(each, scenario.Concurrency)
	}
	if openLoop {
		each = max(each, openConnections)
	}
	if err := machine.EnoughFiles(gateways+1, each); err != nil {
		return host.Usage(err)
	}
	return nil
}
