package apextest

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"time"
)

// WriteJSON writes the figures of a run and its failures.
func (r *Report) WriteJSON(w io.Writer) error {
	type failure struct {
		Class   string `json:"class"`
		Method  string `json:"method"`
		Message string `json:"message"`
		Stack   string `json:"stack"`
		Kind    Kind   `json:"kind"`
	}
	out := struct {
		Tests       int       `json:"tests"`
		Passed      int       `json:"passed"`
		Failed      int       `json:"failed"`
		Unsupported int       `json:"unsupported"`
		Seconds     float64   `json:"seconds"`
		Failures    []failure `json:"failures"`
	}{len(r.Results), r.Passed, r.Failed, r.Unsupported, seconds(r.Duration), []failure{}}
	for i := range r.Results {
		if t := &r.Results[i]; t.Kind != "" {
			out.Failures = append(out.Failures, failure{t.Class, t.Method, t.Message, t.Stack, t.Kind})
		}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}

// seconds rounds to milliseconds.
func seconds(d time.Duration) float64 { return float64(d.Milliseconds()) / 1000 }

type junitSuites struct {
	XMLName  xml.Name      `xml:"testsuites"`
	Tests    int           `xml:"tests,attr"`
	Failures int           `xml:"failures,attr"`
	Errors   int           `xml:"errors,attr"`
	Skipped  int           `xml:"skipped,attr"`
	Time     string        `xml:"time,attr"`
	Suites   []*junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
	duration time.Duration
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure"`
	Error   *junitFailure `xml:"error"`
	Skipped *junitFailure `xml:"skipped"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Stack   string `xml:",chardata"`
}

// WriteJUnit writes a run as JUnit XML, a suite for each class: failed
// assertions are failures, exceptions errors, what is not simulated skipped.
func (r *Report) WriteJUnit(w io.Writer) error {
	out := &junitSuites{Tests: len(r.Results), Time: clock(r.Duration)}
	var suite *junitSuite
	for i := range r.Results {
		t := &r.Results[i]
		if suite == nil || suite.Name != t.Class {
			suite = &junitSuite{Name: t.Class}
			out.Suites = append(out.Suites, suite)
		}
		c := junitCase{Class: t.Class, Name: t.Method, Time: clock(t.Duration)}
		f := &junitFailure{t.Message, t.Stack}
		switch t.Kind {
		case Assertion:
			c.Failure = f
			suite.Failures++
			out.Failures++
		case Exception:
			c.Error = f
			suite.Errors++
			out.Errors++
		case Unsupported:
			c.Skipped = f
			suite.Skipped++
			out.Skipped++
		}
		suite.Tests++
		suite.duration += t.Duration
		suite.Time = clock(suite.duration)
		suite.Cases = append(suite.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func clock(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// logHeader begins a debug log: the version of the API and the levels.
const logHeader = "62.0 APEX_CODE,FINE;APEX_PROFILING,INFO;CALLOUT,INFO;DB,INFO;SYSTEM,DEBUG;VALIDATION,INFO;WORKFLOW,INFO"

// WriteTrace writes the debug logs of all tests in the platform's form, one
// after the other in the order of the results.
func (r *Report) WriteTrace(w io.Writer) error {
	for i := range r.Results {
		t := &r.Results[i]
		if _, err := fmt.Fprintf(w, "%s\nExecute Test: %s.%s\n", logHeader, t.Class, t.Method); err != nil {
			return err
		}
		for _, line := range t.Log {
			if _, err := fmt.Fprintln(w, line); err != nil {
				return err
			}
		}
	}
	return nil
}
