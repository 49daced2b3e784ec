package ingest

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"frontdesk/knowledge"
)

// mostRules bounds the style rules that are heeded; each is tried on the page.
const mostRules = 3000

// dropUnseen removes what a page's own styles hide, and says how much text that
// was. What a reader does not see is not said to customers either, and is where
// hostile instructions are kept: not displayed, transparent, as light as the
// ground, tiny, or moved off the page. Style sheets of their own files are not
// there to be read.
func dropUnseen(doc *goquery.Document) knowledge.Omission {
	styles := map[*html.Node]map[string]string{}
	doc.Find("style").Each(func(_ int, s *goquery.Selection) { applyRules(doc, s.Text(), styles) })
	doc.Find("[style]").Each(func(_ int, s *goquery.Selection) { merge(styles, s.Nodes[0], declarations(s.AttrOr("style", ""))) })
	left := knowledge.Omission{Why: knowledge.Hidden}
	for _, n := range doc.Nodes {
		hideBelow(n, ground{}, styles, &left, 0)
	}
	return left
}

var (
	cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	cssRule    = regexp.MustCompile(`([^{}]+)\{([^{}]*)\}`)
)

func applyRules(doc *goquery.Document, sheet string, styles map[*html.Node]map[string]string) {
	for i, m := range cssRule.FindAllStringSubmatch(cssComment.ReplaceAllString(sheet, ""), mostRules) {
		decl := declarations(m[2])
		if i >= mostRules || len(decl) == 0 || strings.HasPrefix(strings.TrimSpace(m[1]), "@") {
			continue
		}
		for _, selector := range strings.Split(m[1], ",") {
			if selector = strings.TrimSpace(selector); strings.ContainsAny(selector, ":@") {
				continue // a state, or what is drawn beside the text
			}
			doc.Find(selector).Each(func(_ int, s *goquery.Selection) { merge(styles, s.Nodes[0], decl) })
		}
	}
}

func merge(styles map[*html.Node]map[string]string, n *html.Node, decl map[string]string) {
	if styles[n] == nil {
		styles[n] = map[string]string{}
	}
	for k, v := range decl {
		styles[n][k] = v
	}
}

// declarations reads the properties that can hide text or colour its ground.
func declarations(text string) map[string]string {
	out := map[string]string{}
	for part := range strings.SplitSeq(text, ";") {
		name, value, ok := strings.Cut(part, ":")
		name = strings.ToLower(strings.TrimSpace(name))
		value = strings.ToLower(strings.TrimSpace(strings.Replace(value, "!important", "", 1)))
		switch name {
		case "background-color", "background-image":
			name = "background"
			fallthrough
		case "display", "visibility", "opacity", "font-size", "color", "background", "text-indent", "left", "top", "position", "clip", "clip-path", "height", "max-height", "width", "overflow", "transform":
			if ok {
				out[name] = value
			}
		}
	}
	return out
}

// ground is what text stands on and is written in, from the elements above it.
type ground struct {
	dark  bool
	white bool // the letters are
}

func hideBelow(n *html.Node, g ground, styles map[*html.Node]map[string]string, left *knowledge.Omission, depth int) {
	if depth > deepestXML {
		return
	}
	st := styles[n]
	switch v := st["background"]; v {
	case "", "none", "transparent", "inherit", "initial", "unset", "revert":
	default:
		light, known := lightness(v)
		g.dark = !known || light < 0.75
	}
	if v, ok := st["color"]; ok {
		light, known := lightness(v)
		g.white = known && light > 0.93
	}
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch {
		case c.Type == html.ElementNode && concealed(styles[c]), c.Type == html.TextNode && g.white && !g.dark && strings.TrimSpace(c.Data) != "":
			if size := utf8.RuneCountInString(oneLine(textBelow(c))); size > 0 {
				left.Pieces++
				left.Characters += size
			}
			n.RemoveChild(c)
		default:
			hideBelow(c, g, styles, left, depth+1)
		}
		c = next
	}
}

func textBelow(n *html.Node) string { return goquery.NewDocumentFromNode(n).Text() }

// concealed reports whether an element with such properties is not seen.
func concealed(st map[string]string) bool {
	switch {
	case len(st) == 0:
		return false
	case st["display"] == "none", st["visibility"] == "hidden", st["visibility"] == "collapse":
		return true
	case strings.HasPrefix(st["transform"], "scale(0)"), strings.HasPrefix(st["clip"], "rect(0") || strings.HasPrefix(st["clip"], "rect(1px"), st["clip-path"] == "inset(100%)" || st["clip-path"] == "inset(50%)":
		return true
	case st["overflow"] == "hidden" && (tiny(st["height"], 2) || tiny(st["max-height"], 2) || tiny(st["width"], 2)):
		return true
	case st["position"] != "" && st["position"] != "relative" && (away(st["left"]) || away(st["top"])), away(st["text-indent"]):
		return true
	}
	if v, err := strconv.ParseFloat(strings.TrimSuffix(st["opacity"], "%"), 64); err == nil && v <= 0.05 {
		return true
	}
	return tiny(st["font-size"], 3)
}

var cssLength = regexp.MustCompile(`^(-?[\d.]+)\s*(px|pt|em|rem|%|vw|vh)?$`)

// pixels reads a length; em and % as parts of letters of 16 pixels.
func pixels(s string) (float64, bool) {
	m := cssLength.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	v, err := strconv.ParseFloat(m[1], 64)
	switch m[2] {
	case "pt":
		v *= 4.0 / 3
	case "em", "rem", "vw", "vh":
		v *= 16
	case "%":
		v *= 0.16
	}
	return v, err == nil
}

func tiny(s string, below float64) bool {
	v, ok := pixels(s)
	return ok && v < below && v >= 0
}

// away reports whether a length moves text off the page.
func away(s string) bool {
	v, ok := pixels(s)
	return ok && v < -500
}

var rgb = regexp.MustCompile(`rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)(?:[\s,/]+([\d.]+))?`)

// lightness reads a colour: 0 is black, 1 white or transparent; false if it is
// not one that is known, as a picture.
func lightness(s string) (float64, bool) {
	first, _, _ := strings.Cut(s, " ")
	switch first {
	case "white", "snow", "ivory", "whitesmoke", "ghostwhite", "transparent", "floralwhite", "mintcream", "azure":
		return 1, true
	case "black", "navy", "darkblue", "blue", "green", "darkgreen", "red", "darkred", "maroon", "purple", "gray", "grey", "dimgray", "teal", "brown":
		return 0.3, true
	}
	if m := rgb.FindStringSubmatch(s); m != nil {
		var v [3]float64
		for i := range v {
			v[i], _ = strconv.ParseFloat(m[i+1], 64) // digits and dots
		}
		if alpha, err := strconv.ParseFloat(m[4], 64); err == nil && alpha < 0.06 {
			return 1, true
		}
		return (0.299*v[0] + 0.587*v[1] + 0.114*v[2]) / 255, true
	}
	hex := strings.TrimPrefix(first, "#")
	if hex == first {
		return 0, false
	}
	if len(hex) == 3 || len(hex) == 4 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	if len(hex) < 6 {
		return 0, false
	}
	n, err := strconv.ParseUint(hex[:6], 16, 32)
	return (0.299*float64(n>>16) + 0.587*float64(n>>8&255) + 0.114*float64(n&255)) / 255, err == nil
}
