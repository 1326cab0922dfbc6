package source_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rehearsal-dev/rehearsal/harness/source"
)

// TestMirrored finds clones of addresses, and says what to do where there is none.
func TestMirrored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, clone := range []string{"acme/one", "acme+two/repo", "three.git"} {
		if err := os.MkdirAll(filepath.Join(dir, clone), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ path, dir, want string }{
		{"https://github.com/acme/one", dir, "acme/one"},
		{"https://github.com/acme/one.git", dir, "acme/one"},
		{"git@github.com:acme/two.git", dir, "acme+two/repo"},
		{"github:acme/three", dir, "three.git"},
		{"ssh://git@example.com/acme/three/", dir, "three.git"},
		{"https://github.com/acme/four", dir, "there is no clone of https://github.com/acme/four"},
		{"https://github.com/acme/one", "", "is an address, and nothing is fetched from a server; clone it"},
	} {
		got, err := source.Mirrored(tt.path, tt.dir)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(filepath.ToSlash(got), tt.want) || !source.IsAddress(tt.path) {
			t.Errorf("%s in %q: %s, want %s", tt.path, tt.dir, got, tt.want)
		}
	}
	for _, path := range []string{"../packages/p", "./p.zip", "C:/work/p", "p"} {
		if source.IsAddress(path) {
			t.Errorf("%s is taken for an address", path)
		}
	}
}
