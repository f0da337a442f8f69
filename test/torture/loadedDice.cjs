// Loaded into the program with `node --require`: every draw is the same in every run, so that the N-th call of a counting
// run is the N-th call of the run that is killed, on a path of the same name. What comes after a crash runs without it.
const crypto = require("node:crypto");
let state = Number(process.env["LOADED_DICE"] ?? 1) >>> 0;
crypto.randomBytes = (size) =>
  Buffer.from(
    Array.from({ length: size }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    }),
  );
require("node:module").syncBuiltinESMExports();
