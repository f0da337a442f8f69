import type { Format } from "../document/edit.ts";
import type { Value } from "../timeline/value.ts";
import type { Cause, Change, Written } from "../timeline/setting.ts";
import type { Reach } from "../world/reach.ts";

/** A text that stands at an address, as it is now. */
export interface Entry {
  /** null: the address may exist, and nothing stands there */
  text: string | null;
  /** what a write can be made conditional on; null where the other side offers nothing */
  version: string | null;
  /** who answered, in the other side's own words */
  identity: string;
  /** what else hangs on the text and outlives a write of it, for `put` to send along: flags, a lease */
  keeps?: string;
  /** of this text, where it is not the store's */
  format?: Format;
  /** what one must know before changing it */
  notes?: string[];
}

export interface Put {
  address: string;
  /** the whole new text; null takes the address away */
  text: string | null;
  /** of the text that it was made from */
  version: string | null;
  /** as `get` told it */
  keeps?: string;
  /** nothing stood there */
  creates: boolean;
  /** the same change as one value inside the text, for a target that patches; path [] is all of it */
  change: { path: string[]; before: Value; value: Value };
  /** what it is for, in our own words */
  planned: Change;
  cause: Cause;
}

/**
 * What a config API has to bring when its settings are texts at addresses: everything else (pointers, lists, encodings,
 * creation) is done once for all of them in `openLevers`. Nothing throws for what the other side does.
 */
export interface KeyValue {
  kind: string;
  /** "http 127.0.0.1:8080" */
  says: string;
  format: Format;
  /** one value of a scope, as it stands in an address */
  encode(value: string): string;
  get(address: string): Promise<Entry | { error: string; next?: string; missing?: true }>;
  /** exactly one mutating request; a conflict's `live` is filled in by the caller */
  put(put: Put): Promise<Written>;
  /** names directly below an address that ends with "/"; none where they cannot be told */
  list(prefix: string): Promise<string[]>;
  check(): Promise<Reach>;
}
