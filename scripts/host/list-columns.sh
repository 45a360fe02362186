# shellcheck shell=bash
# Prints every column of the environment's own database that holds values, as JSON.

# shellcheck source=/dev/null
. migration/database.sh
# shellcheck source=/dev/null
. migration/fingerprint.sh
# shellcheck source=/dev/null
. masking/columns.sh

apply() {
  docker inspect "${server:?}" >/dev/null 2>&1 ||
    fail "the Postgres of ${STACK:?} is not there; type: npm run pulumi -- up --stack $STACK"
  columns_query | psql_in "$server" "${DATABASE:?}"
}
