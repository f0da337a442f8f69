import { harmless, shorten } from "../harmless.ts";

/** What a server that refuses means, in one sentence without a full stop, and what the reader can do about it. */
export function explainRefusal(
  answer: string,
  server: { host: string; password?: string },
): { why: string; next: string } {
  const host = harmless(server.host);
  // a transaction that was given up tells what for
  const said = answer.replace(/^EXECABORT .*? because of: /, "");
  const [code = ""] = said.split(" ");
  const [why, next] = meaning(code, said, host, server.password) ?? [
    `answered ${shorten(said, 160)}`,
    `see what is wrong with ${host}, or change it by hand`,
  ];
  return { why: `${host} ${why}`, next };
}

/** `password`: where it comes from, if one is given. */
function meaning(code: string, said: string, host: string, password: string | undefined): [string, string] | undefined {
  const later = "try again in a moment, or change it by hand";
  const repair = `see what is wrong with ${host}, or change it by hand`;
  switch (code) {
    case "NOAUTH":
      return ["wants a password", "set password, and username where there is one, in llmops.yaml"];
    case "WRONGPASS":
      return ["refused this user name and password", `renew ${password ?? "password in llmops.yaml"}, then try again`];
    case "NOPERM":
      return [
        `does not allow this user to do it (${shorten(said.slice(7), 120)})`,
        `ask who runs ${host} for the right`,
      ];
    case "WRONGTYPE":
      return [
        "has another kind of value under this key than the lever names",
        "see the lever in llmops.yaml: a field of a hash needs field:, a member of a set needs member:, a text neither",
      ];
    case "READONLY":
      return ["is a replica, which takes no writes", "put the address of its master into url in llmops.yaml"];
    case "LOADING":
      return ["still loads its data", later];
    case "MASTERDOWN":
      return ["is a replica that has lost its master", "put the address of the master into url in llmops.yaml"];
    case "OOM":
      return ["is out of memory and takes no writes", repair];
    case "MISCONF":
      return ["cannot save to its disk and takes no writes", repair];
    case "NOREPLICAS":
      return ["has too few replicas connected and takes no writes", repair];
    case "BUSY":
      return ["is busy with a script", later];
    case "CLUSTERDOWN":
      return ["belongs to a cluster that is down", repair];
    case "MOVED":
    case "ASK":
      return [
        `is one node of a cluster, and ${shorten(said.split(" ")[2] ?? "another", 60)} has this key`,
        "put the address of a proxy before the cluster into url in llmops.yaml, or change it by hand: redis-cli -c",
      ];
    case "-DENIED":
    case "DENIED":
      return ["takes connections from its own machine only (protected mode)", `ask who runs ${host}`];
  }
  if (/without any password configured|no password is set/i.test(said))
    return [
      "has no password, and one was given: is it the server that is meant?",
      "see url in llmops.yaml, and leave password out if it is right",
    ];
  if (/wrong number of arguments for 'auth'/i.test(said))
    return ["is older than Redis 6 and knows no user names", "leave username out in llmops.yaml"];
  if (/invalid DB index|DB index is out of range|SELECT is not allowed/i.test(said))
    return ["has no database of this number", "see the number at the end of url in llmops.yaml"];
  if (/max number of clients/i.test(said)) return ["has no connection left", later];
  if (/syntax error/i.test(said))
    return ["is older than Redis 6: it cannot keep a key's time to live", "change it by hand"];
  return undefined;
}
