package sandbox

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestWithoutWorkspace: the user is let in again, whatever has happened meanwhile.
func TestWithoutWorkspace(t *testing.T) {
	for name, owner := range map[string]int{"of the runner": 1001, "of root": 0} {
		t.Run(name, func(t *testing.T) {
			root, w := runnerFiles(t, owner)
			before := state(t, root)
			s, err := Isolate(w, "")
			if err != nil {
				t.Fatal(err)
			}
			read := func() string { return as(t, s, "cat "+root+"/workspace/main.go") }
			failed := errors.New("failed")
			err = s.WithoutWorkspace(func() error {
				if out := read(); !strings.Contains(out, "denied") {
					t.Errorf("it can be read: %s", out)
				}
				if out := as(t, s, "chmod 777 "+root+"/workspace"); !strings.Contains(out, "not permitted") {
					t.Errorf("it can be opened: %s", out)
				}
				return failed
			})
			if !errors.Is(err, failed) {
				t.Error(err)
			}
			if out := read(); out != "package main\n" {
				t.Errorf("afterwards: %s", out)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if after := state(t, root); !slices.Equal(after, before) {
				t.Errorf("afterwards\n%s\nwant\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
			}
		})
	}
}
