package e2e

import (
	"flag"
	"os"
	"testing"
)

// installed is a directory for programs that the tests share.
var installed string

func TestMain(m *testing.M) {
	var err error
	if installed, err = os.MkdirTemp("", "proxy-bench-e2e-"); err != nil {
		panic(err)
	}
	// What is parallel here waits most of its time, so that more than there are processors
	// go on at once. An option on the command line comes later, and wins.
	if err := flag.Set("test.parallel", "3"); err != nil {
		panic(err) // there is such a flag
	}
	code := m.Run()
	_ = os.RemoveAll(installed)
	os.Exit(code)
}
