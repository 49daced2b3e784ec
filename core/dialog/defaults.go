package dialog

// DefaultTexts returns the built-in sentences in Chinese and English.
func DefaultTexts() Texts {
	return Texts{
		TextWelcome: {
			"zh": "您好，我是{bot}，您的智能助手。有什么可以帮您？想找人工客服时，发“转人工”即可。",
			"en": "Hello, I am {bot}, a digital assistant. What can I do for you? Write “talk to a person” whenever you want a colleague.",
		},
		TextGreeting:  {"zh": "您好！有什么可以帮您？", "en": "Hello! How can I help you?"},
		TextThanks:    {"zh": "不客气！还有问题随时告诉我。", "en": "You're welcome! Just write if there is anything else."},
		TextGoodbye:   {"zh": "再见，祝您愉快！", "en": "Goodbye, have a nice day!"},
		TextNod:       {"zh": "好的，还有问题随时告诉我。", "en": "All right. Just write if there is anything else."},
		TextWho:       {"zh": "我是{bot}，一个智能助手，不是真人。需要人工客服时，发“转人工”即可。", "en": "I am {bot}, a digital assistant, not a person. Write “talk to a person” if you want a colleague."},
		TextEmpty:     {"zh": "请用文字告诉我您的问题，我来帮您。", "en": "Please tell me in words what I can help you with."},
		TextClarify:   {"zh": "我想确认一下，您是想问：", "en": "Just to be sure, do you mean:"},
		TextNone:      {"zh": "都不是", "en": "None of these"},
		TextUnknown:   {"zh": "抱歉，我这里没有找到相关资料。您可以换个说法再问一次，或发“转人工”由同事来帮您。", "en": "Sorry, I have found nothing about that. Please put it in other words, or write “talk to a person” and a colleague will help."},
		TextHandoff:   {"zh": "已为您转接人工客服，同事看到后会在这里回复您。", "en": "I have passed you on to a colleague, who will answer you here."},
		TextApology:   {"zh": "抱歉没能帮到您。已为您转接人工客服，同事看到后会在这里回复您。", "en": "I am sorry that I could not help. I have passed you on to a colleague, who will answer you here."},
		TextSafety:    {"zh": "请先确保您的安全，停止使用并断开电源；紧急情况请拨打当地急救电话。已为您转接人工客服，同事看到后会在这里回复您。", "en": "Please see to your safety first: stop using it and cut the power; call the emergency services if there is danger. I have passed you on to a colleague, who will answer you here."},
		TextRetry:     {"zh": "抱歉，我没能识别。", "en": "Sorry, I could not make that out."},
		TextCancelled: {"zh": "好的，已取消。还有什么可以帮您？", "en": "All right, that is cancelled. Anything else?"},
		TextResume:    {"zh": "回到刚才的问题：", "en": "Back to where we were:"},
		TextCorrected: {"zh": "好的，已改为 {value}。", "en": "All right, I have changed that to {value}."},
		TextGoOn:      {"zh": "要继续刚才的“{title}”吗？", "en": "Shall we go on with “{title}”?"},
		TextThat:      {"zh": "办理", "en": "what we had begun"},
		TextDropped:   {"zh": "好的，那就先不办了。还有什么可以帮您？", "en": "All right, we leave that. Anything else?"},
		TextYes:       {"zh": "是", "en": "Yes"},
		TextNo:        {"zh": "不是", "en": "No"},
		TextImage:     {"zh": "图片已收到，但我暂时看不懂图片。请用文字描述一下，或发“转人工”。", "en": "I have received your picture but cannot see what is in it. Please describe it in words, or write “talk to a person”."},
		TextVoice:     {"zh": "抱歉，这条语音我没能听懂。请用文字告诉我，或发“转人工”。", "en": "Sorry, I could not understand the voice message. Please write it, or write “talk to a person”."},
		TextVideo:     {"zh": "视频已收到，但我暂时看不懂视频。请用文字描述一下，或发“转人工”。", "en": "I have received your video but cannot see what is in it. Please describe it in words, or write “talk to a person”."},
		TextFile:      {"zh": "文件已收到，但我暂时无法阅读文件。请用文字说明，或发“转人工”。", "en": "I have received your file but cannot read it. Please tell me in words, or write “talk to a person”."},
		TextLocation:  {"zh": "位置已收到。请用文字告诉我需要什么帮助。", "en": "I have received the place. Please tell me in words what you need."},
		TextLink:      {"zh": "链接已收到，但我无法打开链接。请用文字告诉我您的问题。", "en": "I have received the link but cannot open it. Please tell me in words what you need."},
	}
}
