package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// row is one kind of stage: two gateways, and what is to be said of them.
type row struct {
	name  string
	base  string                               // configuration in testdata/gateways
	head  func(config string, turn int) string // makes head's of base's; nil: the same
	modes string
	finds string // what of a request has to be said to have grown; empty: nothing
	in    string // part of a function's name or its module's that has to be listed with it
}

const (
	reference = "reference/proxy-bench.yml"
	axum      = "axum/proxy-bench.yml"
)

var rows = append([]row{
	{name: "nginx", base: "nginx/proxy-bench.yml"},
	{name: "haproxy", base: "haproxy/proxy-bench.yml"},
	{name: "reference", base: reference},
	{name: "axum", base: axum},
	{name: "agentic-server-0.9.0", base: "agentic-server/0.9.0.yml"},
	{name: "caddy", base: "caddy/proxy-bench.yml"},
	{name: "sglang-router", base: "sglang-router/proxy-bench.yml"},
	{name: "portkey", base: "portkey/proxy-bench.yml"},
	{name: "litellm", base: "litellm/proxy-bench.yml"},
	{name: "relinked", base: reference, head: relinked},
	{name: "buffering", base: "nginx/proxy-bench.yml", head: func(config string, _ int) string {
		return strings.Replace(config, "proxy_buffering off;", "proxy_buffering on; ", 1)
	}, finds: bench.Instructions},
	{name: "upgrade", base: "agentic-server/0.8.0.yml", head: func(config string, _ int) string {
		return strings.ReplaceAll(config, "0.8.0", "0.9.0")
	}, finds: bench.Instructions},
}, faults()...)

// faults are those that only work shows, of the gateway in Go, and in Rust by its name.
func faults() (all []row) {
	for _, f := range []struct{ name, modes, finds, in, inRust string }{
		{"parse-again", "json", bench.Instructions, "encoding/json", "axum-gateway"},
		{"format-log", "json", bench.Instructions, "fmt.", "axum-gateway"},
		{"copy-headers", "json", bench.Instructions, "maps", "axum-gateway"},
		{"copy-events", "sse", bench.Instructions, "runtime.", "axum-gateway"},
		{"compile-regexp", "json", bench.Instructions, "regexp/syntax", "axum-gateway"},
		{"fsync", "json", "fsyncs", "", ""},
		{"open-file", "json", "opens", "", ""},
		{"churn", "json", "connects", "", ""},
	} {
		with := func(config string, _ int) string {
			return strings.Replace(config, `"$UPSTREAM_URL"`, `"$UPSTREAM_URL" -fault `+f.name, 1)
		}
		all = append(all, row{f.name, reference, with, f.modes, f.finds, f.in}, row{"axum-" + f.name, axum, with, f.modes, f.finds, f.inRust})
	}
	return all
}

// relinked is the same source in another order of linking, another one at each turn.
func relinked(config string, turn int) string {
	const program = "testdata/gateways/reference/reference"
	config = strings.ReplaceAll(config, program+" ", program+"-relinked ")
	config = strings.ReplaceAll(config, program+"]", program+"-relinked]")
	return strings.Replace(config, "go build ", fmt.Sprintf("go build -ldflags=-randlayout=%d ", turn+1), 1)
}

func names() (all []string) {
	for _, r := range rows {
		all = append(all, r.name)
	}
	return all
}

func named(name string) row {
	return rows[slices.IndexFunc(rows, func(r row) bool { return r.name == name })]
}

// configs are the files of both configurations.
func (r row) configs(dir string, turn int) (base, head string, err error) {
	base = filepath.Join("testdata", "gateways", r.base)
	if r.head == nil {
		return base, base, nil
	}
	text, err := os.ReadFile(base)
	if err != nil {
		return "", "", err
	}
	changed := r.head(string(text), turn)
	if changed == string(text) {
		return "", "", fmt.Errorf("%s: %s has nothing to change", r.name, base)
	}
	head = filepath.Join(dir, "head.yml")
	return base, head, os.WriteFile(head, []byte(changed), 0o644)
}
