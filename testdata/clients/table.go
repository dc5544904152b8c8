package main

import (
	"fmt"
	"slices"
	"strings"
)

// figures are what one run of a client reads.
type figures struct {
	p50        float64 // seconds, from when a request was due
	fromOpen   float64 // of ours: seconds, from when its connection was there
	throughput float64 // per second
}

// round is one run of every client, in the order of clients.
type round [3]figures

const heading = `| server | c | p50 ours | wrk | ab | ours/wrk | ours/ab | req/s ours | wrk | ab | ours/wrk | ours/ab |
|---|---|---|---|---|---|---|---|---|---|---|---|`

// row is the line of a server and a concurrency. It counts the ratios that are out
// of bounds, which have an exclamation mark.
func row(s server, concurrency int, all []round) (line string, outside int) {
	of := func(f func(round) float64) float64 {
		var values []float64
		for _, r := range all {
			values = append(values, f(r))
		}
		return median(values)
	}
	cells := []string{s.name, fmt.Sprint(concurrency)}
	for _, client := range []int{ours, wrk, ab} {
		cells = append(cells, milliseconds(of(func(r round) float64 { return r[client].p50 })))
	}
	ratio := func(bound bounds, f func(round) float64) {
		v := of(f)
		mark := ""
		if v < bound.least || bound.most > 0 && v > bound.most {
			mark = " !"
			outside++
		}
		cells = append(cells, fmt.Sprintf("%.2f%s", v, mark))
	}
	b := s.bounds(concurrency)
	ratio(b.latency[wrk], func(r round) float64 { return r[ours].fromOpen / r[wrk].p50 })
	ratio(b.latency[ab], func(r round) float64 { return r[ours].p50 / r[ab].p50 })
	for _, client := range []int{ours, wrk, ab} {
		cells = append(cells, fmt.Sprintf("%.0f", of(func(r round) float64 { return r[client].throughput })))
	}
	ratio(b.throughput[wrk], func(r round) float64 { return r[ours].throughput / r[wrk].throughput })
	ratio(b.throughput[ab], func(r round) float64 { return r[ours].throughput / r[ab].throughput })
	return "| " + strings.Join(cells, " | ") + " |", outside
}

func milliseconds(s float64) string { return fmt.Sprintf("%.3g ms", 1000*s) }

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return (x[len(x)/2] + x[(len(x)-1)/2]) / 2
}

// bounds of a ratio; most 0 is without.
type bounds struct{ least, most float64 }

// wanted has the bounds for the ratio to each client.
type wanted struct{ latency, throughput map[int]bounds }
