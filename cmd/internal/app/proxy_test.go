package app

import (
	"net/http"
	"testing"
)

// A Chinese platform is called directly whatever HTTPS_PROXY says, unless its own
// proxy: says otherwise; others follow the environment.
func TestChannelsProxies(t *testing.T) {
	for _, c := range []struct {
		kind, proxy string
		direct      bool
		through     string
	}{{"wechat", "", true, ""}, {"wecom", "", true, ""}, {"wechat", "http://proxy.example:3128", false, "proxy.example:3128"}, {"telegram", "", false, ""}} {
		tr, ok := client(c.kind, c.proxy).Transport.(*http.Transport)
		if !ok || (tr.Proxy == nil) != c.direct {
			t.Errorf("%s with proxy %q: direct %v", c.kind, c.proxy, tr.Proxy == nil)
			continue
		}
		if c.through == "" {
			continue
		}
		req, err := http.NewRequest(http.MethodGet, "https://api.weixin.qq.com/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if u, err := tr.Proxy(req); err != nil || u == nil || u.Host != c.through {
			t.Errorf("%s goes through %v, %v", c.kind, u, err)
		}
	}
}
