package gateway

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

const loopback = "127.0.0.1"

// freePort is a port that was free a moment ago.
func freePort() (int, error) {
	l, err := net.Listen("tcp4", loopback+":0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// ownership says who listens on a port.
type ownership int

const (
	unknown ownership = iota // the kernel does not let us see
	ours
	foreign
)

// owner says whether only processes of the tree listen on the port.
func (t *tree) owner(port int) ownership {
	inodes := listenersOf(port)
	if len(inodes) == 0 {
		return unknown
	}
	held := map[string]bool{}
	for _, pid := range descendants(t.root) {
		dir := fmt.Sprintf("/proc/%d/fd", pid)
		entries, err := os.ReadDir(dir)
		if err != nil {
			return unknown // of another user, or not dumpable
		}
		for _, e := range entries {
			target, err := os.Readlink(dir + "/" + e.Name())
			if errors.Is(err, fs.ErrPermission) {
				return unknown // of another user, and root may not trace either
			}
			held[target] = true
		}
	}
	for _, inode := range inodes {
		if !held["socket:["+inode+"]"] {
			return foreign
		}
	}
	return ours
}

// listenersOf gives the inodes of the sockets that a connection to the port on
// 127.0.0.1 may reach. Those bound to the address itself come before those
// bound to any address.
func listenersOf(port int) []string {
	var exact, any []string
	for _, path := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		f, err := os.Open(path)
		if err != nil {
			continue // no IPv6 on this machine, or not for us to see
		}
		for _, l := range parseListeners(f) {
			switch addr := l.addr.Addr().Unmap(); {
			case int(l.addr.Port()) != port:
			case addr == netip.MustParseAddr(loopback):
				exact = append(exact, l.inode)
			case addr.IsUnspecified():
				any = append(any, l.inode)
			}
		}
		f.Close()
	}
	if len(exact) > 0 {
		return exact
	}
	return any
}

// listener is a listening TCP socket.
type listener struct {
	addr  netip.AddrPort
	inode string
}

// parseListeners reads the format of /proc/net/tcp and tcp6 (proc_net_tcp in
// the kernel's documentation) and skips what it does not understand.
func parseListeners(r io.Reader) []listener {
	const stateListen = "0A"
	var found []listener
	for lines := bufio.NewScanner(r); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) < 10 || f[3] != stateListen {
			continue
		}
		if addr, ok := parseSocketAddr(f[1]); ok {
			found = append(found, listener{addr, f[9]})
		}
	}
	return found
}

// parseSocketAddr reads ADDRESS:PORT in hexadecimal, the address as words of
// 32 bits printed in the byte order of the machine.
func parseSocketAddr(s string) (netip.AddrPort, bool) {
	host, port, _ := strings.Cut(s, ":")
	raw, err := hex.DecodeString(host)
	if err != nil || (len(raw) != 4 && len(raw) != 16) {
		return netip.AddrPort{}, false
	}
	n, err := strconv.ParseUint(port, 16, 16)
	if err != nil {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(raw); i += 4 {
		binary.NativeEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	addr, _ := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(addr, uint16(n)), true
}
