package host

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// sameSignal is how long signals count as the first one sent again: timeout(1)
// signals its child and then the whole group, a terminal that goes away can send
// SIGHUP twice, and an impatient Ctrl-C is pressed twice.
const sameSignal = time.Second

// Interruptible returns a context that the first Ctrl-C, SIGTERM or SIGHUP ends.
// Those of the next second are taken for the same one; a later one ends the
// process.
func Interruptible() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	asked := []os.Signal{os.Interrupt, syscall.SIGTERM}
	// nohup(1) has it ignored, and Notify would undo that.
	if !signal.Ignored(syscall.SIGHUP) {
		asked = append(asked, syscall.SIGHUP)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, asked...)
	go func() {
		defer signal.Stop(signals)
		select {
		case <-ctx.Done():
			return
		case <-signals:
		}
		// Whoever reads our output may have got the signal as well. A write that
		// nobody reads is an error from now on, and no longer the end: the results
		// are still to be saved.
		signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
		cancel()
		time.Sleep(sameSignal)
	}()
	return ctx, cancel
}
