package extract

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// reader picks the sentence that answers by what it means. A sentence stands
// out by its cosine to the question above the question's cosine to sentences of
// the same sort about other things (the encoder puts all of a language into a
// narrow cone, so the bare cosine says little), and by its lead over the other
// sentences there are: where one without the form asked for is nearer, the
// matter is known and its answer is not.
type reader struct {
	g *Generator
	e core.Embedder
}

const (
	// sharp turns how far a sentence stands out above its bar into a confidence:
	// at the bar it is evens, 0.03 above nine to one.
	sharp = 75
	// words is what all words of the question together add to standing out, and
	// letters all its Han characters, the rarer the more.
	words, letters = 0.03, 0.02
	// own is what a sentence in the customer's language has ahead of its
	// translation.
	own = 0.012
	// lead is the weight of the lead, which counts up to mostLead; a sentence that
	// is more than behind after another is no answer.
	lead, mostLead, behind = 0.7, 0.06, 0.003
)

// candidate is a sentence, or a pair, with how well it answers.
type candidate struct {
	passage core.Passage
	text    string
	norm    string  // with what it stands under
	out     float64 // how far it stands out, before its lead
	bar     float64
	formed  bool
}

// read drafts an answer to question from ps; nil if there is none. text is what
// was written just now, of which question may be a completion.
func (r reader) read(ctx context.Context, question, text string, weights question, ps []core.Passage) (*core.Draft, error) {
	ks := wanted(question)
	all, err := r.candidates(ctx, question, weights, ps)
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].bar, all[i].formed = r.g.form(ks, question, r.g.norm(all[i].text))
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return compare(b.out-b.bar, a.out-a.bar) })
	at := slices.IndexFunc(all, func(c candidate) bool { return c.formed })
	if at < 0 {
		return nil, nil
	}
	best := all[at]
	ahead := best.ahead(all)
	if ahead < -behind {
		return nil, nil
	}
	return r.g.draft(ks, question, text, best, all, best.out+lead*min(ahead, mostLead)-best.bar), nil
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// ahead is c's lead over the best other sentence of its language. Its
// translation, which says the same, is no rival.
func (c candidate) ahead(all []candidate) float64 {
	best := math.Inf(-1)
	for _, o := range all {
		if o.text != c.text && tongue(o.text) == tongue(c.text) {
			best = max(best, o.out)
		}
	}
	if math.IsInf(best, -1) {
		return mostLead
	}
	return c.out - best
}

// draft words what best says. over is how far it is above its bar.
func (g *Generator) draft(ks []kind, question, text string, best candidate, all []candidate, over float64) *core.Draft {
	said, also := g.complete(ks, question, best, all)
	if also == nil && best.passage.Question == "" {
		said = g.narrowed(ks, question, text, said)
	}
	if also == nil {
		if also = best.rival(all); also != nil {
			said = under(best, said) + "\n" + under(*also, clause.ReplaceAllString(also.text, ""))
		}
	}
	d := &core.Draft{By: "extract", Score: 1 / (1 + math.Exp(-sharp*over)), Parts: []core.Part{{Text: said}}, Citations: []core.Citation{cite(best)}}
	if best.passage.Question != "" {
		d.By = "faq"
	}
	if also != nil && also.passage.ID != best.passage.ID {
		d.Citations = append(d.Citations, cite(*also))
	}
	return d
}

func cite(c candidate) core.Citation {
	p := c.passage
	quote := c.text
	if p.Question != "" {
		quote = p.Question
	}
	return core.Citation{Doc: p.Doc, Title: p.Title, Page: p.Page, URL: p.URL, Quote: shorten(quote)}
}

