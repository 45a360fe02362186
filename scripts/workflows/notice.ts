import { type Step, script } from "./workflow.ts";

/** Where the environment has a webhook's address among its secrets, it is told how the job ended. */
export function notice(env: Record<string, string>, about: string): Step[] {
  const { WEBHOOK_URL } = env;
  if (!WEBHOOK_URL) return [];
  return [
    {
      name: "Notification",
      if: "always()",
      env: { WEBHOOK_URL, RESULT: "${{ job.status }}", ABOUT: about },
      run: script("notify", '--about "$ABOUT" --result "$RESULT"'),
    },
  ];
}
