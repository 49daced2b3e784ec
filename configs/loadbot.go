package configs

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"frontdesk/configs/internal/strict"
)

// The bounds of a bot's folder; what goes beyond belongs into the database.
const (
	maxFiles    = 2000
	maxBotBytes = 64 << 20 // of all files together
)

// entries are what a bot's folder may hold.
var entries = []string{"bot.yaml", "intents", "entities", "flows", "rules.yaml", "faq.csv", "knowledge", "tables", "tests"}

// LoadBot reads a bot's folder: bot.yaml, intents/, entities/, flows/, rules.yaml,
// faq.csv, knowledge/ and tests/, each of which may be missing, though not all. Other
// files are left alone, unless their names look like one of these mistyped.
// An error in the files is an Errors with every mistake and its place.
func LoadBot(fsys fs.FS) (*Bot, error) {
	l := botLoader{fsys: fsys, bot: NewBot(), places: map[string]strict.Pos{}}
	l.bot.Places = map[string]Pos{}
	if err := l.survey(); err != nil {
		return nil, err
	}
	l.settings()
	each(&l, "intents", l.intents)
	each(&l, "entities", l.entities)
	each(&l, "flows", l.flow)
	if n := l.read("rules.yaml"); n != nil {
		l.rules(n)
	}
	l.tables()
	l.faq()
	each(&l, "tests", func(n *strict.Node) {
		l.bot.Tests = append(l.bot.Tests, conversations(&l.errs, n)...)
	})
	l.check()
	l.errs.Sort()
	if err := l.errs.Err(); err != nil {
		return nil, err
	}
	l.bot.Version = hex.EncodeToString(l.sum[:])[:12]
	return l.bot, nil
}

type botLoader struct {
	fsys   fs.FS
	bot    *Bot
	errs   strict.Errors
	places map[string]strict.Pos // "intent return" → where it is
	sum    [sha256.Size]byte     // of the YAML files read so far
	files  []string              // all of the folder
	total  int64
}

// survey lists the folder and looks whether it is a bot's.
func (l *botLoader) survey() error {
	top, err := fs.ReadDir(l.fsys, ".")
	if err != nil {
		return fmt.Errorf("read the bot's folder: %w", err)
	}
	found := false
	for _, e := range top {
		if slices.Contains(entries, e.Name()) {
			found = true
			continue
		}
		near := strict.Nearest(e.Name(), entries)
		if near != "" || e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			l.errs.Add(strict.Pos{File: e.Name()}, "is no part of a bot's folder%s", didYouMean(near))
		}
	}
	if !found && len(l.errs) == 0 {
		return errors.New("this is no bot's folder: it holds none of " + strings.Join(entries, ", "))
	}
	return fs.WalkDir(l.fsys, ".", l.visit)
}

func didYouMean(near string) string {
	if near == "" {
		return ": move it elsewhere"
	}
	return fmt.Sprintf(": did you mean %s?", near)
}

func (l *botLoader) visit(name string, e fs.DirEntry, err error) error {
	switch {
	case err != nil:
		return fmt.Errorf("read the bot's folder: %w", err)
	case name != "." && strings.HasPrefix(e.Name(), "."):
		if e.IsDir() {
			return fs.SkipDir
		}
		return nil
	case e.IsDir():
		return nil
	}
	info, err := fs.Stat(l.fsys, name) // of what a link leads to: that is what will be read
	if err != nil {
		return fmt.Errorf("read the bot's folder: %w", err)
	}
	if !info.Mode().IsRegular() {
		l.errs.Add(strict.Pos{File: name}, "is neither a file nor a folder, nor a link to a file: remove it")
		return nil
	}
	l.files, l.total = append(l.files, name), l.total+info.Size()
	if len(l.files) > maxFiles || l.total > maxBotBytes {
		return fmt.Errorf("the bot's folder holds more than %d files or %d MB: is it the right one?", maxFiles, maxBotBytes>>20)
	}
	if strings.HasPrefix(name, "knowledge/") {
		l.bot.Documents = append(l.bot.Documents, name)
	}
	return nil
}

