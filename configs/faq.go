package configs

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"strings"

	"frontdesk/configs/internal/strict"
)

// Pair is a question with its answer, a row of faq.csv.
type Pair struct{ Question, Answer string }

// faq checks faq.csv: a header "question,answer", and no row without either.
// Several rows with one answer are variants of a question.
func (l *botLoader) faq() {
	src, err := fs.ReadFile(l.fsys, "faq.csv")
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		l.errs.Add(strict.Pos{File: "faq.csv"}, "cannot be read")
		return
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(src, []byte("\xef\xbb\xbf"))))
	r.FieldsPerRecord = 2
	head, err := r.Read()
	if err != nil || head[0] != "question" || head[1] != "answer" {
		l.errs.Add(strict.Pos{File: "faq.csv", Line: 1, Column: 1}, "the first line must be question,answer")
		return
	}
	l.bot.Documents = append([]string{"faq.csv"}, l.bot.Documents...)
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			l.badRow(err)
			return
		}
		line, col := r.FieldPos(0)
		p := Pair{strings.TrimSpace(row[0]), strings.TrimSpace(row[1])}
		if p.Question == "" || p.Answer == "" {
			l.errs.Add(strict.Pos{File: "faq.csv", Line: line, Column: col}, "a row needs a question and an answer")
		}
		l.bot.FAQ = append(l.bot.FAQ, p)
	}
}

func (l *botLoader) badRow(err error) {
	pos := strict.Pos{File: "faq.csv", Line: 1, Column: 1}
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		pos.Line, pos.Column, err = pe.Line, max(pe.Column, 1), pe.Err
	}
	l.errs.Add(pos, "not a row of two columns: %v; put quotes around a text with a comma in it", err)
}
