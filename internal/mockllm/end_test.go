package mockllm

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// TestClientThatSendsAndEnds: the request and the end of the input can come at
// once. The request is answered, and the connection does not stay open.
func TestClientThatSendsAndEnds(t *testing.T) {
	addr := serve(t, plain())
	for i := range 20 {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		// More than one read takes, so that the end is behind what a second one brings.
		body := strings.Repeat("x", i*inputBytes/8)
		fmt.Fprintf(conn, "POST /v1/embeddings HTTP/1.1\r\nHost: m\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if err := conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if answer, err := io.ReadAll(conn); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 200 OK") {
			t.Errorf("%d bytes, then the end: %.40q, %v", len(body), answer, err)
		}
	}
	for until := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if readStats(t, addr).Open == 0 {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("%d connections are open whose clients have ended", readStats(t, addr).Open)
		}
	}
}
