package gateway

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Uses says which files the processes of the gateway run, have loaded or open, are in, or
// were started with, of those that are wanted: "has /a/b open". It sees what is so now,
// and not what was read and closed.
func (p *Process) Uses(wanted func(path string) bool) (found []string) {
	if !p.Alive() {
		return nil
	}
	p.child.job.User.see(func() {
		for _, pid := range descendants(p.tree.root) {
			for _, use := range usesOf(pid, wanted) {
				if !slices.Contains(found, use) {
					found = append(found, use)
				}
			}
		}
	})
	return found
}

// usesOf looks at one process. What cannot be read has ended.
func usesOf(pid int, wanted func(path string) bool) (found []string) {
	note := func(path, how string) {
		if path = strings.TrimSuffix(path, " (deleted)"); filepath.IsAbs(path) && wanted(path) {
			found = append(found, fmt.Sprintf(how, path))
		}
	}
	proc := fmt.Sprintf("/proc/%d/", pid)
	for _, link := range []struct{ name, how string }{{"exe", "runs %s"}, {"cwd", "is in %s"}} {
		path, _ := os.Readlink(proc + link.name)
		note(path, link.how)
	}
	line, _ := os.ReadFile(proc + "cmdline")
	for arg := range bytes.SplitSeq(line, []byte{0}) {
		_, value, _ := strings.Cut(string(arg), "=")
		note(string(arg), "was started with %s")
		note(value, "was started with %s")
	}
	open, _ := os.ReadDir(proc + "fd")
	for _, fd := range open {
		path, _ := os.Readlink(proc + "fd/" + fd.Name())
		note(path, "has %s open")
	}
	maps, _ := os.ReadFile(proc + "maps")
	for mapping := range bytes.Lines(maps) {
		if at := bytes.IndexByte(mapping, '/'); at >= 0 { // the path is the last field
			note(string(bytes.TrimRight(mapping[at:], "\n")), "has %s loaded")
		}
	}
	return found
}

// see does something with the rights of the user to files and to what /proc shows of
// processes: root in a container may not look into those of others (proc(5),
// CAP_SYS_PTRACE).
func (u *User) see(do func()) {
	if u == nil {
		do()
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	// These change the calling thread alone. They fail only for who is not root, and then
	// there is no user.
	_ = unix.Setfsgid(u.GID)
	_ = unix.Setfsuid(u.UID)
	defer func() {
		_ = unix.Setfsuid(0)
		_ = unix.Setfsgid(0)
	}()
	do()
}
