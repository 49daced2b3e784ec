package guard

import (
	"regexp"
	"slices"

	"frontdesk/core"
)

// Reasons why an answer is not said; traces and cards show them.
const (
	WhyLink       = "a link that is not allowed"
	WhyCommitment = "a commitment that nothing bears out"
	WhyEncoded    = "text that no customer reads"
)

// Vet judges what a model wrote for t, without citation marks: "" if it may be
// said, else why not, and the finding. Links need to stand in a passage or a
// tool's report of the turn, or lead to a configured host; commitments need
// support there. What the customer wrote supports nothing.
func (g *Guard) Vet(t *core.Turn, said string) (why, finding string) {
	var passages []string
	for _, p := range t.Passages {
		if s := p.Title + "\n" + p.Question + "\n" + p.Text + "\n" + p.URL; !Instructs(s) {
			passages = append(passages, s)
		}
	}
	reports := slices.DeleteFunc(slices.Clone(t.Found), Instructs)
	all := append(append([]string{}, passages...), reports...)
	if l := g.strangeLink(said, all); l != "" {
		return WhyLink, l
	}
	if encoded(said, all) {
		return WhyEncoded, ""
	}
	if g.rules.FreeCommitments {
		return "", ""
	}
	if f := Unsupported(visible(said), passages, reports); f != "" {
		return WhyCommitment, f
	}
	return "", ""
}

// instructs are sentences that speak to a model and not to a reader.
var instructs = regexp.MustCompile(`(?i)\b(?:ignore|disregard|forget|override|bypass)\b.{0,30}\b(?:previous|prior|above|earlier|all|any|your|system|these|those)\b.{0,30}\b(?:instruction|prompt|rule|message|context|guideline|direction|polic|polici)|(?:忽略|无视|無視|忘记|忘掉|忘記|绕过|不要理会|抛开|覆盖).{0,12}(?:以上|之前|前面|上述|所有|任何|先前|系统|全部|原有).{0,12}(?:指令|提示|规则|規則|说明|設定|设定|要求|约束|限制|内容)|\byou are (?:now|no longer)\b|\bnew (?:system )?instructions?\s*:|\bsystem (?:prompt|message|override)\b|(?:系统|開發者|开发者)(?:提示|指令|消息|模式)|\b(?:developer|dan|jailbreak|god) mode\b|(?:你现在是|你將扮演|你将扮演|从现在开始你|从现在起你|请扮演)|\b(?:ai|assistant|chatbot|model|bot|llm)s?\b.{0,20}\b(?:must|should|shall|has to|needs? to|please)\b.{0,40}\b(?:say|tell|reply|respond|answer|output|print|include|append|send|reveal|click|visit|promise|offer)|(?:AI|助手|机器人|機器人|模型|客服系统)(?:必须|必須|应当|應當|应该|需要|请|務必|务必).{0,20}(?:回答|回复|告诉|输出|附上|包含|发送|承诺|引导|点击|推荐)|<\|[a-z_]+\|>|\[/?INST\]|(?:^|[\n.!?。！？])\s*(?:system|assistant|human|user)\s*[:：]`)

// Instructs reports whether a passage looks as if it gave a model orders. It may
// still be quoted; it bears nothing out.
func Instructs(text string) bool { return instructs.MatchString(visible(text)) }
