package keyword

import (
	"unicode"

	"frontdesk/knowledge"
)

// mark begins a letter's name, so that it is not the word of the same form.
const mark = "\x00"

// letters are the Han characters of normalised text one by one and its other
// words, marked.
func letters(text string) []string {
	var out []string
	for _, t := range knowledge.Terms(text) {
		for _, r := range t {
			if !unicode.Is(unicode.Han, r) {
				out = append(out, mark+t)
				break
			}
			out = append(out, mark+string(r))
		}
	}
	return out
}

// What words that only ask or join weigh, and letters that mostly do.
const (
	plainWord   = 0.3
	plainLetter = 0.2
)

// common is what a term weighs beside its rarity: words that ask and words
// that only join say little of what is asked for, and in a small collection
// rarity does not show it.
func common(term string) float64 {
	switch term {
	case "a", "an", "the", "of", "to", "in", "on", "at", "for", "by", "with", "from", "and", "or", "is", "are", "was", "were",
		"be", "been", "do", "doe", "did", "can", "could", "will", "would", "may", "should", "i", "my", "me", "you", "your",
		"we", "our", "it", "its", "he", "she", "they", "their", "thi", "that", "there", "what", "which", "who", "whom", "whos",
		"when", "where", "why", "how", "ha", "have", "had", "not", "if", "as", "about", "pleas", "am", "so", "any",
		"什么", "怎么", "怎样", "如何", "哪个", "哪些", "哪里", "哪一", "为什", "么时", "时候", "多少", "多久", "几个", "是什", "是谁", "谁的",
		"请问", "么办", "么样", "可以", "能不", "不能", "是不", "不是", "有没", "没有", "的是", "是哪", "是多", "在哪", "哪年", "哪种",
		"有什", "了什", "有哪", "你们", "我的", "我想", "想要", "一下":
		return plainWord
	case "的", "了", "我", "是", "吗", "呢", "怎", "么", "什", "有", "没", "要", "不", "能", "可", "以", "请", "问", "你", "们", "吧", "啊",
		"哪", "里", "多", "少", "几", "想", "给", "在", "个", "会", "为", "到", "这", "那", "就", "还", "都", "也", "和", "跟", "把", "被",
		"得", "着", "过", "样", "办", "如", "何":
		return plainLetter
	}
	return 1
}
