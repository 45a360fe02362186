import type { Provider } from "../provider/provider.ts";
import { randomBytesResource, randomIdResource } from "./random-bytes.ts";
import { randomPasswordResource, randomStringResource } from "./random-password.ts";
import { randomSpec } from "./random-spec.ts";

/** The resource types of Pulumi's random provider that need no more than a secure random source. */
export const randomProvider: Provider = {
  spec: randomSpec,
  resources: {
    "random:index/randomBytes:RandomBytes": randomBytesResource,
    "random:index/randomId:RandomId": randomIdResource,
    "random:index/randomPassword:RandomPassword": randomPasswordResource,
    "random:index/randomString:RandomString": randomStringResource,
  },
};
