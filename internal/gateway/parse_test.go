package gateway

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestLastLines(t *testing.T) {
	numbered := ""
	for i := range 50 {
		numbered += fmt.Sprintln("line", i)
	}
	for name, c := range map[string]struct {
		raw  string
		want []string
	}{
		"empty":           {"", nil},
		"no final end":    {"a\n\n  b", []string{"a", "  b"}},
		"CRLF and CR":     {"a\r\nb\rc\n", []string{"a", "b", "c"}},
		"colours":         {"\x1b[1;31merror\x1b[0m: x\n", []string{"error: x"}},
		"title and bell":  {"\x1b]0;title\x07text\a\n", []string{"text"}},
		"controls":        {"a\x00b\x08c\td\n", []string{"abc d"}},
		"direction":       {"ab\u202ecd\n", []string{"abcd"}},
		"broken UTF-8":    {"a\xffb\n", []string{"a\uFFFDb"}},
		"last twenty":     {numbered, cleanLines([]byte(numbered))[30:]},
		"long line alone": {"short\n" + strings.Repeat("x", 5000), []string{strings.Repeat("x", outputBytes)}},
		"long line above": {strings.Repeat("x", 5000) + "\nend\n", []string{"end"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := lastLines([]byte(c.raw)); !slices.Equal(got, c.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestReadTail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte("0123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	for limit, want := range map[int64]string{3: "789", 10: "0123456789", 99: "0123456789"} {
		if got, err := readTail(path, limit); err != nil || string(got) != want {
			t.Errorf("last %d: %q, %v", limit, got, err)
		}
	}
}

func FuzzLastLines(f *testing.F) {
	f.Add([]byte("a\x1b[31mb\r\nc\xff\x1b]8;;"))
	f.Add([]byte(strings.Repeat("é", 40)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		size := 0
		lines := lastLines(raw)
		for _, line := range lines {
			size += len(line)
			if line == "" || !utf8.ValidString(line) || strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("line %q", line)
			}
		}
		if len(lines) > outputLines || size > outputBytes {
			t.Errorf("%d lines, %d bytes", len(lines), size)
		}
	})
}

// Two captured lines of each file, from a little-endian machine.
const (
	procTCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11111 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 22222 1 0000000000000000 20 4 30 10 -1
`
	procTCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 33333 1 0000000000000000 100 0 0 10 0
   1: 0000000000000000FFFF00000100007F:0051 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 44444 1 0000000000000000 100 0 0 10 0
`
)

func TestParseListeners(t *testing.T) {
	got := append(parseListeners(strings.NewReader(procTCP)), parseListeners(strings.NewReader(procTCP6))...)
	want := []listener{
		{netip.MustParseAddrPort("127.0.0.1:8080"), "11111"},
		{netip.MustParseAddrPort("[::]:80"), "33333"},
		{netip.MustParseAddrPort("[::ffff:127.0.0.1]:81"), "44444"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func FuzzParseListeners(f *testing.F) {
	f.Add(procTCP)
	f.Add(procTCP6)
	f.Fuzz(func(t *testing.T, text string) {
		for _, l := range parseListeners(strings.NewReader(text)) {
			if !l.addr.IsValid() || l.inode == "" {
				t.Errorf("%+v", l)
			}
		}
	})
}
