package dialog

import (
	"testing"

	"frontdesk/core/nlu"
)

func TestRemarks(t *testing.T) {
	for said, want := range map[string]string{
		"谢谢，装好之后就安静多了": Thanks, "Thanks, that was the fuse": Thanks, "好的拜拜啦各位": Goodbye, "Ok, goodbye then": Goodbye,
		"哦，换了插座就好了": Nod, "换根线搞定了": Nod, "我只是好奇": Nod, "It works now": Nod, "just curious": Nod,
		"谢谢，那运费谁出？": "", "Thanks, but how much is it": "", "还是没解决": "", "问题没解决": "", "It still does not work, thanks": "",
		"换了插座还是不行": "", "你们不好": "", "帮我查订单": "", "退货要几天": "", "灯又坏了": "",
	} {
		if got := remark(nlu.Normalize(said)); got != want {
			t.Errorf("%s: %q, want %q", said, got, want)
		}
	}
}
