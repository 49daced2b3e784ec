# Sourced by the other scripts: `stage NAME COMMAND…` runs a command and says how
# long it took.
stage() {
  local name=$1 start=$SECONDS
  shift
  echo "== $name"
  if ! "$@"; then
    echo "== $name FAILED after $(((SECONDS - start) / 60))m$(((SECONDS - start) % 60))s"
    exit 1
  fi
  echo "== $name ok, $(((SECONDS - start) / 60))m$(((SECONDS - start) % 60))s"
}
