package apextest

import (
	"context"
	"fmt"
	"slices"

	"github.com/rehearsal-dev/rehearsal/harness/diag"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/org"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
)

// Set is the packages that tests run with.
type Set struct {
	Base      []*metadata.Package // in the order they are installed, with their own namespaces
	Package   *metadata.Package   // whose tests run
	Namespace string              // the tested package's components get it; "" for an org without namespace
}

// Build makes an org with the components of a set: those of base packages as
// installed, those of the tested package as they are in a scratch org. No
// post-install script runs, as in a deployment of source. The diagnostics name
// components that could not be placed.
//
// The org is one that uses record types: standard objects have a RecordTypeId
// also where no package brings a record type. On the platform the field comes
// with an object's first record type, and packages that read it are developed
// and installed where there is one, which their own source does not hold.
func Build(ctx context.Context, cfg org.Config, set Set) (*org.Org, diag.List, error) {
	cfg.Features = withRecordTypes(cfg.Features)
	o, err := org.New(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	var all diag.List
	for _, p := range append(set.Base[:len(set.Base):len(set.Base)], set.Package) {
		ns, state := p.Namespace, org.Installed
		if p == set.Package {
			ns = set.Namespace
		}
		if p == set.Package || p.Kind != metadata.Managed {
			state = org.Unmanaged
		}
		var change org.Change
		for _, c := range p.Components {
			change.Put = append(change.Put, &org.Entry{Component: c, Namespace: ns, State: state, Package: packageOf(p, state)})
		}
		diags, err := o.Deploy(ctx, change)
		if err == nil && state == org.Installed {
			_, err = o.SetPackage(ctx, org.InstalledPackage{Name: p.Name, Namespace: ns, Kind: p.Kind, Version: p.Version, VersionName: p.VersionName})
		}
		if err != nil {
			_ = o.Close() // the first error tells more
			return nil, nil, fmt.Errorf("put package %s into the org: %w", p.Name, err)
		}
		all = diags // of the whole org
	}
	if err := assign(ctx, o, set); err != nil {
		_ = o.Close()
		return nil, nil, err
	}
	o.Trace().Reset()
	return o, all, nil
}

// assign gives the user who runs the tests the permission sets that the project
// says (sfdx-project.json, apexTestAccess). One that is not there is no error:
// the project may name sets of packages that are not at hand.
func assign(ctx context.Context, o *org.Org, set Set) error {
	code := ""
	for _, name := range set.Package.TestAccess {
		if id := o.MirrorID(org.Key{Kind: metadata.PermissionSet, Namespace: set.Namespace, Name: name}); id != "" {
			code += fmt.Sprintf("insert new PermissionSetAssignment(AssigneeId = UserInfo.getUserId(), PermissionSetId = '%s');\n", id)
		}
	}
	if code == "" {
		return nil
	}
	_, err := o.Run(ctx, org.TxOptions{Cause: "assigning permission sets"}, func(tx *org.Tx) error { return tx.Anonymous(ctx, code) })
	if err != nil {
		return fmt.Errorf("assign permission sets to who runs the tests of %s: %w", set.Package.Name, err)
	}
	return nil
}

func withRecordTypes(features []schema.Feature) []schema.Feature {
	if slices.Contains(features, schema.RecordTypes) {
		return features
	}
	return append(slices.Clip(features), schema.RecordTypes)
}

func packageOf(p *metadata.Package, state org.State) string {
	if state == org.Installed {
		return p.Name
	}
	return ""
}
