package invariant

import (
	"strings"

	"github.com/rehearsal-dev/rehearsal/harness/diff"
	"github.com/rehearsal-dev/rehearsal/harness/metadata"
	"github.com/rehearsal-dev/rehearsal/harness/probe"
)

// freshRule is one reason for which an upgraded org differs from a fresh one.
type freshRule struct {
	one, several string // titles; "{}" is the component, "{n}" how many
	why          string // the rule of the platform
	advice       string // "" for that of the code
}

// The rules, by upgrade-rules.md.
var (
	rulePicklist = freshRule{ // section 5
		"Existing customers never receive the new values of {}",
		"Existing customers never receive new values of {n} picklists",
		"an upgrade adds, renames and removes no value of a picklist that the org has",
		"name the values in the release notes for administrators to add; until they are there, no code may write them"}
	ruleOnce = freshRule{ // section 1, U = no
		"Existing customers never receive the changes to {}",
		"Existing customers never receive the changes to {n} components",
		"components of this type are deployed at the first install and never touched again",
		"ship the change as a new component, or tell administrators what to change by hand"}
	ruleOwned = freshRule{ // section 1, classes B and S
		"Existing customers keep what they have in {}",
		"Existing customers keep what they have in {n} components",
		"the attribute is the subscriber's once the component is installed (class B or S): a change reaches new installs only",
		"tell administrators what to change by hand"}
	ruleFrozen = freshRule{ // section 1, class N
		"Existing customers keep a frozen attribute of {}",
		"Existing customers keep frozen attributes of {n} components",
		"the attribute may not change once it is released (class N): packaging refuses the version",
		"leave it as it is and ship a new component with the new setting; see: rehearse package check"}
	ruleRecord = freshRule{ // section 3, CustomMetadata record
		"Existing customers keep their values of {}",
		"Existing customers keep their values of {n} custom metadata records",
		"the field is the subscriber's (fieldManageability SubscriberControlled): an upgrade keeps what the org holds",
		"ship a new record, or make the field upgradeable from its first release on"}
	ruleFieldSet = freshRule{ // section 10
		"Existing customers keep the columns of {}",
		"Existing customers keep the columns of {n} field sets",
		"an upgrade appends what is new to a field set and moves nothing between its columns",
		""}
	ruleMapping = freshRule{ // section 5, New picklist field
		"Existing customers keep the picklist values of {}",
		"Existing customers keep the picklist values of {n} record types",
		"the values that a record type offers are the subscriber's once it is installed",
		""}
	ruleRetained = freshRule{ // section 6
		"Existing customers keep {}, which the new version no longer has",
		"Existing customers keep {n} components which the new version no longer has",
		"an upgrade marks components of this type as deprecated and leaves them, with their data, in the org",
		"say in the release notes that administrators may delete them"}
	ruleLeft = freshRule{ // corpus-dev.md, A3, rule 4
		"Existing customers keep {}, which the new version no longer has",
		"Existing customers keep {n} components which the new version no longer has",
		"a deployment removes nothing without a destructive manifest",
		"ship a destructive manifest with the release"}
	ruleProfile = freshRule{ // section 8
		"Existing customers never receive changed settings of {}",
		"Existing customers never receive changed settings of {n} profiles",
		"settings of profiles for components that the org has are the subscriber's",
		"grant the access by a permission set, which upgrades rewrite"}
	ruleGrant = freshRule{ // section 8
		"Existing customers do not receive the access to {} that a first install gives",
		"Existing customers do not receive the access to {n} components that a first install gives",
		"an upgrade grants access to components that are new in it only, and a push to administrators only",
		"grant the access by a permission set, or by the post-install class"}
	ruleAbsent = freshRule{
		"Existing customers never receive {}",
		"Existing customers never receive {n} components",
		"the upgrade does not bring the component back: it was there under an earlier version and left",
		"give the component another name"}
	ruleOther = freshRule{
		"Existing customers hold another state of {}",
		"Existing customers hold another state of {n} components",
		"the way through earlier versions decides what is there",
		""}
)

// keptRule is why an upgraded org holds a component that a fresh one lacks.
func (e *Evidence) keptRule(entry *probe.Entry) freshRule {
	switch {
	case e.To.Kind == metadata.Unmanaged:
		return ruleLeft
	case entry.State == probe.Deprecated || e.To.Kind == metadata.Unlocked:
		return ruleRetained
	default:
		return ruleOther
	}
}

// ruleOf finds the rule by which a property of an upgraded org's component
// differs from that of a fresh one.
func (e *Evidence) ruleOf(c diff.Component, p metadata.PropertyChange) freshRule {
	component := c.After.Component
	switch {
	case p.Name == "picklistValues" || strings.HasPrefix(p.Name, "picklistValues["),
		component.Kind == metadata.GlobalValueSet && strings.HasPrefix(p.Name, "customValue"),
		component.Kind == metadata.CustomField && strings.HasPrefix(p.Name, "valueSet"):
		if component.Kind == metadata.RecordType {
			return ruleMapping
		}
		return rulePicklist
	case e.To.Kind != metadata.Managed:
		return ruleOther
	case component.Manageability().Upgraded == metadata.No:
		return ruleOnce
	case component.Kind == metadata.CustomMetadata && strings.HasPrefix(p.Name, "values"):
		return ruleRecord
	case component.Kind == metadata.FieldSet:
		return ruleFieldSet
	}
	switch class := metadata.Attribute(component.Kind, p.Name); {
	case class.SubscriberKeeps():
		return ruleOwned
	case class == metadata.Never:
		return ruleFrozen
	default:
		return ruleOther
	}
}
