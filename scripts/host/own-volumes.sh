# shellcheck shell=bash
# Gives the top directory of each of VOLUMES to OWNER; what lies in them is the application's own business.

apply() {
  local volume
  for volume in ${VOLUMES:?}; do
    docker run --rm --network none --log-driver none --volume "$volume:/volume" "$HELPER_IMAGE" \
      sh -c 'chown "$0" /volume && chmod 0750 /volume' "${OWNER:?}"
  done
}
