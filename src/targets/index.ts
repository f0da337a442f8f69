import { file } from "./file.ts";
import { http } from "./http.ts";

/** What can be changed where, in the order of the documentation. */
export const targetKinds = [file, http] as const;
