// Package mutation asks whether the tests assert the rules of the platform: it
// changes one rule at a time in the code and runs the tests that are expected
// to notice.
//
// The machine: testdata/*.txt is the table of mutations, a file for each area.
// A mutation names the rule in words and where it is documented, the folder
// whose code has it, the exact text to replace and what replaces it, and the
// tests that should fail then. The source tree is never written: the changed
// file is handed to "go test" as an overlay. Where the text is not found, or
// found twice, the table is no longer true to the code and that is an error.
//
// It runs with the build tag "mutation" only, because it takes minutes:
//
//	go test -tags mutation -v -timeout 1h ./harness/mutation
//	go test -tags mutation -v ./harness/mutation -run 'TestMutations/changed/save-retry'
//	go test -tags mutation ./harness/mutation -run TestTableApplies
package mutation
