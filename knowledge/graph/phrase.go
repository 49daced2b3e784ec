package graph

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// label is a header as a customer reads it.
func label(norm Normalizer, header, lang string) string {
	half := inLang(header, lang)
	if n := len([]rune(half)); lang == "zh" && (n >= 1 && half != header || n >= 2 && tongue(half)) || n >= 3 {
		return half
	}
	if cs := conceptOf(norm(header)); len(cs) > 0 {
		if lang == "zh" {
			return concepts[cs[0]].zh
		}
		return concepts[cs[0]].en
	}
	return header
}

// twoTongues is a text in Chinese and then the same in another language, perhaps
// behind a number both share.
var twoTongues = regexp.MustCompile(`^([\d.,]*\s*)(\p{Han}[^A-Za-z]*?)\s*([A-Za-z][^\p{Han}]*)$`)

// inLang is the half of a text in two languages that is for lang; all of it
// where it has no halves.
func inLang(text, lang string) string {
	m := twoTongues.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	if lang == "zh" {
		return strings.TrimSpace(m[1] + m[2])
	}
	return strings.TrimSpace(m[1] + m[3])
}

// more and less are what asks which of several has the most or the least.
var (
	most  = re(`更?(?:重|贵|高|大|多|长|宽|深|厚|快|响|吵)(?:一?些|一?点)?[?？]?|heavier|more expensive|dearer|higher|larger|bigger|longer|wider|deeper|thicker|faster|louder|\bmore\b|taller|stronger|heaviest|highest`)
	least = re(`更?(?:轻|便宜|低|小|少|短|窄|薄|慢|安静|省)|lighter|cheaper|lower|smaller|shorter|narrower|thinner|slower|quieter|\bless\b|lightest|cheapest|lowest`)
	which = re(`哪个|哪款|哪台|哪一|谁|which|who|\bor\b|还是|相比|比较`)
)

// verdict says which of several is the most or the least, "" if that was not
// asked or cannot be told.
func (g *Graph) verdict(q query, fs []found, lang string) string {
	if len(fs) < 2 || len(fs) != len(q.entities) || !which.MatchString(q.norm) {
		return ""
	}
	down, up := least.MatchString(q.norm), most.MatchString(q.norm)
	if down {
		up = false
	}
	if !down && !up {
		return ""
	}
	pick := 0
	var values []float64
	for i, f := range fs {
		v, ok := amount(f.fact.Value)
		if !ok || f.fact.Unit != fs[0].fact.Unit {
			return ""
		}
		values = append(values, v)
		if down && v < values[pick] || up && v > values[pick] {
			pick = i
		}
	}
	for i, v := range values {
		if i != pick && v == values[pick] {
			return ""
		}
	}
	name := inLang(g.entities[fs[pick].entity].name, lang)
	attr := label(g.norm, fs[pick].fact.Attribute, lang)
	switch {
	case lang == "zh" && down:
		return attr + "较低的是 " + name + "。"
	case lang == "zh":
		return attr + "较高的是 " + name + "。"
	case down:
		return "Lower " + attr + ": " + name + "."
	}
	return "Higher " + attr + ": " + name + "."
}

// amount is the number a value begins with.
func amount(v string) (float64, bool) {
	end := strings.IndexFunc(v, func(r rune) bool { return !unicode.IsDigit(r) && r != '.' && r != ',' && r != '-' })
	if end < 0 {
		end = len(v)
	}
	x, err := strconv.ParseFloat(strings.ReplaceAll(v[:end], ",", ""), 64)
	return x, err == nil
}
