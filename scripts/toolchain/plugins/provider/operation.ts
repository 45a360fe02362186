/** One create, update, delete or invoke that is under way. */
export interface Operation {
  /** The resource, or empty for an invoke. */
  urn: string;
  /** Last part of the URN. */
  name: string;
  /** Aborted when the deployment is cancelled or the operation's time is over; its reason is the error to report. */
  signal: AbortSignal;
}

const running = new Set<AbortController>();

/** Whether any operation is under way. */
export function isOperating(): boolean {
  return running.size > 0;
}

/** Cancels whatever is under way; each operation then fails. */
export function cancelOperations(): void {
  for (const controller of running) controller.abort(new Error("context canceled"));
}

/**
 * Runs an operation that can be cancelled.
 * @param timeoutSeconds from the resource's `customTimeouts`; 0 means no limit.
 */
export async function operate<Result>(
  urn: string,
  timeoutSeconds: number,
  action: (operation: Operation) => Promise<Result> | Result,
): Promise<Result> {
  const controller = new AbortController();
  const expire = () => controller.abort(new Error("context deadline exceeded"));
  const timer = timeoutSeconds > 0 ? setTimeout(expire, timeoutSeconds * 1000) : undefined;
  running.add(controller);
  try {
    return await action({ urn, name: urn.split("::").at(-1) ?? "", signal: controller.signal });
  } finally {
    clearTimeout(timer);
    running.delete(controller);
  }
}
