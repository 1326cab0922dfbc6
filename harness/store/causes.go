package store

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// Causes numbers the texts of causes for a store. Numbers are handed out at
// once; a store writes them with the first journal entry that needs them.
type Causes struct {
	Texts []string // by number, from 1
	Saved int      // how many of them the database has
	ids   map[string]Cause
}

// Number gives the number of a cause, making it when it is new.
func (c *Causes) Number(text string) Cause {
	if text == "" {
		return NoCause
	}
	if id := c.ids[text]; id != 0 {
		return id
	}
	if c.ids == nil {
		c.ids = map[string]Cause{}
	}
	c.Texts = append(c.Texts, text)
	id := Cause(len(c.Texts))
	c.ids[text] = id
	return id
}

// Text is what a number stands for.
func (c *Causes) Text(id Cause) string {
	if id < 1 || int(id) > len(c.Texts) {
		return ""
	}
	return c.Texts[id-1]
}

// Clone is an independent copy.
func (c *Causes) Clone() Causes {
	return Causes{Texts: slices.Clone(c.Texts), ids: maps.Clone(c.ids), Saved: c.Saved}
}

// FullID is an id with its checksum.
func FullID(id string) string {
	if len(id) == 15 {
		return id + value.Checksum(id)
	}
	return id
}

// PackIDs writes the ids of a journal entry without their checksums, each as
// the number of characters it shares with the one before and the rest: ids of
// one batch follow on each other, so two or three bytes do for most.
func PackIDs(n int, id func(int) string) []byte {
	out := binary.AppendUvarint(make([]byte, 0, 20+4*n), uint64(n))
	prev := ""
	for i := range n {
		s := FullID(id(i))
		if len(s) > 15 {
			s = s[:15]
		}
		same := 0
		for same < len(s) && same < len(prev) && s[same] == prev[same] {
			same++
		}
		out = append(out, byte(same), byte(len(s)-same))
		out = append(out, s[same:]...)
		prev = s
	}
	return out
}

var errJournal = errors.New("read the journal: an entry is damaged")

// UnpackIDs reads what PackIDs wrote.
func UnpackIDs(b []byte) ([]string, error) {
	n, used := binary.Uvarint(b)
	if used <= 0 || n > uint64(len(b)) {
		return nil, errJournal
	}
	b = b[used:]
	out := make([]string, 0, n)
	prev := ""
	for range n {
		if len(b) < 2 || int(b[0]) > len(prev) || len(b) < 2+int(b[1]) {
			return nil, errJournal
		}
		prev = prev[:b[0]] + string(b[2:2+int(b[1])])
		b = b[2+int(b[1]):]
		out = append(out, prev+value.Checksum(prev))
	}
	return out, nil
}
