package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// installParse is what a gateway does that looks into the body, even if it
// changes nothing there. An empty body has nothing to look into.
func installParse(g *gateway, _ int64) {
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		body, err := io.ReadAll(r.Body)
		if err == nil && len(body) > 0 {
			body, err = reserialise(body)
		}
		if err != nil {
			http.Error(w, "request body: "+err.Error(), http.StatusBadRequest)
			return
		}
		setBody(r, body)
		next.ServeHTTP(w, r)
	})
}

// reserialise keeps every value as it was, numbers to their last digit; the
// order of keys and the white space are lost.
func reserialise(body []byte) ([]byte, error) {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("more than one JSON value")
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

func installPerByte(g *gateway, picoseconds int64) {
	g.bySize(func(bytes int64) float64 { return perByte(picoseconds, bytes) })
}

func installQuadratic(g *gateway, nanoseconds int64) {
	g.bySize(func(bytes int64) float64 { return quadratic(nanoseconds, bytes) })
}

// perByte is the cost of a body in nanoseconds. It is a float because a strong
// fault and a large body exceed an int64.
func perByte(picoseconds, bytes int64) float64 { return float64(picoseconds) / 1000 * float64(bytes) }

// quadratic is the cost of, for example, appending each piece to a copy of all
// that came before.
func quadratic(nanoseconds, bytes int64) float64 {
	kb := float64(bytes) / 1024
	return float64(nanoseconds) * kb * kb
}

// bySize burns what a request body costs, at most an hour.
func (g *gateway) bySize(cost func(bytes int64) float64) {
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.ContentLength < 0 { // sent in chunks: has to be read to know
			body, err := io.ReadAll(r.Body)
			if err != nil {
				http.Error(w, "request body: "+err.Error(), http.StatusBadRequest)
				return
			}
			setBody(r, body)
		}
		if r.ContentLength > 0 {
			burn(time.Duration(min(cost(r.ContentLength), float64(time.Hour))))
		}
		next.ServeHTTP(w, r)
	})
}

// setBody replaces the body of a request that was read.
func setBody(r *http.Request, body []byte) {
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	r.TransferEncoding = nil
	r.Header.Set("Content-Length", strconv.Itoa(len(body)))
}
