// Command server serves act's artifact server, which stands for the one of
// GitHub in the tests of internal/actions, until it is ended. Its arguments are
// the directory of the artifacts and the port on the loopback interface.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/nektos/act/pkg/artifacts"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: server DIRECTORY PORT")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	defer artifacts.Serve(ctx, os.Args[1], "127.0.0.1", os.Args[2])()
	<-ctx.Done()
}
