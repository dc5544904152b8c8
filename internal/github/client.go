package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/google/go-github/v62/github"
	"github.com/org/proxy-bench-action/internal/retry"
)

// Options say which repository is asked, as whom, and by which means.
type Options struct {
	APIURL      string // GITHUB_API_URL: https://api.github.com
	Token       string
	Owner, Repo string

	// Transport carries all requests. Nil: [http.DefaultTransport].
	Transport http.RoundTripper
	// Timeout of one attempt, the reading of its answer included; an artifact's
	// download has its own. Zero: 30 s.
	Timeout time.Duration
	Clock   retry.Clock // for what is tried again
}

// Client asks about one repository. It can be used by several goroutines.
//
// A request that may succeed later is sent again, as package retry does it. One
// that fails for good is an [*Error].
type Client struct {
	api         *github.Client
	plain       *http.Client // without our token, for signed URLs
	clock       retry.Clock
	owner, repo string
}

const defaultTimeout = 30 * time.Second

// New makes a client; nothing is sent yet.
func New(o Options) (*Client, error) {
	base, err := url.Parse(o.APIURL)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
		return nil, fmt.Errorf("the API's URL is %q, expected one like https://api.github.com (GITHUB_API_URL)", o.APIURL)
	}
	if !validName(o.Owner) || !validName(o.Repo) {
		return nil, fmt.Errorf("the repository is %q of %q, expected OWNER/NAME (GITHUB_REPOSITORY)", o.Repo, o.Owner)
	}
	if o.Token == "" {
		return nil, errors.New("there is no token for GitHub: leave the input github-token at its default, or give it one")
	}
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	api := &apiTransport{
		base: o.Transport, clock: o.Clock, timeout: o.Timeout,
		origin: origin(base), token: o.Token,
	}
	c := &Client{
		plain: &http.Client{Transport: o.Transport},
		api:   github.NewClient(&http.Client{Transport: api}),
		clock: o.Clock,
		owner: o.Owner,
		repo:  o.Repo,
	}
	c.api.BaseURL = base.JoinPath("/")
	c.api.UserAgent = "proxy-bench"
	return c, nil
}

// get reads the JSON at a path below the repository's, for what go-github has no
// type for. It returns the next page, 0 after the last.
func (c *Client) get(ctx context.Context, path string, query url.Values, into any) (next int, err error) {
	u := fmt.Sprintf("repos/%s/%s/%s", c.owner, c.repo, path)
	if len(query) > 0 {
		u += "?" + query.Encode()
	}
	req, err := c.api.NewRequest(http.MethodGet, u, nil)
	if err != nil {
		return 0, err
	}
	resp, err := c.api.Do(ctx, req, into)
	if err != nil {
		return 0, err
	}
	return resp.NextPage, nil
}

// pageSize is the most that GitHub gives at once. "per_page: The number of
// results per page (max 100)", everywhere in https://docs.github.com/rest.
const pageSize = 100

// eachPage calls fetch for page after page until one says that no other follows.
func eachPage(most int, fetch func(page int) (next int, err error)) error {
	page := 1
	for range most {
		next, err := fetch(page)
		if err != nil || next == 0 {
			return err
		}
		page = next
	}
	return fmt.Errorf("there are more than %d pages of %d", most, pageSize)
}
