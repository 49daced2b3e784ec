// Package bot turns a bot's definition, as configuration and the panel give
// it, into a built pipeline, and keeps the built bots in a snapshot that is
// swapped as a whole.
package bot

import (
	"frontdesk/core"
	"frontdesk/core/dialog"
	"frontdesk/core/guard"
	"frontdesk/core/handoff"
)

// Definition is everything that makes one bot. It is plain data: configuration
// fills it from the bot's folder, the panel from the database. Build checks it.
// Languages are primary BCP 47 tags in lower case, "zh" or "en".
type Definition struct {
	ID         string
	Name       string
	Version    string   // of this configuration; traces show it
	Languages  []string // at least one; the first is spoken when in doubt
	TimeZone   string   // IANA name, "Asia/Shanghai"; "" is UTC
	Persona    string   // who the bot is, for generators; may be ""
	Recognizer string   // a key of Parts.Recognizers; "" is "linear"
	// RecognizerURL is where the recogniser's model is served, for those that
	// ask one. It is the operator's own word: private addresses are allowed.
	RecognizerURL string
	Threshold     float64 // confidence in (0,1) below which a person is wanted; 0 is DefaultThreshold
	Intents       []Intent
	Entities      []Entity
	Flows         []dialog.Flow
	Rules         []dialog.Rule
	Hours         []string     // when the house is open, "mon-fri 09:00-18:00"; none: conditions cannot ask
	Holidays      []string     // days it is not, "2026-10-01" or "2026-10-01/2026-10-07"
	Approved      bool         // only what people wrote is said, see dialog.Script
	Texts         dialog.Texts // what differs from dialog.DefaultTexts
	Media         dialog.Media // what to do with images and the like; nil is an honest line
	Handoff       handoff.Rules
	Guard         *guard.Rules // nil: all rails but the notice that it is a machine
	Desk          core.DeskRef // where its cases go; zero is the web inbox only
}

// DefaultThreshold is CONTRACT's example value.
const DefaultThreshold = 0.45

// Intent is something customers want, learnt from examples.
type Intent struct {
	Name string
	// Title is what a clarification calls it, by language: {"en": "Return an
	// item"}. An intent without a title is never offered.
	Title dialog.Wording
	// Examples are sentences of customers, by language; they may mark what
	// entities are learnt from: "[red](colour) shoes". An intent of the
	// built-in small talk ("greeting", "thanks", "goodbye") may be named again
	// to add examples or to change its answer.
	Examples map[string][]string
	// Answer is said when the intent is understood and no flow starts with it.
	Answer dialog.Wording
	// SmallTalk intents answer without counting as a question.
	SmallTalk bool
	// Handoff wants a person as soon as the intent is understood.
	Handoff bool
}

// Entity is a kind of value to find in texts. One of Rule, Pattern, Values and
// Learn is given; Learn also with Values, which are then the normal forms.
type Entity struct {
	Name    string
	Rule    string // a built-in rule of core/nlu/rules: "order_id", "phone", "date", …
	Pattern string // RE2; its first group, if it has one, is the value
	Values  []Value
	Learn   bool // from the intents' examples that mark it
}

// Value is one value of a listed entity.
type Value struct {
	Value    string   // what a slot gets
	Synonyms []string // how customers write it, in any language; Value itself always counts
}
