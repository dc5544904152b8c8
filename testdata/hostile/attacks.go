package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// secrets are names of what the runner gives to an action alone.
var secrets = []string{
	"ACTIONS_RUNTIME_TOKEN=", "INPUT_GITHUB-TOKEN=", "GITHUB_OUTPUT=", "GITHUB_ENV=",
	"GITHUB_PATH=", "GITHUB_STATE=", "GITHUB_STEP_SUMMARY=", "HOSTILE_SECRET=",
}

// tries are the attacks by their names in the table. Each says what it got, or why it
// got nothing.
var tries = map[string]func() (string, error){
	"token in the environment":                        ownEnvironment,
	"token in another process's environment":          othersEnvironment,
	"token in another process's memory":               othersMemory,
	"token in git's configuration":                    gitToken,
	"token in a file that steps share":                func() (string, error) { return read("/github/runner_temp/git-credentials.config") },
	"write the runner's command files":                func() (string, error) { return appendTo("/github/file_commands/*", "verdict=hostile") },
	"add a command file":                              func() (string, error) { return create("/github/file_commands/set_output_hostile") },
	"open the command files' directory":               func() (string, error) { return "chmod", os.Chmod("/github/file_commands", 0o777) },
	"read the event":                                  func() (string, error) { return read("/github/workflow/event.json") },
	"leave something in the next step's home":         func() (string, error) { return create("/github/home/.gitconfig_hostile") },
	"talk to Docker":                                  docker,
	"replace the program":                             func() (string, error) { return create("/usr/local/bin/proxy-bench") },
	"replace a compiler":                              func() (string, error) { return create("/usr/local/go/bin/go") },
	"leave a program for us to run":                   func() (string, error) { return create("/usr/local/sbin/git") },
	"have a library loaded into our programs":         func() (string, error) { return create("/etc/ld.so.preload") },
	"configure git for all users":                     func() (string, error) { return create("/etc/gitconfig") },
	"send a server's name elsewhere":                  func() (string, error) { return appendTo("/etc/hosts", "127.0.0.2 hostile.invalid") },
	"have us trust a server":                          func() (string, error) { return appendTo("/etc/ssl/certs/ca-certificates.crt", "") },
	"add a user with all rights":                      func() (string, error) { return appendTo("/etc/passwd", "hostile::0:0::/:/bin/sh") },
	"become root":                                     func() (string, error) { return "root", syscall.Setuid(0) },
	"gain rights by a program that has them":          changeUser,
	"make a device":                                   makeDevice,
	"hear what others send":                           rawSocket,
	"write past the fence to the action's own output": func() (string, error) { return appendTo("/proc/1/fd/1", "verdict=hostile") },
	"signal the action's processes":                   func() (string, error) { return ofRoot(func(pid int) error { return syscall.Kill(pid, 0) }) },
	"trace the action's processes":                    trace,
	"run more processes than the machine bears":       crowd,
	"find processes of an earlier build":              strangers,
}

func ownEnvironment() (string, error) {
	return secretIn([]byte("\x00" + strings.Join(os.Environ(), "\x00")))
}

func secretIn(environ []byte) (string, error) {
	for _, name := range secrets {
		if bytes.Contains(environ, []byte("\x00"+name)) {
			return name, nil
		}
	}
	return "", errors.New("nothing there")
}

func othersEnvironment() (string, error) {
	var last error
	for _, pid := range processes() {
		if pid == os.Getpid() {
			continue
		}
		environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		if err == nil {
			var name string
			if name, err = secretIn(append([]byte{0}, environ...)); err == nil {
				return fmt.Sprintf("%s of process %d", name, pid), nil
			}
		}
		last = err
	}
	return "", fmt.Errorf("the last one: %w", last)
}

func gitToken() (string, error) {
	config, err := os.ReadFile(".git/config")
	if err != nil {
		return "", err
	}
	if !bytes.Contains(bytes.ToLower(config), []byte("extraheader")) {
		return "", errors.New("no header there")
	}
	return "extraheader", nil
}

func appendTo(pattern, line string) (string, error) {
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		_, err := os.ReadDir(filepath.Dir(pattern))
		return "", fmt.Errorf("no file found: %w", err)
	}
	for _, path := range paths {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(f, line)
		f.Close()
	}
	return strings.Join(paths, " "), nil
}

func create(path string) (string, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return "", err
	}
	return path, f.Close()
}

func read(path string) (string, error) {
	data, err := os.ReadFile(path)
	return fmt.Sprintf("%d bytes", len(data)), err
}

func docker() (string, error) {
	socket := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", "/var/run/docker.sock")
	}
	client := http.Client{Transport: &http.Transport{DialContext: socket}}
	resp, err := client.Get("http://docker/version")
	if err != nil {
		return "", err
	}
	return resp.Status, resp.Body.Close()
}

// ofRoot tries something with every process that is root's, but for itself.
func ofRoot(try func(pid int) error) (string, error) {
	last := errors.New("there is none")
	for _, pid := range processes() {
		if uid, err := ownerOf(pid); err != nil || uid != 0 || pid == os.Getpid() {
			continue
		}
		if last = try(pid); last == nil {
			return fmt.Sprint("process ", pid), nil
		}
	}
	return "", last
}

func ownerOf(pid int) (int, error) {
	info, err := os.Stat(fmt.Sprintf("/proc/%d", pid))
	if err != nil {
		return 0, err
	}
	return int(info.Sys().(*syscall.Stat_t).Uid), nil
}

// strangers are what a build has left behind.
func strangers() (string, error) {
	for _, pid := range processes() {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if bytes.Contains(line, []byte("build-lives")) {
			return fmt.Sprintf("process %d: %s", pid, bytes.ReplaceAll(line, []byte{0}, []byte{' '})), nil
		}
	}
	return "", errors.New("there is none")
}

func processes() (pids []int) {
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}
