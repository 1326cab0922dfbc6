package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/probe"
	"github.com/rehearsal-dev/rehearsal/harness/suite"
)

func (a *app) probeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "probe",
		Short: "The experiments that a rehearsal carries out",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.probeListCommand())
	return cmd
}

func (a *app) probeListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the probes: what each asks, what it costs",
		Long: `List the probes of a rehearsal in the order in which they are carried out: what
each asks, what it costs, and the least --depth at which it is asked. What quick
asks is asked at every depth.

  rehearse probe list
  rehearse upgrade --package PATH --from REF --to REF --depth quick
` + exitHelp,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return a.probesAsJSON()
			}
			return a.probesAsTable()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON instead of a table")
	return cmd
}

// listedProbe is a probe as programs read it.
type listedProbe struct {
	Name  string      `json:"name"`
	Asks  string      `json:"asks"`
	Costs string      `json:"costs"`
	Depth suite.Depth `json:"depth"`
}

func (a *app) probesAsJSON() error {
	list := []listedProbe{}
	for _, x := range probe.Experiments {
		list = append(list, listedProbe{x.Name, x.Asks, x.Costs, x.Depth})
	}
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	return enc.Encode(list)
}

func (a *app) probesAsTable() error {
	table := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PROBE\tFROM DEPTH\tASKS\tCOSTS")
	for _, x := range probe.Experiments {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", x.Name, x.Depth, x.Asks, x.Costs)
	}
	return table.Flush()
}
