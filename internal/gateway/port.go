package gateway

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"sync"

	"github.com/prometheus/procfs"
)

const loopback = "127.0.0.1"

// reserved are the ports of the gateways that live. None of them is given to another
// gateway, whether or not anything listens on it yet.
var reserved = struct {
	sync.Mutex
	ports map[int]bool
}{ports: map[int]bool{}}

// reservePorts finds n ports that are free, for one gateway, and returns the
// function that gives them back. Another program of the machine may still take one
// before the gateway does.
func reservePorts(n int) (ports []int, release func(), err error) {
	reserved.Lock()
	defer reserved.Unlock()
	// All are held until the last is found, so that they differ.
	for len(ports) < n {
		l, err := net.Listen("tcp4", loopback+":0")
		if err != nil {
			return nil, nil, fmt.Errorf("find a free port: %w", err)
		}
		defer l.Close()
		if port := l.Addr().(*net.TCPAddr).Port; !reserved.ports[port] {
			ports = append(ports, port)
		}
	}
	for _, port := range ports {
		reserved.ports[port] = true
	}
	return ports, func() {
		reserved.Lock()
		defer reserved.Unlock()
		for _, port := range ports {
			delete(reserved.ports, port)
		}
	}, nil
}

// ownsPort is false when a process outside of the tree listens on the port. It is
// true where the kernel does not let us see.
func (t *tree) ownsPort(port int) bool {
	inodes := listenersOf(port)
	held := map[string]bool{}
	for _, pid := range descendants(t.root) {
		dir := fmt.Sprintf("/proc/%d/fd", pid)
		entries, err := os.ReadDir(dir)
		if err != nil {
			return true // of another user, or not dumpable
		}
		for _, e := range entries {
			target, err := os.Readlink(dir + "/" + e.Name())
			if errors.Is(err, fs.ErrPermission) {
				return true // of another user, and root may not trace either
			}
			held[target] = true
		}
	}
	return !slices.ContainsFunc(inodes, func(inode uint64) bool { return !held[fmt.Sprintf("socket:[%d]", inode)] })
}

// listenersOf gives the inodes of the sockets that a connection to the port on
// 127.0.0.1 may reach. Those bound to the address itself come before those
// bound to any address.
func listenersOf(port int) []uint64 {
	const stateListen = 0x0A
	proc, err := procfs.NewDefaultFS()
	if err != nil {
		return nil
	}
	var exact, any []uint64
	//lint:ignore SA1019 netlink is faster with many sockets; here is one short look at a start
	for _, read := range []func() (procfs.NetTCP, error){proc.NetTCP, proc.NetTCP6} {
		sockets, err := read()
		if err != nil {
			continue // no IPv6 on this machine, or not for us to see
		}
		for _, s := range sockets {
			switch {
			case s.St != stateListen || s.LocalPort != uint64(port):
			case s.LocalAddr.Equal(net.IPv4(127, 0, 0, 1)):
				exact = append(exact, s.Inode)
			case s.LocalAddr.IsUnspecified():
				any = append(any, s.Inode)
			}
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return any
}