// read parses one YAML file of the folder; nil if there is none, or a mistake.
func (l *botLoader) read(name string) *strict.Node {
	src, err := fs.ReadFile(l.fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		l.errs.Add(strict.Pos{File: name}, "cannot be read")
		return nil
	}
	l.digest(name, src)
	n, err := strict.Parse(name, src)
	if err != nil {
		l.note(err)
		return nil
	}
	return n
}

func (l *botLoader) digest(name string, src []byte) {
	l.sum = sha256.Sum256(slices.Concat(l.sum[:], []byte(name), []byte{0}, src))
}

// note keeps the mistakes in err.
func (l *botLoader) note(err error) {
	var many strict.Errors
	var one *strict.Error
	switch {
	case errors.As(err, &many):
		l.errs = append(l.errs, many...)
	case errors.As(err, &one):
		l.errs = append(l.errs, one)
	}
}

// each hands every YAML file of a folder to take.
func each(l *botLoader, folder string, take func(*strict.Node)) {
	for _, name := range l.files {
		if !strings.HasPrefix(name, folder+"/") {
			continue
		}
		if ext := path.Ext(name); ext != ".yaml" && ext != ".yml" {
			l.errs.Add(strict.Pos{File: name}, "is no .yaml file: rename it, or move it elsewhere")
			continue
		}
		if n := l.read(name); n != nil {
			take(n)
		}
	}
}

func (l *botLoader) settings() {
	n := l.read("bot.yaml")
	if n == nil {
		return
	}
	f := botFile{}
	var d strict.Decoder
	d.Fill(n, &f)
	for _, p := range settingProblems(f.Languages, f.TimeZone) {
		at, _ := d.Place(p.key)
		d.Errs.Add(at, "%s: %s", p.key, p.msg)
	}
	for _, v := range []struct {
		key string
		n   float64
	}{{"handoff.threshold", f.Handoff.Threshold}, {"handoff.limits.anger", f.Handoff.Limits.Anger}} {
		if at, _ := d.Place(v.key); v.n < 0 || v.n > 1 {
			d.Errs.Add(at, "%s: %v is outside 0 to 1", v.key, v.n)
		}
	}
	for kind, do := range f.Media {
		if at, _ := d.Place("media." + kind); do != "line" && do != "person" {
			d.Errs.Add(at, "media.%s: %q is neither line nor person", kind, do)
		}
	}
	if at, _ := d.Place("answers"); f.Answers != "" && f.Answers != "any" && f.Answers != "approved" {
		d.Errs.Add(at, "answers: %q is neither any nor approved", f.Answers)
	}
	l.guardOf(&d, f.Guard)
	l.errs = append(l.errs, d.Errs...)
	l.bot.apply(f)
	if texts := n.Get("texts"); texts != nil {
		for _, p := range texts.Pairs {
			l.bot.Places["text "+p.Key] = p.KeyPos
			l.wording(p.Value, f.Texts[p.Key])
		}
	}
}

func (b *Bot) apply(f botFile) {
	b.Guard = f.Guard
	b.Name, b.Persona, b.Texts, b.Media, b.Handoff = f.Name, f.Persona, f.Texts, f.Media, f.Handoff.HandoffRules
	if f.Languages != nil {
		b.Languages = f.Languages
	}
	b.Hours, b.Holidays = f.Hours, f.Holidays
	b.TimeZone, b.Approved = cmp.Or(f.TimeZone, b.TimeZone), f.Answers == "approved"
	b.Recognizer, b.RecognizerURL = cmp.Or(f.NLU.Recognizer, b.Recognizer), f.NLU.URL
	if f.Handoff.Threshold > 0 {
		b.Threshold = f.Handoff.Threshold
	}
}

// list decodes a file that is a list of T.
func list[T any](l *botLoader, n *strict.Node) ([]T, *strict.Node) {
	var out []T
	if n.Kind == strict.Map && len(n.Pairs) == 0 {
		return nil, n // an empty file
	}
	if err := strict.Decode(n, &out); err != nil {
		l.note(err)
		return nil, n
	}
	return out, n
}
