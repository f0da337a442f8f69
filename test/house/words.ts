import { posix } from "node:path";
import { nodes, type File } from "./code.ts";

const forbidden = new Set([
  "util",
  "utils",
  "helper",
  "helpers",
  "common",
  "manager",
  "managers",
  "service",
  "services",
]);

/** File and folder names that say nothing. */
export function emptyNames(files: readonly File[]): string[] {
  return files.flatMap((file) => {
    const words = file.path.split(/[/._-]|(?=[A-Z])/).map((it) => it.toLowerCase());
    const found = words.find((it) => forbidden.has(it));
    return found === undefined ? [] : [`${file.path}: "${found}" says nothing about what is inside`];
  });
}

export function defaultExports(files: readonly File[]): string[] {
  return files.flatMap((file) =>
    nodes(file).some(({ node }) => node.type === "ExportDefaultDeclaration")
      ? [`${file.path} has a default export`]
      : [],
  );
}

/** Look twice at 150 lines; this is where looking is over. */
export function longFiles(files: readonly File[], most = 250): string[] {
  return files.flatMap((file) => {
    const lines = file.text.split("\n").length - 1;
    return lines > most ? [`${file.path} has ${lines} lines, more than ${most}`] : [];
  });
}

// Spelled so that this file does not find itself.
const private_ = [
  /(?<![\w.-])\/work\//,
  /\bco-?founde[r]/i,
  /helper agen[t]/i,
  /these instruction[s]/i,
  /registry\.[a-z]+js/i,
];

/** Traces of somebody's own machine: absolute folders, registries, how the text came to be. */
export function traces(files: readonly File[]): string[] {
  return files.flatMap((file) => {
    if (posix.basename(file.path) === "package-lock.json") {
      return file.text.includes('"resolved"') ? [`${file.path} names a registry ("resolved")`] : [];
    }
    return file.text.split("\n").flatMap((line, i) => {
      const found = private_.map((it) => it.exec(line)?.[0]).find((it) => it !== undefined);
      return found === undefined ? [] : [`${file.path}:${i + 1} mentions "${found}"`];
    });
  });
}
