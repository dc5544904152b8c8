package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// spinTail is how long before its end a sleep of d wakes up and spins. The
// goroutine that waits for a timer goes on late, and later after a long sleep: at
// the median 22 µs after 200 µs, 35 µs after 1 ms, 45 µs after 5 ms (two cores of
// a virtual machine). The rest of the tail is for the busier moments.
func spinTail(d time.Duration) time.Duration { return 40*time.Microsecond + d/50 }

// sleep waits for d, typically to within a few microseconds. time.Sleep is not
// good enough: an idle Go process waits in epoll_wait, whose time-out is whole
// milliseconds. A timerfd makes the kernel report the expiry there at once, and
// unlike nanosleep it holds neither a thread nor a processor meanwhile.
func sleep(d time.Duration) {
	end := time.Now().Add(d)
	if wait := d - spinTail(d); wait > 0 {
		a := alarms.Get().(*alarm)
		a.wait(wait)
		alarms.Put(a)
	}
	for time.Now().Before(end) {
	}
}

// alarm is a timerfd known to the network poller of the runtime.
type alarm struct {
	fd   uintptr // of file; asking file for it would make it blocking
	file *os.File
}

var alarms = sync.Pool{New: func() any { return newAlarm() }}

// newAlarm panics if the process may open no more files, because a sleep has
// no way to report that; net/http then closes the connection of that request.
func newAlarm() *alarm {
	const clockMonotonic = 1
	fd, _, errno := syscall.RawSyscall(syscall.SYS_TIMERFD_CREATE,
		clockMonotonic, syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if errno != 0 {
		panic(fmt.Sprintf("timerfd_create: %v", errno))
	}
	return &alarm{fd: fd, file: os.NewFile(fd, "timerfd")}
}

// wait blocks for d, which must be positive: zero would disarm the alarm.
func (a *alarm) wait(d time.Duration) {
	setting := struct{ interval, value syscall.Timespec }{value: syscall.NsecToTimespec(d.Nanoseconds())}
	_, _, errno := syscall.RawSyscall6(syscall.SYS_TIMERFD_SETTIME,
		a.fd, 0, uintptr(unsafe.Pointer(&setting)), 0, 0, 0)
	if errno != 0 {
		panic(fmt.Sprintf("timerfd_settime: %v", errno))
	}
	var expirations [8]byte
	if _, err := a.file.Read(expirations[:]); err != nil {
		panic(fmt.Sprintf("read timerfd: %v", err))
	}
}

// burn uses d of CPU time. Wall time would not do: on a busy machine part of it
// belongs to other processes, and the fault would be weaker than its name.
func burn(d time.Duration) {
	runtime.LockOSThread() // the clock below belongs to the thread
	defer runtime.UnlockOSThread()
	for end := threadCPUTime() + d; threadCPUTime() < end; {
	}
}

const (
	clockProcessCPUTime = 2
	clockThreadCPUTime  = 3
)

// processCPUTime is the CPU time that all threads of the process have used.
func processCPUTime() time.Duration { return cpuTime(clockProcessCPUTime) }

// threadCPUTime is the CPU time that the calling thread has used.
func threadCPUTime() time.Duration { return cpuTime(clockThreadCPUTime) }

func cpuTime(clock uintptr) time.Duration {
	var t syscall.Timespec
	_, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME,
		clock, uintptr(unsafe.Pointer(&t)), 0)
	if errno != 0 {
		panic(fmt.Sprintf("clock_gettime: %v", errno))
	}
	return time.Duration(t.Nano())
}
