// Command reference is the gateway that the tests and the first command of the
// README measure: a reverse proxy whose cost is known and whose faults can be
// switched on one by one. It must not know what is measured, nor anything of
// the wire formats beyond where a server-sent event ends, which events carry
// content and which end a stream.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"
)

const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// stopGrace leaves requests in flight time to finish, and a supervisor that
// waits one second for the whole stop no reason to kill us.
const stopGrace = 800 * time.Millisecond

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer cancel()
	os.Exit(run(ctx, os.Args[1:], os.Stderr))
}

// run serves until ctx ends and returns the exit code.
func run(ctx context.Context, args []string, stderr io.Writer) int {
	opts, err := parseOptions(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		fmt.Fprintf(stderr, "reference: %v\n", err)
		return exitUsage
	}
	g := newGateway(opts.upstream, opts.faults, opts.only)
	if !g.wait(ctx) {
		return exitOK // stopped before it was ready
	}
	listener, err := net.Listen("tcp", opts.listen)
	if err != nil {
		fmt.Fprintf(stderr, "reference: %v\n", err)
		return exitFailed
	}
	fmt.Fprintf(stderr, "reference: listening on %s\n", listener.Addr())
	if err := serve(ctx, listener, g); err != nil {
		fmt.Fprintf(stderr, "reference: %v\n", err)
		return exitFailed
	}
	return exitOK
}

// serve answers on listener until ctx ends, then lets requests in flight
// finish for stopGrace and cuts those that did not.
func serve(ctx context.Context, listener net.Listener, g *gateway) error {
	for _, wrap := range g.listeners {
		listener = wrap(listener)
	}
	for _, run := range g.background {
		go run(ctx)
	}
	server := &http.Server{Handler: g}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), stopGrace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return server.Close()
	}
	return nil
}

type options struct {
	listen   string
	upstream *url.URL
	faults   []fault
	only     scope
}

func parseOptions(args []string, stderr io.Writer) (options, error) {
	opts := options{}
	flags := flag.NewFlagSet("reference", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // flag prints its errors itself, but run prints ours
	flags.StringVar(&opts.listen, "listen", "127.0.0.1:8080", "`address` to answer on")
	flags.Func("upstream", "base `URL` that every request is forwarded to", func(text string) error {
		upstream, err := parseUpstream(text)
		opts.upstream = upstream
		return err
	})
	flags.Func("fault", "`name[=strength]` of a fault to switch on; may be repeated", func(text string) error {
		f, err := parseFault(text)
		opts.faults = append(opts.faults, f)
		return err
	})
	flags.Func("only", "`scenario` whose requests alone meet the faults: MODE[/cN[/SIZE]], * for any", func(text string) error {
		only, err := parseScope(text)
		opts.only = only
		return err
	})
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintln(stderr, "usage: reference -listen ADDRESS -upstream URL [-fault name[=strength]]... [-only scenario]")
		flags.SetOutput(stderr)
		flags.PrintDefaults()
		fmt.Fprintf(stderr, "faults:\n%s-only:\n%s", describeFaults(), onlyLimits)
	case err != nil:
	case flags.NArg() > 0:
		err = fmt.Errorf("unexpected argument %q: every setting is a flag, see -help", flags.Arg(0))
	case opts.only != scope{} && len(opts.faults) == 0:
		err = errors.New("-only restricts faults, and there is none: add -fault")
	case opts.only != scope{} && slices.ContainsFunc(opts.faults, ofProcess):
		f := opts.faults[slices.IndexFunc(opts.faults, ofProcess)]
		err = fmt.Errorf("-only cannot restrict %s: it is a fault of the whole process", f.name)
	case opts.upstream == nil:
		err = errors.New("-upstream is missing: give the base URL to forward to, such as http://127.0.0.1:9000")
	}
	return opts, err
}

func ofProcess(f fault) bool { return f.reach == process }

func parseUpstream(text string) (*url.URL, error) {
	upstream, err := url.Parse(text)
	if err != nil || upstream.Scheme != "http" || upstream.Host == "" {
		return nil, errors.New("want http://HOST:PORT")
	}
	return upstream, nil
}
