// What k6 does: RATE requests a second, and WebSockets that stay open. Each request, and each WebSocket when it ends, is
// a line of its own: when it began, kind, outcome ("" is good), milliseconds, release, id of the order.
import exec from "k6/execution";
import http from "k6/http";
import { clearInterval, setInterval, setTimeout } from "k6/timers";
import { WebSocket } from "k6/websockets";

const host = `localhost:${__ENV.HTTPS_PORT}`;
const timeout = "15s";
const silentMilliseconds = 5000;

function share(part, name) {
  const rate = Math.max(1, Math.round(__ENV.RATE * part));
  // The slow ones are always some at a time.
  const users = 10 + rate;
  return {
    ...{ executor: "constant-arrival-rate", rate, timeUnit: "1s", duration: "24h", exec: name },
    // As many as it takes to go on asking while every answer takes three seconds.
    ...{ preAllocatedVUs: users, maxVUs: 20 + rate * 3, gracefulStop: "20s" },
  };
}

export const options = {
  discardResponseBodies: false,
  scenarios: {
    reads: share(0.7, "read"),
    orders: share(0.2, "order"),
    reports: share(0.1, "report"),
    sockets: { executor: "constant-vus", vus: 10, duration: "24h", exec: "listen" },
  },
};

export function read() {
  const path = exec.scenario.iterationInTest % 2 === 0 ? "/" : "/api/v1/orders?limit=5";
  log("GET", 200, http.get(`https://${host}${path}`, { timeout }));
}

export function order() {
  const { idInTest } = exec.vu;
  const key = `${__ENV.RUN}-${idInTest}-${exec.vu.iterationInScenario}`;
  const headers = { "content-type": "application/json", "idempotency-key": key };
  const body = JSON.stringify({ customer: key, amount: "12.50" });
  const answer = http.post(`https://${host}/api/v1/orders`, body, { headers, timeout });
  log("POST", 201, answer, answer.status === 201 ? answer.json("id") : null);
}

export function report() {
  log("0.8 s", 200, http.get(`https://${host}/slow`, { timeout }));
}

function log(kind, expected, answer, id = null) {
  const { duration, connecting, tls_handshaking: handshake } = answer.timings;
  const release = answer.headers["X-Slipway-Release"] ?? "";
  const took = Math.round((duration + connecting + handshake) * 10) / 10;
  const outcome = failureOf(answer, expected) || (release ? "" : "no release named");
  write(Date.now() - Math.round(took), kind, outcome, took, release, id);
}

const kinds = {
  ...{ 1050: "timeout", 1211: "timeout", 1212: "refused" },
  ...{ 1300: "TLS", 1301: "TLS", 1310: "certificate", 1311: "certificate" },
};

function failureOf(answer, expected) {
  if (answer.status === expected) return "";
  if (answer.status > 0) return `status ${answer.status}`;
  if (/EOF|connection reset|broken pipe/.test(answer.error)) return "reset";
  return kinds[answer.error_code] ?? `other: ${answer.error}`;
}

/** One connection from its opening to its end: then the next one is made, as a browser does. */
export function listen() {
  const began = Date.now();
  const socket = new WebSocket(`wss://${host}/ws`);
  let release = "";
  let unanswered = 0;
  let broken = "";
  const talk = setInterval(() => {
    if (unanswered > 0 && Date.now() - unanswered > silentMilliseconds) {
      broken = "WebSocket silent";
      socket.close();
    } else if (release) {
      unanswered = unanswered || Date.now();
      socket.send("still there?");
    }
  }, 1000);
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.release) release = message.release;
    else unanswered = 0;
  };
  socket.onerror = ({ error }) => {
    // A message that met the server's own close on its way.
    if (!/close sent/.test(error)) broken = broken || `WebSocket ${reasonOf(String(error))}`;
  };
  socket.onclose = ({ code }) => {
    clearInterval(talk);
    const isClean = code === undefined ? !broken : [1000, 1001, 1012].includes(code);
    const outcome = isClean && broken !== "WebSocket silent" ? "" : broken || `WebSocket ${code}`;
    write(outcome && !release ? began : Date.now(), "WebSocket", outcome, 0, release, null);
    // Who was not let in comes again, but not at once.
    if (!release) setTimeout(() => undefined, 500);
  };
}

/** Without addresses, which would make each failure one of its own kind. */
function reasonOf(error) {
  const known = ["refused", "bad handshake", "timeout"].find((each) => error.includes(each));
  if (known) return known;
  if (/EOF|connection reset|broken pipe|1006/.test(error)) return "1006";
  return error.replaceAll(/[\d.:]+->[\d.:]+/g, "").slice(0, 80);
}

function write(...fields) {
  console.log(JSON.stringify(fields));
}

/** Requests that k6 did not send, for want of users, would make its figures look better than they are. */
export function handleSummary({ metrics }) {
  const count = (name) => metrics[name]?.values.count ?? 0;
  const summary = { requests: count("http_reqs"), unsent: count("dropped_iterations") };
  return { [__ENV.SUMMARY]: JSON.stringify(summary) };
}
