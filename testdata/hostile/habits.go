package main

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"time"
)

// habits are what a gateway does besides serving. Each says in a file of its name that
// it has come to that.
var habits = map[string]func() error{
	"none": func() error { return nil },
	"disk": func() error {
		f, err := os.Create("filler")
		if err != nil {
			return err
		}
		_, err = io.Copy(f, zeros{})
		return note("disk", err)
	},
	"flood": func() error {
		go func() { _ = flood("1000000000000") }()
		return note("flood", nil)
	},
	"hold": func() error {
		upstream, err := url.Parse(os.Getenv("UPSTREAM_URL"))
		if err != nil {
			return err
		}
		for range 3 { // more than one process may have open
			if err := daemon("hold", upstream.Host); err != nil {
				return err
			}
		}
		return note("hold", nil)
	},
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// note says why a habit has ended, or that it goes on. Where the disk is full there is
// still room for the name.
func note(name string, why error) error {
	f, err := os.OpenFile("habit-"+name, os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return nil
	}
	fmt.Fprintln(f, why)
	return f.Close()
}

// held are connections that nobody closes.
var held []net.Conn

// hold opens connections until there are no more to be had, and again where some are lost.
func hold(addr string) error {
	for {
		if c, err := net.Dial("tcp", addr); err == nil {
			held = append(held, c)
		} else {
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// habitual is a gateway with a habit.
func habitual(name string) error {
	habit, ok := habits[name]
	if !ok {
		return fmt.Errorf("%q is no habit", name)
	}
	if err := habit(); err != nil {
		return err
	}
	return serve()
}
