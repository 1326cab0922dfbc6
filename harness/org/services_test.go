package org

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// asked finds the services that the standard library asks for.
var asked = regexp.MustCompile(`(?:\bservice\(|\.Call\(t, )"([^"]+)"`)

// notSimulated are services that the library asks for and no org has: who asks
// is told, and the ledger names them.
var notSimulated = map[string]bool{"Http.send": true, "Metadata.Operations.enqueueDeployment": true, "Metadata.Operations.retrieve": true}

// TestServicesAreThoseAskedFor holds the table against the standard library:
// nothing in it is asked by nobody, and what is missing is missing on purpose.
func TestServicesAreThoseAskedFor(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../apex/stdlib/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no library: %v", err)
	}
	var library strings.Builder
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		library.Write(text)
		for _, m := range asked.FindAllStringSubmatch(string(text), -1) {
			if services[m[1]] == nil && !notSimulated[m[1]] {
				t.Errorf("%s asks for %s, which no org has", filepath.Base(file), m[1])
			}
		}
	}
	for name := range services {
		if !strings.Contains(library.String(), `"`+name+`"`) {
			t.Errorf("nobody asks for %s", name)
		}
	}
	for name := range notSimulated {
		if services[name] != nil {
			t.Errorf("%s is simulated by now", name)
		}
	}
}
