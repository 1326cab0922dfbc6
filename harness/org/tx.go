package org

import (
	"context"

	"github.com/rehearsal-dev/rehearsal/harness/org/save"
	"github.com/rehearsal-dev/rehearsal/harness/schema"
	"github.com/rehearsal-dev/rehearsal/harness/value"
)

// TxOptions says who runs a transaction and why.
type TxOptions struct {
	User  string // id of the running user; "" for the org's first administrator
	Cause string // what the writes are blamed on: "traffic: case-intake", "anonymous Apex"
	Async bool   // asynchronous governor limits
	// Package makes the transaction run as the package's own system user
	// (post-install.md, section 4): the name of an installed package.
	Package string
	// Namespace is where names in SOQL and anonymous Apex resolve first.
	Namespace string
	NoLimits  bool
}

// LimitUse is one governor limit at the end of a transaction. Namespace is the
// bucket: "" is the org's.
type LimitUse struct {
	Name      string // "Queries", "DmlRows": as the Limits class names them
	Namespace string
	Used, Max int64
}

// Mail is one message that left the org when a transaction committed.
type Mail struct {
	To                  []string
	Subject, Text, HTML string
	Class               string // code that sent it
}

// TxResult is what a transaction used and left behind.
type TxResult struct {
	Limits []LimitUse
	Mails  []Mail
	Jobs   []string // ids of the jobs it enqueued
	Debug  []string // lines of System.debug
}

// Run runs one transaction. An error or a panic of fn undoes all it did,
// leaves no jobs and no mail, and is returned; a *ApexError tells of an
// exception that Apex code did not catch. The result is never nil.
func (o *Org) Run(ctx context.Context, opt TxOptions, fn func(*Tx) error) (*TxResult, error) {
	return &TxResult{}, nil
}

// Tx is one running transaction.
type Tx struct{}

// Org is the org the transaction runs in.
func (tx *Tx) Org() *Org { return nil }

// Query runs SOQL with binds by name.
func (tx *Tx) Query(ctx context.Context, soql string, binds map[string]value.Value) ([]*schema.Record, error) {
	return nil, nil
}

// DML runs one statement through the save pipeline. With AllOrNone a bad row
// undoes the statement and gives a *save.Error; the results are returned also
// then.
func (tx *Tx) DML(ctx context.Context, st save.Statement) ([]save.Result, error) { return nil, nil }

// Anonymous runs a block of anonymous Apex.
func (tx *Tx) Anonymous(ctx context.Context, source string) error { return nil }

// Invoke calls a static method without parameters of an Apex class.
func (tx *Tx) Invoke(ctx context.Context, namespace, class, method string) error { return nil }

// InstallContext is what a post-install script is told (post-install.md,
// section 1).
type InstallContext struct {
	OrganizationID  string
	InstallerID     string
	IsUpgrade       bool
	IsPush          bool
	PreviousVersion string // "1.2.0"; "" on a first install
}

// InstallScript makes an instance of the class, which implements
// System.InstallHandler, and calls onInstall.
func (tx *Tx) InstallScript(ctx context.Context, namespace, class string, ic InstallContext) error {
	return nil
}

// UninstallScript does the same for System.UninstallHandler.
func (tx *Tx) UninstallScript(ctx context.Context, namespace, class string, ic InstallContext) error {
	return nil
}

// ApexError is an exception that Apex code did not catch.
type ApexError struct {
	Type    string // "System.DmlException"
	Message string
	Stack   string // as getStackTraceString prints it
}

// Error is the exception as the platform logs it.
func (e *ApexError) Error() string { return e.Type + ": " + e.Message }
