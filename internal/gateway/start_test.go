package gateway

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func get(t testing.TB, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// shapes are start lines as users write them.
var shapes = map[string]string{
	"exec":    serveLine,
	"fork":    `cd . ; ROLE=serve "$SELF" ; true`,
	"pool":    `ROLE=pool exec "$SELF"`,
	"daemon":  `ROLE=serve "$SELF" & exit 0`,
	"setsid":  `ROLE=serve setsid sh -c '"$SELF" & exit 0' & exit 0`,
	"helpers": `sleep 1000 & setsid sh -c 'sleep 1000 & sleep 1000' & ` + serveLine,
}

func TestStartShapes(t *testing.T) {
	t.Parallel()
	for name, line := range shapes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec, mark := newSpec(t, line)
			p := start(t, spec, mark)
			get(t, "http://"+p.Addr+"/health")
			if !p.Alive() || p.Err() != nil {
				t.Errorf("alive %v, err %v", p.Alive(), p.Err())
			}
			if cpu, mem := p.CPU(), p.Memory(); cpu <= 0 || mem.RSS < 1<<20 || mem.Peak < mem.RSS {
				t.Errorf("cpu %v, memory %+v", cpu, mem)
			}
			for range 2 {
				if err := p.Stop(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			if p.Alive() || p.Err() != nil || p.Memory().RSS != 0 {
				t.Errorf("after Stop: alive %v, err %v, %+v", p.Alive(), p.Err(), p.Memory())
			}
			wantGone(t, mark)
		})
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, serveLine)
	spec.Env = append(spec.Env, "PORT=1", "UPSTREAM_URL=x", "GIVEN=\xff\n", "PORTAL=2")
	p := start(t, spec, mark)
	got := strings.Split(strings.ReplaceAll(get(t, "http://"+p.Addr+"/env"), "\xff\n", "\xff;"), "\n")
	_, port, _ := net.SplitHostPort(p.Addr)
	for _, want := range []string{
		"PORT=" + port, "UPSTREAM_URL=http://127.0.0.1:4321", "UPSTREAM_HOST=127.0.0.1",
		"UPSTREAM_PORT=4321", "BENCH_DIR=" + spec.ScratchDir, "GIVEN=\xff;", "PORTAL=2",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
	for _, other := range []string{"PORT=1", "UPSTREAM_URL=x", "GOMAXPROCS=1"} {
		if slices.Contains(got, other) {
			t.Errorf("%q is there", other)
		}
	}
}

func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	specA, markA := newSpec(t, serveLine)
	specB, markB := newSpec(t, `ROLE=pool exec "$SELF"`)
	a, b := start(t, specA, markA), start(t, specB, markB)
	if a.Addr == b.Addr {
		t.Fatal("same address")
	}
	before := a.CPU()
	get(t, "http://"+b.Addr+"/burn")
	if rise := a.CPU() - before; rise > 100*time.Millisecond {
		t.Errorf("the work of the other costs this one %v", rise)
	}
	if err := a.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	get(t, "http://"+b.Addr+"/health")
}

func TestSlowStart(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, "sleep 0.4; "+serveLine)
	begin := time.Now()
	start(t, spec, mark)
	if took := time.Since(begin); took < 400*time.Millisecond {
		t.Errorf("ready after %v", took)
	}
}

func TestReadyByOpenPort(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, "STATUS=500 "+serveLine)
	spec.Ready.Path = ""
	start(t, spec, mark)
}

// A gateway that finds its port taken gets another one.
func TestPortRetry(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, `echo "$PORT" >>ports
		[ -e once ] || { touch once; echo "listen: bind: address already in use" >&2; exit 1; }
		`+serveLine)
	p := start(t, spec, mark)
	raw, err := os.ReadFile(filepath.Join(spec.Dir, "ports"))
	if err != nil {
		t.Fatal(err)
	}
	ports := strings.Fields(string(raw))
	if len(ports) != 2 || ports[0] == ports[1] || !strings.HasSuffix(p.Addr, ":"+ports[1]) {
		t.Errorf("tried %v, is on %s", ports, p.Addr)
	}
}

// Someone else who answers on the port is not taken for the gateway.
func TestForeignListener(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, `echo "$PORT" >>ports; sleep 1000`)
	spec.Ready.Path = ""
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		listening := map[string]bool{}
		for ctx.Err() == nil {
			raw, _ := os.ReadFile(filepath.Join(spec.Dir, "ports"))
			for line := range strings.Lines(string(raw)) {
				port, whole := strings.CutSuffix(line, "\n")
				if !whole || listening[port] {
					continue
				}
				if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
					listening[port] = true
					defer l.Close()
				}
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	e := startFails(t, spec, mark)
	if e.Step != StepReady || !strings.Contains(e.Reason, "port taken") || e.Hint == "" {
		t.Errorf("%+v", e)
	}
}

