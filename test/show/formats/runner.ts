/** What GitHub's runner makes of the lines that a step prints (actions/runner, ActionCommand and ActionCommandManager). */
export interface Shown {
  annotations: { severity: string; properties: Record<string, string>; message: string }[];
  /** what is left in the log */
  log: string[];
  /** commands that did anything else */
  other: string[];
}

const commands = new Set(
  "group endgroup error warning notice debug add-mask add-matcher remove-matcher add-path set-env set-output save-state echo stop-commands".split(
    " ",
  ),
);

export function asRunner(output: string): Shown {
  const shown: Shown = { annotations: [], log: [], other: [] };
  const known = new Set(commands);
  let stopped: string | undefined;
  for (const line of output.split(/\r\n|\n|\r/)) {
    const command = commandIn(line, known);
    if (command === undefined || (stopped !== undefined && command.name !== stopped)) shown.log.push(line);
    else if (command.name === stopped) stopped = undefined;
    else if (command.name === "stop-commands") known.add((stopped = command.data));
    else if (["error", "warning", "notice"].includes(command.name)) {
      const { name: severity, properties, data } = command;
      shown.annotations.push({ severity, properties, message: data.slice(0, 4096) });
    } else if (!["group", "endgroup"].includes(command.name)) shown.other.push(line);
  }
  const counts = new Map<string, number>();
  shown.annotations = shown.annotations.filter(({ severity }) => {
    counts.set(severity, (counts.get(severity) ?? 0) + 1);
    return counts.get(severity)! <= 10;
  });
  return shown;
}

interface Command {
  name: string;
  properties: Record<string, string>;
  data: string;
}

/** `::name key=value,key=value::data` at the start of a line; `##[name key=value;key=value]data` anywhere. */
function commandIn(line: string, known: ReadonlySet<string>): Command | undefined {
  const now = /^\s*::(?<name>[^ :]+)(?: (?<keys>.*?))?::(?<data>.*)$/s.exec(line)?.groups;
  if (now !== undefined && known.has(now["name"]!))
    return {
      name: now["name"]!,
      properties: propertiesIn(now["keys"] ?? "", ",", (text) =>
        unescape(text.replaceAll("%3A", ":").replaceAll("%2C", ",")),
      ),
      data: unescape(now["data"]!),
    };
  const old = /##\[(?<name>[^ \]]+)(?: (?<keys>[^\]]*))?\](?<data>.*)$/s.exec(line)?.groups;
  if (old === undefined || !known.has(old["name"]!)) return undefined;
  return {
    name: old["name"]!,
    properties: propertiesIn(old["keys"] ?? "", ";", unescape),
    data: unescape(old["data"]!),
  };
}

function propertiesIn(text: string, between: string, read: (text: string) => string): Record<string, string> {
  return Object.fromEntries(
    text
      .trim()
      .split(between)
      .flatMap((one) => {
        const at = one.indexOf("=");
        return at > 0 && at < one.length - 1 ? [[one.slice(0, at), read(one.slice(at + 1))]] : [];
      }),
  );
}

function unescape(text: string): string {
  return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}
