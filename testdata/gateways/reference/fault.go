package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
)

// faultKind is a row of the table of faults.
type faultKind struct {
	name  string // kebab-case
	does  string
	unit  unit
	usual string // strength when none is given
	reach reach
	// install adds the fault to g, at a strength in the base unit of unit.
	install func(g *gateway, strength int64)
}

// reach is what a fault belongs to.
type reach int

const (
	request reach = iota // each request that is met; -only chooses which
	process              // the process or its connections, whatever comes over them
)

// faultKinds is what -fault accepts. A new fault is a row here and the function
// that installs it.
var faultKinds = []faultKind{
	{"delay", "sleep before a request is forwarded", duration, "200us", request, installDelay},
	{"burn", "use that much CPU time before a request is forwarded", duration, "200us", request, installBurn},
	{"slow-percent", "burn that percentage of the gateway's own overhead in CPU time: its mean per request so far, after the first 200", percent, "10", request, installSlowPercent},
	{"burn-after", "use that much CPU time once a request has been answered", duration, "20us", request, installBurnAfter},
	{"pause", "hold that share of the requests for 40 ms before they are forwarded", share, "1%", request, installPause},
	{"slow-after-idle", "sleep before the first request after 100 ms or more without any", duration, "20ms", request, installSlowAfterIdle},
	{"parse", "read the request body whole, decode it as JSON and encode it again", none, "", request, installParse},
	{"parse-again", "read a request body of at most 4 KB whole, decode it as JSON and drop the result", none, "", request, installParseAgain},
	{"format-log", "format a line of log for each request and drop it", none, "", request, installFormatLog},
	{"copy-headers", "copy the headers of a request so many times", count, "4", request, installCopyHeaders},
	{"copy-events", "copy each piece of a stream so many times", count, "4", request, installCopyEvents},
	{"compile-regexp", "compile a regular expression for each request", none, "", request, installCompileRegexp},
	{"fsync", "write to a file and make it durable for each request", none, "", request, installFsync},
	{"open-file", "open a file for each request", none, "", request, installOpenFile},
	{"per-byte", "use that much CPU time for each byte of the request body", fine, "1ns", request, installPerByte},
	{"quadratic", "use that much CPU time times the square of the request body's size in KB", duration, "100ns", request, installQuadratic},
	{"lock", "hold one lock from the arrival of a request to the end of its answer", none, "", request, installLock},
	{"pool", "serve that many requests at a time, the others wait", count, "4", request, installPool},
	{"nagle", "leave Nagle's algorithm on for accepted connections, and send the head of a stream in a write of its own, other answers in as few as can be", none, "", process, installNagle},
	{"churn", "open an upstream connection for each request", none, "", request, installChurn},
	{"churn-streams", "open an upstream connection for each request that accepts an event stream", none, "", request, installChurnStreams},
	{"buffer", "collect an answer whole before its head is sent; with a size such as 16KB, send the head at once and the body that much at a time", wholeOrSize, "", request, installBuffer},
	{"own-first-event", "begin a stream with an event of its own, at once, and collect the upstream's events whole", none, "", request, installOwnFirstEvent},
	{"poll", "look every so often whether the upstream has sent something: heads and bodies wait for the next time", duration, "100ms", request, installPoll},
	{"periodic-flush", "flush a stream every so often, from its head on, and at its end", duration, "250ms", request, installPeriodicFlush},
	{"serialise-streams", "serve one stream at a time, from the arrival of a request to the end of its answer", none, "", request, installSerialiseStreams},
	{"cut-idle", "cut a stream in which nothing comes for so long", duration, "4s", request, installCutIdle},
	{"hold-head", "hold back the head of a stream until its first bytes are there", none, "", request, installHoldHead},
	{"delay-first-event", "send the head of a stream at once, hold back the first byte of its body", duration, "1ms", request, installDelayFirstEvent},
	{"delay-chunk", "send the events of a stream one by one, hold back each", duration, "1ms", request, installDelayChunk},
	{"hold-events", "hold back each event of a stream until the next one has come", none, "", request, installHoldEvents},
	{"hold-first-event", "hold back the first event with content until the next event has come", none, "", request, installHoldFirstEvent},
	{"delay-end", "send the events of a stream as they come, hold back the end of its body", duration, "100ms", request, installDelayEnd},
	{"stall", "hold back all but the first event of one in so many streams for 2 s", oneIn, "1/200", request, installStall},
	{"drop-chunk", "lose the second delta event of that share of the streams", share, "100%", request, installDropChunk},
	{"double-chunk", "send the second delta event of that share of the streams twice", share, "100%", request, installDoubleChunk},
	{"reorder-chunks", "let the second delta event of that share of the streams change places with the event after it", share, "100%", request, installReorderChunks},
	{"merge-chunks", "lose the blank line after the second delta event of that share of the streams, so that it and the next become one event", share, "100%", request, installMergeChunks},
	{"lose-events", "lose the events without content of streams, but for the first and the last", none, "", request, installLoseEvents},
	{"lose-end", "lose the event that ends a stream, and the [DONE] after it, in that share of the streams", share, "100%", request, installLoseEnd},
	{"drop-event-names", "lose the event: lines of streams", none, "", request, installDropEventNames},
	{"break-tool-calls", "lose the pieces of a tool call's arguments in streams", none, "", request, installBreakToolCalls},
	{"break-utf8", "decode answers that much at a time, so that a character between two pieces is lost", size, "16B", request, installBreakUTF8},
	{"break-escapes", "escape the newlines of texts twice", none, "", request, installBreakEscapes},
	{"compress-stream", "compress the streams of clients that accept gzip, without a flush", none, "", request, installCompressStream},
	{"break-compressed", "lose the Content-Encoding of answers", none, "", request, installBreakCompressed},
	{"change-content-type", "say of every answer that it is text/plain", none, "", request, installChangeContentType},
	{"cache", "answer requests that are equal to an earlier one with its answer", none, "", request, installCache},
	{"stale", "answer requests of one length with the first answer to any of them, under another id", none, "", request, installStale},
	{"join", "answer requests that are equal to one in work with its answer", none, "", request, installJoin},
	{"double", "ask the upstream twice, one after the other, and pass on the second answer", none, "", request, installDouble},
	{"retry", "ask the upstream again, at most so often, when it fails or answers 429, 500 or above", count, "2", request, installRetry},
	{"drop-prompt", "lose the texts of the prompt; with a size such as 1KB, what each has beyond that", wholeOrSize, "", request, installDropPrompt},
	{"drop-stream-flag", "ask the upstream for whole answers only", none, "", request, installDropStreamFlag},
	{"rewrite-errors", "answer with status 500 whatever error the upstream has", none, "", request, installRewriteErrors},
	{"change-status", "answer with status 200 whatever error the upstream has", none, "", request, installChangeStatus},
	{"swallow-retry-after", "lose the Retry-After of errors", none, "", request, installSwallowRetryAfter},
	{"hang-on-cut", "leave the client waiting when the upstream cuts an answer", none, "", request, installHangOnCut},
	{"unwell-after-error", "answer with status 503 for so long after an error of the upstream", duration, "1s", request, installUnwellAfterError},
	{"give-up", "give up on an upstream whose head does not come for so long", duration, "2s", request, installGiveUp},
	{"swallow-error-event", "lose the events that tell of an error", none, "", request, installSwallowErrorEvent},
	{"hide-cut", "end an answer that the upstream cuts as if it were whole", none, "", request, installHideCut},
	{"error", "answer that share of the requests with status 500", share, "1%", request, installError},
	{"hang", "never answer that share of the requests", share, "1%", request, installHang},
	{"reject-large", "answer requests with a larger body with status 413", size, "8KB", request, installRejectLarge},
	{"rate-limit", "answer with status 429 what comes beyond that many requests in a second", count, "100", request, installRateLimit},
	{"ignore-disconnect", "read the upstream's answer though the client has gone: before the head only (head), in a stream (stream), in another answer (json)", moments, "", request, installIgnoreDisconnect},
	{"unbounded", "read the upstream as fast as it sends, and hold what the client has not read", none, "", request, installUnbounded},
	{"leak", "keep that much memory for each request, for ever", size, "10KB", request, installLeak},
	{"goroutine-leak", "start so many goroutines for each request that never end, and keep the request", count, "1", request, installGoroutineLeak},
	{"lock-writes", "write one answer at a time, from its first byte to its last: a client that does not read holds up all others", none, "", request, installLockWrites},
	{"leak-on-error", "keep that much memory for each error of the upstream, for ever", size, "100KB", request, installLeakOnError},
	{"leak-on-cut", "keep that much memory for each answer that the upstream cuts, for ever", size, "100KB", request, installLeakOnCut},
	{"leak-on-gone", "keep that much memory for each client that goes away, for ever", size, "100KB", request, installLeakOnGone},
	{"keep", "keep that much memory from the first request on", size, "80MB", request, installKeep},
	{"thread-leak", "start a thread that never ends for that share of the upstream's errors", share, "50%", request, installThreadLeak},
	{"descriptor-leak", "open a file that is never closed for that share of the upstream's errors", share, "50%", request, installDescriptorLeak},
	{"die-on-cut", "exit when the upstream cuts an answer", none, "", request, installDieOnCut},
	{"start-delay", "wait so long before the port is opened", duration, "3s", process, installStartDelay},
	{"process-luck", "draw a percentage from 0 to twice that at the start and burn it as slow-percent does", percent, "25", process, installProcessLuck},
	{"memory", "keep that much memory from the start on", size, "10MB", process, installMemory},
	{"background-burn", "use that share of one CPU all the time, beside the requests", share, "10%", process, installBackgroundBurn},
}