func TestStartAbandoned(t *testing.T) {
	t.Parallel()
	spec, mark := newSpec(t, "trap '' TERM; sleep 1000; sleep 1000")
	spec.Grace = time.Minute
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	_, err := Start(ctx, spec)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	wantGone(t, mark)
}

// Whatever proxy the machine has, plain HTTP goes to the backend directly, and a
// client that asks for the loopback finds it in NO_PROXY.
func TestProxyEnvironment(t *testing.T) {
	for name, c := range map[string]struct {
		env  []string
		own  map[string]string
		want []string // and nothing else that has to do with proxies
	}{
		"none": {want: []string{"NO_PROXY=127.0.0.1,localhost", "no_proxy=127.0.0.1,localhost"}},
		"all": {
			env:  []string{"http_proxy=http://p:1", "HTTP_PROXY=http://p:1", "all_proxy=socks5://p:2", "ALL_PROXY=x", "https_proxy=http://p:3"},
			want: []string{"https_proxy=http://p:3", "NO_PROXY=127.0.0.1,localhost", "no_proxy=127.0.0.1,localhost"},
		},
		"merged": {
			env:  []string{"no_proxy=.corp, 10.0.0.0/8", "NO_PROXY=localhost,.corp"},
			want: []string{"NO_PROXY=.corp,10.0.0.0/8,localhost,127.0.0.1", "no_proxy=.corp,10.0.0.0/8,localhost,127.0.0.1"},
		},
		"never": {
			env:  []string{"NO_PROXY=*"},
			want: []string{"NO_PROXY=*", "no_proxy=*"},
		},
		"its own": {
			env:  []string{"http_proxy=http://p:1"},
			own:  map[string]string{"http_proxy": "http://q:1"},
			want: []string{"NO_PROXY=127.0.0.1,localhost", "http_proxy=http://q:1", "no_proxy=127.0.0.1,localhost"},
		},
	} {
		s := Spec{Command: Command{Env: c.env}, Own: c.own, Upstream: "http://127.0.0.1:1", ScratchDir: t.TempDir()}
		env, err := s.environment([]int{1})
		if err != nil {
			t.Fatal(err)
		}
		got := slices.DeleteFunc(env, func(pair string) bool {
			name, _, _ := strings.Cut(strings.ToLower(pair), "=")
			return !strings.HasSuffix(name, "_proxy")
		})
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// The configuration's own variables may name those of the start line.
func TestOwnEnvironment(t *testing.T) {
	s := Spec{
		Command: Command{Env: []string{"ARM=v7", "PORT_3=1", "A=$PORT"}},
		Own: map[string]string{
			"BASE_URL": "$UPSTREAM_URL/v1", "SSL_CERT_FILE": "$UPSTREAM_CA", "ADMIN": "127.0.0.1:${PORT_2}", "PASSWORD": "p$PORTAL$$1${x}$", "PORT_9": "90",
		},
		Upstream: "http://127.0.0.1:4321", ScratchDir: t.TempDir(), Arm: "head",
		UpstreamTLS: "https://127.0.0.1:4322", UpstreamCA: "/run/ca.pem",
	}
	env, err := s.environment([]int{11, 12, 13, 14, 15, 16, 17, 18, 19})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"ARM=head", "PORT=11", "PORT_2=12", "PORT_3=13", "PORT_9=90", "A=$PORT",
		"BASE_URL=http://127.0.0.1:4321/v1", "ADMIN=127.0.0.1:12", "PASSWORD=p$PORTAL$$1${x}$",
		"UPSTREAM_TLS_URL=https://127.0.0.1:4322", "UPSTREAM_CA=/run/ca.pem", "SSL_CERT_FILE=/run/ca.pem",
	} {
		if !slices.Contains(env, want) {
			t.Errorf("%q is missing in %q", want, env)
		}
	}
}

// Gateways that start at the same time never get each other's ports.
func TestPortsDiffer(t *testing.T) {
	const gateways = 40
	all := make(chan []int, gateways)
	for range gateways {
		go func() {
			ports, release, err := reservePorts(1 + morePorts)
			if err != nil {
				t.Error(err)
			} else {
				t.Cleanup(release)
			}
			all <- ports
		}()
	}
	seen := map[int]bool{}
	for range gateways {
		for _, port := range <-all {
			if seen[port] {
				t.Errorf("port %d twice", port)
			}
			seen[port] = true
		}
	}
	if len(seen) != gateways*(1+morePorts) {
		t.Errorf("%d ports", len(seen))
	}
}
