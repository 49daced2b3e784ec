package ingest

import (
	"encoding/csv"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// readCSV reads questions with answers if the header names such columns, else
// any table. A question may be several, one a line of its cell or parted by "|";
// a row without an answer adds its question to the answer above.
func readCSV(name, text string, lim Limits) (knowledge.Parsed, error) {
	rows, err := csvRows(name, text, lim)
	if err != nil || len(rows) == 0 {
		return knowledge.Parsed{}, err
	}
	out := knowledge.Parsed{MIME: "text/csv"}
	q, a := columns(rows[0], isQuestion), columns(rows[0], isAnswer)
	if len(q) > 0 && len(a) > 0 {
		out.Blocks, err = pairs(name, rows[1:], q, a[0])
		return out, err
	}
	out.Blocks = tableRows(columnsNamed(rows[0]), rows[1:], 0)
	return out, nil
}

func csvRows(name, text string, lim Limits) ([][]string, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = separator(name, text)
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	r.TrimLeadingSpace = true
	var rows [][]string
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		} else if err != nil {
			return nil, core.Invalid("%s cannot be read as CSV (%v): check the quotes on that line", name, err)
		}
		if len(rows) > lim.Rows {
			return nil, core.Invalid("%s has more than %d rows: split it into several files", name, lim.Rows)
		}
		rows = append(rows, row)
	}
}

// separator is the commonest candidate of the first line.
func separator(name, text string) rune {
	if strings.EqualFold(filepath.Ext(name), ".tsv") {
		return '\t'
	}
	first, _, _ := strings.Cut(text, "\n")
	best := ','
	for _, c := range ";\t" {
		if strings.Count(first, string(c)) > strings.Count(first, string(best)) {
			best = c
		}
	}
	return best
}

func columns(header []string, is func(string) bool) []int {
	var out []int
	for i, h := range header {
		if is(strings.ToLower(oneLine(h))) {
			out = append(out, i)
		}
	}
	return out
}

func isQuestion(h string) bool {
	switch strings.TrimRight(h, "0123456789 ") {
	case "question", "questions", "q", "问题", "问", "标准问题", "标准问", "相似问题", "相似问", "提问", "similar question", "similar questions":
		return true
	}
	return false
}

func isAnswer(h string) bool {
	switch h {
	case "answer", "answers", "a", "回答", "答案", "答", "答复", "回复", "标准答案":
		return true
	}
	return false
}

func pairs(name string, rows [][]string, questions []int, answer int) ([]knowledge.Block, error) {
	var out []knowledge.Block
	last := ""
	for i, row := range rows {
		asked := asks(row, questions)
		said := ""
		if answer < len(row) {
			said = strings.TrimSpace(row[answer])
		}
		if said == "" && len(asked) == 0 {
			continue
		}
		if said == "" {
			said = last
		}
		if said == "" || len(asked) == 0 {
			return nil, core.Invalid("%s: row %d has a question without an answer or the reverse: fill in both columns", name, i+2)
		}
		for _, q := range asked {
			out = append(out, knowledge.Block{Kind: knowledge.Pair, Question: q, Text: said})
		}
		last = said
	}
	return out, nil
}

func asks(row []string, columns []int) []string {
	var out []string
	for _, c := range columns {
		if c >= len(row) {
			continue
		}
		for _, q := range strings.FieldsFunc(row[c], func(r rune) bool { return r == '\n' || r == '|' || r == '｜' }) {
			if q = oneLine(q); q != "" {
				out = append(out, q)
			}
		}
	}
	return out
}
