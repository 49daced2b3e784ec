#!/bin/sh
# Fetches what tests use and the product does not, into .cache/parts.
# One function a part; each does nothing if the part is there.
# usage: scripts/parts.sh [PART…]; all without an argument.
set -eu
cd "$(dirname "$0")/.."
parts="$PWD/.cache/parts"

# system installs Debian packages: as root with FRONTDESK_APT=1 by itself, else
# it says the line to run. Chromium shows pages; the fonts, Chinese ones.
system() {
	want="chromium fonts-noto-cjk"
	missing=""
	for p in $want; do
		dpkg -s "$p" >/dev/null 2>&1 || missing="$missing $p"
	done
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

if [ $# -eq 0 ]; then
	set -- system playwright telegram_test_api slack_sdk wechatpy
fi
for part in "$@"; do
	"$part"
done
