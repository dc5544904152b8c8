package epoll

import (
	"fmt"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Dial connects a non-blocking TCP socket with TCP_NODELAY to a loopback
// address. It waits for the connection: on loopback that is one system call,
// unless the listener's backlog is full.
func Dial(addr netip.AddrPort, timeout time.Duration) (fd int, err error) {
	sa, family, err := sockaddr(addr)
	if err != nil {
		return -1, err
	}
	fd, err = unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("socket: %w", err)
	}
	if err := connect(fd, sa, timeout); err != nil {
		_ = unix.Close(fd) // the connection's error matters
		return -1, fmt.Errorf("connect to %s: %w", addr, err)
	}
	return fd, nil
}

func connect(fd int, sa unix.Sockaddr, timeout time.Duration) error {
	if err := noDelay(fd); err != nil {
		return err
	}
	switch err := unix.Connect(fd, sa); err {
	case nil:
		return nil
	case unix.EINPROGRESS, unix.EINTR:
	default:
		return err
	}
	deadline := time.Now().Add(timeout)
	for {
		left := time.Until(deadline)
		if left <= 0 {
			return unix.ETIMEDOUT
		}
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, int(left.Milliseconds())+1)
		if err == unix.EINTR || (err == nil && n == 0) {
			continue
		}
		if err != nil {
			return err
		}
		code, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
		if err != nil {
			return err
		}
		if code != 0 {
			return unix.Errno(code)
		}
		return nil
	}
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
