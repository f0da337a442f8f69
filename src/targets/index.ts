import { consul } from "./consul.ts";
import { etcd } from "./etcd.ts";
import { file } from "./file.ts";
import { git } from "./git.ts";
import { http } from "./http.ts";
import { kubernetes } from "./kubernetes.ts";
import { litellm } from "./litellm.ts";
import { redis } from "./redis.ts";
import { unleash } from "./unleash.ts";

/** What can be changed where, in the order of the documentation. */
export const targetKinds = [file, git, http, consul, etcd, redis, unleash, kubernetes, litellm] as const;
