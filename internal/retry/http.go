package retry

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// ErrTooLarge is an answer with more bytes than it may have.
var ErrTooLarge = errors.New("too large")

// Status tells whether another attempt may succeed after an answer with a status.
func Status(code int) bool {
	switch code {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// After reads the header Retry-After, seconds or a date; 0 is none.
func After(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(text); err == nil {
		return max(date.Sub(now), 0)
	}
	return 0
}

// ReadAll reads a body of at most limit bytes: a longer one is an [ErrTooLarge],
// one that breaks off is [*Temporary].
func ReadAll(body io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, &Temporary{Err: fmt.Errorf("the answer breaks off after %d bytes: %w", len(data), err)}
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("the answer has more than %d bytes: %w", limit, ErrTooLarge)
	}
	return data, nil
}

// WithoutQuery takes the query off the URL of a request that failed: in a signed
// URL it is a key.
func WithoutQuery(err error) error {
	u, ok := errors.AsType[*url.Error](err)
	if !ok {
		return err
	}
	place, _, _ := strings.Cut(u.URL, "?")
	return fmt.Errorf("%s %s: %w", strings.ToUpper(u.Op), place, u.Err)
}

// Save writes a body of at most limit bytes into a file, in the place of what an earlier
// try has left there, and returns its sha256 in hex. A longer one is an [ErrTooLarge], one
// that breaks off a [*Temporary]. After an error the content of the file is undefined.
func Save(body io.Reader, into *os.File, limit int64) (sum string, err error) {
	if _, err = into.Seek(0, io.SeekStart); err == nil {
		err = into.Truncate(0)
	}
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(into, hash), io.LimitReader(body, limit+1))
	switch {
	case err != nil:
		return "", &Temporary{Err: fmt.Errorf("the answer breaks off after %d bytes: %w", n, err)}
	case n > limit:
		return "", fmt.Errorf("the answer has more than %d bytes: %w", limit, ErrTooLarge)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
