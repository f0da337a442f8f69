import type { Reporter, SerializedError, TestModule } from "vitest/node";

/**
 * Ends a run with the names of what was skipped and one plain line, "312 passed, 0 failed". In CI (`CI` is set) a
 * skipped test is a failed one: there all real parts are installed.
 */
export function closing(ci: boolean): Reporter {
  return {
    onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]) {
      const tests = modules.flatMap((it) => [...it.children.allTests()]);
      const skipped = tests.filter((it) => it.result().state === "skipped");
      const passed = tests.filter((it) => it.result().state === "passed").length;
      // A file that could not be loaded and an unhandled rejection have no test of their own.
      const broken = modules.filter((it) => it.errors().length > 0).length + unhandled.length;
      const failed = tests.length - passed - (ci ? 0 : skipped.length) + broken;
      if (failed > 0) process.exitCode = 1;
      const names = skipped.map((it) => `skipped: ${it.module.relativeModuleId} > ${it.fullName}`);
      process.stdout.write(`\n${[...names, `${passed} passed, ${failed} failed`].join("\n")}\n`);
    },
  };
}
