import { Agent, request } from "node:https";

/** An answer, or with status 0 none, and how long it took. */
interface Answer {
  seconds: number;
  status: number;
  problem?: string;
}

/**
 * Asks forty times a second, on a connection for each question or on some that stay, until the function that it returns
 * is called, which gives the answers.
 */
export function askAllTheTime(
  { port, host, path }: { port: number; host: string; path: string },
  keepAlive: boolean,
): () => Promise<Answer[]> {
  const agent = new Agent({ keepAlive, maxSockets: 64, rejectUnauthorized: false });
  const answers: Answer[] = [];
  let open = 0;
  const ask = (from: number) => {
    const note = (status: number, problem?: string) => {
      open -= 1;
      const seconds = (performance.now() - from) / 1000;
      answers.push({ seconds, status, ...(problem ? { problem } : {}) });
    };
    const at = { host: "127.0.0.1", port, servername: host, headers: { host }, path };
    const asked = request({ agent, timeout: 20_000, ...at })
      .on("response", (response) =>
        response.resume().on("end", () => note(response.statusCode ?? 0)),
      )
      .on("error", (error: NodeJS.ErrnoException) => {
        // A server may close a connection in the moment in which the next question comes: clients ask again (RFC 9110, 9.2.2).
        if (asked.reusedSocket && error.code === "ECONNRESET") ask(from);
        else note(0, error.message);
      })
      .end();
  };
  const clock = setInterval(() => {
    open += 1;
    ask(performance.now());
  }, 25);
  return async () => {
    clearInterval(clock);
    for (let waits = 0; open > 0 && waits < 200; waits++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    agent.destroy();
    return answers;
  };
}
