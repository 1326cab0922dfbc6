package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// AtLeast reports whether a severity is as grave as another.
func (s Severity) AtLeast(other Severity) bool { return s.rank() <= other.rank() }

// Word says what a finding of the severity is to a release: it fails, it breaks
// something, or it is a note.
func (s Severity) Word() string {
	switch s {
	case Blocker:
		return "fails"
	case Major:
		return "breaks"
	default:
		return "note"
	}
}

var (
	// idInMessage is a record id, or what looks like one.
	idInMessage = regexp.MustCompile(`\b[a-zA-Z0-9]{3}[0-9][a-zA-Z0-9]{11}(?:[a-zA-Z0-9]{3})?\b`)
	// numberInMessage is a count, a line, the number of an automatic name.
	numberInMessage = regexp.MustCompile(`\d+`)
)

// normalised is a text without what differs between runs of the same release:
// ids, counts, lines.
func normalised(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return numberInMessage.ReplaceAllString(idInMessage.ReplaceAllString(line, "ID"), "#")
}

// FingerprintOf is what a finding keeps over seeds, sizes of orgs and edits
// elsewhere: made of its code, its component, its message without ids and
// counts, and its cause without lines.
func FingerprintOf(f *Finding) string {
	parts := []string{string(f.Code), string(f.Cause.Kind), f.Cause.Component, f.Cause.Class, f.Cause.Method, f.Cause.Trigger, normalised(f.Cause.Job)}
	switch {
	case f.Count > 1: // of many components: what they have in common
		parts = append(parts, normalised(f.Several), normalised(f.Cause.Detail))
	case len(f.Components) > 0:
		parts = append(parts, f.Components[0].String(), normalised(f.Message))
	case f.Message == "" || f.Code == ExpectationFails:
		title, _, _ := strings.Cut(f.Title, ":")
		parts = append(parts, normalised(title))
	default:
		parts = append(parts, normalised(f.Message))
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}
