package gateway

import (
	"fmt"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// morePorts is how many ports a start line gets beside PORT: PORT_2 to PORT_9.
// They are always there, and not only where the start line names one: a script or a
// template that it uses may name them too.
const morePorts = 8

// environment is the complete environment of the start line; ports are PORT and
// those beside it.
func (s Spec) environment(ports []int) ([]string, error) {
	u, err := url.Parse(s.Upstream)
	if err != nil {
		return nil, fmt.Errorf("upstream: %w", err)
	}
	if u.Hostname() == "" || u.Port() == "" {
		return nil, fmt.Errorf("upstream %q has no host or no port: expected http://HOST:PORT", s.Upstream)
	}
	if info, err := os.Stat(s.ScratchDir); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("scratch directory %q does not exist", s.ScratchDir)
	}
	given := map[string]string{
		"PORT":          strconv.Itoa(ports[0]),
		"UPSTREAM_URL":  s.Upstream,
		"UPSTREAM_HOST": u.Hostname(),
		"UPSTREAM_PORT": u.Port(),
		"BENCH_DIR":     s.ScratchDir,
	}
	if s.UpstreamTLS != "" {
		given["UPSTREAM_TLS_URL"], given["UPSTREAM_CA"] = s.UpstreamTLS, s.UpstreamCA
	}
	// Names that a gateway may use for something else: its own value wins.
	optional := map[string]string{"ARM": s.Arm}
	for i, port := range ports[1:] {
		optional["PORT_"+strconv.Itoa(i+2)] = strconv.Itoa(port)
	}
	for name, value := range optional {
		if _, own := s.Own[name]; !own && value != "" {
			given[name] = value
		}
	}

	all := map[string]string{}
	for _, pair := range s.Env {
		if name, value, _ := strings.Cut(pair, "="); !catchesLoopback(name) {
			all[name] = value
		}
	}
	for name, value := range s.Own {
		all[name] = expand(value, given)
	}
	withoutProxy(all)
	maps.Copy(all, given)
	var env []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		env = append(env, name+"="+all[name])
	}
	return env, nil
}

var variable = regexp.MustCompile(`\$(?:\w+|\{\w+\})`)

// expand replaces $NAME and ${NAME} of the variables given; what else has a dollar
// stays as it is.
func expand(value string, given map[string]string) string {
	return variable.ReplaceAllStringFunc(value, func(found string) string {
		if value, ok := given[strings.Trim(found, "${}")]; ok {
			return value
		}
		return found
	})
}

// catchesLoopback reports whether a variable of the machine would send plain HTTP
// through a proxy. The way to the backend must not lead through one, and some
// clients ask only these variables and not NO_PROXY. Proxies for HTTPS stay: some
// gateways download a tokenizer or a price list when they start.
func catchesLoopback(name string) bool {
	return slices.Contains([]string{"http_proxy", "all_proxy"}, strings.ToLower(name))
}

// aroundProxies is the environment of a build, which downloads through the machine's
// proxies, but starts servers of its own on the loopback, as some do for code generation
// or to try what they have built.
func aroundProxies(env []string) []string {
	all := map[string]string{}
	for _, pair := range env {
		name, value, _ := strings.Cut(pair, "=")
		all[name] = value
	}
	withoutProxy(all)
	var to []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		to = append(to, name+"="+all[name])
	}
	return to
}

// withoutProxy adds the loopback to the hosts that are reached without a proxy:
// for HTTPS, and for a proxy that the gateway's own configuration names. Go never
// uses one for loopback; Python's urllib, requests and httpx, Node's undici, Rust's
// reqwest and curl ask NO_PROXY, the one or the other spelling first. Names
// and addresses without a port or a prefix are what all of them understand. ::1 is
// not among them: the backend is on 127.0.0.1, and httpx 0.24.0 ends with an error
// at any IPv6 address.
func withoutProxy(env map[string]string) {
	var hosts []string
	for _, name := range []string{"no_proxy", "NO_PROXY"} {
		for host := range strings.FieldsFuncSeq(env[name], func(r rune) bool { return r == ',' || r == ' ' }) {
			if !slices.Contains(hosts, host) {
				hosts = append(hosts, host)
			}
		}
	}
	if !slices.Contains(hosts, "*") { // which some clients understand only when it is alone
		for _, host := range []string{loopback, "localhost"} {
			if !slices.Contains(hosts, host) {
				hosts = append(hosts, host)
			}
		}
	}
	env["no_proxy"] = strings.Join(hosts, ",")
	env["NO_PROXY"] = env["no_proxy"]
}
