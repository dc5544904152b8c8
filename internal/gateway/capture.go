package gateway

import (
	"fmt"
	"io"
	"os"
	"time"
)

const (
	headLimit = 1 << 20
	tailLimit = 1 << 20
	// teeLimit bounds what is shown at once: a job's log is a file too.
	teeLimit = 4 << 20

	// pipeBytes is how much the gateway can print between two reads, the most
	// an unprivileged process may ask for (/proc/sys/fs/pipe-max-size).
	pipeBytes = 1 << 20
	// readPause is the pause between two reads, so that a gateway that logs every
	// request wakes us 100 times a second and not once per line.
	readPause = 10 * time.Millisecond
)

// tooMuch is shown at the limit.
const tooMuch = "\n[there is more than can be shown; the log has the end]\n"

// capture is the log of a process. It writes the first bytes to the file at once and
// keeps the last ones in memory until the end, so that a process that prints without
// end neither fills the disk nor is ever blocked.
//
// The process prints into a pipe. Printing into the file itself would avoid a copy
// but would not bound the file: a limit (RLIMIT_FSIZE) kills the process, and
// truncating the file from time to time allows gigabytes in between and loses the
// beginning. A silent process costs nothing either way.
type capture struct {
	hider
	file    *os.File
	tee     io.Writer // may be nil
	teed    int
	head    int
	tail    []byte
	dropped int
	err     error // the first failure to write the file
}

// copy reads until every writer of the pipe is gone.
func (c *capture) copy(pipe io.Reader) {
	buf := make([]byte, pipeBytes/4)
	for {
		n, err := pipe.Read(buf)
		c.write(buf[:n])
		if err != nil {
			return
		}
		if n < len(buf) {
			time.Sleep(readPause)
		}
	}
}

func (c *capture) write(p []byte) { c.keep(c.hide(p)) }

func (c *capture) keep(p []byte) {
	c.show(p)
	n := min(len(p), headLimit-c.head)
	c.save(p[:n])
	c.head += n
	c.tail = append(c.tail, p[n:]...)
	if over := len(c.tail) - tailLimit; over > tailLimit {
		c.tail = c.tail[:copy(c.tail, c.tail[over:])]
		c.dropped += over
	}
}

// show passes output on to tee, up to the limit.
func (c *capture) show(p []byte) {
	if c.tee == nil {
		return
	}
	n := min(len(p), teeLimit-c.teed)
	c.teed += n
	_, err := c.tee.Write(p[:n])
	if n < len(p) && err == nil {
		_, _ = io.WriteString(c.tee, tooMuch)
	}
	if n < len(p) || err != nil {
		c.tee = nil // at the limit, or nobody reads it any more
	}
}

// finish completes the file.
func (c *capture) finish() error {
	c.keep(c.rest())
	if over := len(c.tail) - tailLimit; over > 0 {
		c.tail = c.tail[over:]
		c.dropped += over
	}
	if c.dropped > 0 {
		c.save(fmt.Appendf(nil, "\n[%d bytes left out]\n", c.dropped))
	}
	c.save(c.tail)
	if err := c.file.Close(); c.err == nil {
		c.err = err
	}
	return c.err
}

func (c *capture) save(p []byte) {
	if len(p) == 0 || c.err != nil {
		return
	}
	_, c.err = c.file.Write(p)
}
