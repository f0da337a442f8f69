import { settings } from "../../src/timeline/setting.ts";

/** Every setting of the sandbox's config API as a lever, for `llmops.yaml`. */
export const gatewayLevers = [
  ...settings
    .filter((setting) => setting !== "blocked" && setting !== "deploys_frozen")
    .map((setting) => `${setting}: { at: "/config/routes/{route}", pointer: /${setting} }`),
  `tools.track_parcel: { at: "/config/routes/{route}", pointer: /tools/track_parcel }`,
  `blocked: { at: /config/blocked_users, member: "{user}" }`,
  `deploys_frozen: { at: /config/deploys, pointer: /frozen }`,
];
