package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/knowledge"
)

// check is a question, and what must be found for it.
type check struct {
	Question string   `json:"question"`
	Document string   `json:"document"` // its name or its file's; "" for any
	Page     int      `json:"page"`     // 0 for any
	Contains []string `json:"contains"` // words that the passage must hold, all of them
	None     bool     `json:"none"`     // nothing must be found that is likely to answer
}

// result is how a check ended.
type result struct {
	check
	Pass bool   `json:"pass"`
	Rank int    `json:"rank,omitempty"` // of the passage that has it all, from 1
	Why  string `json:"why,omitempty"`
}

// likely is the score from which a passage is taken for an answer.
const likely = 0.5

// test asks the questions of a file, and fails if one does not find what it
// should.
func (p program) test(ctx context.Context, o options, t target, bot string) error {
	checks, err := readChecks(o.files[0])
	if err != nil {
		return err
	}
	docs, err := t.list(ctx, bot)
	if err != nil {
		return err
	}
	fileOf := map[string]string{}
	for _, d := range docs {
		fileOf[d.Name] = d.File
	}
	results := make([]result, 0, len(checks))
	failed := 0
	for _, c := range checks {
		hits, err := t.search(ctx, bot, c.Question, o.limit)
		if err != nil {
			return err
		}
		r := c.judge(hits, fileOf)
		if results = append(results, r); !r.Pass {
			failed++
		}
		if !o.json {
			if err := p.checkTold(r); err != nil {
				return err
			}
		}
	}
	if o.json {
		err = p.print(map[string]any{"items": results, "passed": len(results) - failed, "failed": failed})
	} else {
		_, err = fmt.Fprintf(p.stdout, "%d of %d questions find what they should\n", len(results)-failed, len(results))
	}
	if failed > 0 {
		err = errors.Join(err, core.Invalid("%d of %d questions do not find what they should", failed, len(results)))
	}
	return err
}

func (p program) checkTold(r result) error {
	line := fmt.Sprintf("ok    %s (place %d)\n", r.Question, r.Rank)
	switch {
	case !r.Pass:
		line = fmt.Sprintf("FAIL  %s: %s\n", r.Question, r.Why)
	case r.None:
		line = fmt.Sprintf("ok    %s (nothing found)\n", r.Question)
	}
	_, err := fmt.Fprint(p.stdout, line)
	return err
}

// judge looks for a passage that has it all.
func (c check) judge(hits []hit, fileOf map[string]string) result {
	r := result{check: c}
	if c.None {
		r.Pass = len(hits) == 0 || hits[0].Score < likely
		if !r.Pass {
			r.Why = fmt.Sprintf("%s answers it (%.2f): %s", hits[0].Doc, hits[0].Score, short(oneLine(hits[0].Text), 80))
		}
		return r
	}
	for i, h := range hits {
		if (c.Document == "" || h.Doc == c.Document || h.Doc == fileOf[c.Document]) && (c.Page == 0 || h.Page == c.Page) && holds(h, c.Contains) {
			r.Pass, r.Rank = true, i+1
			return r
		}
	}
	r.Why = "nothing is found"
	if len(hits) > 0 {
		h := hits[0]
		r.Why = fmt.Sprintf("the best is %s, %.2f: %s", strings.Join(nonempty(h.Doc, page(h.Page)), ", "), h.Score, short(oneLine(h.Text), 80))
	}
	return r
}

func holds(h hit, words []string) bool {
	text := nlu.Normalize(h.Title + "\n" + h.Question + "\n" + h.Text)
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, nlu.Normalize(w)) })
}

// readChecks reads CSV with a header, or JSON lines.
func readChecks(file string) ([]check, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, readable(file, err)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	var out []check
	if ext := strings.ToLower(filepath.Ext(file)); ext == ".jsonl" || ext == ".json" {
		out, err = checksOfJSON(file, data)
	} else {
		out, err = checksOfCSV(file, data)
	}
	if err == nil && len(out) == 0 {
		err = core.Invalid("%s holds no question", file)
	}
	return out, err
}

func checksOfJSON(file string, data []byte) (out []check, err error) {
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var c check
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil || c.Question == "" {
			return nil, core.Invalid(`%s, line %d is not like {"question":"…","document":"…","contains":["…"]}`, file, n)
		}
		out = append(out, c)
	}
	return out, lines.Err()
}

func checksOfCSV(file string, data []byte) ([]check, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	rows, err := r.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, core.Invalid("%s cannot be read as CSV: its columns are question, document, page, contains, none", file)
	}
	head := map[string]int{}
	for i, h := range rows[0] {
		switch h = strings.ToLower(strings.TrimSpace(h)); h {
		case "问题":
			h = "question"
		case "文档", "doc":
			h = "document"
		case "页", "页码":
			h = "page"
		case "包含", "words":
			h = "contains"
		}
		head[h] = i
	}
	if _, ok := head["question"]; !ok {
		return nil, core.Invalid("%s has no column question; there may be document, page, contains (parted by |) and none besides", file)
	}
	var out []check
	for n, row := range rows[1:] {
		get := func(column string) string {
			if i, ok := head[column]; ok && i < len(row) {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		c := check{Question: get("question"), Document: get("document")}
		if c.Question == "" {
			continue
		}
		for _, w := range strings.Split(get("contains"), "|") {
			if w = strings.TrimSpace(w); w != "" {
				c.Contains = append(c.Contains, w)
			}
		}
		var err1, err2 error
		if s := get("page"); s != "" {
			c.Page, err1 = strconv.Atoi(s)
		}
		if s := get("none"); s != "" {
			c.None, err2 = strconv.ParseBool(s)
		}
		if errors.Join(err1, err2) != nil {
			return nil, core.Invalid("%s, row %d: page is a number, none is true or false", file, n+2)
		}
		out = append(out, c)
	}
	return out, nil
}

// explain tells which words of a question a passage has, and which it lacks.
func explain(question string, h hit) string {
	text := map[string]bool{}
	for _, t := range knowledge.Terms(nlu.Normalize(h.Title + "\n" + h.Question + "\n" + h.Text)) {
		text[t] = true
	}
	var has, lacks []string
	for _, t := range knowledge.Terms(nlu.Normalize(question)) {
		switch {
		case slices.Contains(has, t) || slices.Contains(lacks, t):
		case text[t]:
			has = append(has, t)
		default:
			lacks = append(lacks, t)
		}
	}
	why := "words in common: " + none(strings.Join(has, " "))
	if len(lacks) > 0 {
		why += "; not there: " + strings.Join(lacks, " ")
	}
	return why
}
