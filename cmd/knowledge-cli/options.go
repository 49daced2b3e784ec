package main

import (
	"errors"
	"flag"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const help = `knowledge-cli changes and searches what a bot answers from.

Usage:
  knowledge-cli -action=update -file=latest_product_specs.pdf
  knowledge-cli -action=list
  knowledge-cli -action=search 退货运费谁出
  knowledge-cli -action=delete -as=latest_product_specs.pdf

Flags (a single or double dash, or – or —, begins one):
  -action   update, list, delete or search
  -file     a file or a folder of files; may be repeated
            (PDF, DOCX, XLSX, Markdown, HTML, text, CSV; a CSV with the columns
            question and answer becomes questions and answers)
  -as       the document that the file is a new version of; its own name if left out
  -bot      the bot; the only one there is, else "default"
  -q        what to search for; words after the flags do as well
  -limit    passages to show of a search (10)
  -dry-run  tell what an update would change, and change nothing
  -json     print JSON
  -server   the server's address; else FRONTDESK_SERVER, else the one that runs here
  -token    the token for it; else FRONTDESK_TOKEN, else that of the server that runs here
  -config   the configuration whose server or data is meant; else FRONTDESK_CONFIG,
            else configs/frontdesk.yaml

With no server running, the data folder itself is changed.
Exit code 0: done, and answers draw from it already. 1: failed. 2: called wrongly.
`

var errHelp = errors.New("help")

// options are what the command line says.
type options struct {
	action, bot, as, query string
	files                  []string
	server, token, config  string
	explicit               bool // a configuration was named
	dry, json              bool
	limit                  int
}

// later are the actions of CONTRACT that this version does not have.
func later() []string {
	return []string{"show", "diff", "rollback", "export", "import", "reindex", "crawl", "test"}
}

type many []string

// String implements flag.Value.
func (m *many) String() string { return strings.Join(*m, ",") }

// Set implements flag.Value.
func (m *many) Set(s string) error {
	*m = append(*m, s)
	return nil
}

func parse(args []string, env func(string) string) (options, error) {
	var o options
	var url string
	fs := flag.NewFlagSet("knowledge-cli", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&o.action, "action", "", "")
	fs.Var((*many)(&o.files), "file", "")
	fs.StringVar(&o.as, "as", "", "")
	fs.StringVar(&o.bot, "bot", "", "")
	fs.StringVar(&o.query, "q", "", "")
	fs.StringVar(&o.server, "server", env("FRONTDESK_SERVER"), "")
	fs.StringVar(&o.token, "token", env("FRONTDESK_TOKEN"), "")
	fs.StringVar(&o.config, "config", env("FRONTDESK_CONFIG"), "")
	fs.StringVar(&url, "url", "", "")
	fs.IntVar(&o.limit, "limit", 10, "")
	fs.BoolVar(&o.dry, "dry-run", false, "")
	fs.BoolVar(&o.json, "json", false, "")
	words, err := flags(fs, args)
	if err != nil {
		return o, err
	}
	o.explicit = o.config != ""
	if url != "" {
		return o, misusedf("-url (reading web pages) is not in this version: save the page as HTML and give it with -file")
	}
	return o, o.check(words)
}

// flags parses args, words and flags in any order.
func flags(fs *flag.FlagSet, args []string) (words []string, err error) {
	args = slices.Clone(args)
	for i, a := range args {
		args[i] = dashes(a)
	}
	for {
		if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
			return nil, errHelp
		} else if err != nil {
			return nil, misusedf("%v; see knowledge-cli --help", err)
		}
		if fs.NArg() == 0 {
			return words, nil
		}
		words = append(words, fs.Arg(0))
		args = fs.Args()[1:]
	}
}

// dashes makes one hyphen of whatever dashes begin a flag: word processors and
// chat programs turn "--" into "–" or "—".
func dashes(arg string) string {
	rest := strings.TrimLeft(arg, "-‐‑‒–—―−－")
	r, _ := utf8.DecodeRuneInString(rest)
	if len(rest) == len(arg) || !unicode.IsLetter(r) {
		return arg
	}
	return "-" + rest
}

func (o *options) check(words []string) error {
	if o.action == "search" && o.query == "" {
		o.query, words = strings.Join(words, " "), nil
	}
	switch {
	case slices.Contains(later(), o.action):
		return misusedf("-action=%s is not in this version: use update, list, delete or search", o.action)
	case o.action == "":
		return misusedf("no -action: say what to do, such as -action=update -file=FILE; see knowledge-cli --help")
	case !slices.Contains([]string{"update", "list", "delete", "search"}, o.action):
		return misusedf("unknown -action=%s: use update, list, delete or search", o.action)
	case len(words) > 0:
		return misusedf("%q is not a flag: put -file= or -as= before it; see knowledge-cli --help", words[0])
	case o.action == "update" && len(o.files) == 0:
		return misusedf("-action=update needs -file=FILE")
	case o.action == "delete" && len(o.files) == 0 && o.as == "":
		return misusedf("-action=delete needs -as=NAME; -action=list shows the names")
	case o.action == "search" && strings.TrimSpace(o.query) == "":
		return misusedf("-action=search needs words to search for: knowledge-cli -action=search WORDS")
	case o.dry && o.action != "update":
		return misusedf("-dry-run goes with -action=update only")
	case o.limit < 1 || o.limit > 100:
		return misusedf("-limit is from 1 to 100")
	}
	return nil
}
