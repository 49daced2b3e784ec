package main

import (
	"errors"
	"flag"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const help = `knowledge-cli changes and searches what a bot answers from.

Usage:
  knowledge-cli -action=update -file=latest_product_specs.pdf
  knowledge-cli -action=list
  knowledge-cli -action=show -as=latest_product_specs.pdf
  knowledge-cli -action=diff -as=latest_product_specs.pdf
  knowledge-cli -action=rollback -as=latest_product_specs.pdf
  knowledge-cli -action=search 退货运费谁出
  knowledge-cli -action=delete -as=latest_product_specs.pdf
  knowledge-cli -action=crawl -url=https://shop.example/help/
  knowledge-cli -action=export -file=knowledge.tar.gz
  knowledge-cli -action=import -file=knowledge.tar.gz
  knowledge-cli -action=reindex
  knowledge-cli -action=test -file=questions.csv
  knowledge-cli faq list | add | delete | import | export

Flags (a single or double dash, or – or —, begins one):
  -action   what to do; the word alone does as well: knowledge-cli update FILE
  -file     a file or a folder of files; may be repeated
            (PDF, DOCX, XLSX, Markdown, HTML, text, CSV; a CSV with the columns
            question and answer becomes questions and answers)
  -as       the document that the file is a new version of, or that is meant; the
            file's own name if left out
  -bot      the bot; the only one there is, else "default"
  -version  the version to show or to go back to (rollback: the one before)
  -from, -to  the versions to compare; the one before the current, and the current
  -q        what to search for; words after the flags do as well
  -limit    passages to show of a search (10), pages to read of a site (200)
  -explain  tell of each passage found why it was
  -url      where to begin to read a site: a page or a sitemap
  -depth    how many links to follow from there (2)
  -wait     between two pages of a site (500ms; robots.txt may ask for more)
  -allow    a private host that may be read all the same; may be repeated
  -replace  of faq import: entries that the file lacks are removed
  -dry-run  tell what would change, and change nothing
  -json     print JSON
  -server   the server's address; else FRONTDESK_SERVER, else the one that runs here
  -token    the token for it; else FRONTDESK_TOKEN, else that of the server that runs here
  -config   the configuration whose server or data is meant; else FRONTDESK_CONFIG,
            else configs/frontdesk.yaml
  -question, -answer, -variant, -id, -lang, -channel, -valid-from, -valid-until
            an entry of the FAQ: faq add -question=… -answer=…; -variant may be repeated

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
	dry, json, explain     bool
	replace                bool
	limit                  int // 0: the action's own
	version, from, to      int

	url   string
	allow []string
	depth int
	wait  time.Duration

	entry faqFlags
}

// faqFlags are what is said of one entry of the FAQ.
type faqFlags struct {
	id, question, answer string
	variants             []string
	lang, channel        string
	from, until          string
}

type many []string

// String implements flag.Value.
func (m *many) String() string { return strings.Join(*m, ",") }

// Set implements flag.Value.
func (m *many) Set(s string) error {
	*m = append(*m, s)
	return nil
}

func (o *options) flags(env func(string) string) *flag.FlagSet {
	fs := flag.NewFlagSet("knowledge-cli", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Var((*many)(&o.files), "file", "")
	fs.Var((*many)(&o.entry.variants), "variant", "")
	fs.Var((*many)(&o.allow), "allow", "")
	for name, at := range map[string]*string{"action": &o.action, "as": &o.as, "bot": &o.bot, "q": &o.query, "url": &o.url,
		"id": &o.entry.id, "question": &o.entry.question, "answer": &o.entry.answer, "lang": &o.entry.lang, "channel": &o.entry.channel,
		"valid-from": &o.entry.from, "valid-until": &o.entry.until} {
		fs.StringVar(at, name, "", "")
	}
	fs.StringVar(&o.server, "server", env("FRONTDESK_SERVER"), "")
	fs.StringVar(&o.token, "token", env("FRONTDESK_TOKEN"), "")
	fs.StringVar(&o.config, "config", env("FRONTDESK_CONFIG"), "")
	for name, at := range map[string]*int{"limit": &o.limit, "version": &o.version, "from": &o.from, "to": &o.to} {
		fs.IntVar(at, name, 0, "")
	}
	fs.IntVar(&o.depth, "depth", 2, "")
	fs.DurationVar(&o.wait, "wait", 500*time.Millisecond, "")
	for name, at := range map[string]*bool{"dry-run": &o.dry, "json": &o.json, "explain": &o.explain, "replace": &o.replace} {
		fs.BoolVar(at, name, false, "")
	}
	return fs
}

func parse(args []string, env func(string) string) (options, error) {
	var o options
	fs := o.flags(env)
	words, err := flags(fs, args)
	if err != nil {
		return o, err
	}
	set := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { set[f.Name] = true })
	o.explicit = o.config != ""
	return o, o.check(words, set)
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

// check takes the words for what the action needs them for, and says what is
// missing or too much.
func (o *options) check(words []string, set map[string]bool) error {
	if o.action == "" && len(words) > 0 && known(words[0]) {
		o.action, words = words[0], words[1:]
	}
	if o.action == "faq" && len(words) > 0 {
		o.action, words = "faq-"+words[0], words[1:]
	}
	if o.action == "" {
		return misusedf("no -action: say what to do, such as -action=update -file=FILE; see knowledge-cli --help")
	}
	a, ok := actions()[o.action]
	if !ok {
		return misusedf("unknown -action=%s: use %s", o.action, strings.Join(names(), ", "))
	}
	words = o.take(a.words, words)
	switch {
	case len(words) > 0:
		return misusedf("%q is not a flag: put -file= or -as= before it; see knowledge-cli --help", words[0])
	case o.dry && !a.dry:
		return misusedf("-dry-run goes with what changes something only: not with -action=%s", o.action)
	case o.limit == 0 && !set["limit"]:
		o.limit = max(a.limit, 1)
	}
	if most := max(a.limit*10, 100); o.limit < 1 || o.limit > most {
		return misusedf("-limit is from 1 to %d", most)
	}
	for name := range set {
		if need, ok := only[name]; ok && !strings.HasPrefix(o.action, need) && !slices.Contains(strings.Split(need, " "), o.action) {
			return misusedf("-%s goes with -action=%s only", name, strings.ReplaceAll(need, " ", " or "))
		}
	}
	return a.check(o)
}

// only are flags that mean something to some actions alone.
var only = map[string]string{"version": "show rollback", "from": "diff", "to": "diff", "explain": "search", "url": "crawl", "depth": "crawl", "wait": "crawl", "allow": "crawl", "replace": "faq-import",
	"q": "search", "question": "faq", "answer": "faq", "variant": "faq", "id": "faq", "lang": "faq", "channel": "faq", "valid-from": "faq", "valid-until": "faq"}

func known(word string) bool {
	_, ok := actions()[word]
	return ok || word == "faq"
}

// take uses words as kind says, if nothing was given for it, and returns the rest.
func (o *options) take(kind wordKind, words []string) []string {
	if len(words) == 0 {
		return nil
	}
	switch {
	case kind == wordsQuery && o.query == "":
		o.query = strings.Join(words, " ")
		return nil
	case kind == wordsFiles && len(o.files) == 0:
		o.files = words
		return nil
	case kind == wordName && o.as == "" && len(o.files) == 0:
		o.as = words[0]
		return words[1:]
	case kind == wordURL && o.url == "":
		o.url = words[0]
		return words[1:]
	case kind == wordID && o.entry.id == "":
		o.entry.id = words[0]
		return words[1:]
	}
	return words
}

// name is the document meant.
func (o options) name() string {
	if o.as == "" && len(o.files) > 0 {
		return filepath.Base(o.files[0])
	}
	return o.as
}
