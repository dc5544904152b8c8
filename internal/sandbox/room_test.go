package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/testdata/testenv"
)

// smallDisk is a directory on a disk of its own, of 48 MB and 1000 files.
func smallDisk(t *testing.T) string {
	t.Helper()
	testenv.NeedsRoot(t)
	root, err := os.MkdirTemp("/tmp", "proxy-bench-test-")
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Mount("tmpfs", root, "tmpfs", 0, "size=48m,nr_inodes=1000,mode=755"); err != nil {
		testenv.Needs(t, false, "a file system cannot be mounted: "+err.Error(), "run as root with CAP_SYS_ADMIN")
	}
	t.Cleanup(func() {
		if err := unix.Unmount(root, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
		_ = os.Remove(root)
	})
	return root
}

// TestFullDisk: whatever a build has filled the disk with, what was taken is given back,
// and there is room for the answers. Without the room that is kept it is lost.
func TestFullDisk(t *testing.T) {
	for name, line := range map[string]string{
		"bytes":                       `cat /dev/zero >filler`,
		"files, the settings removed": `rm -rf .git/config .git/modules src/.git/config; mkdir -p .git/modules/sub src/.git many; i=0; while : >many/$i; do i=$((i+1)); done`,
		"bytes, the settings removed": `rm -f .git/config; cat /dev/zero >filler`,
	} {
		for _, kept := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, room is kept: %v", name, kept), func(t *testing.T) {
				root := smallDisk(t)
				w := runnerFilesIn(t, root, 1001)
				s, err := Isolate(w, "")
				if err != nil {
					t.Fatal(err)
				}
				if !kept {
					s.journal.room.giveUp()
				}
				if out := as(t, s, "cd "+root+"/workspace; { "+line+"; } 2>&1; echo ok"); !strings.Contains(out, "No space left") && !strings.Contains(out, "cannot create") {
					t.Errorf("the disk is not full, so this test shows nothing: %s", out)
				}
				failed := s.Close()
				config, err := os.ReadFile(root + "/workspace/.git/config")
				back := failed == nil && err == nil && string(config) == checkoutConfig
				if lost := !kept && strings.Contains(name, "removed"); back == lost { // else what they took is enough for them
					t.Errorf("given back: %v, want %v: %v, %v", back, !lost, failed, err)
				}
				if err := os.WriteFile(root+"/file_commands/output", make([]byte, 1<<20), 0o644); (err == nil) != kept && strings.HasPrefix(name, "bytes") {
					t.Errorf("an answer of 1 MB can be written: %v, want %v", err, kept)
				}
				if left, err := filepath.Glob(root + "/*/.proxy-bench-*"); err != nil || len(left) > 0 {
					t.Errorf("left: %v, %v", left, err)
				}
			})
		}
	}
}

// TestRoom: each disk has its own, and no name shows it.
func TestRoom(t *testing.T) {
	root := smallDisk(t)
	if err := os.MkdirAll(root+"/a", 0o755); err != nil {
		t.Fatal(err)
	}
	r := keepRoom(root, root+"/a", root+"/missing")
	if len(r) != roomFiles {
		t.Errorf("%d files", len(r))
	}
	var full, now unix.Statfs_t
	if err := unix.Statfs(root, &full); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(root)
	if names := slices.Collect(func(yield func(string) bool) {
		for _, e := range entries {
			if !yield(e.Name()) {
				return
			}
		}
	}); err != nil || !slices.Equal(names, []string{"a"}) {
		t.Errorf("%v, %v", names, err)
	}
	r.giveUp()
	if err := unix.Statfs(root, &now); err != nil {
		t.Fatal(err)
	}
	if bytes := int64(now.Bfree-full.Bfree) * now.Bsize; bytes != roomFiles*roomBytes || now.Ffree-full.Ffree != roomFiles {
		t.Errorf("%d bytes and %d files were kept", bytes, now.Ffree-full.Ffree)
	}
}
