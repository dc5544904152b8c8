package mockllm

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/epoll"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/testdata/attacks"
)

// controlling is who controls a mock by a key.
func controlling(addr, key string) *Process {
	return &Process{Addr: addr, key: key, client: http.DefaultClient, performing: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
}

// statusOf asks a mock for the answer of a number, and returns the status, 0 for no answer.
func statusOf(t *testing.T, addr string, number int) int {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	resp, err := client.Post("http://"+addr+llmapi.Chat.Path(), "application/json", bytes.NewReader(asked(t, llmapi.Chat, bench.JSON, number)))
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// scripted has a mock play a status to who asks for the answer 1.
func scripted(t *testing.T, own *Process) {
	t.Helper()
	if err := own.Perform(t.Context(), exchange.Script{Number: 1, Plays: []exchange.Play{{Status: http.StatusTeapot}}}); err != nil {
		t.Fatal(err)
	}
}

// onMock are attacks on a mock: own is the action's control of it, other that of a gateway. They
// report whether they got what they want.
var onMock = map[string]func(t *testing.T, own, other *Process) bool{
	"slow the mock for base": func(t *testing.T, own, other *Process) bool {
		_ = other.Perform(t.Context(), exchange.Script{Number: 77})
		if status := statusOf(t, own.Addr, 0); status != http.StatusOK {
			t.Errorf("status %d", status)
		}
		s, err := own.Stats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s.Answers == 0 // it came another way than rounds do
	},
	"answer base's exchanges otherwise": func(t *testing.T, own, other *Process) bool {
		scripted(t, own)
		_ = other.Perform(t.Context(), exchange.Script{Number: 1, Plays: []exchange.Play{{Status: http.StatusBadGateway}}})
		return statusOf(t, own.Addr, 1) != http.StatusTeapot
	},
	"have requests forgotten": func(t *testing.T, own, other *Process) bool {
		scripted(t, own)
		statusOf(t, own.Addr, 1)
		_ = other.Perform(t.Context(), exchange.Script{Number: 1})
		heard, err := own.Received(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		return heard.Counts[1] == 0
	},
	"end the scripts": func(t *testing.T, own, other *Process) bool {
		scripted(t, own)
		_ = other.Perform(t.Context())
		return statusOf(t, own.Addr, 1) != http.StatusTeapot
	},
	"hide connections": func(t *testing.T, own, other *Process) bool {
		c := dial(t, own.Addr)
		defer c.Close()
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", other.keyed(statsPath))
		if _, err := bufio.NewReader(c).ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		s, err := own.Stats(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s.Connections == 0
	},
}

// TestAttacksOnTheMock: a gateway that knows no key gets nothing from the mock but
// answers. On one without a key each succeeds.
func TestAttacksOnTheMock(t *testing.T) {
	byControl, byPort := attacks.Mock, attacks.Mock
	byControl.Attacks, byPort.Attacks = nil, nil
	for _, a := range attacks.Mock.Attacks {
		if _, ok := onPort[a.Name]; ok {
			byPort.Attacks = append(byPort.Attacks, a)
		} else {
			byControl.Attacks = append(byControl.Attacks, a)
		}
	}
	attacks.Each(t, byControl, onMock, func(t *testing.T, _ string, attack func(t *testing.T, own, other *Process) bool) {
		open := controlling(serve(t, plain()), "")
		if !attack(t, open, open) {
			t.Error("without a key it has failed, so this test shows nothing")
		}
		for _, key := range []string{"", "wrong", "&key="} {
			p := start(t, plain())
			if attack(t, p, controlling(p.Addr, key)) {
				t.Errorf("with the key %q it has succeeded", key)
			}
		}
	})
	attacks.Each(t, byPort, onPort, func(t *testing.T, _ string, attack func(t *testing.T, addr string, pid int) bool) {
		addr, pid := startNaive(t)
		if !attack(t, addr, pid) {
			t.Error("against a server without precautions it has failed, so this test shows nothing")
		}
		p := start(t, plain())
		if attack(t, p.Addr, p.cmd.Process.Pid) {
			t.Error("it has succeeded")
		}
	})
}

// onPort are attacks on what a mock has of the kernel.
var onPort = map[string]func(t *testing.T, addr string, pid int) bool{
	"answer in the mock's place": func(t *testing.T, addr string, _ int) bool {
		for _, at := range []string{addr, strings.Replace(addr, "127.0.0.1", "0.0.0.0", 1)} {
			shares := net.ListenConfig{Control: shared}
			if l, err := shares.Listen(t.Context(), "tcp4", at); err == nil {
				_ = l.Close()
				return true
			}
		}
		return false
	},
	"take all connections of the mock": func(t *testing.T, addr string, pid int) bool {
		const limit = 40
		if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: limit, Max: limit}, nil); err != nil {
			t.Fatal(err)
		}
		var held []net.Conn
		for range 3 * limit {
			if c, err := net.Dial("tcp", addr); err == nil {
				held = append(held, c)
			}
		}
		time.Sleep(100 * time.Millisecond) // it has to come to that
		for _, c := range held {
			_ = c.Close()
		}
		for range 50 {
			if statusOf(t, addr, 0) == http.StatusOK {
				return false
			}
			time.Sleep(20 * time.Millisecond)
		}
		return true
	},
}

func shared(_, _ string, c syscall.RawConn) error {
	var failed error
	err := c.Control(func(fd uintptr) { failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) })
	if err == nil {
		err = failed
	}
	return err
}

// asNaive is the argument that makes the test binary a server without precautions.
const asNaive = "naive-server-of-the-test"

// naive shares its port, and ends when it has too many files open.
func naive() int {
	shares := net.ListenConfig{Control: shared}
	l, err := shares.Listen(context.Background(), "tcp4", "127.0.0.1:0")
	if err != nil {
		return 1
	}
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		return 1
	}
	fmt.Println(l.Addr())
	for {
		if _, err := epoll.Accept(int(f.Fd())); err != nil && err != epoll.ErrAgain {
			return 3
		}
		time.Sleep(time.Millisecond)
	}
}

func startNaive(t *testing.T) (addr string, pid int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], asNaive)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line), cmd.Process.Pid
}