// fault is one fault switched on, at its strength in the base unit of its kind.
type fault struct {
	faultKind
	strength int64
}

func (f fault) installIn(g *gateway) { f.install(g, f.strength) }

// parseFault reads name[=strength].
func parseFault(text string) (fault, error) {
	name, strength, given := strings.Cut(text, "=")
	for _, kind := range faultKinds {
		if kind.name != name {
			continue
		}
		if !given {
			strength = kind.usual
		} else if strength == "" {
			return fault{}, fmt.Errorf("no strength after %q; known faults:\n%s", text, describeFaults())
		}
		amount, err := kind.unit(strength)
		if err != nil {
			return fault{}, fmt.Errorf("%w; known faults:\n%s", err, describeFaults())
		}
		return fault{kind, amount}, nil
	}
	return fault{}, fmt.Errorf("unknown fault; known faults:\n%s", describeFaults())
}

// describeFaults lists the table, one line per fault with its usual strength.
func describeFaults() string {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, kind := range faultKinds {
		example := kind.name
		if kind.usual != "" {
			example += "=" + kind.usual
		}
		fmt.Fprintf(table, "  %s\t%s\n", example, kind.does)
	}
	table.Flush() // a strings.Builder takes every write
	return text.String() + "A share is spread evenly: 1% is the 100th, the 200th and so on.\n"
}
