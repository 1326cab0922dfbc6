package main

import "github.com/spf13/cobra"

func (a *app) apexCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "apex",
		Short: "Run Apex in an org; compile, list and test that of packages",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.apexRunCommand(), a.apexTestCommand(), a.apexCheckCommand(), a.apexOutlineCommand())
	return cmd
}
