package main

import (
	"context"
	"maps"
	"slices"
	"strings"
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
