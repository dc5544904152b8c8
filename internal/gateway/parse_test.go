package gateway

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

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
