"""Plays WeChat with wechatpy: signs, encrypts, posts, and opens the answer.

usage: interop.py URL TOKEN KEY APPID CASE [SECONDS]
CASE is plain, aes, tampered or plaintext (on an encrypted account); SECONDS are
added to the time it claims to be sent at. Prints status and text as JSON.
"""
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner, check_signature

url, token, key, appid, case = sys.argv[1:6]
now = int(time.time()) + int(sys.argv[6] if len(sys.argv) > 6 else 0)
timestamp, nonce = str(now), "nonce-1"


def sign(*parts):
    signer = WeChatSigner()
    signer.add_data(*parts)
    return signer.signature


doc = f"""<xml><ToUserName><![CDATA[gh_1]]></ToUserName>
<FromUserName><![CDATA[oPython]]></FromUserName><CreateTime>{now}</CreateTime>
<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好，<wechatpy> & 世界]]></Content>
<MsgId>{now}0001</MsgId></xml>"""
query = {"timestamp": timestamp, "nonce": nonce, "openid": "oPython", "signature": sign(token, timestamp, nonce)}
check_signature(token, query["signature"], timestamp, nonce)
body, crypto = doc, WeChatCrypto(token, key, appid)
if case in ("aes", "tampered"):
    body = crypto.encrypt_message(doc, nonce, timestamp)
    sealed = body.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    query |= {"encrypt_type": "aes", "msg_signature": sign(token, timestamp, nonce, sealed)}
if case == "tampered":
    at = len(sealed) // 2
    other = "A" if sealed[at] != "A" else "B"
    body = body.replace(sealed, sealed[:at] + other + sealed[at + 1:])

request = urllib.request.Request(url + "?" + urllib.parse.urlencode(query), body.encode(), {"Content-Type": "text/xml"})
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    with opener.open(request, timeout=5) as response:
        status, answer = response.status, response.read().decode()
except urllib.error.HTTPError as refused:
    status, answer = refused.code, ""

text = ""
if answer.startswith("<xml>"):
    if case == "aes":
        fields = {name: answer.split(f"<{name}>")[1].split(f"</{name}>")[0] for name in ("MsgSignature", "TimeStamp", "Nonce")}
        answer = crypto.decrypt_message(answer, fields["MsgSignature"], fields["TimeStamp"], fields["Nonce"])
    message = parse_message(answer)
    assert (message.type, message.source, message.target) == ("text", "gh_1", "oPython"), message
    text = message.content
print(json.dumps({"status": status, "text": text}))
