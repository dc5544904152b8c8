package mockllm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/org/proxy-bench-action/internal/exchange"
)

// Perform makes the mock answer by these scripts, besides those that it has, until
// Perform is called without any. A number that it has gets the new script, and what was
// received for it is forgotten. Meanwhile requests for answers are not in [Stats].
func (p *Process) Perform(ctx context.Context, scripts ...exchange.Script) error {
	if scripts == nil {
		scripts = []exchange.Script{}
	}
	_, err := p.control(ctx, http.MethodPost, p.keyed(scriptsPath), encode(scripts))
	if len(scripts) == 0 {
		p.performing.CloseIdleConnections()
	}
	return err
}

// Received are the requests for the scripts of these numbers so far.
func (p *Process) Received(ctx context.Context, numbers ...int) (h exchange.Heard, err error) {
	query := strings.Trim(strings.ReplaceAll(fmt.Sprint(numbers), " ", ","), "[]")
	body, err := p.control(ctx, http.MethodGet, p.keyed(scriptsPath)+"&numbers="+query, nil)
	if err == nil {
		err = json.Unmarshal(body, &h)
	}
	return h, err
}

func (p *Process) control(ctx context.Context, method, target string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+p.Addr+target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	resp, err := p.performing.Do(req)
	if err != nil {
		return nil, fmt.Errorf("mock: scripts: %w", errors.Unwrap(err)) // without the key in its URL
	}
	var answer bytes.Buffer
	_, err = answer.ReadFrom(resp.Body)
	err = errors.Join(err, resp.Body.Close())
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("mock: scripts: %s: %s", resp.Status, bytes.TrimSpace(answer.Bytes()))
	}
	return answer.Bytes(), err
}
