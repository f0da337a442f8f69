import { openSecrets, type Secrets } from "../redact/known.ts";
import { hasValue } from "../redact/named.ts";
import { isSecretName } from "../redact/secrets.ts";
import type { World } from "./world.ts";

/** Knows the variables whose name says that they are secret: what we run may print its environment. */
export function secretsIn(env: World["env"]): Secrets {
  const secrets = openSecrets();
  for (const [name, value = ""] of Object.entries(env))
    if (isSecretName(name) && !isFolder(name) && isTelling(value)) secrets.add(value, name);
  return secrets;
}

/** The shell's own: the working folder, not a password. */
function isFolder(name: string): boolean {
  return name === "PWD" || name === "OLDPWD";
}

/** "postgres" is the password of many, and a word of everybody. */
function isTelling(value: string): boolean {
  return hasValue(value) && value.length >= (/[a-z]/i.test(value) && /\d/.test(value) ? 8 : 16);
}

/**
 * Makes known what a project file names as secret, as far as that takes no work: `{ env: NAME }`, and what it holds itself
 * where none should be (`authorization: Bearer …`). Files and commands are known once they were asked.
 */
export function knowSecrets(settings: unknown, { env, secrets }: Pick<World, "env" | "secrets">): void {
  if (typeof settings !== "object" || settings === null) return;
  for (const [name, inner] of Object.entries(settings)) {
    if (name === "env" && typeof inner === "string") secrets.add(env[inner] ?? "", inner);
    if (typeof inner === "string" && isSecretName(name)) secrets.add(inner, `${name} of llmops.yaml`);
    knowSecrets(inner, { env, secrets });
  }
}
