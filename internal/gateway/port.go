package gateway

import (
	"fmt"
	"net"
	"slices"
	"sync"
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

// reservedBesides says whether a port is reserved for another gateway than the one
// that has these.
func reservedBesides(own []int, port int) bool {
	reserved.Lock()
	defer reserved.Unlock()
	return reserved.ports[port] && !slices.Contains(own, port)
}
