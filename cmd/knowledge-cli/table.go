package main

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
)

// wordKind is what words beside the flags are taken for.
type wordKind int

const (
	wordsNone wordKind = iota
	wordsFiles
	wordsQuery
	wordName
	wordURL
	wordID
)

// action is one thing this command does.
type action struct {
	words wordKind
	dry   bool // -dry-run means something
	limit int  // -limit's default; ten times it is the most
	check func(*options) error
	do    func(p program, ctx context.Context, o options, t target, bot string) error
}

// actions are all of them, by name.
func actions() map[string]action {
	return map[string]action{
		"update":   {wordsFiles, true, 0, needFile("update"), program.update},
		"list":     {wordsNone, false, 0, nothing, program.list},
		"show":     {wordName, false, 0, needName("show"), program.show},
		"diff":     {wordName, false, 0, needName("diff"), program.diff},
		"rollback": {wordName, true, 0, needName("rollback"), program.rollback},
		"delete":   {wordName, false, 0, needName("delete"), program.remove},
		"search":   {wordsQuery, false, 10, needQuery, program.search},
		"crawl":    {wordURL, true, 200, needURL, program.crawl},
		"export":   {wordsFiles, false, 0, oneFile("export"), program.export},
		"import":   {wordsFiles, true, 0, oneFile("import"), program.importPack},
		"reindex":  {wordsNone, false, 0, nothing, program.reindex},
		"test":     {wordsFiles, false, 5, oneFile("test"), program.test},

		"faq-list":   {wordsNone, false, 0, nothing, program.faqList},
		"faq-add":    {wordsNone, false, 0, needEntry, program.faqAdd},
		"faq-delete": {wordID, false, 0, needID, program.faqDelete},
		"faq-import": {wordsFiles, true, 0, oneFile("faq-import"), program.faqImport},
		"faq-export": {wordsFiles, false, 0, oneFile("faq-export"), program.faqExport},
	}
}

func names() []string { return slices.Sorted(maps.Keys(actions())) }

func nothing(*options) error { return nil }

func needFile(action string) func(*options) error {
	return func(o *options) error {
		if len(o.files) == 0 {
			return misusedf("-action=%s needs -file=FILE", action)
		}
		return nil
	}
}

func oneFile(action string) func(*options) error {
	return func(o *options) error {
		if len(o.files) != 1 {
			return misusedf("-action=%s needs one -file=FILE", action)
		}
		return nil
	}
}

func needURL(o *options) error {
	if o.url == "" {
		return misusedf("-action=crawl needs -url=ADDRESS, a page or a sitemap")
	}
	if o.depth < 0 || o.depth > 20 || o.wait < 0 || o.wait > time.Minute {
		return misusedf("-depth is from 0 to 20, -wait at most a minute")
	}
	return nil
}

func needEntry(o *options) error {
	if o.entry.question == "" || o.entry.answer == "" {
		return misusedf("faq add needs -question=… and -answer=…")
	}
	return nil
}

func needID(o *options) error {
	if o.entry.id == "" {
		return misusedf("faq delete needs -id=ID; faq list shows the ids")
	}
	return nil
}

func needName(action string) func(*options) error {
	return func(o *options) error {
		if o.name() == "" {
			return misusedf("-action=%s needs -as=NAME; -action=list shows the names", action)
		}
		if o.version < 0 || o.from < 0 || o.to < 0 {
			return misusedf("versions are numbered from 1; -action=show -as=%s lists them", o.name())
		}
		return nil
	}
}

func needQuery(o *options) error {
	if strings.TrimSpace(o.query) == "" {
		return misusedf("-action=search needs words to search for: knowledge-cli -action=search WORDS")
	}
	return nil
}
