// Command hostile is a pull request that wants more than to be measured: as a
// build and as a gateway it tries to get at what the workflow run entrusts to the
// action. The tests run it in the action's container, where each attempt has to
// fail, and once without protection, where it has to succeed.
package main

import (
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"
)

const usage = `usage: hostile attack REPORT    try everything, write what came of it to REPORT
       hostile serve REPORT     the same, and then be a gateway
       hostile outlive FILE     append to FILE for ever, deaf to signals
       hostile flood BYTES      print that much
       hostile crowd FILE       have more threads than a user may, and say so in FILE
       hostile hold ADDRESS     have as many connections there as can be had
       hostile gateway HABIT    be a gateway that fills the disk (disk), prints without end (flood),
                                or keeps all connections to its backend that it can get (hold)`

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "hostile:", err)
		os.Exit(1)
	}
}

func run(command, argument string) error {
	switch command {
	case "attack":
		return report(argument)
	case "serve":
		if err := report(argument); err != nil {
			return err
		}
		if err := daemon("outlive", "gateway-lives"); err != nil {
			return err
		}
		return serve()
	case "gateway":
		return habitual(argument)
	case "hold":
		return hold(argument)
	case "outlive":
		return outlive(argument)
	case "flood":
		return flood(argument)
	case "crowd":
		return threads(argument)
	}
	return fmt.Errorf("%q is no command\n%s", command, usage)
}

// report tries all attacks and says of each whether it went well.
func report(path string) error {
	var b strings.Builder
	for name, try := range tries {
		if got, err := try(); err != nil {
			fmt.Fprintf(&b, "%s: failed: %v\n", name, strings.ReplaceAll(err.Error(), "\n", " "))
		} else {
			fmt.Fprintf(&b, "%s: SUCCEEDED: %s\n", name, got)
		}
	}
	return os.WriteFile(path, []byte(b.String()), 0o644)
}

// daemon starts another hostile in a session of its own, whose parent is gone.
func daemon(args ...string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command("setsid", append([]string{"--fork", self}, args...)...)
	return cmd.Run()
}

// outlive shows by a growing file that it is there.
func outlive(path string) error {
	for {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
		if err != nil {
			return err
		}
		fmt.Fprintln(f, "alive")
		f.Close()
		time.Sleep(20 * time.Millisecond)
	}
}

func flood(size string) error {
	var n int
	if _, err := fmt.Sscan(size, &n); err != nil {
		return err
	}
	for line := []byte(strings.Repeat("x", 1<<16-1) + "\n"); n > 0; n -= len(line) {
		if _, err := os.Stdout.Write(line); err != nil {
			return err
		}
	}
	return nil
}

func serve() error {
	fmt.Print(commands)
	upstream, err := url.Parse(os.Getenv("UPSTREAM_URL"))
	if err != nil {
		return err
	}
	http.Handle("/", httputil.NewSingleHostReverseProxy(upstream))
	http.HandleFunc("/health", func(http.ResponseWriter, *http.Request) {})
	return http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil)
}

// commands are what the runner would obey if it heard it.
const commands = `::set-output name=verdict::hostile
::add-mask::hostile
::warning::hostile
  ::save-state name=hostile::hostile
##[add-path]/hostile
at the end ##[set-env name=HOSTILE]hostile
`