// candidates are the sentences of ps with how far they stand out.
func (r reader) candidates(ctx context.Context, question string, weights question, ps []core.Passage) ([]candidate, error) {
	all := r.g.sentencesOf(ps)
	if len(all) == 0 {
		return nil, nil
	}
	texts := slices.Clone(background[:])
	for _, c := range all {
		texts = append(texts, c.embedded())
	}
	vs, err := r.g.vectors(ctx, r.e, texts)
	if err != nil {
		return nil, fmt.Errorf("read passages: %w", err)
	}
	q, err := r.e.Embed(ctx, core.EmbedQuery, []string{question})
	if err != nil {
		return nil, fmt.Errorf("read the question: %w", err)
	}
	var floor float64
	for _, b := range vs[:len(background)] {
		floor += dot(q[0], b) / float64(len(background))
	}
	shared := sharedLetters(question, all)
	for i := range all {
		c := &all[i]
		c.out = dot(q[0], vs[len(background)+i]) - floor + words*weights.share(r.g.terms(c.norm)) + letters*shared[i]
		if tongue(c.text) == tongue(question) {
			c.out += own
		}
	}
	return all, nil
}

// sharedLetters is, for each candidate, the share of the question's Han
// characters that it has, the rarer among the candidates the more: a paraphrase
// often shares one character of a word.
func sharedLetters(question string, all []candidate) []float64 {
	out := make([]float64, len(all))
	seen := map[rune]bool{}
	var total float64
	for _, r := range question {
		if seen[r] || !unicode.Is(unicode.Han, r) {
			continue
		}
		seen[r] = true
		n := 0
		for _, c := range all {
			if strings.ContainsRune(c.norm, r) {
				n++
			}
		}
		if n == 0 {
			continue
		}
		rare := math.Log(1 + float64(len(all))/float64(n))
		total += rare
		for i, c := range all {
			if strings.ContainsRune(c.norm, r) {
				out[i] += rare
			}
		}
	}
	for i := range out {
		out[i] /= max(total, 1)
	}
	return out
}

// sentencesOf takes passages apart. Rows of tables are facts, which others read.
func (g *Generator) sentencesOf(ps []core.Passage) []candidate {
	var out []candidate
	for _, p := range ps {
		switch {
		case len(p.Cells) > 0:
		case p.Question != "":
			out = append(out, candidate{passage: p, text: strings.TrimSpace(p.Text), norm: g.norm(p.Question + " " + p.Text)})
		default:
			for _, s := range knowledge.Sentences(p.Text) {
				if s = strings.TrimSpace(s); len([]rune(s)) >= shortestSentence && !directive.MatchString(g.norm(s)) {
					out = append(out, candidate{passage: p, text: s, norm: g.norm(p.Title + " " + s)})
				}
			}
		}
	}
	return out
}

// shortestSentence is the least number of characters that say anything.
const shortestSentence = 6

// directive is a sentence in a document that speaks to the bot, not to
// customers: it is nobody's promise and never quoted.
var directive = re(`^(?:ai |chat)?(?:assistants?|bots?|ai|llm|system)\s*[:：]|\b(?:ai|the) (?:assistant|chatbot|bot|model)s?\b.{0,20}\b(?:must|should|tell|say|ignore)|(?:智能助手|机器人|助手|模型)[：:]|ignore (?:all|previous|the above)|忽略(?:以上|之前|所有)`)

// embedded is what is compared with the question: the sentence under its
// nearest heading, or the pair.
func (c candidate) embedded() string {
	if c.passage.Question != "" {
		return c.passage.Question + " " + c.text
	}
	if title := c.heading(); title != "" {
		return title + ": " + c.text
	}
	return c.text
}

// heading is the nearest one, or the question of a pair.
func (c candidate) heading() string {
	if c.passage.Question != "" {
		return c.passage.Question
	}
	parts := strings.Split(c.passage.Title, " › ")
	return parts[len(parts)-1]
}

func tongue(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0
}

func dot(a, b []float32) float64 {
	var sum float32
	for i, x := range a {
		sum += x * b[i]
	}
	return float64(sum)
}

