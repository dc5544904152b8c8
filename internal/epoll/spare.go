package epoll

import "golang.org/x/sys/unix"

// TooMany reports whether a connection could not be accepted because this process, or the
// machine, has as many files open as it may.
func TooMany(err error) bool { return err == unix.EMFILE || err == unix.ENFILE }

// Spare is a descriptor that a server gives up to end a connection for which it has no
// other one. Otherwise that would wait, and the server be woken for it without end.
type Spare struct{ fd int }

// NewSpare opens one. Where it cannot, the first use tries again.
func NewSpare() *Spare {
	s := &Spare{fd: -1}
	s.open()
	return s
}

func (s *Spare) open() {
	if fd, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0); err == nil {
		s.fd = fd
	}
}

// Refuse accepts a connection and ends it; false: it could not.
func (s *Spare) Refuse(listener int) bool {
	s.Close()
	fd, err := Accept(listener)
	if fd >= 0 {
		_ = Close(fd)
	}
	s.open()
	return err == nil || fd >= 0
}

// Close closes the descriptor.
func (s *Spare) Close() {
	if s.fd >= 0 {
		_ = unix.Close(s.fd)
		s.fd = -1
	}
}
