package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/result"
	"github.com/rehearsal-dev/rehearsal/scenarios"
)

// schemas are the JSON Schemas of what is read and written.
var schemas = []struct {
	name string
	text func() []byte
}{
	{"suite", scenarios.Schema},
	{"result", result.Schema},
}

func (a *app) schemaCommand() *cobra.Command {
	var names []string
	for _, s := range schemas {
		names = append(names, s.name)
	}
	return &cobra.Command{
		Use:   "schema " + strings.Join(names, "|"),
		Short: "Print the JSON Schema of suite files or of result.json",
		Long: `Print the JSON Schema of suite files, for editors that complete and check them,
or of result.json, for programs that read it.

  rehearse schema suite > rehearse.schema.json
  rehearse schema result > result.schema.json
` + exitHelp,
		Args: arguments(strings.Join(names, " or ")),
		RunE: func(_ *cobra.Command, args []string) error {
			i := slices.Index(names, args[0])
			if i < 0 {
				return badInput{fmt.Errorf("there is no schema %q; choose %s", args[0], strings.Join(names, " or "))}
			}
			_, err := a.out.Write(schemas[i].text())
			return err
		},
	}
}
