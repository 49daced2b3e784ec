package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/officialaccount"
	sdk "github.com/silenceper/wechat/v2/officialaccount/config"
	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/silenceper/wechat/v2/util"
)

const (
	// callFor bounds one call of the API, unless the channel's client does.
	callFor = 10 * time.Second

	sendPath  = "/cgi-bin/message/custom/send"
	staffPath = "/cgi-bin/customservice/getkflist"
)

// api calls the platform for one account. Its errors hold no secret.
type api struct {
	route  route // without a token
	tokens *tokens
	hide   *strings.Replacer
	// patience bounds one call.
	patience time.Duration
}

func newAPI(cfg config, client *http.Client, now func() time.Time) (*api, error) {
	if !installed() {
		return nil, errors.New("wechat.Install was not called before the first account was opened")
	}
	base, err := cfg.base()
	if err != nil {
		return nil, err
	}
	a := &api{route: route{base: base, next: direct()}, patience: callFor,
		hide: hiding(cfg.AppSecret, cfg.Token, cfg.EncodingAESKey)}
	if client != nil && client.Transport != nil {
		a.route.next = client.Transport
	}
	if client != nil && client.Timeout > 0 {
		a.patience = client.Timeout
	}
	account := officialaccount.NewOfficialAccount(&sdk.Config{
		AppID: cfg.AppID, AppSecret: cfg.AppSecret, Cache: cache.NewMemory(), UseStableAK: true,
	})
	stable, ok := account.GetContext().AccessTokenHandle.(stableToken)
	if !ok {
		return nil, errors.New("the SDK has no stable token")
	}
	a.tokens = &tokens{fetch: a.fetchToken(stable), now: now}
	return a, nil
}

// direct calls without a proxy: HTTPS_PROXY is the way to platforms abroad.
func direct() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = nil
	return t
}

// send sends one customer-service text.
func (a *api) send(ctx context.Context, openid, text string) error {
	return a.withToken(ctx, "send a customer-service message", func(ctx context.Context) ([]byte, error) {
		return util.PostJSONContext(ctx, a.url(sendPath), message.NewCustomerTextMessage(openid, text))
	})
}

// staff asks for the account's customer-service staff: whoever may, may send
// customer-service messages.
func (a *api) staff(ctx context.Context) error {
	return a.withToken(ctx, "list customer-service staff", func(ctx context.Context) ([]byte, error) {
		return util.HTTPGetContext(ctx, a.url(staffPath))
	})
}

func (a *api) url(path string) string { return defaultBase + path } // transport puts the base in

// withToken makes a call, and again with a new token if the platform no longer
// takes ours.
func (a *api) withToken(ctx context.Context, what string, do func(context.Context) ([]byte, error)) error {
	for second := false; ; second = true {
		token, err := a.tokens.get(ctx)
		if err != nil {
			return err
		}
		err = a.do(ctx, what, token, do)
		if !tokenRefused(err) {
			return err
		}
		a.tokens.drop(token)
		if second {
			return err
		}
	}
}

func (a *api) do(ctx context.Context, what, token string, do func(context.Context) ([]byte, error)) error {
	ctx, cancel := context.WithTimeout(ctx, a.patience)
	defer cancel()
	r := a.route
	r.token = token
	body, err := do(withRoute(ctx, r))
	if err == nil {
		err = util.DecodeWithCommonError(body, what)
	}
	return a.clean(what, err, token)
}

// fetchToken asks the platform for the account's stable token.
func (a *api) fetchToken(s stableToken) func(context.Context) (string, time.Duration, error) {
	return func(ctx context.Context) (string, time.Duration, error) {
		const what = "fetch the access token"
		ctx, cancel := context.WithTimeout(ctx, a.patience)
		defer cancel()
		t, err := s.GetAccessTokenDirectly(withRoute(ctx, a.route), false)
		if t.ErrCode != 0 { // the SDK's error has the code in its text only
			err = util.NewCommonError(what, t.ErrCode, t.ErrMsg)
		} else if err == nil && t.AccessToken == "" {
			err = errors.New("the answer has no token")
		}
		return t.AccessToken, time.Duration(t.ExpiresIn) * time.Second, a.clean(what, err, t.AccessToken)
	}
}

// clean says what failed, without secrets. Errors of the platform keep their code.
func (a *api) clean(what string, err error, token string) error {
	if err == nil {
		return nil
	}
	var e *util.CommonError
	if errors.As(err, &e) {
		return &platformError{what: what, code: e.ErrCode, msg: a.conceal(e.ErrMsg, token)}
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("%s: the answer is not JSON", what)
	}
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, cause) {
			return fmt.Errorf("%s: %w", what, cause)
		}
	}
	return fmt.Errorf("%s: %s", what, a.conceal(err.Error(), token))
}

func (a *api) conceal(s, token string) string {
	return a.hide.Replace(hiding(token).Replace(s))
}

// hiding replaces secrets, also as they look in a URL.
func hiding(secrets ...string) *strings.Replacer {
	var pairs []string
	for _, s := range secrets {
		if s != "" {
			pairs = append(pairs, s, "[hidden]", url.QueryEscape(s), "[hidden]")
		}
	}
	return strings.NewReplacer(pairs...)
}
