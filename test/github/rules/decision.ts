/** Whether something may be done, and every reason against it. */
export interface Decision {
  allowed: boolean;
  reasons: string[];
}

/** The decision that the reasons against something make; what is no reason is left out. */
export function decide(reasons: (string | undefined | false)[]): Decision {
  const given = reasons.filter((each): each is string => Boolean(each));
  return { allowed: given.length === 0, reasons: given };
}
