import about from "../package.json" with { type: "json" };

/** The program's version, as recorded on timelines. */
export const version: string = about.version;
