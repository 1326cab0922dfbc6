// Package sarif is the part of SARIF 2.1.0 that code hosts read, as types: what
// source alone tells (harness/upgrade/lint) and what a rehearsal finds
// (reports/sarif) are written by it.
package sarif

import (
	"encoding/json"
	"io"
	"net/url"
	"path/filepath"
)

// Run is what one tool has to say.
type Run struct {
	Tool    Tool     `json:"tool"`
	Results []Result `json:"results"`
}

// Tool is who says it.
type Tool struct {
	Driver Driver `json:"driver"`
}

// Driver names the tool and its rules.
type Driver struct {
	Name           string `json:"name"`
	Version        string `json:"version,omitempty"`
	InformationURI string `json:"informationUri"`
	Rules          []Rule `json:"rules"`
}

// Rule is one code.
type Rule struct {
	ID               string `json:"id"`
	ShortDescription Text   `json:"shortDescription"`
	Help             Text   `json:"help"`
}

// Text is a message.
type Text struct {
	Text string `json:"text"`
}

// Result is one finding.
type Result struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"` // error, warning, note
	Message      Text              `json:"message"`
	Locations    []Location        `json:"locations,omitempty"`
	Fingerprints map[string]string `json:"partialFingerprints,omitempty"`
}

// Location is where it is: a file, and what is there.
type Location struct {
	Physical Physical  `json:"physicalLocation"`
	Logical  []Logical `json:"logicalLocations,omitempty"`
}

// Physical is a place in a file.
type Physical struct {
	Artifact Artifact `json:"artifactLocation"`
	Region   *Region  `json:"region,omitempty"`
}

// Artifact is a file, by its path from the root of the repository.
type Artifact struct {
	URI string `json:"uri"`
}

// File is the artifact at a path, which may have blanks and percent signs in it, as
// those of layouts do.
func File(path string) Artifact {
	return Artifact{URI: (&url.URL{Path: filepath.ToSlash(path)}).String()}
}

// Region is a part of a file, lines and columns from 1.
type Region struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
	EndLine     int `json:"endLine,omitempty"`
	EndColumn   int `json:"endColumn,omitempty"`
}

// Logical is a place in a program.
type Logical struct {
	Name string `json:"fullyQualifiedName"`
	Kind string `json:"kind,omitempty"`
}

// By is the driver of this tool, without rules.
func By(version string) Driver {
	return Driver{Name: "rehearse", Version: version, InformationURI: "https://github.com/rehearsal-dev/rehearsal"}
}

// Write writes a log of one run.
func Write(w io.Writer, run Run) error {
	if run.Results == nil {
		run.Results = []Result{}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		Schema  string `json:"$schema"`
		Version string `json:"version"`
		Runs    []Run  `json:"runs"`
	}{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []Run{run}})
}
