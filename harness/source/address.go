package source

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// address is a repository on a server: "https://github.com/OWNER/NAME",
// "git@github.com:OWNER/NAME.git", "ssh://…", "github:OWNER/NAME".
var address = regexp.MustCompile(`^(?:(?:https?|ssh|git)://[^/]+/|[\w.-]+@[\w.-]+:|github:)([\w.-]+)/([\w.-]+?)(?:\.git)?/?$`)

// IsAddress reports whether a path is the address of a repository on a server.
func IsAddress(path string) bool { return address.MatchString(path) }

// Mirrored finds the clone of an address in a directory of clones: as
// OWNER/NAME, OWNER+NAME or NAME in it, each also with ".git" or a "repo"
// folder. Nothing is fetched from a server.
func Mirrored(path, dir string) (string, error) {
	m := address.FindStringSubmatch(path)
	if m == nil {
		return "", fmt.Errorf("%s is not the address of a repository", path)
	}
	owner, name := m[1], m[2]
	if dir == "" {
		return "", fmt.Errorf("%s is an address, and nothing is fetched from a server; clone it and give the clone as path, or name a directory of clones with --mirror or mirror: in the suite, which holds it as %s/%s", path, owner, name)
	}
	for _, at := range []string{owner + "/" + name, owner + "+" + name, name} {
		for _, end := range []string{"/repo", ".git", ""} {
			clone := filepath.Join(dir, filepath.FromSlash(at+end))
			if info, err := os.Stat(clone); err == nil && info.IsDir() {
				return clone, nil
			}
		}
	}
	return "", fmt.Errorf("there is no clone of %s in %s; clone it there as %s", path, dir, owner+"/"+name)
}
