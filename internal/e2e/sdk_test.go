//go:build platform

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// sdk has the official SDKs and what is made with them.
const sdk = "../../testdata/sdk"

func needSDKs(t *testing.T) (python string) {
	t.Helper()
	python = filepath.Join(sdk, "venv/bin/python")
	for _, path := range []string{python, filepath.Join(sdk, "node_modules/openai")} {
		if _, err := os.Stat(path); err != nil {
			testenv.Lacks(t, fmt.Sprintf("the official SDKs are not installed: %v", err), "install them as CONTRIBUTING.md says")
		}
	}
	return python
}

// body is a request as the SDKs are asked about it.
type body struct {
	Name   string     `json:"name"`
	API    llmapi.API `json:"api"`
	Stream bool       `json:"stream"`
	Body   string     `json:"body"`
}

// bodies are requests of every API, mode, size and payload.
func bodies(t *testing.T) (all []body) {
	t.Helper()
	for _, api := range llmapi.All() {
		for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
			for _, payload := range append(llmapi.Payloads(), llmapi.BySize) {
				for _, size := range []int{100, 1 << 10, 10 << 10, 100 << 10} {
					for _, answer := range []int{0, 12} {
						ask := llmapi.Ask{Mode: mode, Payload: payload, Answer: answer, Extra: api.Extra()}
						least, err := llmapi.LeastBody(api, ask)
						if err != nil {
							t.Fatal(err)
						}
						ask.Size = max(size, least)
						made, err := llmapi.RequestBody(api, ask)
						if err != nil {
							t.Fatal(err)
						}
						llmapi.PutNonce(made[llmapi.NonceAt(made):], uint32(len(all)))
						name := fmt.Sprintf("%s %s %s %d answer %d", api, mode, payload, size, answer)
						all = append(all, body{name, api, mode == bench.SSE, string(made)})
					}
				}
			}
		}
	}
	return all
}

// TestPlatformSDKPython: every request has the type of the create method of the
// official SDK, strictly and without members that it does not know.
func TestPlatformSDKPython(t *testing.T) {
	python := needSDKs(t)
	all := bodies(t)
	wrong := body{"wrong", llmapi.Chat, false, `{"model":"m","messages":[{"role":"user","content":"x","kind":1}]}`}
	var lines bytes.Buffer
	for _, b := range append(all, wrong) {
		if err := json.NewEncoder(&lines).Encode(b); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(python, filepath.Join(sdk, "bodies.py"))
	cmd.Stdin = &lines
	out, _ := cmd.CombinedOutput() // it fails for the wrong one
	if want := fmt.Sprintf("\n%d checked, 1 wrong\n", len(all)+1); !strings.HasSuffix(string(out), want) || !bytes.HasPrefix(out, []byte("wrong: ")) {
		t.Errorf("%s\nwant %s", out, want)
	}
}

// TestPlatformSDKTypeScript: the same for the SDK for JavaScript, whose types are
// those of TypeScript.
func TestPlatformSDKTypeScript(t *testing.T) {
	needSDKs(t)
	types := map[llmapi.API]string{
		llmapi.Responses: "OpenAI.Responses.ResponseCreateParams",
		llmapi.Chat:      "OpenAI.Chat.ChatCompletionCreateParams",
		llmapi.Messages:  "Anthropic.Messages.MessageCreateParams",
	}
	var source strings.Builder
	source.WriteString("import OpenAI from 'openai'\nimport Anthropic from '@anthropic-ai/sdk'\n")
	all := bodies(t)
	declare := func(i int, b body) {
		mode := map[bool]string{true: "Streaming", false: "NonStreaming"}[b.Stream]
		fmt.Fprintf(&source, "export const b%d: %s%s = %s\n", i, types[b.API], mode, b.Body)
	}
	for i, b := range all {
		declare(i, b)
	}
	declare(len(all), body{"wrong", llmapi.Messages, false, `{"model":"m","max_tokens":1,"stream":false,"messages":[{"role":"user","content":"x","kind":1}]}`})
	dir, err := os.MkdirTemp(sdk, "bodies-") // below node_modules
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "bodies.ts")
	if err := os.WriteFile(file, []byte(source.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command(filepath.Join(sdk, "node_modules/.bin/tsc"), "--noEmit", "--strict", "--skipLibCheck",
		"--target", "es2022", "--module", "nodenext", "--pretty", "false", file).CombinedOutput() // it fails for the wrong one
	mistakes := regexp.MustCompile(`(?m)^.*bodies\.ts\((\d+),\d+\): error .*$`).FindAllStringSubmatch(string(out), -1)
	if len(mistakes) != 1 || mistakes[0][1] != fmt.Sprint(len(all)+3) || !strings.Contains(mistakes[0][0], `"kind"`) {
		t.Errorf("%d mistakes, want the one of line %d:\n%.2000s", len(mistakes), len(all)+3, out)
	}
}

// TestPlatformSDKHeaders: requests have the headers of the SDKs, but for what they say
// of themselves.
func TestPlatformSDKHeaders(t *testing.T) {
	out, err := exec.Command(needSDKs(t), filepath.Join(sdk, "headers.py")).Output()
	var theirs map[llmapi.API]map[string]string
	if err == nil {
		err = json.Unmarshal(out, &theirs)
	}
	if err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	for _, api := range llmapi.All() {
		ours := map[string]string{}
		for _, h := range (llmapi.Endpoint{}).Complete(api) {
			ours[strings.ToLower(h.Name)] = h.Value
		}
		compared := 0
		for name, value := range theirs[api] {
			if name == "user-agent" || strings.HasPrefix(name, "x-stainless-") {
				continue
			}
			compared++
			if ours[name] != value {
				t.Errorf("%s: %s is %q, and %q in the SDK", api, name, ours[name], value)
			}
		}
		if compared < 2 {
			t.Errorf("%s: the SDK has the headers %v", api, theirs[api])
		}
	}
}

// read is what an SDK has read of an answer.
type read struct {
	API     llmapi.API
	Stream  bool
	ID      string
	Text    string
	Deltas  string
	Role    string
	Finish  string
	In, Out int // tokens
	Total   int
}

// TestPlatformSDKDrive: what the mock answers is what the official SDKs understand.
func TestPlatformSDKDrive(t *testing.T) {
	python := needSDKs(t)
	url := startMockCommand(t)
	for _, command := range [][]string{
		{python, filepath.Join(sdk, "drive.py")},
		{"node", filepath.Join(sdk, "drive.mjs")},
	} {
		t.Run(filepath.Base(command[1]), func(t *testing.T) {
			cmd := exec.Command(command[0], append(command[1:], url, "lusab babad Yes.")...)
			cmd.Stderr = os.Stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			ids, answers := map[string]bool{}, 0
			for line := range bytes.Lines(out) {
				var r read
				if err := json.Unmarshal(line, &r); err != nil {
					t.Fatalf("%v in %s", err, line)
				}
				checkRead(t, r, ids[r.ID])
				ids[r.ID] = true
				answers++
			}
			if answers != 7 {
				t.Errorf("%d answers", answers)
			}
		})
	}
}

// startMockCommand starts `proxy-bench mock` and returns its URL.
func startMockCommand(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "proxy-bench")
	if out, err := exec.Command("go", "build", "-o", program, "../../cmd/proxy-bench").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(program, "mock", "--listen", "127.0.0.1:0")
	said, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait() // it was interrupted
	})
	line, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url := regexp.MustCompile(`http://[0-9.:]+`).FindString(line)
	if url == "" {
		t.Fatalf("no URL in %q", line)
	}
	return url
}

