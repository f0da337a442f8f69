import { isAbsolute } from "node:path";

/** In SARIF `[words](target)` is a link; what a stranger wrote makes none. */
export function sarifText(text: string): string {
  return text.replace(/\[(?=[^[\]]*\]\()/g, "\\[");
}

/** A file below the folder in which we are, or anywhere. */
export function artifact(file: string): { uri: string; uriBaseId?: string } {
  const uri = file
    // half a character has no bytes
    .replace(/\p{Cs}/gu, "\ufffd")
    .split("/")
    .map((part) => encodeURIComponent(part))
    .join("/");
  return isAbsolute(file) ? { uri: `file://${uri}` } : { uri, uriBaseId: "%SRCROOT%" };
}
