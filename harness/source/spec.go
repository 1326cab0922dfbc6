package source

import (
	"os"
	"strings"
)

// ParseSpec splits "PATH@REF:FOLDER". REF and FOLDER may be missing. The last
// '@' counts, and a colon counts only after it. A PATH that exists as it is
// written is taken whole, so a directory may have an '@' in its name.
func ParseSpec(s string) (path, ref, folder string) {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return s, "", ""
	}
	if _, err := os.Stat(s); err == nil {
		return s, "", ""
	}
	ref, folder, _ = strings.Cut(s[at+1:], ":")
	return s[:at], ref, folder
}
