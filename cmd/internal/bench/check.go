package bench

import (
	"encoding/json"
	"fmt"
)

type page struct {
	Items []struct {
		Seq  int64  `json:"seq"`
		Role string `json:"role"`
		Kind string `json:"kind"`
	} `json:"items"`
}

// check reads the conversation back: seq has no gap, each message
// acknowledged is there once, and was answered before the next one was, unless
// a person has the case.
func (u *user) check() {
	var customer, bot, seq int64
	handed := u.handed > 0
	for {
		status, body, err := u.w.do("GET", fmt.Sprintf("/api/v1/web/%s/messages?after=%d", u.o.Channel, seq), u.token, nil)
		var p page
		if err == nil && status != 200 {
			err = fmt.Errorf("history: status %d: %.200s", status, body)
		}
		if err == nil {
			err = json.Unmarshal(body, &p)
		}
		if err != nil {
			u.fail(err)
			return
		}
		if len(p.Items) == 0 {
			break
		}
		for _, it := range p.Items {
			if it.Seq != seq+1 {
				u.fail(fmt.Errorf("seq %d after %d", it.Seq, seq))
			}
			seq = it.Seq
			switch it.Role {
			case "customer":
				customer++
			case "bot":
				bot++
			}
		}
	}
	n := int64(len(u.asked))
	// A request that failed may have been stored all the same: that is no
	// duplicate.
	u.dup += max(0, customer-n-u.errs)
	u.lost += max(0, n-customer)
	if !handed {
		u.lost += max(0, customer-bot)
	}
}