// complete is the text of best, and of another sentence beside it that has the
// form of something asked for which best has not.
func (g *Generator) complete(ks []kind, question string, best candidate, all []candidate) (string, *candidate) {
	text := clause.ReplaceAllString(best.text, "")
	for _, k := range ks {
		if k.has == nil || g.in(k, question, g.norm(best.text)) {
			continue
		}
		for i, c := range all {
			beside := c.passage.Title == best.passage.Title && c.passage.Doc == best.passage.Doc && tongue(c.text) == tongue(best.text)
			if beside && g.in(k, question, g.norm(c.text)) && best.out-c.out < closeBy {
				return text + " " + clause.ReplaceAllString(c.text, ""), &all[i]
			}
		}
	}
	return text, nil
}

// tied is how little behind a rival is that may as well be meant.
const tied = 0.006

// rival is another sentence of the form asked for that is as near as c: the two
// are for different cases, and the customer knows which is theirs. nil if there
// is none, or both together would be long.
func (c candidate) rival(all []candidate) *candidate {
	for i, o := range all {
		same := o.text == c.text || tongue(o.text) != tongue(c.text) || o.bar != c.bar || !o.formed
		if !same && c.out-o.out < tied && measure(c.text)+measure(o.text) <= short {
			return &all[i]
		}
	}
	return nil
}

// short is the length of an answer that is read at a glance, in Han characters;
// a letter counts a third, so that 60 English words are as long.
const short = 120

func measure(s string) (n float64) {
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			n++
		} else {
			n += 1.0 / 3
		}
	}
	return n
}

// under puts a sentence under its heading, which says what it is for.
func under(c candidate, text string) string {
	title := c.heading()
	if title == "" || strings.Contains(text, title) {
		return text
	}
	return title + ": " + text
}

// closeBy is how far behind another sentence may be to be added.
const closeBy = 0.05

var between = re(`[，,；;]\s*|\s+and\s+`)

// narrowed is the clause of a sentence that is asked for, where it gives values
// of one kind for two cases and what was written names one of them in its words;
// else the sentence. Meaning is not asked here: a clause without its condition is
// worse than both.
func (g *Generator) narrowed(ks []kind, question, text, sentence string) string {
	at := slices.IndexFunc(ks, func(k kind) bool { return k.has != nil })
	bare := strings.TrimRight(sentence, "。. ")
	parts := between.Split(bare, -1)
	if at < 0 || len(parts) != 2 {
		return sentence
	}
	asks := g.terms(text)
	named := -1
	for i, p := range parts {
		if !g.in(ks[at], question, g.norm(p)) || len([]rune(p)) < shortestSentence {
			return sentence
		}
		other := g.terms(parts[1-i])
		for t := range g.terms(p) {
			if !asks[t] || other[t] {
				continue
			}
			if named == 1-i {
				return sentence // both are
			}
			named = i
		}
	}
	if named < 0 {
		return sentence
	}
	return strings.TrimSpace(parts[named]) + sentence[len(bare):]
}

// background are sentences as documents for customers have them, of many trades:
// what a question's cosine to them is, it has to anything.
var background = [...]string{
	"营业时间: 门店每天上午十点开门，晚上九点关门。", "配送: 订单一般在三天内送达，偏远地区会晚一些。", "会员: 积分可以在下次购物时抵扣。", "请把包装盒放在干燥的地方保存。",
	"安全: 使用前请仔细阅读说明书，不要让儿童单独操作。", "费用: 每次服务收取 80 元，材料费另算。", "退款: 审核通过后退回原支付账户。", "本手册适用于全部型号，图片仅供参考。",
	"清洁: 用干布擦拭表面，不要用水冲洗。", "预约: 需要提前两天在小程序里预约。", "注册: 用手机号登录后即可绑定账号。", "保养: 每半年检查一次，发现磨损请更换。",
	"Opening hours: The shop is open from ten to nine every day.", "Delivery: Orders usually arrive within three days.", "Members: Points can be used for the next purchase.", "Keep the box in a dry place.",
	"Safety: Read the manual before use and keep children away.", "Fees: Each visit costs 80 dollars, material not included.", "Refunds: The money goes back to the account it came from.", "This manual is for all models; pictures may differ.",
	"Cleaning: Wipe the surface with a dry cloth.", "Booking: Please book two days ahead in the app.", "Account: Sign in with your phone number.", "Care: Check it twice a year and replace worn parts.",
}
