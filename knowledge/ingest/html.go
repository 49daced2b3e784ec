package ingest

import (
	"strings"
	"unicode/utf8"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	tableplugin "github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"github.com/PuerkitoBio/goquery"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// chrome is what surrounds a page's text.
const chrome = "script, style, noscript, template, iframe, object, svg, canvas, form, nav, footer, aside, button, " +
	"[role=navigation], [role=banner], [role=contentinfo], [role=search], header nav"

// readHTML reads the main part of a page.
func readHTML(name, text string) (knowledge.Parsed, error) {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(strings.ReplaceAll(text, mark, "")))
	if err != nil {
		return knowledge.Parsed{}, core.Invalid("%s cannot be read as HTML (%v): save the page again", name, err)
	}
	title := strings.TrimSpace(doc.Find("head title").First().Text())
	left := []knowledge.Omission{dropUnseen(doc)}
	left = append(left, hiddenByMark(doc))
	doc.Find(chrome).Remove()
	doc.Find("a, img").Each(func(_ int, s *goquery.Selection) { _ = s.RemoveAttr("href").RemoveAttr("src") })
	body := doc.Find("main, article, [role=main]").First()
	if body.Length() == 0 || len(body.Text()) < len(doc.Find("body").Text())/3 {
		body = doc.Find("body")
	}
	if body.Length() == 0 {
		return knowledge.Parsed{MIME: "text/html"}, nil
	}
	tables := takeTables(body)
	conv := converter.NewConverter(converter.WithPlugins(base.NewBasePlugin(), commonmark.NewCommonmarkPlugin(),
		tableplugin.NewTablePlugin(tableplugin.WithSpanCellBehavior(tableplugin.SpanBehaviorMirror), tableplugin.WithHeaderPromotion(true), tableplugin.WithSkipEmptyRows(true))))
	md, err := conv.ConvertNode(body.Get(0))
	if err != nil {
		return knowledge.Parsed{}, core.Invalid("%s cannot be read as HTML (%v): save the page again", name, err)
	}
	blocks := putTables(markdown(string(md)), tables)
	if title != "" && !hasTop(blocks) {
		blocks = append([]knowledge.Block{{Kind: knowledge.Heading, Level: 1, Text: title}}, blocks...)
	}
	return knowledge.Parsed{MIME: "text/html", Blocks: blocks, Left: left}, nil
}

// hiddenByMark removes what is hidden by an attribute and counts it.
func hiddenByMark(doc *goquery.Document) knowledge.Omission {
	left := knowledge.Omission{Why: knowledge.Hidden}
	doc.Find("[hidden], [aria-hidden=true]").Each(func(_ int, s *goquery.Selection) {
		if n := utf8.RuneCountInString(oneLine(s.Text())); n > 0 {
			left.Pieces++
			left.Characters += n
		}
		s.Remove()
	})
	return left
}

// hasTop reports whether blocks begin with a heading of level 1.
func hasTop(blocks []knowledge.Block) bool {
	return len(blocks) > 0 && blocks[0].Kind == knowledge.Heading && blocks[0].Level == 1
}
