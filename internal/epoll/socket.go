package epoll

import (
	"errors"
	"fmt"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Dial begins to connect a non-blocking TCP socket with TCP_NODELAY to a loopback
// address. On loopback the connection is made before Dial returns, unless the
// listener's queue is full: then made is false, the socket becomes writable at the
// end of the attempt, and [Connected] tells how it ended.
func Dial(addr netip.AddrPort) (fd int, made bool, err error) {
	sa, family, err := sockaddr(addr)
	if err != nil {
		return -1, false, err
	}
	fd, err = unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, false, fmt.Errorf("socket: %w", err)
	}
	if err = noDelay(fd); err == nil {
		err = unix.Connect(fd, sa)
	}
	if err == unix.EINPROGRESS || err == unix.EINTR {
		// The answer is there by now as a rule: the kernel takes it when the first
		// call lets go of the socket. The second call tells.
		err = unix.Connect(fd, sa)
	}
	switch err {
	case nil:
		return fd, true, nil
	case unix.EALREADY, unix.EINTR:
		return fd, false, nil
	}
	_ = unix.Close(fd) // the connection's error matters
	return -1, false, fmt.Errorf("connect to %s: %w", addr, err)
}

// Connected is how the attempt to connect ended that Dial began; nil is a connection.
func Connected(fd int) error {
	code, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return err
	}
	if code != 0 {
		return unix.Errno(code)
	}
	return nil
}

// Acknowledged reports whether the other side has taken any byte that was written to
// fd. Where it has not, the connection is made on our side alone: the listener's queue
// was full when the last packet of the handshake came, and everything sent is dropped
// until there is room.
func Acknowledged(fd int) bool {
	info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	return err != nil || info.Bytes_acked > 1 // the handshake counts for one
}

// Exhausted reports whether err of Dial says that this process or machine has no
// socket left to give: no file, no memory or no port. The other side has no part in it.
func Exhausted(err error) bool {
	for _, own := range []error{unix.EMFILE, unix.ENFILE, unix.ENOBUFS, unix.ENOMEM, unix.EADDRNOTAVAIL} {
		if errors.Is(err, own) {
			return true
		}
	}
	return false
}

// Listen opens a non-blocking listener on a loopback address and returns the
// address it got, whose port the kernel has chosen if 0 was asked for.
func Listen(addr netip.AddrPort) (fd int, bound netip.AddrPort, err error) {
	sa, family, err := sockaddr(addr)
	if err != nil {
		return -1, bound, err
	}
	fd, err = unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, bound, fmt.Errorf("socket: %w", err)
	}
	if err := listen(fd, sa); err != nil {
		_ = unix.Close(fd) // the listener's error matters
		return -1, bound, fmt.Errorf("listen on %s: %w", addr, err)
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		_ = unix.Close(fd)
		return -1, bound, fmt.Errorf("getsockname: %w", err)
	}
	switch name := name.(type) {
	case *unix.SockaddrInet4:
		bound = netip.AddrPortFrom(netip.AddrFrom4(name.Addr), uint16(name.Port))
	case *unix.SockaddrInet6:
		bound = netip.AddrPortFrom(netip.AddrFrom16(name.Addr), uint16(name.Port))
	}
	return fd, bound, nil
}

func listen(fd int, sa unix.Sockaddr) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return err
	}
	if err := unix.Bind(fd, sa); err != nil {
		return err
	}
	return unix.Listen(fd, 1024)
}

// Accept takes one connection from a listener, non-blocking, with TCP_NODELAY.
func Accept(listener int) (fd int, err error) {
	for {
		fd, _, err = unix.Accept4(listener, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if err != unix.EINTR && err != unix.ECONNABORTED {
			break
		}
	}
	if err != nil {
		return -1, err
	}
	return fd, noDelay(fd)
}

// Read reads once. 0 bytes without an error is the end of the stream.
func Read(fd int, b []byte) (int, error) { return transfer(unix.SYS_RECVFROM, fd, b, 0) }

// Write writes once, perhaps less than all of b.
func Write(fd int, b []byte) (int, error) { return transfer(unix.SYS_SENDTO, fd, b, unix.MSG_NOSIGNAL) }

// Silent reports whether fd is open and has nothing to read: neither data nor the
// end of the stream. It takes nothing.
func Silent(fd int) bool {
	var one [1]byte
	_, err := transfer(unix.SYS_RECVFROM, fd, one[:], unix.MSG_PEEK)
	return err == ErrAgain
}

// transfer is recv or send by a raw system call, as in Poller.wait: no socket of
// ours blocks, so the scheduler need not know.
func transfer(call uintptr, fd int, b []byte, flags uintptr) (int, error) {
	for {
		n, _, errno := unix.RawSyscall6(call, uintptr(fd),
			uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)), flags, 0, 0)
		switch errno {
		case 0:
			return int(n), nil
		case unix.EAGAIN:
			return 0, ErrAgain
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}

// Close closes a socket.
func Close(fd int) error { return unix.Close(fd) }

// DelayAcks makes the kernel acknowledge what comes on fd only with the next
// data sent or after 40 ms, as it does on any connection that has been in use
// for a while. A new or idle connection acknowledges its first 16 segments at
// once, and so hides a peer that has left Nagle's algorithm on.
func DelayAcks(fd int) error {
	return unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_QUICKACK, 0)
}

func noDelay(fd int) error {
	return unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
}

func sockaddr(addr netip.AddrPort) (unix.Sockaddr, int, error) {
	ip := addr.Addr().Unmap()
	if !ip.IsLoopback() {
		return nil, 0, fmt.Errorf("%s is not a loopback address: load stays on this machine", addr)
	}
	if ip.Is4() {
		return &unix.SockaddrInet4{Port: int(addr.Port()), Addr: ip.As4()}, unix.AF_INET, nil
	}
	return &unix.SockaddrInet6{Port: int(addr.Port()), Addr: ip.As16()}, unix.AF_INET6, nil
}
