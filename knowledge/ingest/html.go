package ingest

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	tables "github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"github.com/PuerkitoBio/goquery"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// chrome is what surrounds a page's text.
const chrome = "script, style, noscript, template, iframe, object, svg, canvas, form, nav, footer, aside, button, " +
	"[role=navigation], [role=banner], [role=contentinfo], [role=search], [hidden], [aria-hidden=true], header nav"

// unseen matches styles that hide text: what a reader does not see is not said
// to customers either, and is where hostile instructions are kept.
var unseen = regexp.MustCompile(`(?i)display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(\.0+)?\s*(;|$)|font-size\s*:\s*0(px|pt|em|rem|%)?\s*(;|$)`)

// readHTML reads the main part of a page.
func readHTML(name, text string) (knowledge.Parsed, error) {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(text))
	if err != nil {
		return knowledge.Parsed{}, core.Invalid("%s cannot be read as HTML (%v): save the page again", name, err)
	}
	title := strings.TrimSpace(doc.Find("head title").First().Text())
	doc.Find(chrome).Remove()
	doc.Find("[style]").FilterFunction(func(_ int, s *goquery.Selection) bool { return unseen.MatchString(s.AttrOr("style", "")) }).Remove()
	doc.Find("a, img").Each(func(_ int, s *goquery.Selection) { _ = s.RemoveAttr("href").RemoveAttr("src") })
	doc.Find("[colspan], [rowspan]").Each(func(_ int, s *goquery.Selection) { clampSpan(s, "colspan"); clampSpan(s, "rowspan") })
	body := doc.Find("main, article, [role=main]").First()
	if body.Length() == 0 || len(body.Text()) < len(doc.Find("body").Text())/3 {
		body = doc.Find("body")
	}
	if body.Length() == 0 {
		return knowledge.Parsed{MIME: "text/html"}, nil
	}
	conv := converter.NewConverter(converter.WithPlugins(base.NewBasePlugin(), commonmark.NewCommonmarkPlugin(),
		tables.NewTablePlugin(tables.WithSpanCellBehavior(tables.SpanBehaviorMirror), tables.WithHeaderPromotion(true), tables.WithSkipEmptyRows(true))))
	md, err := conv.ConvertNode(body.Get(0))
	if err != nil {
		return knowledge.Parsed{}, core.Invalid("%s cannot be read as HTML (%v): save the page again", name, err)
	}
	blocks := markdown(string(md))
	if title != "" && !hasTop(blocks) {
		blocks = append([]knowledge.Block{{Kind: knowledge.Heading, Level: 1, Text: title}}, blocks...)
	}
	return knowledge.Parsed{MIME: "text/html", Blocks: blocks}, nil
}

// hasTop reports whether blocks begin with a heading of level 1.
func hasTop(blocks []knowledge.Block) bool {
	return len(blocks) > 0 && blocks[0].Kind == knowledge.Heading && blocks[0].Level == 1
}

// clampSpan keeps one cell from becoming a million.
func clampSpan(s *goquery.Selection, attr string) {
	if n, err := strconv.Atoi(strings.TrimSpace(s.AttrOr(attr, "1"))); err != nil || n < 1 || n > 100 {
		_ = s.RemoveAttr(attr)
	}
}
