"""Runs fakellm on loopback.

usage: fakellm.py PORT CONFIG. It prints "ready" and runs until its input ends.
"""
import os
import socket
import subprocess
import sys
import time

port, config = sys.argv[1:]
program = os.path.join(os.path.dirname(sys.executable), "fakellm")
child = subprocess.Popen([program, "serve", "--host", "127.0.0.1", "--port", port, "--config", config],
                         stdout=subprocess.DEVNULL, stderr=sys.stderr, stdin=subprocess.DEVNULL)
try:
    while child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", int(port)), 1).close()
            break
        except OSError:
            time.sleep(0.05)
    else:
        sys.exit("fakellm ended")
    print("ready", flush=True)
    sys.stdin.read()
finally:
    child.terminate()
    child.wait()
