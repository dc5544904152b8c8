package gateway

import (
	"io"
	"os"
	"regexp"
)

// tailBytes is what is read of a log for an error: enough for a stack trace
// below the message that matters.
const tailBytes = 16 << 10

var addressInUse = regexp.MustCompile(`(?i)address (already )?in use|EADDRINUSE`)

// readTail gives the last bytes of a file, at most limit.
func readTail(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	from := max(0, info.Size()-limit)
	return io.ReadAll(io.NewSectionReader(f, from, limit))
}
