package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/soql"
)

// ask runs a query, with the names of a namespace at hand without their prefix.
func ask(ctx context.Context, o *org.Org, namespace, query string) (res *soql.Result, err error) {
	_, err = o.Run(ctx, org.TxOptions{Cause: "rehearse soql", Namespace: namespace, NoLimits: true}, func(tx *org.Tx) (err error) {
		res, _, err = tx.Select(ctx, query, nil)
		return err
	})
	return res, err
}

// onlyNamespace is the namespace of an org's packages where there is one; ""
// for none and for several, between which only the prefix decides.
func onlyNamespace(o *org.Org) string {
	only := ""
	for _, p := range o.Packages() {
		switch {
		case p.Namespace == "" || p.Namespace == only:
		case only != "":
			return ""
		default:
			only = p.Namespace
		}
	}
	return only
}

func (a *app) soqlCommand() *cobra.Command {
	var (
		from          orgFlags
		asJSON, asCSV bool
	)
	cmd := &cobra.Command{
		Use:   `soql "SELECT …" --org FILE.org`,
		Short: "Query an org",
		Long: "Query an org with SOQL. The answer is a table, or JSON or CSV. Where the org has one namespace, " +
			"its names may be written without the prefix, as with defaultNamespace in the API.\n" + keptHelp + exitHelp,
		Args: arguments("a query in quotes"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if from.name == "" {
				return badInput{fmt.Errorf("say which org to ask: --org FILE.org")}
			}
			if asJSON && asCSV {
				return badInput{fmt.Errorf("--json and --csv exclude each other")}
			}
			ctx := cmd.Context()
			var res *soql.Result
			err := from.look(ctx, func(o *org.Org) (err error) {
				if res, err = ask(ctx, o, "", args[0]); err != nil {
					if namespace := onlyNamespace(o); namespace != "" {
						if short, failed := ask(ctx, o, namespace, args[0]); failed == nil {
							res, err = short, nil
						}
					}
				}
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
				return ans.writeCSV(a.dataOut())
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
