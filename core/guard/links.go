package guard

import (
	"regexp"
	"strings"
	"unicode"
)

// domains are endings that make a name without a scheme a link: the usual ones,
// so that "manual.pdf" and a missing blank after a full stop are none.
const domains = `com|net|org|info|biz|io|ai|app|dev|co|cn|hk|tw|mo|sg|jp|kr|us|uk|de|fr|ru|in|eu|me|tv|cc|vip|top|xyz|site|online|shop|store|club|live|link|click|work|pro|ltd|icu|fun|win|bid|tech|space|website|cloud|mobi|asia|example|test|invalid|ly|gl|to|gg|im|ws|tk|ml|ga|cf|gq`

// links are everything a customer could tap, or would type in by hand.
var links = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\b(?:h(?:tt|xx)ps?|ftps?|wss?|file|sms|tel|mailto|javascript|vbscript|data|intent|weixin|alipays?|tg|whatsapp|viber|line)\s?:\s?/{0,2}[^\s<>"'）】」，。！？；)\]]+`),
	regexp.MustCompile(`(?i)(?:^|[^:\w/])(//[a-z0-9\-]+\.[^\s<>"'）】」，。！？；)\]]+)`),
	regexp.MustCompile(`(?i)\b(?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.)+(?:` + domains + `)\b(?::\d+)?(?:[/?#][^\s<>"'）】」，。！？；)\]]*)?`),
	regexp.MustCompile(`(?i)\b(?:[a-z0-9\-]+\.)+[a-z]{2,24}/[^\s<>"'）】」，。！？；)\]]+`),
	regexp.MustCompile(`(?i)\b[a-z0-9.+_\-]+@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+`),
	regexp.MustCompile(`(?i)\b(?:[a-z0-9\-]+\s?(?:\[\.\]|\(\.\)|\[dot\]|\(dot\)|\sdot\s|\s点\s|（点）)\s?)+(?:` + domains + `)\b`),
	regexp.MustCompile(`\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?/[^\s]*`),
	regexp.MustCompile(`!\[[^\]]*\]\s?\(\s*([^)\s]+)`),
	regexp.MustCompile(`(?i)\b(?:src|href)\s*=\s*["']?([^\s"'>]+)`),
}

// linksIn lists the links in text, folded for comparison.
func linksIn(text string) []string {
	text = ascii(visible(text)).text
	text = dotted.ReplaceAllString(text, "$1.$2")
	var out []string
	for _, re := range links {
		for _, m := range re.FindAllStringSubmatch(text, -1) {
			out = append(out, fold(m[len(m)-1]))
		}
	}
	return out
}

// dotted are names whose dots are Chinese full stops, which browsers take too.
var dotted = regexp.MustCompile(`([A-Za-z0-9])[。．｡]([A-Za-z])`)

// visible takes out what no reader sees, and what splits words for a filter
// alone.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, s)
}

// fold makes two ways to write a link equal.
func fold(link string) string {
	link = strings.TrimRight(link, ".,;:!?*_`'\"/")
	for _, p := range []string{"https://", "http://", "//"} {
		if len(link) > len(p) && strings.EqualFold(link[:len(p)], p) {
			link = link[len(p):]
			break
		}
	}
	host, rest := link, ""
	if i := strings.IndexAny(link, "/?#"); i >= 0 {
		host, rest = link[:i], link[i:]
	}
	return strings.TrimPrefix(strings.ToLower(host), "www.") + rest
}

// strangeLink is a link in said that neither the rules nor the support allow, ""
// if there is none. A link of the support counts as it stands there: one with
// something added is another.
func (g *Guard) strangeLink(said string, support []string) string {
	found := linksIn(said)
	if len(found) == 0 {
		return ""
	}
	known := map[string]bool{}
	for _, s := range support {
		for _, l := range linksIn(s) {
			known[l] = true
		}
	}
	for _, l := range found {
		if !known[l] && !g.ownHost(l) {
			return l
		}
	}
	return ""
}

// ownHost reports whether a folded link leads to a configured host.
func (g *Guard) ownHost(link string) bool {
	if strings.Contains(link, ":") && !hostPort.MatchString(link) || strings.ContainsAny(link, "\\") {
		return false // another scheme, or a user before the host
	}
	host := link
	if i := strings.IndexAny(host, "/?#:"); i >= 0 {
		host = host[:i]
	}
	if i := strings.LastIndex(host, "@"); i >= 0 {
		host = host[i+1:]
	}
	for _, h := range g.rules.Hosts {
		h = strings.ToLower(h)
		if host == h || strings.HasSuffix(host, "."+h) {
			return true
		}
	}
	return false
}

var hostPort = regexp.MustCompile(`^[a-z0-9.\-]+(?::\d{1,5})?(?:[/?#]|$)`)
