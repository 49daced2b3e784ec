"""Signs stdin as Slack's SDK does. usage: sign.py SECRET TIMESTAMP"""
import sys
from slack_sdk.signature import SignatureVerifier

secret, stamp = sys.argv[1:]
print(SignatureVerifier(secret).generate_signature(timestamp=stamp, body=sys.stdin.buffer.read()))
