package main

import (
	"strings"
	"testing"
	"time"
)

func TestUnits(t *testing.T) {
	tests := []struct {
		name string
		unit unit
		text string
		want int64 // 0: refused
	}{
		{"duration", duration, "200us", int64(200 * time.Microsecond)},
		{"duration", duration, "1.5ms", int64(1500 * time.Microsecond)},
		{"duration", duration, "", 0},
		{"duration", duration, "0s", 0},
		{"duration", duration, "-1ms", 0},
		{"duration", duration, "200", 0},
		{"fine", fine, "0.2ns", 200},
		{"fine", fine, "1us", 1_000_000},
		{"fine", fine, "0.0001ns", 0},
		{"fine", fine, "NaNns", 0},
		{"fine", fine, "2h", 0},
		{"fine", fine, "-1ns", 0},
		{"fine", fine, "1", 0},
		{"share", share, "1%", 10_000},
		{"share", share, "12.5%", 125_000},
		{"share", share, "0.0001%", 1},
		{"share", share, "100%", whole},
		{"share", share, "", 0},
		{"share", share, "1", 0},
		{"share", share, "0%", 0},
		{"share", share, "0.00001%", 0},
		{"share", share, "101%", 0},
		{"share", share, "-1%", 0},
		{"share", share, "NaN%", 0},
		{"share", share, "Inf%", 0},
		{"percent", percent, "10", 100_000},
		{"percent", percent, "12.5", 125_000},
		{"percent", percent, "", 0},
		{"percent", percent, "0", 0},
		{"percent", percent, "10%", 0},
		{"percent", percent, "101", 0},
		{"size", size, "100B", 100},
		{"size", size, "16KB", 16 << 10},
		{"size", size, "1MB", 1 << 20},
		{"size", size, "", 0},
		{"size", size, "16", 0},
		{"size", size, "0B", 0},
		{"size", size, "-1KB", 0},
		{"size", size, "4096MB", 0},
		{"whole or size", wholeOrSize, "16KB", 16 << 10},
		{"whole or size", wholeOrSize, "0KB", 0},
		{"count", count, "4", 4},
		{"count", count, "", 0},
		{"count", count, "0", 0},
		{"count", count, "-1", 0},
		{"count", count, "1.5", 0},
		{"count", count, "99999999999", 0},
		{"one in", oneIn, "1/200", 200},
		{"one in", oneIn, "1/1", 1},
		{"one in", oneIn, "", 0},
		{"one in", oneIn, "200", 0},
		{"one in", oneIn, "2/200", 0},
		{"one in", oneIn, "1/0", 0},
		{"one in", oneIn, "1/", 0},
		{"moments", moments, "", anyMoment},
		{"moments", moments, "head", beforeHead},
		{"moments", moments, "json", inAnswer},
		{"moments", moments, "events", 0},
	}
	for _, test := range tests {
		got, err := test.unit(test.text)
		if got != test.want || (err != nil) != (test.want == 0) {
			t.Errorf("%s(%q) = %d, %v; want %d", test.name, test.text, got, err, test.want)
		}
	}
}

func TestEveryFaultHasAUsualStrength(t *testing.T) {
	for _, kind := range faultKinds {
		if _, err := parseFault(kind.name); err != nil {
			t.Errorf("-fault %s: %v", kind.name, err)
		}
	}
}

func TestBufferWithoutASizeIsWhole(t *testing.T) {
	if f, err := parseFault("buffer"); err != nil || f.strength != 0 {
		t.Errorf("strength %d, %v; want 0 for the whole", f.strength, err)
	}
}

func TestWrongFaultListsTheKnownOnes(t *testing.T) {
	for _, text := range []string{"", "dela", "delay=", "delay=fast", "error=1", "drop-chunk=2", "lock=1", "buffer=", "buffer=16", "pool=0", "stall=200"} {
		_, err := parseFault(text)
		if err == nil {
			t.Errorf("-fault %q was accepted", text)
			continue
		}
		for _, kind := range faultKinds {
			if !strings.Contains(err.Error(), kind.name) {
				t.Errorf("-fault %q: the error does not name %s: %v", text, kind.name, err)
			}
		}
	}
}
