package gateway

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/procfs"
)

// listener is a socket that waits for connections.
type listener struct {
	inode uint64
	uid   int // of the process that made it; of TCP only
	ip    net.IP
	port  int
	unix  string // path of a Unix socket; then it has neither address nor port
}

// String is the address as people write it.
func (l listener) String() string {
	if l.unix != "" {
		return "unix:" + l.unix
	}
	return net.JoinHostPort(l.ip.String(), strconv.Itoa(l.port))
}

// reach is an address of this machine at which a connection finds the listener.
func (l listener) reach() string {
	ip := l.ip
	if ip.IsUnspecified() {
		ip = net.IPv4(127, 0, 0, 1)
	}
	return net.JoinHostPort(ip.String(), strconv.Itoa(l.port))
}

func addresses(all []listener) (texts []string) {
	for _, l := range all {
		if text := l.String(); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// listeners lists the sockets of our network namespace that wait for connections:
// those of TCP, and the Unix sockets with a path.
func listeners() (all []listener) {
	const tcpListen = 0x0A                  // TCP_LISTEN in include/net/tcp_states.h
	const unixListen = uint64(0x0001 << 16) // __SO_ACCEPTCON in include/uapi/linux/net.h
	proc, err := procfs.NewDefaultFS()
	if err != nil {
		return nil
	}
	//lint:ignore SA1019 netlink is faster with many sockets; here is one short look at a start
	for _, read := range []func() (procfs.NetTCP, error){proc.NetTCP, proc.NetTCP6} {
		sockets, err := read()
		if err != nil {
			continue // no IPv6 on this machine, or not for us to see
		}
		for _, s := range sockets {
			if s.St == tcpListen {
				all = append(all, listener{inode: s.Inode, uid: int(s.UID), ip: s.LocalAddr, port: int(s.LocalPort)})
			}
		}
	}
	if sockets, err := proc.NetUNIX(); err == nil {
		for _, s := range sockets.Rows {
			if uint64(s.Flags)&unixListen != 0 && strings.HasPrefix(s.Path, "/") {
				all = append(all, listener{inode: s.Inode, unix: s.Path})
			}
		}
	}
	return all
}

// inodes are the numbers of all listening sockets.
func inodes() map[uint64]bool {
	all := map[uint64]bool{}
	for _, l := range listeners() {
		all[l.inode] = true
	}
	return all
}

// sockets are the inodes of the tree's sockets; ok is false where the kernel does
// not let us see all of them.
func (t *tree) sockets() (held map[uint64]bool, ok bool) {
	held = map[uint64]bool{}
	for _, pid := range descendants(t.root) {
		dir := fmt.Sprintf("/proc/%d/fd", pid)
		entries, err := os.ReadDir(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue // it has ended
		}
		if err != nil {
			return nil, false // of another user, or not dumpable
		}
		for _, e := range entries {
			target, err := os.Readlink(dir + "/" + e.Name())
			if errors.Is(err, fs.ErrPermission) {
				return nil, false // of another user, and root may not trace either
			}
			number, found := strings.CutPrefix(target, "socket:[")
			if inode, err := strconv.ParseUint(strings.TrimSuffix(number, "]"), 10, 64); found && err == nil {
				held[inode] = true
			}
		}
	}
	return held, true
}

// ownsPort is false when a process outside of the tree listens on the port. Where the
// kernel does not let us see which sockets the tree holds, as in a container, it is false
// when another user listens there than the tree's, if that is known.
func (t *tree) ownsPort(port int, user *User) bool {
	held, ok := t.sockets()
	return !slices.ContainsFunc(reachable(port), func(l listener) bool { return l.foreign(held, ok, user) })
}

// foreign reports whether a listener is none of those held, or, where these are not known,
// none of the user's.
func (l listener) foreign(held map[uint64]bool, known bool, user *User) bool {
	if known {
		return !held[l.inode]
	}
	return user != nil && l.uid != user.UID
}

// reachable are the sockets that a connection to the port on 127.0.0.1 may reach.
// Those bound to the address itself come before those bound to any address.
func reachable(port int) []listener {
	var exact, any []listener
	for _, l := range listeners() {
		switch {
		case l.unix != "" || l.port != port:
		case l.ip.Equal(net.IPv4(127, 0, 0, 1)):
			exact = append(exact, l)
		case l.ip.IsUnspecified():
			any = append(any, l)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return any
}

// listens is what the gateway listens on. Where the kernel does not show which
// sockets it holds, those of its user count that came after its start, but for the
// ports of a gateway that starts beside it.
func (w *waiter) listens() []listener {
	held, ok := w.tree.sockets()
	uid := os.Getuid()
	if user := w.child.job.User; user != nil {
		uid = user.UID
	}
	return slices.DeleteFunc(listeners(), func(l listener) bool {
		if ok {
			return !held[l.inode]
		}
		return l.unix != "" || l.uid != uid || w.before[l.inode] || reservedBesides(w.own, l.port)
	})
}
