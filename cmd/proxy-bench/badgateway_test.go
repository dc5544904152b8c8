package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// badGateway forwards to -upstream like any proxy, but for what -how says. It is
// a program of the scripts.
func badGateway() {
	listen := flag.String("listen", "", "address")
	upstream := flag.String("upstream", "", "URL")
	how := flag.String("how", "", "what is wrong")
	serves := flag.String("serves", "", "the one path that is served, passed on without what stands before its last /v1")
	adds := flag.String("adds", "", "what stands before every path upstream")
	wants := flag.String("wants", "", "NAME=VALUE of the header without which requests are refused, with what they have instead")
	after := flag.Int64("after", 0, "requests that are answered rightly first")
	flag.Parse()
	fmt.Println("badgateway starts, how:", *how)
	switch *how {
	case "dies-at-start":
		fmt.Println("panic: no database")
		os.Exit(7)
	case "never-ready":
		select {}
	}
	target, err := url.Parse(*upstream)
	if err != nil {
		panic(err)
	}
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	if *how == "never-reads" { // but for the probe that it is ready
		neverReads(l)
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.FlushInterval = -1
	var count, inFlight atomic.Int64
	started := time.Now()
	panic(http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if *serves != "" {
			if r.URL.Path != *serves && r.URL.Path != "/health" {
				http.NotFound(w, r)
				return
			}
			r.URL.Path = r.URL.Path[max(0, strings.LastIndex(r.URL.Path, "/v1")):]
		}
		if name, value, ok := strings.Cut(*wants, "="); ok && r.URL.Path != "/health" && r.Header.Get(name) != value {
			fmt.Println("refused:", r.Header.Get(name))
			http.Error(w, fmt.Sprintf("%s: %s is wrong", name, r.Header.Get(name)), http.StatusUnauthorized)
			return
		}
		if r.URL.Path != "/health" {
			r.URL.Path = *adds + r.URL.Path
		}
		if r.ContentLength > 0 { // else the transport reads on past its end: go.dev/issue/40747
			r.Body = io.NopCloser(io.LimitReader(r.Body, r.ContentLength))
		}
		if r.URL.Path == "/health" || *how == "" || count.Add(1) <= *after {
			proxy.ServeHTTP(w, r)
			return
		}
		if *how == "loading" && time.Since(started) > 1500*time.Millisecond {
			proxy.ServeHTTP(w, r)
			return
		}
		defer inFlight.Add(-1)
		if able(*how, r, inFlight.Add(1), count.Load()) {
			proxy.ServeHTTP(w, r)
			return
		}
		misbehave(*how, w, r, *upstream)
	})))
}

// able says whether a gateway that fails only sometimes passes this request on.
func able(how string, r *http.Request, inFlight, count int64) bool {
	switch how {
	case "413":
		return r.ContentLength <= 8<<10
	case "429":
		if inFlight > 1 {
			return false
		}
		// It keeps the place for a while, so that most of the others are refused however
		// slowly a busy machine lets them come.
		time.Sleep(5 * time.Millisecond)
		return true
	case "hang-seldom":
		return count%100 != 0
	}
	return false
}

func misbehave(how string, w http.ResponseWriter, r *http.Request, upstream string) {
	switch how {
	case "500", "503", "404", "401", "413", "429":
		code, _ := strconv.Atoi(how)
		http.Error(w, "something is wrong", code)
	case "loading":
		http.Error(w, "still loading", http.StatusServiceUnavailable)
	case "redirects":
		http.Redirect(w, r, r.URL.Path+"/", http.StatusTemporaryRedirect)
	case "html":
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<html><body>Welcome</body></html>")
	case "rewrites":
		rewrite(w, r, upstream)
	case "cuts-prompt":
		cutPrompt(w, r, upstream)
	case "own-answer":
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"id":"x","object":"response","status":"completed","output":[]}`)
	case "hang", "hang-seldom":
		time.Sleep(time.Hour)
	case "close":
		hijack(w).Close()
	case "dies":
		fmt.Println("panic: index out of range")
		os.Exit(9)
	default:
		spoil(how, w, r, upstream)
	}
}

// cutPrompt passes the request on without the end of its prompt.
func cutPrompt(w http.ResponseWriter, r *http.Request, upstream string) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	body = bytes.Replace(body, []byte(" Yes."), nil, 1)
	resp, err := http.Post(upstream+r.URL.Path, "application/json", bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
	io.Copy(w, resp.Body)
}

// rewrite passes on what a client reads, in words of its own.
func rewrite(w http.ResponseWriter, r *http.Request, upstream string) {
	resp, err := http.Post(upstream+r.URL.Path, "application/json", r.Body)
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		panic(err)
	}
	answer["id"], answer["provider"] = "resp_of_the_gateway", "mock"
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(answer)
}

// spoil fetches the right answer and passes on a wrong one.
func spoil(how string, w http.ResponseWriter, r *http.Request, upstream string) {
	resp, err := http.Post(upstream+r.URL.Path, "application/json", r.Body)
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		panic(err)
	}
	events := bytes.SplitAfter(body, []byte("\n\n"))
	w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
	switch how {
	case "short":
		w.Write(body[:len(body)/2])
	case "wrong-length":
		conn := hijack(w)
		defer conn.Close()
		fmt.Fprintf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body)+10, body)
	case "cut":
		w.Write(body[:len(body)/2])
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case "no-end":
		w.Write(bytes.Join(events[:len(events)-3], nil))
	case "error-event":
		failed := []byte("event: error\ndata: {\"type\":\"error\",\"message\":\"the backend is gone\"}\n\n")
		w.Write(append(bytes.Join(events[:7], nil), failed...))
	case "latin1": // takes bytes for characters
		for _, c := range body {
			io.WriteString(w, string(rune(c)))
		}
	case "drops-usage":
		w.Write(bytes.ReplaceAll(body, []byte("\"usage\":{"), []byte("\"tokens\":{")))
	case "buffers":
		w.Write(body)
	case "reorder":
		events[6], events[7] = events[7], events[6]
		w.Write(bytes.Join(events, nil))
	default:
		panic("badgateway does not know how to be " + how)
	}
}

func hijack(w http.ResponseWriter) net.Conn {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	return conn
}

// neverReads accepts and leaves it at that.
func neverReads(l net.Listener) {
	for {
		if _, err := l.Accept(); err != nil {
			panic(err)
		}
	}
}
