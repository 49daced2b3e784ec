package ingest

import (
	"slices"
	"strings"
	"unicode"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// questionNames and answerNames are what the columns of such tables are called.
func questionNames() []string {
	return []string{"question", "questions", "q", "standard question", "similar question", "similar questions", "customer question", "customer questions", "variants", "variant", "faq",
		"问题", "问", "标准问题", "标准问", "标准问法", "问法", "相似问题", "相似问", "相似问法", "扩展问", "扩展问法", "扩展问题", "提问", "问句", "客户问题", "用户问题", "顾客问题", "常见问题", "咨询问题"}
}

func answerNames() []string {
	return []string{"answer", "answers", "a", "reply", "replies", "response", "standard answer",
		"回答", "答案", "答", "答复", "回复", "解答", "标准答案", "标准回答", "标准回复", "回复内容", "答复内容", "应答", "话术", "回复话术"}
}

func isQuestion(h string) bool { return named(h, questionNames()) }
func isAnswer(h string) bool   { return named(h, answerNames()) }

// named reports whether a header is one of names, or two of them in two
// languages ("问题 Question", "答案（Answer）"); a number behind it does not count.
func named(h string, names []string) bool {
	h = strings.TrimRight(strings.ToLower(oneLine(h)), "0123456789 *:：")
	if slices.Contains(names, h) {
		return true
	}
	parts := strings.FieldsFunc(h, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("()（）/[]|·-", r) })
	for _, p := range parts {
		if !slices.Contains(names, p) {
			return false
		}
	}
	return len(parts) > 1
}

func columns(header []string, is func(string) bool) []int {
	var out []int
	for i, h := range header {
		if is(h) {
			out = append(out, i)
		}
	}
	return out
}

// faqBlocks are the pairs of a table of questions and answers, nil if it is none.
func faqBlocks(header []column, rows [][]place) []knowledge.Block {
	names := make([]string, len(header))
	for i, c := range header {
		names[i] = c.name
	}
	q, a := columns(names, isQuestion), columns(names, isAnswer)
	if len(q) == 0 || len(a) == 0 {
		return nil
	}
	said := make([][]string, len(rows))
	for i, r := range rows {
		said[i] = texts(r)
	}
	out, err := pairs("", said, q, a[0])
	if err != nil {
		return nil
	}
	return out
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
