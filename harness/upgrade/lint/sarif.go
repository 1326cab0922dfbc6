package lint

import (
	"encoding/json"
	"io"
	"path/filepath"
)

// The part of SARIF 2.1.0 that code hosts read.
type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool    sarifTool     `json:"tool"`
	Results []sarifResult `json:"results"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string      `json:"name"`
	Version        string      `json:"version,omitempty"`
	InformationURI string      `json:"informationUri"`
	Rules          []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID               string    `json:"id"`
	ShortDescription sarifText `json:"shortDescription"`
	Help             sarifText `json:"help"`
}

type sarifText struct {
	Text string `json:"text"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	RuleIndex int             `json:"ruleIndex"`
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`
}

type sarifLocation struct {
	Physical sarifPhysical `json:"physicalLocation"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
	EndLine     int `json:"endLine,omitempty"`
	EndColumn   int `json:"endColumn,omitempty"`
}

// levels are the SARIF words for the effects.
var levels = map[Effect]string{Refused: "error", Breaks: "error", Risk: "warning", Unreached: "note"}

// WriteSARIF writes a report as a SARIF 2.1.0 log, as code hosts read it. Files
// that the new version no longer has get no location.
func (r *Report) WriteSARIF(w io.Writer, toolVersion string) error {
	run := sarifRun{Results: []sarifResult{}, Tool: sarifTool{sarifDriver{Name: "rehearse", Version: toolVersion,
		InformationURI: "https://github.com/rehearsal-dev/rehearsal"}}}
	index := map[Code]int{}
	for i, rule := range Rules {
		index[rule.Code] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{string(rule.Code), sarifText{rule.Why},
			sarifText{rule.Recipe + ". Source: " + rule.Source()}})
	}
	for _, p := range r.Problems {
		result := sarifResult{RuleID: string(p.Code), RuleIndex: index[p.Code], Level: levels[p.Effect],
			Message: sarifText{p.Message + ". " + p.Why + ". Instead: " + p.Recipe}}
		if p.Span.File != "" && !p.InRemoved {
			at := sarifPhysical{Artifact: sarifArtifact{filepath.ToSlash(p.Span.File)}}
			if p.Span.Line > 0 {
				at.Region = &sarifRegion{p.Span.Line, p.Span.Column, p.Span.EndLine, p.Span.EndColumn}
			}
			result.Locations = []sarifLocation{{at}}
		}
		run.Results = append(run.Results, result)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}
