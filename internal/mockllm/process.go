package mockllm

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/machine"
)

// stopTime is how long the process may take to end before it is killed.
const stopTime = 2 * time.Second

// Process is a mock that runs in a process of its own.
type Process struct {
	Addr    string // host:port
	TLSAddr string // the same for TLS
	CA      []byte // of the certificate there, as PEM

	key    string // of its settings
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	client *http.Client
	// performing sets scripts. Its connections are not those that ask for the counters,
	// which the loop serves.
	performing *http.Client
	stderr     bytes.Buffer // complete after Wait
	stopped    func() error

	mu    sync.Mutex
	cpu   time.Duration // last value read
	ended bool          // the process id may be another's by now
}

// patience is how long the process may take to listen, and to tell its counters:
// far longer than it does on a busy machine.
const patience = 30 * time.Second

// Start runs argv, a command that calls Main, and waits until the mock listens.
// Stop it when done. It also ends when this process does, however that happens,
// since its standard input ends then. (A parent-death signal would not do: it
// comes when the thread that forked ends, see prctl(2), and the Go runtime ends
// threads at any time.)
func Start(ctx context.Context, argv []string, settings Settings) (*Process, error) {
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	if len(argv) == 0 {
		return nil, errors.New("mock: no command given")
	}
	if settings.Key == "" {
		settings.Key = rand.Text()
	}
	input := encode(settings)
	p := &Process{
		key:        settings.Key,
		client:     &http.Client{Transport: &http.Transport{}, Timeout: patience},
		performing: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}, Timeout: patience},
	}
	p.cmd = exec.Command(argv[0], argv[1:]...)
	// One thread does all the work. With a second processor the runtime does not
	// take the first away from a thread that waits in epoll: 7 % less CPU time.
	p.cmd.Env = append(p.cmd.Environ(), "GOMAXPROCS=2", "GOTRACEBACK=single")
	p.cmd.Stderr = &p.stderr
	// Ctrl-C on the terminal is for the parent, which stops the mock when it is done.
	p.cmd.SysProcAttr = &unix.SysProcAttr{Setsid: true}
	p.stopped = sync.OnceValue(p.end)
	var errIn error
	p.stdin, errIn = p.cmd.StdinPipe()
	stdout, err := p.cmd.StdoutPipe()
	if err = errors.Join(errIn, err); err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("mock: start %s: %w", argv[0], err)
	}
	bound, err := p.listening(ctx, input, stdout)
	if err != nil {
		return nil, errors.Join(err, p.Stop())
	}
	p.Addr, p.TLSAddr, p.CA = bound.Plain.String(), bound.TLS.String(), bound.CA
	return p, nil
}

// listening sends the process its settings and reads its addresses.
func (p *Process) listening(ctx context.Context, settings []byte, stdout io.Reader) (b Bound, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	// Killing the process ends the write and the read.
	defer context.AfterFunc(ctx, func() { _ = p.cmd.Process.Kill() })()
	_, _ = p.stdin.Write(settings) // fails if the process has ended, which the read explains better
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if ctx.Err() != nil {
		return b, fmt.Errorf("mock: waiting until it listens: %w", ctx.Err())
	}
	if err != nil {
		return b, fmt.Errorf("mock: the process ended before it listened: %w", err)
	}
	var h hello
	switch err := json.Unmarshal(line, &h); {
	case h.Error != "":
		return b, errors.New(h.Error)
	case err != nil || !h.Plain.IsValid():
		return b, fmt.Errorf("mock: the process said %q instead of its address", line)
	}
	return h.Bound, nil
}

// Stats reads the counters.
func (p *Process) Stats(ctx context.Context) (s Stats, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.Addr+p.keyed(statsPath), nil)
	if err == nil {
		var resp *http.Response
		if resp, err = p.client.Do(req); err == nil {
			err = errors.Join(json.NewDecoder(resp.Body).Decode(&s), resp.Body.Close())
		}
	}
	if err != nil {
		return s, fmt.Errorf("mock: read counters: %w", err)
	}
	return s, nil
}

// keyed is a path with the key, which a gateway does not have: with scripts it could slow
// the mock for another gateway, and have it forget requests.
func (p *Process) keyed(path string) string { return path + "?" + keyQuery + p.key }

// CPU is the CPU time that the process has used so far; after its end, the last
// value read.
func (p *Process) CPU() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return p.cpu
	}
	used, _ := machine.CPU(p.cmd.Process.Pid)
	p.cpu = max(p.cpu, used)
	return p.cpu
}

// Stop ends the process and waits for it. It may be called more than once. It
// returns an error if the process had failed before or had to be killed.
func (p *Process) Stop() error { return p.stopped() }

func (p *Process) end() error {
	p.client.CloseIdleConnections()
	p.performing.CloseIdleConnections()
	_ = p.stdin.Close() // fails only if it was closed before
	timer := time.AfterFunc(stopTime, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	p.CPU()
	err := p.cmd.Wait()
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	if err != nil {
		return fmt.Errorf("mock: process: %w\n%s", err, bytes.TrimSpace(p.stderr.Bytes()))
	}
	return nil
}
