package sandbox

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestGivingBackTwiceIsGivingBackOnce: our process may be killed while it gives back, and
// its keeper begins anew.
func TestGivingBackTwiceIsGivingBackOnce(t *testing.T) {
	for name, owner := range map[string]int{"workspace of the runner": 1001, "workspace of root": 0} {
		t.Run(name, func(t *testing.T) {
			root, w := runnerFiles(t, owner)
			// Somebody else's file, and a mode beyond the usual.
			if err := errors.Join(os.Lchown(root+"/workspace/main.go", 1234, 1235), os.Chmod(root+"/home", os.ModeSetgid|0o750)); err != nil {
				t.Fatal(err)
			}
			before := state(t, root)
			s, err := Isolate(w, "")
			if err != nil {
				t.Fatal(err)
			}
			all := slices.Clone(s.journal.all)
			if out := as(t, s, "cd "+root+"/workspace && rm -rf .git/config src/.git && mkdir .git/config && touch .git/config/x && ln -s /etc src/.git && echo ok"); out != "ok\n" {
				t.Fatal(out)
			}
			for range 2 {
				if err := errors.Join(giveBack(all[len(all)/2:], &room{}), giveBack(all, &room{})); err != nil {
					t.Error(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			after := state(t, root)
			gone := func(line string) bool { return strings.Contains(line, "/workspace/src/.git") } // as the user had it
			if before, after := slices.DeleteFunc(before, gone), slices.DeleteFunc(after, gone); !slices.Equal(after, before) {
				t.Errorf("afterwards\n%s\nwant\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
			}
		})
	}
}

// TestAnotherDirectoryIsLeftAlone: who can rename a directory must not choose what we
// change.
func TestAnotherDirectoryIsLeftAlone(t *testing.T) {
	root, w := runnerFiles(t, 1001)
	s, err := Isolate(w, "")
	if err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	if err := errors.Join(os.Rename(root+"/home", root+"/moved"), os.Symlink(other, root+"/home")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err == nil || !strings.Contains(err.Error(), "another directory by now") {
		t.Error(err)
	}
	if owner, err := ownerOf(other); err != nil || owner.Uid != 0 {
		t.Errorf("the other directory belongs to %d, %v", owner.Uid, err)
	}
	if owner, err := ownerOf(root + "/file_commands"); err != nil || owner.Uid != 1001 {
		t.Errorf("the others were not given back: %v", err)
	}
}
