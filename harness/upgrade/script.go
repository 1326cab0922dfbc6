package upgrade

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/cause"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/upgrade/install"
)

// ScriptRun is one run of a post-install script.
type ScriptRun struct {
	Class   string
	Skipped string // why it did not run; "" when it ran
	Context org.InstallContext
	Result  *org.TxResult // what the transaction used and left behind; nil when skipped
	Err     error         // what ended it, nil when it returned
	// DeveloperMail is what the package's "Notify on Apex Error" user receives of
	// an exception that the installer does not see (post-install.md, section 3,
	// steps 5 and 6); "" when there was none.
	DeveloperMail string
}

// runScript runs the version's post-install class as the last step of the
// install (post-install.md, section 3). An exception that leaves onInstall
// undoes the whole install, and the installer sees one sentence.
func (r *Report) runScript(ctx context.Context, o *org.Org, pkg *metadata.Package, current org.InstalledPackage, opt install.Options) error {
	if pkg.PostInstall == "" {
		return nil
	}
	run := &ScriptRun{Class: pkg.PostInstall, Context: InstallContext(o, r.Previous, opt.Mode)}
	r.Script = run
	if pkg.Kind != metadata.Managed {
		run.Skipped = fmt.Sprintf("post-install scripts run for managed packages only, and this package is %s", pkg.Kind)
		return nil
	}
	if pkg.Find(metadata.ApexClass, pkg.PostInstall) == nil {
		run.Skipped = "this version has no class of that name"
		return nil
	}
	run.Result, run.Err = RunScript(ctx, o, pkg, current, run.Context)
	if run.Err == nil {
		return nil
	}
	var apex *org.ApexError
	if !errors.As(run.Err, &apex) {
		return fmt.Errorf("run post-install class %s: %w", pkg.PostInstall, run.Err)
	}
	run.DeveloperMail = developerMail(o, current, apex)
	failure := fail(ScriptFails, "running the post-install class "+pkg.PostInstall, []string{"ApexClass " + pkg.PostInstall})
	failure.Cause = run.Err
	return failure
}

// developerMail words the mail about an exception (post-install.md, section 3,
// example of a developer mail).
func developerMail(o *org.Org, current org.InstalledPackage, e *org.ApexError) string {
	return fmt.Sprintf("Developer script exception from %s : '%s' : %s\n\nApex script unhandled exception by user/organization: %s/%s\n\n%s: %s\n\n%s",
		o.Name(), current.Name, e.Message, current.ID, o.ID(), e.Type, e.Message, strings.TrimSpace(e.Stack()))
}

// InstallContext is what the script is told about an install (post-install.md,
// section 1). previous is nil on a first install.
func InstallContext(o *org.Org, previous *org.InstalledPackage, mode install.Mode) org.InstallContext {
	ic := org.InstallContext{OrganizationID: o.ID(), InstallerID: o.AdminID(), IsPush: mode == install.Push}
	if previous != nil {
		v := previous.Version
		ic.IsUpgrade = true
		// Always three parts (post-install.md, section 1).
		ic.PreviousVersion = fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
	}
	return ic
}

// RunScript runs the post-install class of an installed version once, as the
// package's system user, in a transaction of its own.
func RunScript(ctx context.Context, o *org.Org, pkg *metadata.Package, current org.InstalledPackage, ic org.InstallContext) (*org.TxResult, error) {
	opt := org.TxOptions{Cause: cause.Script(pkg.PostInstall), Package: current.Name, Namespace: pkg.Namespace, Quiddity: "POST_INSTALL_SCRIPT"}
	return o.Run(ctx, opt, func(tx *org.Tx) error {
		return tx.InstallScript(ctx, pkg.Namespace, pkg.PostInstall, ic)
	})
}
