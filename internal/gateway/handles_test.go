package gateway

import (
	"net"
	"os/exec"
	"testing"
)

func TestHandles(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, serveLine)
	p := start(t, spec, mark)
	before := p.Handles()
	if before.Threads < 2 || before.Descriptors < 3 {
		t.Errorf("a Go program has %+v", before)
	}
	const connections = 20
	for range connections {
		c, err := net.Dial("tcp", p.Addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
	}
	eventually(t, "a descriptor for each connection", func() bool { return p.Handles().Descriptors >= before.Descriptors+connections })
	if err := p.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := p.Handles(); after != (Handles{}) {
		t.Errorf("it has ended, and has %+v", after)
	}
}

// TestHandlesOfAll: all processes count, and one that has ended does not.
func TestHandlesOfAll(t *testing.T) {
	t.Parallel()
	var pids []int
	for range 2 {
		cmd := exec.Command("sleep", "60")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		})
		pids = append(pids, cmd.Process.Pid)
	}
	const none = 1 << 22 // beyond the largest number of a process
	eventually(t, "a thread of each, and the same descriptors", func() bool {
		one, all := handlesOf(pids[:1]), handlesOf(append(pids, none))
		return one.Descriptors >= 3 && all == Handles{Threads: 2, Descriptors: 2 * one.Descriptors}
	})
}
