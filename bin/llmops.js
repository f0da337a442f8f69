#!/usr/bin/env node
if (!/^v([0-9]|1[0-9]|20\.([0-9]|1[0-8]))\./.test(process.version)) require("../dist/main.cjs");
else { process.exitCode = 3; console.error("llmops needs Node 20.19 or newer, this is " + process.version + ". Nothing was changed."); }
