// Command gallery measures the gateways of testdata/gateways with the default suite and
// writes docs/gateways.md. A gateway whose present version has been measured is left
// out, so that a stopped run is resumed by the same command:
//
//	go run ./testdata/gallery/cmd [-again] [-time-budget 4m] [NAME...]
//
// It runs in the root of the repository, on a machine with nothing else to do. The
// output of each run stays in out/gallery.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/testdata/gallery"
)

func main() {
	again := flag.Bool("again", false, "measure those that have been measured, too")
	budget := flag.Duration("time-budget", 4*time.Minute, "time budget of each run")
	flag.Parse()
	if err := measureAll(flag.Args(), *again, *budget); err != nil {
		fmt.Fprintln(os.Stderr, "gallery:", err)
		os.Exit(1)
	}
}

func measureAll(names []string, again bool, budget time.Duration) error {
	for _, name := range names {
		if !slices.ContainsFunc(gallery.All, func(g gallery.Gateway) bool { return g.Name == name }) {
			return fmt.Errorf("there is no gateway %q", name)
		}
	}
	program, err := filepath.Abs(filepath.Join("out", "gallery", "proxy-bench"))
	if err != nil {
		return err
	}
	if err := run("go", "build", "-o", program, "./cmd/proxy-bench"); err != nil {
		return err
	}
	all, err := read()
	if err != nil {
		return err
	}
	for _, g := range gallery.All {
		if len(names) > 0 && !slices.Contains(names, g.Name) {
			continue
		}
		version, err := g.Present(".")
		if err != nil {
			return err
		}
		if !again && slices.ContainsFunc(all, func(m gallery.Measured) bool { return m.Gateway == g.Name && m.Version == version }) {
			fmt.Printf("%s %s: measured before\n", g.Name, version)
			continue
		}
		m, err := measure(g, version, program, budget)
		if err != nil {
			return err
		}
		all = gallery.Put(all, m)
		if err := write(all); err != nil {
			return err
		}
	}
	return write(all)
}

// measure measures one gateway. Requests that fail are an exit status of the program,
// and a figure of the page.
func measure(g gallery.Gateway, version, program string, budget time.Duration) (none gallery.Measured, err error) {
	fmt.Printf("\n%s %s\n", g.Name, version)
	dir := filepath.Join("out", "gallery", g.Name)
	if err := os.RemoveAll(dir); err != nil {
		return none, err
	}
	ran := run(program, "run", "--config", g.ConfigPath(), "--time-budget", budget.String(), "--out", dir)
	saved, _, err := record.ReadDirectory(dir, new(any))
	if err != nil {
		return none, fmt.Errorf("%s: %w (%v)", g.Name, err, ran)
	}
	return gallery.Of(g, version, saved), nil
}

func run(name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	return c.Run()
}

func read() (all []gallery.Measured, err error) {
	data, err := os.ReadFile(gallery.File)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return all, json.Unmarshal(data, &all)
}

func write(all []gallery.Measured) error {
	data, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(gallery.File, append(data, '\n'), 0o644); err != nil {
		return err
	}
	return os.WriteFile(gallery.PageFile, []byte(gallery.Page(all)), 0o644)
}
