import { type Host, hostScript } from "../components/host-script.ts";

/** Where Slipway is on a server that `prepare-host` makes ready. */
export const preparedHost: Host = {
  engine: "unix:///var/run/docker.sock",
  directory: "/var/lib/slipway",
  helperImage: "",
};

/** What a timer of such a server runs. It is of no environment, and finds those that there are. */
export function watchdogScript(): string {
  const variables = { STACK: "", MEMORY: "/run/slipway-watchdog" };
  return hostScript("watchdog", preparedHost, variables).trim();
}
