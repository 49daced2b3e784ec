package api

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"frontdesk/core"
)

// except forgets err if it is Slack's answer code.
func except(err error, code string) error {
	if codeOf(err) == code {
		return nil
	}
	return err
}

func codeOf(err error) string {
	if se, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return se.Err
	}
	return ""
}

// fault says what err of method means: permanent when Slack refused the
// request itself, with the time to wait when Slack gave one.
func (c *Client) fault(method string, err error) error {
	if err == nil {
		return nil
	}
	if rl, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return &core.SendError{After: max(rl.RetryAfter, time.Second), Err: fmt.Errorf("slack %s: rate limited", method)}
	}
	if sc, ok := errors.AsType[slack.StatusCodeError](err); ok {
		return status(method, sc.Code)
	}
	if se, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return c.refusal(method, se)
	}
	return &core.SendError{Err: fmt.Errorf("slack %s: %w", method, c.Redact(err))}
}

func status(method string, code int) error {
	e := &core.SendError{Err: fmt.Errorf("slack %s: HTTP status %d", method, code)}
	if code == http.StatusTooManyRequests {
		e.After = 5 * time.Second // Slack named no time
	}
	return e
}

func (c *Client) refusal(method string, se slack.SlackErrorResponse) error {
	if se.Err == "ratelimited" || se.Err == "rate_limited" {
		return &core.SendError{After: 5 * time.Second, Err: fmt.Errorf("slack %s: rate limited", method)}
	}
	cure, permanent := Cure(se.Err)
	err := fmt.Errorf("slack %s: %s", method, se.Err)
	switch {
	case se.Err == "missing_scope" && se.Needed != "":
		err = fmt.Errorf("slack %s: %s: add the scope %q to the app and reinstall it", method, se.Err, se.Needed)
	case cure != "":
		err = fmt.Errorf("slack %s: %s: %s", method, se.Err, cure)
	case len(se.ResponseMetadata.Messages) > 0:
		err = fmt.Errorf("slack %s: %s: %s", method, se.Err, strings.Join(se.ResponseMetadata.Messages, "; "))
	}
	return &core.SendError{Permanent: permanent, Err: c.Redact(err)}
}

// Cure tells what a person can do about Slack's error code, and whether
// trying again is pointless. An unknown code has no cure and may pass.
func Cure(code string) (cure string, permanent bool) {
	switch code {
	case "channel_not_found":
		return "there is no such channel, or the app cannot see it: check the id and invite the app", true
	case "not_in_channel":
		return "the app is not in the channel: type /invite @the-app there", true
	case "is_archived":
		return "the channel is archived: unarchive it or configure another", true
	case "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive":
		return "Slack does not accept the bot_token: copy the Bot User OAuth Token again (OAuth & Permissions)", true
	case "not_allowed_token_type":
		return "this is another kind of token: bot_token begins with xoxb-, app_token with xapp-", true
	case "missing_scope", "no_permission":
		return "the app lacks a scope: compare with the manifest in docs/channels/slack.md and reinstall it", true
	case "msg_too_long", "msg_blocks_too_long":
		return "the message is too long for Slack", true
	case "no_text", "invalid_blocks", "invalid_blocks_format", "invalid_arguments", "too_many_attachments":
		return "Slack cannot show this message", true
	case "restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel",
		"restricted_action_non_threadable_channel", "restricted_action_thread_locked":
		return "the workspace's rules forbid the app to write here: ask an admin of the workspace", true
	case "user_not_found", "user_disabled", "cannot_dm_bot", "user_not_visible", "user_not_in_channel":
		return "the person cannot be reached in this workspace any more", true
	case "message_not_found", "thread_not_found", "cant_update_message", "edit_window_closed":
		return "the message is gone or cannot be changed any more", true
	case "expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged":
		return "the button was pressed too long ago: press it again", true
	case "messages_tab_disabled":
		return "switch on App Home > Messages Tab and let people write there", true
	case "ekm_access_denied", "team_access_not_granted", "org_login_required", "access_denied", "method_deprecated":
		return "the workspace does not allow this to the app: ask an admin of the workspace", true
	}
	return "", false
}

// Redact returns err without the tokens and without addresses, which may hold
// a password.
func (c *Client) Redact(err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		err = ue.Err
	}
	text := err.Error()
	clean := text
	for _, s := range c.secrets {
		if s != "" {
			clean = strings.ReplaceAll(clean, s, "[redacted]")
			clean = strings.ReplaceAll(clean, url.QueryEscape(s), "[redacted]")
		}
	}
	if clean != text {
		return errors.New(clean)
	}
	return err
}
