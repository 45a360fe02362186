/** What GitHub answers, or no data where it has nothing of that name: the engine tells what is gone. */
export function ifThere<Found extends { data: unknown }>(
  request: Promise<Found>,
): Promise<Found | { data: undefined }> {
  return request.catch((error: { status?: number }) => {
    if (error.status === 404) return { data: undefined };
    throw error;
  });
}
