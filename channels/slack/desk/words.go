package desk

import (
	"strings"
	"unicode"

	"frontdesk/core"
)

// words are the desk's texts in one language.
type words struct {
	lang                                                                       string // BCP 47
	verified, claimed                                                          string // identity levels
	again                                                                      string // a case comes back
	wants, customer, channel, bot, reason, since, signals, asked, tried, slots string
	waiting, byAgent, byBot, closed                                            string
	take, takeOver, reply, giveBack, resolve                                   string
	hint, limit, unknown, agent                                                string
	modalTitle, modalLabel, modalSend, modalCancel, modalHint                  string
	takenBy, changed, noCase, empty, failed, lost, inThread, files, tooLong    string
	reasons, names                                                             map[string]string
}

func english() words {
	return words{
		lang: "en", verified: "verified", claimed: "says so", again: "A person is wanted again",
		wants: "A person is wanted", customer: "Customer", channel: "Channel", bot: "bot", reason: "Reason",
		since: "Waiting since", signals: "Signals", asked: "The customer wrote", tried: "The bot would have said",
		slots:   "Known so far",
		waiting: "waiting for a person", byAgent: "with %s", byBot: "back with the bot", closed: "resolved",
		take: "Take", takeOver: "Take over", reply: "Reply to customer", giveBack: "Return to bot", resolve: "Resolve",
		hint:  "What is written in this thread stays *internal*. Begin with `>>`, or press *Reply to customer*, to send.",
		limit: "limit", unknown: "unknown", agent: "agent",
		modalTitle: "Reply to customer", modalLabel: "The customer will read", modalSend: "Send", modalCancel: "Cancel",
		modalHint: "Sending takes the case if nobody, or somebody else, has it.",
		takenBy:   "The case is with %s already.", changed: "The case changed hands meanwhile; look at the card again.",
		noCase: "This thread belongs to no open case: nothing was sent.", empty: "There is no text after `>>`: nothing was sent.",
		failed: "That did not work: %s.", lost: "please try again in a moment", inThread: "Write `>>` in the thread of a case: nothing was sent.",
		files: "Files are not passed on to the customer; only your text was.", tooLong: "the text is too long",
		reasons: map[string]string{
			core.ReasonAsked: "the customer asks for a person", core.ReasonUnsure: "the bot is not sure enough",
			core.ReasonRepeated: "the same question again and again", core.ReasonFailed: "the bot failed again and again",
			core.ReasonAngry: "the customer is upset", core.ReasonFlow: "a flow says so", core.ReasonRule: "a rule says so",
			core.ReasonManual: "a person took the case",
		},
		names: map[string]string{},
	}
}

func chinese() words {
	return words{
		lang: "zh", verified: "身份已验证", claimed: "自称", again: "再次需要人工接待",
		wants: "需要人工接待", customer: "客户", channel: "渠道", bot: "机器人", reason: "原因",
		since: "等待自", signals: "指标", asked: "客户说", tried: "机器人原本的回答",
		slots:   "已知信息",
		waiting: "等待人工", byAgent: "由 %s 处理", byBot: "已交回机器人", closed: "已解决",
		take: "接手", takeOver: "转由我处理", reply: "回复客户", giveBack: "交回机器人", resolve: "解决",
		hint:  "本消息列中的文字仅 *内部* 可见。以 `>>` 开头，或点击 *回复客户* ，才会发送给客户。",
		limit: "阈值", unknown: "未知", agent: "客服",
		modalTitle: "回复客户", modalLabel: "客户将看到", modalSend: "发送", modalCancel: "取消",
		modalHint: "若无人或他人在处理，发送后将由你接手。",
		takenBy:   "该会话已由 %s 处理。", changed: "会话已易手，请重新查看卡片。",
		noCase: "此消息列不属于任何进行中的会话：未发送。", empty: "`>>` 之后没有文字：未发送。",
		failed: "操作失败：%s。", lost: "请稍后再试", inThread: "请在会话的消息列中使用 `>>`：未发送。",
		files: "文件不会转发给客户，只发送了文字。", tooLong: "文字过长",
		reasons: map[string]string{
			core.ReasonAsked: "客户要求人工服务", core.ReasonUnsure: "机器人把握不足",
			core.ReasonRepeated: "同一问题反复出现", core.ReasonFailed: "机器人连续未能解答",
			core.ReasonAngry: "客户情绪不满", core.ReasonFlow: "流程要求转人工", core.ReasonRule: "规则要求转人工",
			core.ReasonManual: "人工主动接手",
		},
		names: map[string]string{"asked for a person": "要求人工", "anger": "不满程度", "safety": "涉及安全", "legal": "涉及法律",
			"asked again": "重复提问次数", "no answer in a row": "连续未答次数", "confidence": "置信度", "says it does not help": "表示没有帮助",
			"gap to the second intent": "与次选意图差距", "best passage": "最佳段落得分", "none of the readings": "所列理解均不符",
			"intent": "意图", "flow": "流程", "rule": "规则"},
	}
}

// speaking picks the language of locale; without one, that of sample.
func speaking(locale, sample string) words {
	if strings.HasPrefix(strings.ToLower(locale), "zh") || locale == "" && isHan(sample) {
		return chinese()
	}
	return english()
}

func isHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// named is what w calls a signal: "intent refund" by its first word.
func (w words) named(signal string) string {
	if n, ok := w.names[signal]; ok {
		return n
	}
	if kind, rest, ok := strings.Cut(signal, " "); ok && w.names[kind] != "" {
		return w.names[kind] + " " + rest
	}
	return signal
}
