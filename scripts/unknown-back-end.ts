/** What to type when the CLI complains that nobody is logged in anywhere; undefined when it complains of something else. */
export function unknownBackEnd(complaint: string, stack: string): string | undefined {
  if (!/PULUMI_ACCESS_TOKEN|pulumi login/.test(complaint)) return;
  return `it is not known where states are kept; choose it once, for example with: npm run pulumi -- --stack ${stack} login s3://BUCKET (or file://DIRECTORY), and type the command again`;
}
