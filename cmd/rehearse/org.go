package main

import "github.com/spf13/cobra"

func (a *app) orgCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "org",
		Short: "Make simulated orgs and look into them",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.orgNewCommand(), a.orgShowCommand(), a.orgListCommand(), a.orgSaveCommand(), a.orgLoadCommand(), a.orgRemoveCommand())
	return cmd
}
