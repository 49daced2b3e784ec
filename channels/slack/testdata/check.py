"""Checks a signature of stdin. usage: check.py SECRET TIMESTAMP SIGNATURE"""
import sys
from slack_sdk.signature import SignatureVerifier

secret, stamp, signature = sys.argv[1:]
print(SignatureVerifier(secret).is_valid(body=sys.stdin.buffer.read(), timestamp=stamp, signature=signature))
