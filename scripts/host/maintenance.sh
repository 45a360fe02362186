# shellcheck shell=bash
# Puts a page with status 503 before every host name of an environment, and takes it away again. Ends when the edge
# answers that way on each of HOSTS, a line each.

# shellcheck source=/dev/null
. maintenance/page.sh

apply() { show_page; }

remove() {
  withdraw_page
  trap remove_page EXIT
  every_host is_open 'does not answer without the maintenance page'
}
