package sandbox

import (
	"os"

	"golang.org/x/sys/unix"
)

// What is kept of each disk: more files than a workspace has that hold credentials, and
// more bytes than they and the answers of a step.
const roomFiles, roomBytes = 64, 128 << 10

// room is kept on disks, as files that are open and have no name: nobody but us can give
// it up. A build can fill a disk, and what was taken from the runner could then not be
// written again.
type room []*os.File

// keepRoom keeps some on the disk of each directory. Where there is none left it keeps
// what it can: that is not the pull request's doing.
func keepRoom(dirs ...string) (r room) {
	seen := map[uint64]bool{}
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err != nil || seen[statOf(info).Dev] {
			continue
		}
		seen[statOf(info).Dev] = true
		for range roomFiles {
			f, err := os.CreateTemp(dir, ".proxy-bench-*")
			if err != nil {
				break
			}
			_ = os.Remove(f.Name())
			if unix.Fallocate(int(f.Fd()), 0, 0, roomBytes) == unix.EOPNOTSUPP {
				_, _ = f.Write(make([]byte, roomBytes))
			}
			r = append(r, f)
		}
	}
	return r
}

// giveUp lets anybody have it.
func (r *room) giveUp() {
	for _, f := range *r {
		_ = f.Close()
	}
	*r = nil
}
