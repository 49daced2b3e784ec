package nlu

import "strings"

// The initials and finals of Hanyu Pinyin (GB/T 16159), ü written v.
const (
	initials = "b p m f d t n l g k h j q x zh ch sh r z c s y w"
	finals   = "a ai an ang ao e ei en eng er i ia ian iang iao ie in ing iong iu o ong ou u ua uai uan uang ue ui un uo v ve"
	bare     = "a ai an ang ao e en er ou"
)

// pinyinMarks are words customers type without an input method; one of them
// must be there, for many English words would pass for syllables.
const pinyinMarks = "wo ni wodi nimen de ma ne le shi bu yao mei you meiyou zai zaima nihao hao haode xiexie qingwen zenme shenme duoshao " +
	"duojiu jitian ji tian qian kefu rengong ren gong zhuan zhuanrengong zhenren tuihuo tuikuan huanhuo fahuo kuaidi wuliu dingdan fapiao " +
	"dizhi shouhou baoxiu weixiu youfei yunfei youhui chong dian keyi nengbuneng weishenme haimei dao"

var (
	syllables = product(initials, finals, bare)
	marks     = words(pinyinMarks)
)

func words(list string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}

func product(initials, finals, bare string) map[string]bool {
	m := words(bare)
	for i := range strings.FieldsSeq(initials) {
		for f := range strings.FieldsSeq(finals) {
			m[i+f] = true
		}
	}
	return m
}

// longestPinyin bounds the work of cuts; longer words are not pinyin.
const longestPinyin = 18

// IsPinyin reports whether w, in lower case, can be cut into syllables.
func IsPinyin(w string) bool { return len(w) <= longestPinyin && cuts(w) }

// cuts tries the longest syllable (of six letters) first.
func cuts(w string) bool {
	if w == "" {
		return true
	}
	for n := min(6, len(w)); n > 0; n-- {
		if syllables[w[:n]] && cuts(w[n:]) {
			return true
		}
	}
	return false
}
