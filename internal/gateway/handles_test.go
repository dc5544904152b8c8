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
	const connections = 40
	var open []net.Conn
	for range connections {
		c, err := net.Dial("tcp", p.Addr)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
	}
	eventually(t, "a descriptor for each connection", func() bool {
		has := p.Handles()
		return has.Threads >= 2 && has.Descriptors >= connections+3
	})
	for _, c := range open {
		c.Close()
	}
	eventually(t, "none for those that are closed", func() bool { return p.Handles().Descriptors < connections })
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
