/** How a step says what it is doing. */
export interface Report {
  /** What happens at this moment; the next one takes its place. */
  detail(line: string): void;
  /** A line that stays after the step has ended. */
  note(line: string): void;
}

export interface Step {
  title: string;
  run: (report: Report) => Promise<void>;
}

const plainHeartbeatMilliseconds = 10_000;

/**
 * Runs the steps one after the other and stops at the first that throws. A terminal shows the moving picture on
 * stdout; anywhere else plain lines go to stderr, so that a caller's stdout stays its own.
 */
export async function runSteps(title: string, steps: readonly Step[]): Promise<void> {
  await (process.stdout.isTTY && process.stdout.columns > 0
    ? runOnTerminal(title, steps)
    : runPlainly(title, steps));
}

async function runOnTerminal(title: string, steps: readonly Step[]): Promise<void> {
  // Only loaded here: the callers that have nothing to do must start fast.
  const { Listr, PRESET_TIMER } = await import("listr2");
  process.stdout.write(`${title}\n`);
  await new Listr(
    steps.map((step, index) => {
      const heading = `${index + 1} of ${steps.length}  ${step.title}`;
      return {
        title: heading,
        task: async (_, task) => {
          const started = Date.now();
          const notes: string[] = [];
          let detail = "";
          const draw = () => {
            task.title = detail ? `${heading}: ${detail} (${duration(started)})` : heading;
          };
          const clock = setInterval(draw, 1000);
          try {
            await step.run({
              detail: (line) => {
                detail = line;
                draw();
              },
              note: (line) => {
                notes.push(line);
                task.output = notes.join("\n");
              },
            });
          } finally {
            clearInterval(clock);
            task.title = heading;
          }
        },
        rendererOptions: { persistentOutput: true, outputBar: true, timer: PRESET_TIMER },
      };
    }),
    {
      registerSignalListeners: false,
      rendererOptions: { formatOutput: "truncate", showErrorMessage: false, lazy: false },
    },
  ).run();
}

async function runPlainly(title: string, steps: readonly Step[]): Promise<void> {
  const print = (line: string) => process.stderr.write(`${line}\n`);
  for (const [index, step] of steps.entries()) {
    const started = Date.now();
    print(`${title}, step ${index + 1} of ${steps.length}: ${step.title}`);
    let detail = "working";
    const clock = setInterval(
      () => print(`  ${detail} (${duration(started)})`),
      plainHeartbeatMilliseconds,
    );
    try {
      await step.run({
        detail: (line) => {
          detail = line;
        },
        note: (line) => print(`  ${line}`),
      });
    } finally {
      clearInterval(clock);
    }
    print(`  done in ${duration(started)}`);
  }
}

/** The time since `started` (milliseconds since the epoch), for people: `0.4 s`, `42 s`, `2 min 5 s`. */
export function duration(started: number): string {
  const seconds = (Date.now() - started) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
