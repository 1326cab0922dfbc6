package source

import (
	"os"
	"path/filepath"
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

// NameOf is what a package is called after the place it was found in when its
// project files give it no name: the last part of the path that says something.
func NameOf(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		abs = path
	}
	for dir := abs; ; dir = filepath.Dir(dir) {
		base := filepath.Base(dir)
		for _, end := range []string{".git", ".zip"} {
			base = strings.TrimSuffix(base, end)
		}
		if base != "" && !placeNames[strings.ToLower(base)] {
			return base
		}
		if dir == filepath.Dir(dir) {
			return filepath.Base(abs)
		}
	}
}

// placeNames are names of folders that say nothing about what is in them.
var placeNames = map[string]bool{"repo": true, "repository": true, "src": true, "source": true, "force-app": true, "main": true, "default": true}
