package gateway

import (
	"time"

	"golang.org/x/sys/unix"
)

// The supervisor and its parent talk in gob values over two pipes: the job and
// then orders on the supervisor's standard input, reports on its standard
// output. Not JSON: it would change names and values that are not UTF-8.

// job is what the supervisor runs.
type job struct {
	Command
	Grace time.Duration
	// Daemon: a line that ends well and leaves processes behind goes on living
	// in them, as a server that puts itself in the background does.
	Daemon bool
	// Tee: the output is also wanted on the supervisor's standard error.
	Tee bool
}

// order is one of these words. The end of the pipe, which is how the death of
// the parent looks, means stop.
type order string

const (
	orderStop order = "stop" // SIGTERM, and SIGKILL after the grace period
	orderKill order = "kill" // SIGKILL now
)

// report is one message of the supervisor. The first has Started or Failed; the
// last has Ended.
type report struct {
	Started int    // process id of the shell, also the id of its group
	Failed  string // why the line could not be run
	Ended   bool   // no process is left, the log is complete
	Exit    exit   // with Ended
}

// exit is how the shell line ended.
type exit struct {
	Status unix.WaitStatus // 0: it succeeded
	Log    string          // why some output is missing in the log
}