func checkRead(t *testing.T, r read, seen bool) {
	t.Helper()
	finish := map[llmapi.API]string{llmapi.Responses: "completed", llmapi.Chat: "stop", llmapi.Messages: "end_turn"}
	if r.ID == "" || seen || r.Role != "assistant" || r.Finish != finish[r.API] {
		t.Errorf("%s, stream %t: id %q, seen before %t, role %q, finish %q", r.API, r.Stream, r.ID, seen, r.Role, r.Finish)
	}
	// A chat stream has its usage only when it is asked for: once of twice.
	if r.Total == 0 && (r.API != llmapi.Chat || !r.Stream) || r.Total != r.In+r.Out {
		t.Errorf("%s, stream %t: %d tokens in, %d out, %d in all", r.API, r.Stream, r.In, r.Out, r.Total)
	}
	if r.Stream {
		checkStreamed(t, r)
		return
	}
	if text := sentText(t, r.API); r.Text != text {
		t.Errorf("%s: read %q, want %q", r.API, r.Text, text)
	}
}

// sentText is the text of a JSON answer.
func sentText(t *testing.T, api llmapi.API) string {
	t.Helper()
	type part struct{ Text string }
	var answer struct {
		Output  []struct{ Content []part }                   // Responses
		Choices []struct{ Message struct{ Content string } } // Chat
		Content []part                                       // Messages
	}
	if err := json.Unmarshal(llmapi.JSONAnswer(api, llmapi.DefaultShape()), &answer); err != nil {
		t.Fatal(err)
	}
	switch api {
	case llmapi.Responses:
		return answer.Output[0].Content[0].Text
	case llmapi.Chat:
		return answer.Choices[0].Message.Content
	}
	return answer.Content[0].Text
}

// checkStreamed compares the text chunk by chunk, but for the send times in it.
func checkStreamed(t *testing.T, r read) {
	t.Helper()
	if r.Deltas != r.Text {
		t.Errorf("%s: the deltas are %q, the whole text is %q", r.API, r.Deltas, r.Text)
	}
	shape, rest := llmapi.DefaultShape(), r.Text
	for chunk := range shape.Chunks {
		var want string
		if err := json.Unmarshal([]byte(`"`+string(llmapi.AppendChunk(nil, shape, chunk))+`"`), &want); err != nil {
			t.Fatal(err)
		}
		if len(rest) < len(want) {
			t.Fatalf("%s: the text ends before chunk %d", r.API, chunk)
		}
		number, ok := llmapi.ParseNumber([]byte(rest))
		if !ok || number != chunk || rest[llmapi.MarkBytes:len(want)] != want[llmapi.MarkBytes:] {
			t.Fatalf("%s: chunk %d is %q, want %q", r.API, chunk, rest[:len(want)], want)
		}
		rest = rest[len(want):]
	}
	if rest != "" {
		t.Errorf("%s: %q follows the last chunk", r.API, rest)
	}
}
