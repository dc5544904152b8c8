package gateway

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

func TestCapture(t *testing.T) {
	for _, size := range []int{0, 10, headLimit, headLimit + 1, headLimit + tailLimit, headLimit + tailLimit + 1, 9 << 20} {
		path := filepath.Join(t.TempDir(), "log")
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(1, uint64(size)))
		all := make([]byte, size)
		for i := range all {
			all[i] = byte(random.Uint32())
		}
		var tee bytes.Buffer
		c := &capture{file: file, tee: &tee}
		for rest := all; len(rest) > 0; {
			n := min(len(rest), 1+random.IntN(pipeBytes))
			c.write(rest[:n])
			rest = rest[n:]
			if len(c.tail) > 2*tailLimit {
				t.Fatalf("%d bytes are held in memory", len(c.tail))
			}
		}
		if err := c.finish(); err != nil {
			t.Fatal(err)
		}
		want := all
		if left := size - headLimit - tailLimit; left > 0 {
			want = fmt.Appendf(bytes.Clone(all[:headLimit]), "\n[%d bytes left out]\n", left)
			want = append(want, all[size-tailLimit:]...)
		}
		got, err := os.ReadFile(path)
		shown := all
		if size > teeLimit {
			shown = append(bytes.Clone(all[:teeLimit]), tooMuch...)
		}
		if err != nil || !bytes.Equal(got, want) || !bytes.Equal(tee.Bytes(), shown) {
			t.Errorf("%d bytes printed: %d in the log, want %d; %d streamed; %v", size, len(got), len(want), tee.Len(), err)
		}
	}
}

// What cannot be written is reported and blocks nobody.
func TestCaptureDiskFull(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	c := &capture{file: full}
	c.write(make([]byte, 5<<20))
	if err := c.finish(); err == nil {
		t.Error("a full disk goes unnoticed")
	}
}
