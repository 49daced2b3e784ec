"""Drives a Web API with Slack's SDK. usage: drive.py BASE BOT APP first|view [TRIGGER]"""
import json
import sys

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

base, bot, app, what = sys.argv[1:5]
client = WebClient(token=bot, base_url=base + "/")

if what == "view":
    view = client.views_open(trigger_id=sys.argv[5], view={
        "type": "modal", "callback_id": "x", "title": {"type": "plain_text", "text": "Reply"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [{"type": "input", "block_id": "b", "label": {"type": "plain_text", "text": "Words"},
                    "element": {"type": "plain_text_input", "action_id": "a", "multiline": True}}]})
    assert view["view"]["id"].startswith("V"), view
    sys.exit(0)

me = client.auth_test()
assert me["user_id"] == "U0BOT" and me["bot_id"] == "B0BOT", me
user = client.users_info(user="U1", include_locale=True)["user"]
assert user["locale"] == "zh-CN" and user["profile"]["display_name"] == "Ann", user
assert client.conversations_info(channel="C1")["channel"]["is_member"] is True
dm = client.conversations_open(users=["U1"])["channel"]["id"]

blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*hello*"}},
          {"type": "actions", "elements": [{"type": "button", "action_id": "go", "value": "1",
                                            "text": {"type": "plain_text", "text": "Go"}}]}]
ts = client.chat_postMessage(channel="C1", text="hello", blocks=blocks, unfurl_links=False)["ts"]
blocks[0]["text"]["text"] = "changed 你好"
assert client.chat_update(channel="C1", ts=ts, text="changed", blocks=blocks)["ts"] == ts
reply = client.chat_postMessage(channel="C1", thread_ts=ts, text="a reply", username="Bo", icon_emoji=":wave:")
assert reply["message"]["thread_ts"] == ts, reply
gone = client.chat_postMessage(channel="C1", text="to delete")["ts"]
client.chat_delete(channel="C1", ts=gone)
client.reactions_add(channel="C1", timestamp=ts, name="white_check_mark")
client.reactions_remove(channel="C1", timestamp=ts, name="white_check_mark")
client.chat_postEphemeral(channel="C1", user="U1", text="only you")
replies = client.conversations_replies(channel="C1", ts=ts, limit=1)
assert len(replies["messages"]) == 1 and replies["has_more"], replies
assert client.apps_connections_open(app_token=app)["url"].startswith("ws://")

for call, want in [(lambda: client.chat_postMessage(channel="C9", text="x"), "channel_not_found"),
                   (lambda: client.reactions_remove(channel="C1", timestamp=ts, name="eyes"), "no_reaction"),
                   (lambda: WebClient(token="xoxb-no", base_url=base + "/").auth_test(), "invalid_auth")]:
    try:
        call()
    except SlackApiError as e:
        assert e.response["error"] == want, e
    else:
        raise AssertionError("no " + want)

print(json.dumps({"ts": ts, "dm": dm}))
