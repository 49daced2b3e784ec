package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"frontdesk/cmd/internal/app"
	"frontdesk/configs"
	"frontdesk/core"
)

// movable is a clock that tests can set; it runs on from there.
func movable() (now func() time.Time, set func(time.Time)) {
	var ahead atomic.Int64
	now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	return now, func(at time.Time) { ahead.Store(int64(time.Until(at))) }
}

// chosen are the tests whose name matches expr.
func chosen(tests []configs.Conversation, expr string) (out []configs.Conversation, err error) {
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, misuse{core.Invalid("--run: %v", err)}
	}
	for _, t := range tests {
		if re.MatchString(t.Name) {
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		return nil, core.Invalid("no test's name matches %q: there are %d tests", expr, len(tests))
	}
	return out, nil
}

// colourful reports whether w is a terminal whose user has not refused colours.
func colourful(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

// testReport prints tests as they end.
type testReport struct {
	out                   io.Writer
	json, verbose, colour bool
	passed, failed        int
	err                   error // of writing
}

// The colours of a report, as a terminal knows them.
const (
	red   = "31"
	green = "32"
	faint = "2"
)

func (r *testReport) paint(colour, s string) string {
	if !r.colour {
		return s
	}
	return "\x1b[" + colour + "m" + s + "\x1b[0m"
}

func (r *testReport) printf(format string, args ...any) {
	if _, err := fmt.Fprintf(r.out, format, args...); err != nil && r.err == nil {
		r.err = err
	}
}

// add prints one result.
func (r *testReport) add(t app.TestResult) {
	bad := len(t.Failures) > 0
	if bad {
		r.failed++
	} else {
		r.passed++
	}
	if r.json {
		if err := json.NewEncoder(r.out).Encode(t); err != nil && r.err == nil {
			r.err = err
		}
		return
	}
	mark := r.paint(green, "ok  ")
	if bad {
		mark = r.paint(red, "FAIL")
	}
	r.printf("%s  %s  %s\n", mark, t.Name, r.paint(faint, fmt.Sprintf("(%s, %d ms)", t.Place, t.Took.Milliseconds())))
	if bad || r.verbose {
		r.transcript(t)
	}
}

// transcript shows the conversation, and under a turn that failed what was
// wanted (-) and what came instead (+).
func (r *testReport) transcript(t app.TestResult) {
	for _, turn := range t.Turns {
		r.block("      > ", "        ", turn.User)
		shown := ""
		for _, d := range turn.Diffs {
			r.printf("%s\n", r.paint(red, "      - "+d.What+": "+oneTextLine(d.Want)))
			got := or(d.Got, "(nothing)")
			if got == shown {
				got = "(the same)"
			} else {
				shown = got
			}
			r.printf("%s\n", r.paint(green, "      + "+indented(got, "        ")))
		}
		if !answerShown(turn) {
			r.block("        ", "        ", turn.Answer)
		}
		if len(turn.Diffs) > 0 {
			r.printf("%s\n", r.paint(faint, fmt.Sprintf("        intent %s; %s", or(turn.Intent, "none"), or(turn.How, "the turn did not end"))))
		}
	}
}

// answerShown reports whether a difference has shown the answer already.
func answerShown(t app.TurnResult) bool {
	for _, d := range t.Diffs {
		if d.Got == t.Answer {
			return true
		}
	}
	return false
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func (r *testReport) block(first, rest, text string) {
	if text != "" {
		r.printf("%s%s\n", first, indented(text, rest))
	}
}

func indented(text, by string) string { return strings.ReplaceAll(text, "\n", "\n"+by) }

func oneTextLine(s string) string { return strings.ReplaceAll(s, "\n", "⏎") }

// end prints the sum; the error says that a test failed.
func (r *testReport) end() error {
	if !r.json {
		r.printf("%d passed, %d failed\n", r.passed, r.failed)
	}
	if r.err == nil && r.failed > 0 {
		return errSaid
	}
	return r.err
}

// junitSuite is a JUnit report as CI systems read it.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"` // seconds
	Failure *junitFailure `xml:"failure"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit writes the results to file, unless that is empty.
func writeJUnit(file string, rs []app.TestResult) error {
	if file == "" {
		return nil
	}
	suite := junitSuite{Name: "frontdesk test", Tests: len(rs)}
	for _, r := range rs {
		place, _, _ := strings.Cut(r.Place, ":")
		c := junitCase{Class: place, Name: r.Name, Time: fmt.Sprintf("%.3f", r.Took.Seconds())}
		if len(r.Failures) > 0 {
			suite.Failures++
			c.Failure = &junitFailure{Message: r.Failures[0], Text: strings.Join(r.Failures, "\n")}
		}
		suite.Cases = append(suite.Cases, c)
	}
	b, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append([]byte(xml.Header), append(b, '\n')...), 0o644)
}
