package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// othersMemory reads the beginning of what another process of root's has mapped.
func othersMemory() (string, error) {
	return ofRoot(func(pid int) error {
		maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
		if err != nil {
			return err
		}
		from, _, _ := bytes.Cut(maps, []byte("-"))
		at, err := strconv.ParseInt(string(from), 16, 64)
		if err != nil {
			return err
		}
		memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
		if err != nil {
			return err
		}
		defer memory.Close()
		_, err = memory.ReadAt(make([]byte, 64), at)
		return err
	})
}

// trace stops a process of root's and lets it go on.
func trace() (string, error) {
	runtime.LockOSThread() // who traces is a thread
	defer runtime.UnlockOSThread()
	return ofRoot(func(pid int) error {
		if err := unix.PtraceSeize(pid); err != nil {
			return err
		}
		if err := unix.PtraceInterrupt(pid); err != nil {
			return err
		}
		if _, err := unix.Wait4(pid, nil, unix.WALL, nil); err != nil {
			return err
		}
		return unix.PtraceDetach(pid)
	})
}

// changeUser has a set-user-ID program run something as root.
func changeUser() (string, error) {
	out, err := exec.Command("su", "--command", "id -u").CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "0" {
		return "", fmt.Errorf("%v %s", err, bytes.TrimSpace(out))
	}
	return "root", nil
}

// makeDevice makes /dev/null anew, to harm nobody.
func makeDevice() (string, error) {
	path := filepath.Join(os.TempDir(), "hostile-device")
	if err := unix.Mknod(path, unix.S_IFCHR|0o666, int(unix.Mkdev(1, 3))); err != nil {
		return "", err
	}
	return path, os.Remove(path)
}

func rawSocket() (string, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_TCP)
	if err != nil {
		return "", err
	}
	return "socket", unix.Close(fd)
}

// crowdFile has what came of threads.
const crowdFile = "crowd.txt"

// crowd says what came of [threads]. They are in another process and have ended, since
// where no thread can be had the runtime of Go ends any program that wants one.
func crowd() (string, error) {
	got, err := os.ReadFile(crowdFile)
	return string(got), err
}

// threads has more threads at once than a user of the action may, and then says so in a
// file.
func threads(file string) error {
	if err := os.RemoveAll(file); err != nil {
		return err
	}
	n := 1024 + 128*runtime.NumCPU() + 1 // as internal/gateway bounds them
	var all, here sync.WaitGroup
	done := make(chan struct{})
	for range n {
		here.Add(1)
		all.Go(func() {
			runtime.LockOSThread() // so that each is a thread of its own
			here.Done()
			<-done
		})
	}
	here.Wait()
	close(done)
	all.Wait()
	return os.WriteFile(file, fmt.Appendf(nil, "%d threads", n), 0o644)
}
