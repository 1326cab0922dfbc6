package org

import (
	"context"
	"fmt"

	"github.com/rehearsal-dev/rehearsal/harness/apex/stdlib"
	"github.com/rehearsal-dev/rehearsal/harness/apex/vm"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
)

// InstallContext is what a post-install script is told (post-install.md,
// section 1). Empty ids are those of the org and its first administrator.
type InstallContext struct {
	OrganizationID  string
	InstallerID     string
	IsUpgrade       bool
	IsPush          bool
	PreviousVersion string // "1.2.0"; "" on a first install
}

// InstallScript makes an instance of the class, which implements
// System.InstallHandler, and calls onInstall.
func (tx *Tx) InstallScript(_ context.Context, namespace, class string, ic InstallContext) error {
	return tx.script(namespace, class, "onInstall", ic, stdlib.InstallContext)
}

// UninstallScript does the same for System.UninstallHandler and onUninstall.
func (tx *Tx) UninstallScript(_ context.Context, namespace, class string, ic InstallContext) error {
	return tx.script(namespace, class, "onUninstall", ic, stdlib.UninstallContext)
}

func (tx *Tx) script(namespace, class, method string, ic InstallContext, argument func(*vm.Thread, stdlib.Install) vm.Value) error {
	in := stdlib.Install{OrganizationID: orElse(ic.OrganizationID, tx.org.ID()), InstallerID: orElse(ic.InstallerID, tx.org.AdminID()), Push: ic.IsPush}
	if ic.IsUpgrade {
		v, ok := metadata.ParseVersion(ic.PreviousVersion)
		if !ok {
			return fmt.Errorf("run %s: previous version %q: not a version", class, ic.PreviousVersion)
		}
		in.Previous = &v
	}
	c := tx.compiled.program().Types().Class(namespace, class)
	if c == nil {
		return fmt.Errorf("run %s: the org has no class %s", method, prefixed(namespace, class))
	}
	handler, err := tx.thread.New(c)
	if err != nil {
		return err
	}
	_, err = tx.thread.Invoke(handler, method, argument(tx.thread, in))
	return err
}
