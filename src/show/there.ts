const untried = ", write not tried";

/** "gateway 31 ms, write not tried"; of several targets what holds for all is said once: "…; no write was tried". */
export function sayThere(all: readonly { name: string; say: string }[]): string {
  const targets = all.filter(({ say }) => say.includes(untried));
  if (targets.length < 2) return all.map(({ name, say }) => `${name} ${say}`).join(" · ");
  return `${all.map(({ name, say }) => `${name} ${say.replace(untried, "")}`).join(" · ")}; no write was tried`;
}
