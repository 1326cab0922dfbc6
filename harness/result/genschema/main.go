// Command genschema writes the JSON Schema of a document out of the Go types it
// is made of: the members from the fields and their JSON tags, the descriptions
// from the comments, the values of an enumeration from the constants of its type.
//
//	genschema -out FILE DIRECTORY...
//
// The first directory is the package whose type Result is the document; the
// others are the packages that it draws from.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	out := flag.String("out", "", "`FILE` to write")
	flag.Parse()
	text, err := generate(flag.Args())
	if err == nil {
		err = os.WriteFile(*out, text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "genschema:", err)
		os.Exit(1)
	}
}
