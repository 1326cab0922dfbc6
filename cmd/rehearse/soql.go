package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/soql"
)

func (a *app) soqlCommand() *cobra.Command {
	var (
		from          orgFlags
		asJSON, asCSV bool
	)
	cmd := &cobra.Command{
		Use:   `soql "SELECT …" --org FILE.org`,
		Short: "Query an org",
		Long:  "Query an org with SOQL. The answer is a table, or JSON or CSV.\n" + keptHelp + exitHelp,
		Args:  arguments("a query in quotes"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if from.name == "" {
				return badInput{fmt.Errorf("say which org to ask: --org FILE.org")}
			}
			if asJSON && asCSV {
				return badInput{fmt.Errorf("--json and --csv exclude each other")}
			}
			ctx := cmd.Context()
			var res *soql.Result
			err := from.look(ctx, func(o *org.Org) error {
				_, err := o.Run(ctx, org.TxOptions{Cause: "rehearse soql", NoLimits: true}, func(tx *org.Tx) (err error) {
					res, _, err = tx.Select(ctx, args[0], nil)
					return err
				})
				if err != nil {
					return badInput{err}
				}
				return nil
			})
			if err != nil {
				return err
			}
			ans := newAnswer(args[0], res)
			switch {
			case asJSON:
				return ans.writeJSON(a.out)
			case asCSV:
				return ans.writeCSV(a.out)
			default:
				return ans.writeTable(a.out, a.errs)
			}
		},
	}
	flags := cmd.Flags()
	from.add(cmd, "`FILE.org` to ask")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	flags.BoolVar(&asCSV, "csv", false, "print CSV")
	return cmd
}
